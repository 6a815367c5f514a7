"""What is new, changed, retracted and relabelled, by date."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from evidence_site import words
from evidence_site.asks import Ask, Page, Problem, Route, Way
from evidence_site.pages.feeds import feeds_by_kind

NAVIGATION = (("/changes", "What’s new", "changes"),)

PAGE_SIZE = 100
#: Kinds in the order of what a reader must not miss, with their names.
KINDS = {
    "retracted": "Retracted",
    "concern": "Expression of concern",
    "withdrawn": "Withdrawn",
    "corrected": "Corrected",
    "new": "New",
    "revised": "Changed",
    "relabelled": "Relabelled",
}

_CHANGES = """
SELECT c.id, c.at, substr(c.at, 1, 10) AS day, c.kind, c.field, c.old, c.new, s.path, s.title, s.authors_short,
       s.relevance, s.design, s.status
FROM changes AS c JOIN studies AS s ON s.id = c.study_id
WHERE s.relevance <> 'off_topic' AND (:kind = '' OR c.kind = :kind)
ORDER BY c.at DESC, c.id DESC LIMIT :count OFFSET :start
"""


def build(edition, connection, ask: Ask) -> Page:
    asked = ask.only("kind", "page")
    kind, page = asked.get("kind", ""), asked.get("page", "1")
    known = {row[0] for row in connection.execute("SELECT DISTINCT kind FROM changes")} | set(KINDS)
    if (kind and kind not in known) or not page.isascii() or not page.isdigit() or not 1 <= int(page) <= 10_000:
        raise Problem(
            400, "This list has no such part", "There is no such kind of change, or no such page.",
            (Way("All changes", "/changes"),),
        )  # fmt: skip
    start = (int(page) - 1) * PAGE_SIZE
    entries = rows(connection, kind, start, PAGE_SIZE + 1)
    if not entries and page != "1":
        raise Problem.not_found("This list has fewer pages.", Way("Its first page", "/changes"))
    shown = entries[:PAGE_SIZE]
    return Page(
        "changes.html",
        "What’s new",
        {
            "days": [(day, merged(list(items), edition)) for day, items in groupby(shown, key=lambda e: e["day"])],
            "kind": kind,
            "kinds": [(k, KINDS.get(k, k.replace("_", " ").capitalize())) for k in _in_order(known)],
            "page": int(page),
            "more": len(entries) > PAGE_SIZE,
            "feeds": feeds_by_kind(edition),
        },
        {"changes": shown, "page": int(page), "more": len(entries) > PAGE_SIZE},
        description="New, changed, retracted and relabelled studies by date.",
        section="changes",
        indexed=not ask.pairs,
    )


def rows(connection, kind: str, start: int, count: int) -> list[dict[str, Any]]:
    cursor = connection.execute(_CHANGES, {"kind": kind, "start": start, "count": count})
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def merged(entries, edition) -> list[dict[str, Any]]:
    """The changes of one day by study: a study that got five labels is one line."""
    by_study: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in entries:
        line = by_study.setdefault((entry["kind"], entry["path"]), {**entry, "texts": []})
        line["texts"].append(words.change(entry, edition))
    order = list(KINDS)
    return sorted(by_study.values(), key=lambda e: order.index(e["kind"]) if e["kind"] in order else len(order))


def _in_order(kinds: set[str]) -> list[str]:
    order = list(KINDS)
    return sorted(kinds, key=lambda k: (order.index(k) if k in order else len(order), k))


ROUTES = (Route(r"/changes(?P<form>\.json)?", build),)
