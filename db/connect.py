"""Opens the working database: migrates it for writers, refuses a schema that readers don't know, explains failures."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from db.errors import BadInput, Busy, EvidenceError
from db.migrations import migrations

#: Seconds to wait for another process's short transaction before giving up.
BUSY_TIMEOUT = 10.0


def open_database(
    path: Path, *, readonly: bool = False, create: bool = True, timeout: float = BUSY_TIMEOUT
) -> Database:
    """The working database at `path`. The caller closes it.

    A writer creates the file (unless `create` is False) and brings its schema up to date; a reader changes nothing
    and refuses a schema that is older or newer than this program's. Raises EvidenceError, BadInput (not an evidence
    database, damaged) or Busy (locked by another process for longer than `timeout` seconds).
    """
    _check_file(path, needed=readonly or not create)
    with explain_errors(path):
        connection = _connect(path, readonly, timeout)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            # Touches the file's header, so that a file which is no database fails here and not half-way.
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            database = Database(connection)
            _check_schema(database, path, readonly)
            if not readonly:
                _prepare_for_writing(database)
        except BaseException:
            connection.close()
            raise
    return database


def _check_file(path: Path, *, needed: bool) -> None:
    try:
        exists = path.exists()
        if exists and path.is_dir():
            raise EvidenceError(f"{path} is a folder, not a database file. Check --data.")
        if needed and not exists:
            raise EvidenceError(f"There is no evidence database at {path}. Run `evidence up` first, or check --data.")
        if not exists:
            path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EvidenceError(f"Can't use {path}: {error.strerror}. Check --data and its permissions.") from error


def _connect(path: Path, readonly: bool, timeout: float) -> sqlite3.Connection:
    if not readonly:
        return sqlite3.connect(path, timeout=timeout)
    address = path.resolve().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=timeout)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        # A write-ahead database can't be opened from a read-only folder unless nothing is left in its log.
        if path.with_name(path.name + "-wal").exists():
            raise
        connection = sqlite3.connect(f"{address}?immutable=1", uri=True, timeout=timeout)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _check_schema(database: Database, path: Path, readonly: bool) -> None:
    applied = [step.name for step in migrations.applied(database)]
    pending = [step.name for step in migrations.pending(database)]
    known = set(pending) | {step.name for step in migrations._migrations}
    unknown = [name for name in applied if name not in known]
    if unknown:
        raise EvidenceError(
            f"{path} comes from a newer version of evidence (it has the step {unknown[-1]}). Update the program."
        )
    if not applied and (readonly or database.table_names()):
        raise BadInput(f"{path} is an SQLite file, but not an evidence database. Check --data.")
    if readonly and pending:
        raise EvidenceError(
            f"{path} comes from an older version of evidence (it lacks the step {pending[0]}). "
            "Run `evidence tag` once to bring it up to date."
        )


def _prepare_for_writing(database: Database) -> None:
    # Write-ahead log: an export that reads for minutes never blocks a harvest, and the other way round. Where the
    # file system can't share memory, SQLite keeps its older journal by itself.
    database.execute("PRAGMA journal_mode = WAL").fetchone()
    database.execute("PRAGMA synchronous = NORMAL")
    if migrations.pending(database):
        with write_transaction(database):
            migrations.apply(database)


@contextmanager
def write_transaction(database: Database) -> Iterator[None]:
    """All or nothing. Takes the write lock at once, because a transaction that reads first can't always get it later.

    Inside another transaction it is a savepoint. Raises what `explain` makes of SQLite's errors.
    """
    with explain_errors(database_path(database)):
        if database.conn.in_transaction:
            with database.atomic():
                yield
            return
        database.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
            database.conn.execute("COMMIT")
        except BaseException:
            database.conn.rollback()
            raise


def database_path(database: Database) -> Path:
    """Where the database's file lies."""
    return Path(database.conn.execute("PRAGMA database_list").fetchone()[2])


@contextmanager
def explain_errors(path: Path) -> Iterator[None]:
    """Turns SQLite's errors inside the block into EvidenceErrors that say what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise explain(error, path) from error


def explain(error: sqlite3.Error, path: Path) -> EvidenceError:
    """The EvidenceError for what went wrong with the database at `path`."""
    text = str(error)
    for sign, kind, message in _EXPLANATIONS:
        if sign in text:
            return kind(message.format(path=path))
    return EvidenceError(f"The database {path} refused: {text}.")


_EXPLANATIONS: tuple[tuple[str, type[EvidenceError], str], ...] = (
    ("locked", Busy, "Another process is writing to {path}. Wait for it to end, then try again."),
    ("full", EvidenceError, "The disk that holds {path} is full. Nothing was half-written; free some space and rerun."),
    ("readonly", EvidenceError, "No permission to write to {path}. Check the owner of the data folder."),
    ("unable to open", EvidenceError, "Can't open {path}. Check the path and its permissions."),
    ("not a database", BadInput, "{path} is not an SQLite database. Check --data, or restore a backup."),
    ("malformed", BadInput, "{path} is damaged. Restore the last backup with `evidence restore`."),
    ("disk I/O", EvidenceError, "Reading or writing {path} failed. Check the disk, then rerun."),
)
