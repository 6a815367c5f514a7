"""What a harvest asks of earlier runs, beside `db.runs`."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database

from db.connect import write_transaction

_STORED = "('new', 'changed', 'unchanged')"


def carry_over(database: Database, run_id: int, earlier_id: int) -> int:
    """Takes over what an interrupted run has stored already; its hits count as unchanged. Returns how many."""
    with write_transaction(database):
        carried = database.conn.execute(
            "UPDATE hits SET outcome = 'unchanged' WHERE run_id = ? AND outcome = '' AND pmid IN "
            f"(SELECT pmid FROM hits WHERE run_id = ? AND outcome IN {_STORED})",
            [run_id, earlier_id],
        ).rowcount
        database.conn.execute("UPDATE harvest_runs SET unchanged = unchanged + ? WHERE id = ?", [carried, run_id])
    return carried


def harvested_pmids(database: Database, topic_id: str) -> set[int]:
    """PMIDs that earlier harvests of this topic found and stored, whatever has become of them since."""
    rows = database.conn.execute(
        "SELECT DISTINCT h.pmid FROM hits AS h JOIN harvest_runs AS r ON r.id = h.run_id "
        f"WHERE r.topic_id = ? AND r.kind <> 'import' AND h.outcome IN {_STORED}",
        [topic_id],
    )
    return {pmid for (pmid,) in rows}


def held_pmids(database: Database, pmids: Iterable[int]) -> set[int]:
    """Those of the PMIDs that the database has a record of."""
    held = "SELECT 1 FROM articles WHERE pmid = ?"
    return {pmid for pmid in pmids if database.conn.execute(held, [pmid]).fetchone()}


def missing_before(database: Database, pmids: Iterable[int], day: str) -> set[int]:
    """Those of the PMIDs that a run on or before `day` (ISO) had asked for in vain."""
    asked = (
        "SELECT 1 FROM hits AS h JOIN harvest_runs AS r ON r.id = h.run_id "
        "WHERE h.pmid = ? AND h.outcome = 'missing' AND r.started_at <= ?"
    )
    return {pmid for pmid in pmids if database.conn.execute(asked, [pmid, f"{day}~"]).fetchone()}


def count_missing(database: Database, run_id: int) -> int:
    """Sets the run's number of missing records to what its hits say, and returns it."""
    with write_transaction(database):
        row = database.conn.execute(
            "UPDATE harvest_runs SET missing = (SELECT count(*) FROM hits WHERE run_id = ? AND outcome = 'missing') "
            "WHERE id = ? RETURNING missing",
            [run_id, run_id],
        ).fetchone()
    return int(row[0])
