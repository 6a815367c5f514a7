"""A process killed at any moment leaves whole batches or nothing, and a second run ends where an undisturbed one does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from db.connect import open_database

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from pathlib import Path
import db.store
from db.connect import open_database
from tests.db.invented import invented
db.store.BATCH = 7
database = open_database(Path(sys.argv[1]))
print("ready", flush=True)
records = (invented(pmid=n, doi=f"10.5555/{n}", title=f"Invented {n}") for n in range(1, 400))
db.store.save_records(database, records, source="pubmed", run_id=None, at="2026")
database.conn.close()
"""


def start(path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SCRIPT, str(path)], cwd=ROOT, stdout=subprocess.PIPE)


def content(path: Path) -> list[str]:
    """All rows but those that say when the schema was made."""
    with closing(open_database(path).conn) as connection:
        return [line for line in connection.iterdump() if "_sqlite_migrations" not in line]


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.03, 0.08])
def test_killed_and_run_again_is_as_if_never_killed(tmp_path: Path, delay: float) -> None:
    path, undisturbed = tmp_path / "killed.db", tmp_path / "undisturbed.db"
    with start(path) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
    with closing(open_database(path, readonly=True).conn) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        articles, indexed, raw, new = connection.execute(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM articles_fts), "
            "(SELECT count(*) FROM raw_records), (SELECT count(*) FROM changes)"
        ).fetchone()
    assert articles == indexed == raw == new
    assert articles % 7 == 0 or articles == 399
    for target in (path, undisturbed):
        with start(target) as process:
            process.communicate(timeout=120)
        assert process.returncode == 0
    assert content(path) == content(undisturbed)
