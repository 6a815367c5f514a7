"""Backup and restore: one whole file out, and nothing in that was not looked at."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.backup import backup_database, restore_database
from db.connect import open_database, write_transaction
from db.errors import BadInput, EvidenceError
from db.store import save_records
from tests.db.invented import invented

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "evidence.db"
    with closing(open_database(path).conn):
        pass
    save(path, 1)
    return path


def save(path: Path, pmid: int) -> None:
    database = open_database(path)
    save_records(database, [invented(pmid=pmid, doi="")], source="x", run_id=None, at="2026")
    database.conn.close()


def pmids(path: Path) -> list[int]:
    with closing(open_database(path, readonly=True).conn) as connection:
        return [pmid for (pmid,) in connection.execute("SELECT pmid FROM articles ORDER BY pmid")]


def test_a_backup_is_one_whole_file_though_a_writer_is_at_work(path: Path, tmp_path: Path) -> None:
    writer = open_database(path)
    with write_transaction(writer):
        writer.execute("UPDATE articles SET title = 'half-written'")
        backup_database(path, tmp_path / "backups" / "today.db")
    writer.conn.close()
    assert [item.name for item in (tmp_path / "backups").iterdir()] == ["today.db"]
    assert (tmp_path / "backups" / "today.db").stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(tmp_path / "backups" / "today.db")) as backup:
        assert backup.execute("SELECT pmid, title FROM articles").fetchall() == [
            (1, "An invented trial of ketamine in an invented town.")
        ]


def test_a_restore_brings_back_the_old_state_and_keeps_the_replaced_one(path: Path, tmp_path: Path) -> None:
    backup_database(path, tmp_path / "backup.db")
    save(path, 2)
    kept = restore_database(tmp_path / "backup.db", path, at=AT)
    assert kept == path.with_name("evidence.before-restore-20260102T030405.db")
    assert (pmids(path), pmids(kept)) == ([1], [1, 2])
    assert sorted(item.name for item in path.parent.iterdir() if not item.name.endswith(("-wal", "-shm"))) == [
        "evidence.before-restore-20260102T030405.db",
        "evidence.db",
    ]


def test_what_stands_in_the_log_of_a_killed_writer_is_kept_and_not_replayed(path: Path, tmp_path: Path) -> None:
    backup_database(path, tmp_path / "backup.db")
    writer = open_database(path)
    save_records(writer, [invented(pmid=2, doi="")], source="x", run_id=None, at="2026")
    kept = restore_database(tmp_path / "backup.db", path, at=AT)
    writer.conn.close()
    assert kept is not None
    assert (pmids(path), pmids(kept)) == ([1], [1, 2])


def test_a_restore_into_an_empty_folder_keeps_nothing(path: Path, tmp_path: Path) -> None:
    backup_database(path, tmp_path / "backup.db")
    assert restore_database(tmp_path / "backup.db", tmp_path / "new" / "evidence.db") is None
    assert pmids(tmp_path / "new" / "evidence.db") == [1]


def damaged(good: Path, target: Path) -> None:
    body = bytearray(good.read_bytes())
    body[5000:20000] = b"\xff" * 15000
    target.write_bytes(body)


def empty(_good: Path, target: Path) -> None:
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("CREATE TABLE places (id)")


def no_database(_good: Path, target: Path) -> None:
    target.write_text("not a database at all, whatever its name says " * 50)


def newer(good: Path, target: Path) -> None:
    target.write_bytes(good.read_bytes())
    with closing(sqlite3.connect(target)) as connection, connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('evidence', 'm999_future', '')"
        )


@pytest.mark.parametrize("spoil", [damaged, empty, no_database, newer])
def test_a_bad_backup_is_refused_and_the_database_stays_as_it_was(path: Path, tmp_path: Path, spoil: object) -> None:
    backup_database(path, tmp_path / "good.db")
    spoil(tmp_path / "good.db", tmp_path / "bad.db")  # type: ignore[operator]
    with pytest.raises(EvidenceError):
        restore_database(tmp_path / "bad.db", path)
    assert pmids(path) == [1]
    assert not list(path.parent.glob("*restor*"))


def test_a_damaged_database_does_not_stand_in_the_way_of_its_restore(path: Path, tmp_path: Path) -> None:
    backup_database(path, tmp_path / "backup.db")
    path.write_text("overwritten by something else " * 100)
    kept = restore_database(tmp_path / "backup.db", path, at=AT)
    assert pmids(path) == [1]
    assert kept is not None
    assert kept.read_text().startswith("overwritten")


def test_the_database_is_neither_its_own_backup_nor_restored_from_itself(path: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is the database itself"):
        backup_database(path, path)
    with pytest.raises(BadInput, match="is the database itself"):
        restore_database(path, path)
    with pytest.raises(BadInput, match="There is no backup file"):
        restore_database(tmp_path / "none.db", path)
