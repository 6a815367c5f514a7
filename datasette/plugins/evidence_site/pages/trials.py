"""Registered trials, their status and their papers. A trial with five papers is one row."""

from __future__ import annotations

import json
from typing import Any

from evidence_site.asks import Ask, Page, Route
from evidence_site.studies import load_studies

NAVIGATION = (("/trials", "Trials", "trials"),)

_TRIALS = """
SELECT t.*, (SELECT count(*) FROM study_trials AS s WHERE s.main_id = t.main_id) AS papers,
    (SELECT group_concat(o.registry_id, ', ') FROM trials AS o
     WHERE o.main_id = t.main_id AND o.registry_id <> t.registry_id) AS other_ids
FROM trials AS t WHERE t.registry_id = t.main_id AND t.relevance <> 'off_topic'
ORDER BY t.title = '', papers > 0, coalesce(t.year, 0) DESC, t.registry_id DESC LIMIT 1000
"""

#: Words in a registry's status that say that no result is to be waited for, or that the trial has ended.
_ENDED = ("completed", "terminated", "withdrawn", "ended", "suspended")


def build(edition, connection, ask: Ask) -> Page:
    ask.only()
    trials = edition.remember("trials", lambda: all_trials(connection, edition))
    return Page(
        "trials.html",
        "Trials",
        {
            "named": [t for t in trials if t["title"]],
            "unnamed": [t for t in trials if not t["title"]],
        },
        {"trials": [{k: v for k, v in t.items() if k != "studies"} for t in trials]},
        description="Registered trials of ketamine for alcohol use disorder, their status and their papers.",
        section="trials",
    )


def all_trials(connection, edition) -> list[dict[str, Any]]:
    """Every trial with its papers; those without a paper first, because they are what is missing."""
    trials = _rows(connection.execute(_TRIALS))
    for trial in trials:
        ids = [
            row[0]
            for row in connection.execute(
                "SELECT study_id FROM study_trials WHERE main_id = ? ORDER BY study_id LIMIT 20", [trial["main_id"]]
            )
        ]
        trial["studies"] = load_studies(connection, edition, ids)
        trial["addresses"] = [study.row["path"] for study in trial["studies"]]
        trial["outcomes"] = json.loads(trial["outcomes"] or "{}")
        trial["href"] = registry_link(trial["registry_id"])
    return trials


def open_trials(connection) -> list[dict[str, Any]]:
    """Trials without a paper here, those that still run first."""
    found = [trial for trial in _rows(connection.execute(_TRIALS)) if trial["title"] and not trial["papers"]]
    for trial in found:
        trial["href"] = registry_link(trial["registry_id"])
        trial["ended"] = any(word in trial["status"].lower() for word in _ENDED)
    return sorted(found, key=lambda trial: trial["ended"])


def registry_link(registry_id: str) -> str:
    """The registry's own page of a trial, "" where the registry has no stable address."""
    if registry_id.startswith("NCT"):
        return f"https://clinicaltrials.gov/study/{registry_id}"
    if registry_id.startswith("ISRCTN"):
        return f"https://www.isrctn.com/{registry_id}"
    return ""


def _rows(cursor) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


ROUTES = (Route(r"/trials(?P<form>\.json)?", build),)
