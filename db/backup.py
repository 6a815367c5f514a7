"""Backup to one file while the database is in use, and a restore that looks before it leaps."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from db.connect import explain_errors, open_database
from db.errors import BadInput, EvidenceError


def backup_database(path: Path, target: Path) -> None:
    """Copies the database at `path` to the one file `target`, whole and consistent, even while a harvest writes.

    An older `target` stays until the new one is complete. Raises EvidenceError if either can't be used.
    """
    if target.resolve() == path.resolve():
        raise BadInput(f"{target} is the database itself. Name another file for the backup.")
    with closing(open_database(path, readonly=True).conn) as source:
        _copy(source, target)


def restore_database(source: Path, path: Path, *, at: datetime | None = None) -> Path | None:
    """Puts the backup `source` in the place of the database at `path`; hold the data folder's lock.

    The backup is checked first: a whole file, an evidence database, of a schema that this program knows. The replaced
    database is kept beside it; its path is returned (None if there was none). Raises BadInput for a bad backup, and
    then changes nothing.
    """
    if not source.is_file():
        raise BadInput(f"There is no backup file {source}.")
    if path.exists() and source.resolve() == path.resolve():
        raise BadInput(f"{source} is the database itself, not a backup of it.")
    fresh = path.with_name(path.name + ".restoring")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with (
            explain_errors(source),
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as backup,
        ):
            _check(backup, source)
            _copy(backup, fresh)
        # Opening it as a writer proves that the schema is known, and brings an older one up to date before the swap.
        with closing(open_database(fresh, create=False).conn) as copy:
            copy.execute("PRAGMA journal_mode = DELETE")
        kept = _keep_old(path, at or datetime.now(UTC))
        _remove_log(path)
        os.replace(fresh, path)
    except OSError as error:
        raise EvidenceError(f"Can't restore to {path}: {error.strerror}. The database is as it was.") from error
    finally:
        fresh.unlink(missing_ok=True)
        _remove_log(fresh)
    return kept


def _check(backup: sqlite3.Connection, source: Path) -> None:
    problems = backup.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if problems != "ok":
        raise BadInput(f"The backup {source} is damaged ({problems}). Use another one; nothing was changed.")
    if backup.execute("SELECT 1 FROM sqlite_master WHERE name = 'corrections'").fetchone() is None:
        raise BadInput(f"{source} is an SQLite file, but not a backup of an evidence database. Nothing was changed.")
    if backup.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise BadInput(f"The backup {source} has rows that point nowhere. Use another one; nothing was changed.")


def _copy(source: sqlite3.Connection, target: Path) -> None:
    """Copies page by page into a file beside the target, then puts it in its place."""
    partial = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with explain_errors(target), closing(sqlite3.connect(partial)) as copy:
            source.backup(copy)
            # One file: no write-ahead log beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
        os.chmod(partial, 0o600)  # the working database holds names of reviewers
        os.replace(partial, target)
    except OSError as error:
        raise EvidenceError(
            f"Can't write {target}: {error.strerror}. Check the path and the space on its disk."
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _keep_old(path: Path, at: datetime) -> Path | None:
    """Moves what is in the log into the old database and keeps a copy of it under another name."""
    if not path.exists():
        return None
    kept = path.with_name(f"{path.stem}.before-restore-{at:%Y%m%dT%H%M%S}{path.suffix}")
    try:
        with closing(sqlite3.connect(path)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            _copy(old, kept)
    except (sqlite3.DatabaseError, EvidenceError):
        # Too damaged to read, which may be why a backup is being restored: keep the file as it is.
        kept.write_bytes(path.read_bytes())
    return kept


def _remove_log(path: Path) -> None:
    """A log left beside a new file would be replayed into it."""
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
