"""Kills a harvest at a moment and lets the next one finish: what the kill test and benchmark share."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from db.connect import open_database
from tests.harvest.running import state_of, watermarks_of

ROOT = Path(__file__).resolve().parents[2]


def start_harvest(path: Path, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.harvest.killed", str(path), url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def kill_after(path: Path, url: str, seconds: float) -> bool:
    """Kills (SIGKILL) a harvest so long after it has started its work. Returns whether it was still at it."""
    process = start_harvest(path, url)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "started\n"
        time.sleep(seconds)
        process.kill()
        rest = process.stdout.read()
    process.wait()
    return "done" not in rest


def finish(path: Path, url: str) -> str:
    """Lets a harvest run to its end and returns the digest of the database's state."""
    process = start_harvest(path, url)
    out, _ = process.communicate(timeout=60)
    assert out == "started\ndone\n"
    database = open_database(path)
    try:
        assert watermarks_of(database)[-1] == "2026-03-01"
        assert database.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return state_of(database)
    finally:
        database.close()
