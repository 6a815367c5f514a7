"""How the studies were found and labelled: strategy, flow numbers of every run, model card, limits, data."""

from __future__ import annotations

import json
from typing import Any

from evidence_site import plain_text
from evidence_site.asks import Ask, Page, Route
from evidence_site.filters import RELEVANT

NAVIGATION = (("/methods", "Methods", "methods"),)


def build(edition, connection, ask: Ask) -> Page:
    ask.only()
    runs = _rows(connection.execute("SELECT * FROM runs ORDER BY id DESC LIMIT 60"))
    model = _first(connection.execute("SELECT * FROM models ORDER BY studies DESC, first_used_at DESC LIMIT 1"))
    metrics = json.loads(model["metrics"]) if model else {}
    blocks = _rows(
        connection.execute(
            "SELECT block, query, count, query_translation FROM run_blocks WHERE run_id = (SELECT max(run_id) FROM"
            " run_blocks) ORDER BY block"
        )
    )
    data = {
        "strategy": edition.strategy,
        "runs": runs,
        "blocks": blocks,
        "flow": flow(edition, connection),
        "search_check": _first(connection.execute("SELECT * FROM search_checks ORDER BY id DESC LIMIT 1")),
        "model": {"id": model["id"], "metrics": metrics, "card": model["card"]} if model else None,
    }
    return Page(
        "methods.html",
        "Methods",
        {
            **data,
            "lines": {"main": edition.strategy["main"], "adjacent": edition.strategy.get("adjacent", "")},
            "card": plain_text.blocks(model["card"]) if model else [],
            "provenance": plain_text.blocks(edition.info.get("provenance", "")),
            "terms": [(kind, title, edition.terms.get(kind, {}).values()) for kind, title in _KINDS],
            "limits": plain_text.blocks(edition.pages.get("en", {}).get("limits", "")),
        },
        data,
        description="Search strategy, flow numbers, model card and known limits.",
        section="methods",
    )


_KINDS = (
    ("relevance", "Relevance"),
    ("study_design", "Study design"),
    ("outcome_domain", "Outcome domain"),
    ("direction", "Direction of effect"),
)


def flow(edition, connection) -> list[tuple[str, int]]:
    """The numbers of a PRISMA flow as far as one database and labels from abstracts can give them."""
    relevance = {value: edition.studies_with("relevance", value).bit_count() for value in (*RELEVANT, "off_topic")}
    found = connection.execute("SELECT coalesce(sum(new), 0) FROM runs").fetchone()[0]
    starter = connection.execute("SELECT count(*) FROM studies WHERE source LIKE 'starter%'").fetchone()[0]
    units = connection.execute(
        "SELECT count(DISTINCT unit) FROM studies WHERE relevance <> 'off_topic' AND species = 'human'"
    ).fetchone()[0]
    return [
        ("Records from PubMed searches and imported files, each counted once", found),
        ("Records known from the verified starter set only", starter),
        ("Records in the tracker", edition.studies),
        ("Labelled off topic (kept, hidden by default)", relevance["off_topic"]),
        ("About ketamine and alcohol", relevance["core"]),
        ("Related", relevance["related"]),
        ("Relevance not yet checked", relevance["not_checked"]),
        ("Studies in people, all papers of one trial together", units),
    ]


def _rows(cursor) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _first(cursor) -> dict[str, Any] | None:
    rows = _rows(cursor)
    return rows[0] if rows else None


ROUTES = (Route(r"/methods(?P<form>\.json)?", build),)

