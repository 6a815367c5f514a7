"""Status: what monitoring needs to know, and nothing rosier than it is."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from db import runs
from db.records import ModelInfo
from db.status import database_status
from db.store import save_records
from db.tags import save_model, save_tags
from tests.db.invented import invented

NOW = datetime(2026, 1, 10, tzinfo=UTC)


def run(database: Database, at: str, status: str = runs.DONE) -> None:
    run_id = runs.start_run(database, kind="harvest", at=at)
    if status != runs.RUNNING:
        runs.finish_run(database, run_id, at=at, status=status, message="why")


def test_a_new_database_was_never_harvested(database: Database) -> None:
    status = database_status(database, now=NOW)
    assert (status["health"], status["is_fresh"], status["last_run"]) == ("never", False, None)


def test_an_import_is_no_harvest(database: Database) -> None:
    runs.finish_run(database, runs.start_run(database, kind="import", at="2026-01-09"), at="2026-01-09")
    assert database_status(database, now=NOW)["health"] == "never"


def test_fresh_stale_and_failing(database: Database) -> None:
    run(database, "2026-01-09T00:00:00+00:00")
    status = database_status(database, now=NOW, max_age=timedelta(days=2))
    assert (status["health"], status["is_fresh"], status["last_success_age"]) == ("ok", True, 86400.0)
    assert database_status(database, now=NOW, max_age=timedelta(hours=2))["health"] == "stale"
    run(database, "2026-01-09T12:00:00+00:00", runs.FAILED)
    status = database_status(database, now=NOW, max_age=timedelta(days=2))
    assert (status["health"], status["is_fresh"], status["last_run"]["message"]) == ("failing", True, "why")
    run(database, "2026-01-09T13:00:00+00:00", runs.RUNNING)
    assert database_status(database, now=NOW)["health"] == "ok"


def test_counts_model_and_snapshot(database: Database, tmp_path: Path) -> None:
    save_records(database, [invented(), invented(pmid=None, doi="10.5/x")], source="x", run_id=None, at="2026")
    save_model(database, ModelInfo("m1"), at="2026")
    save_tags(database, [(1, [])], model_id="m1", at="2026")
    snapshot = tmp_path / "site.db"
    snapshot.touch()
    os.utime(snapshot, (NOW.timestamp() - 60, NOW.timestamp() - 60))
    status = database_status(database, now=NOW, snapshot=snapshot)
    assert status["model"] == "m1"
    assert status["snapshot"] == {"published_at": "2026-01-09T23:59:00+00:00", "age": 60.0}
    assert status["counts"] == {
        "articles": 2,
        "without_pmid": 1,
        "retracted": 0,
        "missing": 0,
        "withdrawn": 0,
        "trials": 0,
        "corrections": 0,
        "untagged": 1,
    }
