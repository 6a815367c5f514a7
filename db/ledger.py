"""The ledger of the search: PRISMA-S text and the numbers of a PRISMA 2020 flow diagram, from the recorded runs.

Sources: Rethlefsen et al. 2021 (PRISMA-S, 16 items), Page et al. 2021 (PRISMA 2020 flow for updated and living
reviews). Only what the database records is stated; an item that it can't know says who has to fill it in.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from sqlite_utils import Database

from db.runs import DONE, list_runs

_HARVESTS = ("harvest", "full")


def prisma_flow(database: Database) -> dict[str, Any]:
    """The numbers of the flow, as one plain dictionary.

    "Screened" is what a label of relevance stands for: by a person, or by the classifier (the automation tool of
    PRISMA 2020, item 8). Articles whose relevance the classifier left open are awaiting a person.
    """
    count = _counter(database)
    last = next(iter(list_runs(database, statuses=[DONE])), None)
    identified = {name: count(query) for name, query in _IDENTIFIED.items()}
    not_retrieved = count(_NOT_RETRIEVED)
    articles = count("SELECT count(*) FROM articles")
    return {
        "as_of": last["finished_at"] if last else None,
        "runs": count("SELECT count(*) FROM harvest_runs WHERE status = 'done' AND kind IN ('harvest', 'full')"),
        "identified": identified,
        "removed_before_screening": {
            # One article that several sources brought was identified several times and is kept once.
            "duplicates": sum(identified.values()) - not_retrieved - articles,
            "withdrawn_by_pubmed": count("SELECT count(*) FROM articles WHERE withdrawn_at IS NOT NULL"),
            "not_retrieved": not_retrieved,
        },
        "screened": count("SELECT count(*) FROM articles WHERE withdrawn_at IS NULL"),
        "excluded_off_topic": {
            "by_people": count(_BY_RELEVANCE, {"value": '"off_topic"', "people": 1}),
            "by_classifier": count(_BY_RELEVANCE, {"value": '"off_topic"', "people": 0}),
        },
        "awaiting_a_person": count(_OPEN),
        "included": {
            "core": count(_INCLUDED, {"value": '"core"'}),
            "related": count(_INCLUDED, {"value": '"related"'}),
            "retracted_among_them": count(_RETRACTED),
            "by_study_design": _by_design(database),
        },
        "registers": {
            "records": count("SELECT count(*) FROM trials"),
            "trials": count("SELECT count(*) FROM trials WHERE same_as IS NULL"),
        },
    }


_IDENTIFIED = {
    "pubmed": "SELECT count(DISTINCT h.pmid) FROM hits AS h JOIN harvest_runs AS r ON r.id = h.run_id "
    "WHERE r.kind <> 'import'",
    "files": "SELECT count(DISTINCT h.pmid) FROM hits AS h JOIN harvest_runs AS r ON r.id = h.run_id "
    "WHERE r.kind = 'import'",
    "starter_set": "SELECT count(DISTINCT article_id) FROM raw_records WHERE form = 'starter-set'",
    "other": "SELECT count(*) FROM articles AS a WHERE NOT EXISTS (SELECT 1 FROM hits AS h WHERE h.pmid = a.pmid) "
    "AND NOT EXISTS (SELECT 1 FROM raw_records AS r WHERE r.article_id = a.id AND r.form = 'starter-set')",
}
# A hit of two kinds of run was identified twice.
_NOT_RETRIEVED = (
    "SELECT count(*) FROM (SELECT DISTINCT h.pmid, r.kind = 'import' FROM hits AS h JOIN harvest_runs AS r "
    "ON r.id = h.run_id WHERE NOT EXISTS (SELECT 1 FROM articles AS a WHERE a.pmid = h.pmid))"
)
_BY_RELEVANCE = (
    "SELECT count(*) FROM labels AS l JOIN articles AS a ON a.id = l.article_id WHERE a.withdrawn_at IS NULL "
    "AND l.field = 'relevance' AND l.value = :value AND NOT l.abstained AND (l.source <> 'tag') = :people"
)
_INCLUDED = (
    "SELECT count(*) FROM labels AS l JOIN articles AS a ON a.id = l.article_id WHERE a.withdrawn_at IS NULL "
    "AND l.field = 'relevance' AND l.value = :value AND NOT l.abstained"
)
_OPEN = (
    "SELECT count(*) FROM articles AS a WHERE a.withdrawn_at IS NULL AND a.id NOT IN "
    "(SELECT article_id FROM labels WHERE field = 'relevance' AND NOT abstained)"
)
_RETRACTED = (
    "SELECT count(*) FROM labels AS l JOIN articles AS a ON a.id = l.article_id WHERE a.withdrawn_at IS NULL "
    "AND l.field = 'relevance' AND l.value IN ('\"core\"', '\"related\"') AND NOT l.abstained "
    "AND a.retraction_state = 'retracted'"
)
_DESIGNS = (
    "SELECT d.value, count(*) FROM labels AS d JOIN labels AS r ON r.article_id = d.article_id "
    "AND r.field = 'relevance' AND r.value IN ('\"core\"', '\"related\"') AND NOT r.abstained "
    "JOIN articles AS a ON a.id = d.article_id AND a.withdrawn_at IS NULL "
    "WHERE d.field = 'study_design' AND NOT d.abstained GROUP BY d.value ORDER BY count(*) DESC, d.value"
)


def _counter(database: Database) -> Any:
    def count(query: str, values: dict[str, Any] | None = None) -> int:
        return int(database.conn.execute(query, values or {}).fetchone()[0])

    return count


def _by_design(database: Database) -> dict[str, int]:
    return {json.loads(value): int(number) for value, number in database.conn.execute(_DESIGNS)}


def prisma_flow_csv(flow: dict[str, Any]) -> str:
    """The flow as CSV: stage, item, number."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["stage", "item", "number"])
    for stage, value in flow.items():
        for item, number in _flat(value):
            writer.writerow([stage, item, "" if number is None else number])
    return stream.getvalue()


def _flat(value: Any, name: str = "") -> list[tuple[str, Any]]:
    if not isinstance(value, dict):
        return [(name, value)]
    return [pair for key, part in value.items() for pair in _flat(part, f"{name}.{key}" if name else key)]


def prisma_s(database: Database) -> str:
    """The search as PRISMA-S asks for it, item by item, in English, ready for a supplement."""
    runs = [run for run in list_runs(database) if run["kind"] in _HARVESTS]
    done = [run for run in runs if run["status"] == DONE]
    if not done:
        return "No harvest run is complete yet, so there is no search to report. Run `evidence harvest`.\n"
    items = [
        ("1. Database name", "PubMed (U.S. National Library of Medicine), searched through its E-utilities."),
        ("2. Multi-database searching", "None: PubMed alone is searched by this tool."),
        ("3. Study registries", _registries(database)),
        ("4. Online resources and browsing", "None by this tool."),
        ("5. Citation searching", "None by this tool."),
        ("6. Contacts", "None by this tool; state your own."),
        ("7. Other methods", _other_methods(database)),
        ("8. Full search strategy", _strategy(database, done)),
        ("9. Limits and restrictions", "None: no limit on language, date, species or publication type."),
        ("10. Search filters", "None."),
        ("11. Prior work", "State the reviews whose strategies yours builds on."),
        ("12. Updates", _updates(runs)),
        ("13. Dates of searches", f"First complete search {_day(done[-1])}; last complete search {_day(done[0])}."),
        ("14. Peer review", "State whether the strategy was peer reviewed (PRESS)."),
        ("15. Total records", _totals(database)),
        ("16. Deduplication", "Records are merged by PMID, then by DOI; every merge is recorded in the table changes."),
    ]
    head = (
        f"Search report after PRISMA-S, from the run records of this database (software version {done[0]['version']})."
    )
    return "\n\n".join([head, *(f"{name}\n{text}" for name, text in items)]) + "\n"


def _registries(database: Database) -> str:
    trials = database["trials"].count
    return f"{trials} registry records of the topic's starter set; registries are not searched automatically."


def _other_methods(database: Database) -> str:
    counts = dict(
        database.conn.execute(
            "SELECT source, count(*) FROM articles WHERE source <> 'pubmed' GROUP BY source"
        ).fetchall()
    )
    starter, files = counts.get("starter", 0), counts.get("file", 0)
    return f"{starter} records stand by the topic's verified starter set alone, {files} came from imported files."


def _strategy(database: Database, done: list[dict[str, Any]]) -> str:
    """The strategy of the last complete run, and what each part of it found when all of PubMed was last searched."""
    last = done[0]
    parts = [f"Strategy (SHA-256 {last['strategy_sha256']}):", last["strategy"]]
    whole = next((run for run in done if not run["since"] and run["strategy_sha256"] == last["strategy_sha256"]), None)
    if whole is not None:
        blocks = database.query("SELECT * FROM run_blocks WHERE run_id = ? ORDER BY block", [whole["id"]])
        lines = [f"  {block['block']}: {block['query']}\n    found {block['count']} records" for block in blocks]
        parts += [f"Each part alone, in all of PubMed, on {_day(whole)}:", *lines]
    translation = (whole or last)["query_translation"]
    if translation:
        parts += ["PubMed's translation:", translation]
    return "\n".join(parts)


def _updates(runs: list[dict[str, Any]]) -> str:
    """Every run on a line of its own, oldest first, failed ones included."""
    lines = [
        f"  {run['started_at']} {run['kind']} {run['status']}: found {run['found']}, new {run['new']}, "
        f"changed {run['changed']}, unchanged {run['unchanged']}, missing {run['missing']}, failed {run['failed']}"
        + (f", since {run['since']}" if run["since"] else "")
        for run in reversed(runs)
    ]
    return "\n".join([f"The search is rerun on a schedule, {len(runs)} times so far:", *lines])


def _day(run: dict[str, Any]) -> str:
    return str(run["finished_at"] or run["started_at"])[:10]


def _totals(database: Database) -> str:
    flow = prisma_flow(database)
    return (
        f"{flow['identified']['pubmed']} from PubMed; {flow['screened']} articles of all sources after deduplication."
    )
