"""Opening the database: writers migrate, readers refuse what they don't know, every failure says what to do."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlite_utils import Database

from db.connect import explain, open_database, write_transaction
from db.errors import BadInput, Busy, EvidenceError
from db.migrations import migrations


@pytest.fixture
def path(tmp_path: Path) -> Path:
    open_database(tmp_path / "evidence.db").conn.close()
    return tmp_path / "evidence.db"


def test_a_writer_creates_folders_file_and_schema(tmp_path: Path) -> None:
    database = open_database(tmp_path / "new" / "data" / "evidence.db")
    assert migrations.pending(database) == []
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert database.execute("PRAGMA foreign_keys").fetchone() == (1,)
    database.conn.close()


def test_a_reader_can_read_but_not_write(path: Path) -> None:
    database = open_database(path, readonly=True)
    assert database["articles"].count == 0
    with pytest.raises(EvidenceError, match="No permission to write"), write_transaction(database):
        database.execute("DELETE FROM articles")
    database.conn.close()


def test_a_reader_says_what_to_run_when_there_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="Run `evidence up` first"):
        open_database(tmp_path / "evidence.db", readonly=True)
    assert list(tmp_path.iterdir()) == []


def test_a_reader_refuses_an_older_schema(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm003_labels'")
    connection.close()
    with pytest.raises(EvidenceError, match=r"older version of evidence \(it lacks the step m003_labels"):
        open_database(path, readonly=True)


@pytest.mark.parametrize("readonly", [True, False])
def test_nobody_touches_a_newer_schema(path: Path, readonly: bool) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('evidence', 'm999_future', '')"
        )
    connection.close()
    with pytest.raises(EvidenceError, match=r"newer version of evidence \(it has the step m999_future"):
        open_database(path, readonly=readonly)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "evidence.db"
    path.write_text("<html>not a database, but long enough to be looked at</html>" * 40)
    before = path.read_bytes()
    with pytest.raises(BadInput, match="is not an SQLite database"):
        open_database(path)
    assert path.read_bytes() == before


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE places (id)")
    connection.close()
    with pytest.raises(BadInput, match="not an evidence database"):
        open_database(path)


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="is a folder"):
        open_database(tmp_path)


def test_a_locked_database_is_busy_not_a_traceback(path: Path) -> None:
    first, second = open_database(path), open_database(path, timeout=0.05)
    with write_transaction(first), pytest.raises(Busy, match="Another process is writing"), write_transaction(second):
        pass
    first.conn.close()
    second.conn.close()


Unwritable = Callable[[Path], AbstractContextManager[None]]


def test_a_folder_without_permission_is_explained(open_folder: Path, unwritable: Unwritable) -> None:
    for path in (open_folder / "evidence.db", open_folder / "new" / "evidence.db"):
        with unwritable(open_folder), pytest.raises(EvidenceError, match="permissions"):
            open_database(path)


def test_a_reader_opens_a_database_in_a_folder_that_it_cannot_write(open_folder: Path, unwritable: Unwritable) -> None:
    path = open_folder / "evidence.db"
    open_database(path).conn.close()
    path.chmod(0o644)
    with unwritable(open_folder):
        database = open_database(path, readonly=True)
        assert database["articles"].count == 0
        database.conn.close()


def test_a_reader_does_not_overlook_what_a_killed_writer_left_in_the_log(
    open_folder: Path, unwritable: Unwritable
) -> None:
    path = open_folder / "evidence.db"
    writer = open_database(path)
    writer.execute("INSERT INTO topics VALUES ('t', 'T', '', '', '')")
    copy = open_folder / "copy.db"
    for suffix in ("", "-wal"):
        shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")
    copy.chmod(0o644)
    with unwritable(open_folder), pytest.raises(EvidenceError, match=r"copy\.db"):
        open_database(copy, readonly=True)
    writer.conn.close()


def test_a_full_disk_leaves_the_database_as_it_was(path: Path) -> None:
    database = open_database(path)
    database.execute("PRAGMA max_page_count = 1")
    with pytest.raises(EvidenceError, match="is full"), write_transaction(database):
        database.execute("CREATE TABLE filler AS SELECT zeroblob(10000000) AS body")
    assert not database["filler"].exists()
    database.conn.close()


def test_every_other_error_keeps_sqlites_own_words() -> None:
    assert str(explain(sqlite3.Error("odd"), Path("x.db"))) == "The database x.db refused: odd."


def write_then(database: Database, error: BaseException) -> None:
    with write_transaction(database):
        with write_transaction(database):
            database.execute("INSERT INTO topics VALUES ('t', 'T', '', '', '')")
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("outer")])
def test_a_failed_transaction_leaves_nothing_behind_inner_ones_included(path: Path, error: BaseException) -> None:
    database = open_database(path)
    with pytest.raises(type(error)):
        write_then(database, error)
    assert database["topics"].count == 0
    database.conn.close()
