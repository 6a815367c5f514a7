"""Which studies a view holds, how many each filter would leave, and in which order they come."""

from __future__ import annotations

import json
import sqlite3
from array import array
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_

from evidence_site import bitmaps
from evidence_site.edition import Edition
from evidence_site.filters import FACETS, PAGE_SIZE, RELEVANT, View
from evidence_site.search_syntax import fts_expression

#: Ranking reads every match; beyond this many, ranks say little and the newest come first.
MOST_RANKED = 20_000

#: Weights of title, abstract, MeSH, authors, facts, numbers. A title says what a paper is about; an id is exact.
_RANKED = """
SELECT rowid FROM studies_fts WHERE studies_fts MATCH ? ORDER BY bm25(studies_fts, 8.0, 2.0, 4.0, 3.0, 4.0, 12.0), rowid
"""
#: All matches as one value: 300,000 rows would take twice as long to step through.
_MATCHES = "SELECT json_group_array(rowid) FROM studies_fts WHERE studies_fts MATCH ?"


@dataclass(frozen=True)
class Found:
    """What a search finds: the set, and the ids best first, or None where there are too many to rank."""

    bits: int
    ranked: array | None


@dataclass(frozen=True)
class Selection:
    """`counts` maps a facet's param and value to the studies left if the reader chose that value as well."""

    bits: int
    total: int
    counts: dict[str, dict[str, int]]
    ids: list[int]
    ranked: bool
    expression: str


def search(edition: Edition, connection: sqlite3.Connection, expression: str) -> Found:
    return edition.remember(("search", expression), lambda: _search(connection, expression))


def _search(connection: sqlite3.Connection, expression: str) -> Found:
    matches = json.loads(connection.execute(_MATCHES, [expression]).fetchone()[0])
    bits = bitmaps.from_members(matches)
    if len(matches) > MOST_RANKED:
        return Found(bits, None)
    return Found(bits, array("I", (row[0] for row in connection.execute(_RANKED, [expression]))))


def select(edition: Edition, connection: sqlite3.Connection, view: View) -> Selection:
    """Raises SearchError for a search that can't be read."""
    expression = fts_expression(view.search)
    found = search(edition, connection, expression) if expression else None
    base = _everything(edition) & _years(edition, view)
    if found:
        base &= found.bits
    kept = {facet.param: _kept(edition, view, facet.param) for facet in FACETS}
    bits = reduce(and_, kept.values(), base)
    order = found.ranked if found and view.order == "relevance" else edition.orders.get(view.order)
    return Selection(
        bits=bits,
        total=bits.bit_count(),
        counts={facet.param: _counts(edition, view, facet, base, kept) for facet in FACETS},
        ids=bitmaps.slice_in_order(bits, order, (view.page - 1) * PAGE_SIZE, PAGE_SIZE),
        ranked=bool(found and found.ranked is not None and view.order == "relevance"),
        expression=expression,
    )


def everything(edition: Edition, connection: sqlite3.Connection, view: View) -> list[int]:
    """All ids of a view in its order, for exports."""
    whole = replace(view, page=1)
    expression = fts_expression(whole.search)
    found = search(edition, connection, expression) if expression else None
    bits = select(edition, connection, whole).bits
    order = found.ranked if found and whole.order == "relevance" else edition.orders.get(whole.order)
    return bitmaps.slice_in_order(bits, order, 0, edition.studies)


def _everything(edition: Edition) -> int:
    return (1 << (edition.studies + 1)) - 2


def _years(edition: Edition, view: View) -> int:
    if view.year_from is None and view.year_to is None:
        return _everything(edition)
    first, last = view.year_from or 0, view.year_to or 9999
    return edition.remember(
        ("years", first, last),
        lambda: bitmaps.any_of(
            bits
            for year, bits in edition.facets.get("year", {}).items()
            if year.isdigit() and first <= int(year) <= last
        ),
    )


def _kept(edition: Edition, view: View, param: str) -> int:
    """The studies that one facet's choice lets through. Outcome and direction are judged together, as `direction`."""
    values = view.values(param)
    if param == "relevance":
        return _any(edition, "relevance", values or RELEVANT)
    if param == "outcome" and view.values("direction"):
        return _everything(edition)
    if param == "direction" and values and view.values("outcome"):
        return _findings(edition, view.values("outcome"), values)
    if not values:
        return _everything(edition)
    return _any(edition, next(f.facet for f in FACETS if f.param == param), values)


def _any(edition: Edition, facet: str, values: tuple[str, ...]) -> int:
    return bitmaps.any_of(edition.studies_with(facet, value) for value in values)


def _findings(edition: Edition, domains: tuple[str, ...], directions: tuple[str, ...]) -> int:
    return bitmaps.any_of(
        edition.studies_with("finding", f"{domain}:{direction}") for domain in domains for direction in directions
    )


def _counts(edition, view, facet, base, kept) -> dict[str, int]:
    """Counts of one facet's values among the studies that all other filters let through."""
    paired = {"outcome", "direction"}
    left_out = paired if facet.param in paired else {facet.param}
    others = reduce(and_, (bits for param, bits in kept.items() if param not in left_out), base)
    counts = {}
    for value in (*edition.facets.get(facet.facet, {}),):
        if facet.param == "outcome" and view.values("direction"):
            bits = _findings(edition, (value,), view.values("direction"))
        elif facet.param == "direction" and view.values("outcome"):
            bits = _findings(edition, view.values("outcome"), (value,))
        else:
            bits = edition.studies_with(facet.facet, value)
        counts[value] = (others & bits).bit_count()
    return counts
