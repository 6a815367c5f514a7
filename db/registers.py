"""Registered trials of the starter set: rows that a register holds and no journal has published."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from db.tags import json_value

_PATTERNS = (
    (r"NCT\d{8}", "ClinicalTrials.gov"),
    (r"ISRCTN\d+", "ISRCTN"),
    (r"ACTRN\d+", "ANZCTR"),
    (r"ChiCTR.+", "ChiCTR"),
    (r"(EUCTR)?\d{4}-\d{6}-\d{2}.*", "EU Clinical Trials Register"),
    (r"CRD\d+", "PROSPERO"),
    (r"IRAS ?\d+", "HRA research summaries"),
)
#: What a row says of the trial's progress, in words that the registers themselves use. Longer phrases come first.
_STATUS = re.compile(
    r"\b(active, not recruiting|not yet recruiting|recruiting|completed|withdrawn|terminated|closed)\b", re.IGNORECASE
)
_SAME = re.compile(r"the same trial as (\S+?)[.;,)]?(?:\s|$)")


def is_registry_only(row: Mapping[str, str]) -> bool:
    """True for a row that is known by its registration alone."""
    return bool(row.get("registry_id")) and not row.get("pmid") and not row.get("doi")


def registry_name(number: str) -> str:
    """The register that gives out numbers of this form, "" for a form that is not known."""
    return next((name for pattern, name in _PATTERNS if re.fullmatch(pattern, number, re.IGNORECASE)), "")


def save_trials(database: Database, rows: Sequence[Mapping[str, str]], *, checked_at: str) -> int:
    """Writes the trials; the caller holds the transaction. Returns how many are new.

    A trial that a register's own data has since described keeps that. Two registrations of one trial point to each
    other by `same_as`, from the column of that name or from the words "the same trial as …" in the provenance.
    """
    before = database["trials"].count
    database.conn.executemany(_SAVE, [_values(row, checked_at) for row in rows])
    pairs = [(other, row["registry_id"], other) for row in rows if (other := _same_as(row))]
    database.conn.executemany(_LINK, pairs)
    return int(database["trials"].count - before)


def _same_as(row: Mapping[str, str]) -> str:
    found = _SAME.search(row.get("source", ""))
    return row.get("same_as", "") or (found.group(1) if found else "")


def _values(row: Mapping[str, str], checked_at: str) -> list[Any]:
    directions = {
        name.removesuffix("_direction"): value for name, value in row.items() if name.endswith("_direction") and value
    }
    status, seen = _status(row)
    return [
        row["registry_id"],
        row.get("journal") or registry_name(row["registry_id"]),
        row["title"],
        status,
        int(row["year"]) if row.get("year") else None,
        row.get("relevance", ""),
        row.get("population", ""),
        int(row["n_participants"]) if row.get("n_participants") else None,
        row.get("intervention", ""),
        row.get("comparator", ""),
        row.get("follow_up", ""),
        json_value(directions),
        seen or checked_at,
    ]


def _status(row: Mapping[str, str]) -> tuple[str, str]:
    """The status and the date it was seen on, where the row's words give them; never guessed."""
    text = f"{row.get('population', '')} {row.get('finding', '')}"
    found = _STATUS.search(text)
    if found is None:
        return "", ""
    dated = re.match(r" (\d{4}-\d{2}-\d{2})", text[found.end() :])
    return found.group().lower(), dated.group(1) if dated else ""


_SAVE = (
    "INSERT INTO trials (registry_id, registry, title, status, year, relevance, population, n_participants, "
    "intervention, comparator, follow_up, outcomes, source, checked_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'starter', ?) ON CONFLICT (registry_id) DO UPDATE SET "
    "registry = excluded.registry, title = excluded.title, status = excluded.status, year = excluded.year, "
    "relevance = excluded.relevance, population = excluded.population, n_participants = excluded.n_participants, "
    "intervention = excluded.intervention, comparator = excluded.comparator, follow_up = excluded.follow_up, "
    "outcomes = excluded.outcomes, checked_at = excluded.checked_at WHERE source = 'starter'"
)
_LINK = (
    "UPDATE trials SET same_as = ? WHERE registry_id = ? AND EXISTS (SELECT 1 FROM trials AS t WHERE t.registry_id = ?)"
)
