"""Harvest runs: what was asked, what came back, and from where the next run goes on.

`save_records` and `mark_missing` keep a run's counts of new, changed, unchanged, missing and failed records while
they store them, so that the counts of a killed run are true as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from db.connect import write_transaction
from db.errors import BadInput
from db.topic import Topic

RUNNING, DONE, FAILED, INTERRUPTED = "running", "done", "failed", "interrupted"


@dataclass(frozen=True, slots=True)
class Block:
    """One concept block or line of a search strategy, with the number of records that it alone finds."""

    name: str
    query: str
    count: int
    query_translation: str = ""


def save_topic(database: Database, topic: Topic, *, at: str) -> None:
    """Keeps the topic file's text beside the data. A changed file of the same topic replaces the older text.

    Raises BadInput when the database already tracks another topic: its labels and counts would mix.
    """
    with write_transaction(database):
        other = database.conn.execute("SELECT id FROM topics WHERE id <> ?", [topic.id]).fetchone()
        if other is not None:
            raise BadInput(
                f"This data folder tracks the topic {other[0]!r}, not {topic.id!r}. Use another folder with --data."
            )
        database.conn.execute(_SAVE_TOPIC, [topic.id, topic.name, topic.sha256, topic.text, at])


_SAVE_TOPIC = (
    "INSERT INTO topics (id, name, sha256, text, loaded_at) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET name = excluded.name, sha256 = excluded.sha256, text = excluded.text, "
    "loaded_at = excluded.loaded_at WHERE sha256 <> excluded.sha256"
)


def start_run(
    database: Database,
    *,
    kind: str,
    at: str,
    topic_id: str | None = None,
    strategy: str = "",
    query: str = "",
    since: str = "",
    version: str = "",
) -> int:
    """Opens a run ("harvest", "full", "import") and returns its id. `strategy` is the whole text that is searched."""
    with write_transaction(database):
        row = database.conn.execute(
            "INSERT INTO harvest_runs (topic_id, kind, status, started_at, strategy, strategy_sha256, query, since, "
            "version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            [topic_id, kind, RUNNING, at, strategy, strategy_hash(strategy), query, since, version],
        ).fetchone()
        return int(row[0])


def strategy_hash(strategy: str) -> str:
    """The hash by which runs of the same search are known ("" for none)."""
    return hashlib.sha256(strategy.encode()).hexdigest() if strategy else ""


def describe_run(
    database: Database,
    run_id: int,
    *,
    query_translation: str | None = None,
    warnings: str | None = None,
    expected: int | None = None,
    found: int | None = None,
    failed: int | None = None,
    requests: int | None = None,
) -> None:
    """Keeps what is learnt of a run on its way; None leaves a value as it is. `warnings` is a JSON list."""
    with write_transaction(database):
        database.conn.execute(_DESCRIBE, [query_translation, warnings, expected, found, failed, requests, run_id])


_DESCRIBE = (
    "UPDATE harvest_runs SET query_translation = coalesce(?, query_translation), warnings = coalesce(?, warnings), "
    "expected = coalesce(?, expected), found = coalesce(?, found), failed = coalesce(?, failed), "
    "requests = coalesce(?, requests) WHERE id = ?"
)


def save_blocks(database: Database, run_id: int, blocks: Iterable[Block]) -> None:
    """Keeps each block's own count."""
    with write_transaction(database):
        database.conn.executemany(
            "INSERT OR REPLACE INTO run_blocks (run_id, block, query, count, query_translation) VALUES (?, ?, ?, ?, ?)",
            [(run_id, block.name, block.query, block.count, block.query_translation) for block in blocks],
        )


def save_hits(database: Database, run_id: int, pmids: Iterable[int], *, line: str = "main") -> None:
    """Keeps which PMIDs the search found, before they are fetched. A hit of an earlier line keeps that line."""
    with write_transaction(database):
        database.conn.executemany(
            "INSERT OR IGNORE INTO hits (run_id, pmid, line) VALUES (?, ?, ?)", [(run_id, pmid, line) for pmid in pmids]
        )


def set_outcome(database: Database, run_id: int, pmids: Iterable[int], outcome: str) -> None:
    """Notes what became of hits that were not stored ("missing", "failed")."""
    with write_transaction(database):
        database.conn.executemany(
            "UPDATE hits SET outcome = ? WHERE run_id = ? AND pmid = ?", [(outcome, run_id, pmid) for pmid in pmids]
        )


def pending_hits(database: Database, run_id: int) -> list[int]:
    """The PMIDs of a run that have not been dealt with yet, in order."""
    rows = database.conn.execute("SELECT pmid FROM hits WHERE run_id = ? AND outcome = '' ORDER BY pmid", [run_id])
    return [pmid for (pmid,) in rows]


def finish_run(
    database: Database, run_id: int, *, at: str, status: str = DONE, watermark: str = "", message: str = ""
) -> None:
    """Closes a run. The watermark stands only on a run that is done: any other leaves the last one in force."""
    with write_transaction(database):
        database.conn.execute(
            "UPDATE harvest_runs SET status = ?, finished_at = ?, watermark = ?, message = ? WHERE id = ?",
            [status, at, watermark if status == DONE else "", message, run_id],
        )


def fail_run(database: Database, run_id: int, *, at: str, message: str) -> None:
    """Closes a run that could not do its work."""
    finish_run(database, run_id, at=at, status=FAILED, message=message)


def interrupt_run(database: Database, run_id: int, *, at: str, message: str = "") -> None:
    """Closes a run that was stopped and can be resumed."""
    finish_run(database, run_id, at=at, status=INTERRUPTED, message=message)


def close_killed_runs(database: Database, *, at: str) -> int:
    """Marks runs that still say "running" as interrupted; call it while holding the lock. Returns how many."""
    with write_transaction(database):
        return database.conn.execute(
            "UPDATE harvest_runs SET status = ?, finished_at = ?, message = 'The process ended without closing the run.' "
            "WHERE status = ?",
            [INTERRUPTED, at, RUNNING],
        ).rowcount


def last_watermark(database: Database, *, topic_id: str, strategy: str) -> str:
    """The date up to which this very strategy has been searched completely, "" where it never was.

    Another strategy has no watermark: what it finds beyond the old one may lie in any year.
    """
    row = database.conn.execute(
        "SELECT watermark FROM harvest_runs WHERE topic_id = ? AND strategy_sha256 = ? AND status = ? "
        "AND watermark <> '' ORDER BY id DESC LIMIT 1",
        [topic_id, strategy_hash(strategy), DONE],
    ).fetchone()
    return str(row[0]) if row else ""


def resumable_run(database: Database, *, topic_id: str, strategy: str) -> dict[str, Any] | None:
    """The newest run of this strategy, as a row, if it was interrupted or failed with hits left to fetch."""
    rows = database.query(
        "SELECT * FROM harvest_runs WHERE topic_id = ? AND strategy_sha256 = ? ORDER BY id DESC LIMIT 1",
        [topic_id, strategy_hash(strategy)],
    )
    run = next(iter(rows), None)
    if run is None or run["status"] not in (INTERRUPTED, FAILED) or not pending_hits(database, run["id"]):
        return None
    return dict(run)


def list_runs(database: Database, *, statuses: Sequence[str] = (), limit: int = 1000) -> list[dict[str, Any]]:
    """Runs as rows, newest first; all of them, or those with one of the statuses."""
    runs = [dict(row) for row in database.query("SELECT * FROM harvest_runs ORDER BY id DESC")]
    return [run for run in runs if not statuses or run["status"] in statuses][:limit]
