"""How the data folder is doing, for people and for monitoring."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from db.runs import DONE, list_runs

_RUN_FIELDS = ("id", "kind", "status", "started_at", "finished_at", "found", "new", "changed", "failed", "message")


def database_status(
    database: Database, *, now: datetime, snapshot: Path | None = None, max_age: timedelta | None = None
) -> dict[str, Any]:
    """The state of things as one plain dictionary.

    `health` is "ok", "stale" (the last complete harvest is older than `max_age`), "failing" (the newest harvest is not
    complete) or "never" (no harvest was ever complete). `is_fresh` is what `--max-age` asks for. `snapshot` is the
    published database, for its age. Ages are in seconds.
    """
    runs = [run for run in list_runs(database) if run["kind"] in ("harvest", "full")]
    success = next((run for run in runs if run["status"] == DONE), None)
    age = _age(success["finished_at"], now) if success else None
    is_fresh = age is not None and (max_age is None or age <= max_age.total_seconds())
    topic = next(iter(database.query("SELECT id, name FROM topics")), None)
    return {
        "health": _health(runs, age, is_fresh),
        "is_fresh": is_fresh,
        "topic": topic["id"] if topic else None,
        "last_run": _run(runs[0]) if runs else None,
        "last_success": success["finished_at"] if success else None,
        "last_success_age": age,
        "counts": _counts(database),
        "model": _model(database),
        "snapshot": _snapshot(snapshot, now),
    }


def _health(runs: list[dict[str, Any]], age: float | None, is_fresh: bool) -> str:
    if age is None:
        return "never"
    if not is_fresh:
        return "stale"
    return "ok" if runs[0]["status"] in (DONE, "running") else "failing"


def _run(run: dict[str, Any]) -> dict[str, Any]:
    return {name: run[name] for name in _RUN_FIELDS}


def _age(at: str, now: datetime) -> float:
    moment = datetime.fromisoformat(at)
    return (now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))).total_seconds()


def _counts(database: Database) -> dict[str, int]:
    row = next(iter(database.query(_COUNTS)))
    return {name: int(number) for name, number in row.items()}


_COUNTS = """
SELECT
    (SELECT count(*) FROM articles) AS articles,
    (SELECT count(*) FROM articles WHERE pmid IS NULL) AS without_pmid,
    (SELECT count(*) FROM articles WHERE retraction_state = 'retracted') AS retracted,
    (SELECT count(*) FROM articles WHERE missing_since IS NOT NULL) AS missing,
    (SELECT count(*) FROM articles WHERE withdrawn_at IS NOT NULL) AS withdrawn,
    (SELECT count(*) FROM trials WHERE same_as IS NULL) AS trials,
    (SELECT count(*) FROM corrections WHERE source = 'person') AS corrections,
    (SELECT count(*) FROM articles AS a LEFT JOIN tagged AS t ON t.article_id = a.id
     WHERE t.article_id IS NULL OR t.content_hash <> a.content_hash) AS untagged
"""


def _model(database: Database) -> str | None:
    """The model that tagged last."""
    row = database.conn.execute("SELECT id FROM models ORDER BY first_used_at DESC, rowid DESC LIMIT 1").fetchone()
    return str(row[0]) if row else None


def _snapshot(path: Path | None, now: datetime) -> dict[str, Any] | None:
    if path is None or not path.exists():
        return None
    published = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return {"published_at": published.isoformat(timespec="seconds"), "age": (now - published).total_seconds()}
