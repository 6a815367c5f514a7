"""What a harvest asks of earlier runs, beside `db.runs`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from db.connect import write_transaction


def carry_over(database: Database, run_id: int, *, not_before: str) -> int:
    """Takes over what this run's unfinished forerunners have fetched and stored, so that it isn't fetched again.

    Forerunners are runs of the same topic and strategy since the last complete one, started `not_before` (ISO time).
    The hits get the outcome "carried" and count as unchanged. Returns how many.
    """
    with write_transaction(database):
        carried = database.conn.execute(_CARRY, [run_id, run_id, not_before]).rowcount
        database.conn.execute("UPDATE harvest_runs SET unchanged = unchanged + ? WHERE id = ?", [carried, run_id])
    return carried


_CARRY = """
UPDATE hits SET outcome = 'carried' WHERE run_id = ? AND outcome = '' AND pmid IN (
    SELECT h.pmid
    FROM harvest_runs AS this
    JOIN harvest_runs AS r ON r.topic_id = this.topic_id AND r.strategy_sha256 = this.strategy_sha256
    JOIN hits AS h ON h.run_id = r.id
    WHERE this.id = ? AND r.started_at >= ? AND r.status IN ('interrupted', 'failed')
      AND h.outcome IN ('new', 'changed', 'unchanged')
      AND r.id > (
          SELECT coalesce(max(d.id), 0) FROM harvest_runs AS d
          WHERE d.topic_id = this.topic_id AND d.strategy_sha256 = this.strategy_sha256 AND d.status = 'done'
            AND d.kind <> 'import'
      )
)
"""


def harvested_pmids(database: Database, topic_id: str) -> set[int]:
    """PMIDs that harvests of this topic found and stored, whatever has become of them since."""
    rows = database.conn.execute(
        "SELECT DISTINCT h.pmid FROM hits AS h JOIN harvest_runs AS r ON r.id = h.run_id "
        "WHERE r.topic_id = ? AND r.kind <> 'import' AND h.outcome IN ('new', 'changed', 'unchanged')",
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


def all_pmids(database: Database) -> set[int]:
    """Every PMID that the database has a record of."""
    return {pmid for (pmid,) in database.conn.execute("SELECT pmid FROM articles WHERE pmid IS NOT NULL")}


def pmid_of_doi(database: Database, doi: str) -> int | None:
    """The PMID of the record with this DOI (lower case), None where there is none."""
    row = database.conn.execute(
        "SELECT pmid FROM articles WHERE doi = ? AND pmid IS NOT NULL ORDER BY pmid LIMIT 1", [doi]
    ).fetchone()
    return None if row is None else int(row[0])


def raw_xml(database: Database, pmid: int) -> bytes | None:
    """The newest PubMed XML kept of a record, None where there is none."""
    row = database.conn.execute(
        "SELECT w.body FROM raw_records AS w JOIN articles AS a ON a.id = w.article_id "
        "WHERE a.pmid = ? AND w.form = 'pubmed-xml' ORDER BY w.id DESC LIMIT 1",
        [pmid],
    ).fetchone()
    return None if row is None else gzip.decompress(row[0])


def save_search_check(
    database: Database, topic_id: str, *, at: str, found: int, expected: int, result: dict[str, Any]
) -> None:
    """Keeps the outcome of a search check."""
    with write_transaction(database):
        database.conn.execute(
            "INSERT INTO search_checks (topic_id, at, found, expected, result) VALUES (?, ?, ?, ?, ?)",
            [topic_id, at, found, expected, json.dumps(result, ensure_ascii=False)],
        )
