"""The evidence map: how many trials of each design report on each outcome, and in which direction. And studies by year.

Papers of one registered trial count once: under the design of its main paper, and as mixed where they differ. Retracted and withdrawn papers, notices and off-topic records don't count.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from evidence_site import designs, evidence, words
from evidence_site.edition import Edition

#: A trial's main paper, as on the pages of questions: no secondary analysis, then by design, then the oldest. Where only
#: a secondary analysis is here, its trial is not counted: most often it is here as well, under no registration.
_CELLS = """
WITH papers AS (
    SELECT id, unit, design, design_position, EXISTS (
        SELECT 1 FROM labels WHERE study_id = studies.id AND field = 'secondary_analysis' AND shown AND value = 'true'
    ) AS secondary
    FROM studies WHERE relevance <> 'off_topic' AND status NOT IN ('retracted', 'withdrawn', 'notice')
), counted AS (
    SELECT id, unit, min(secondary) OVER (PARTITION BY unit) AS only_secondary,
        first_value(design) OVER (PARTITION BY unit ORDER BY secondary, design_position, id DESC) AS main_design
    FROM papers
)
SELECT c.main_design, o.domain, c.unit,
       json_group_array(DISTINCT CASE WHEN o.shown THEN o.direction ELSE 'not_checked' END)
FROM outcomes AS o JOIN counted AS c ON c.id = o.study_id
WHERE NOT c.only_secondary
GROUP BY 1, 2, 3
"""
_YEARS = """
SELECT year, design, count(*) FROM studies
WHERE relevance <> 'off_topic' AND year IS NOT NULL AND status NOT IN ('retracted', 'withdrawn', 'notice')
GROUP BY 1, 2 ORDER BY 1
"""


@dataclass(frozen=True)
class Segment:
    """A piece of a bar: where it starts and how wide (or high) it is, in the drawing's units."""

    kind: str
    count: int
    start: float
    size: float


@dataclass(frozen=True)
class Cell:
    x: float
    y: float
    total: int
    href: str
    text: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Axis:
    """One row or column: its ids (several for a group), its full and its short name, and where its middle lies."""

    ids: tuple[str, ...]
    name: str
    short: str
    middle: float
    href: str


@dataclass(frozen=True)
class Map:
    width: float
    height: float
    left: float
    top: float
    cell_width: float
    cell_height: float
    columns: tuple[Axis, ...]
    rows: tuple[Axis, ...]
    cells: tuple[Cell, ...]


def counts(connection: sqlite3.Connection, edition: Edition) -> dict[tuple[str, str], Counter[str]]:
    """(design, domain) → direction → number of trials."""

    def make() -> dict[tuple[str, str], Counter[str]]:
        table: dict[tuple[str, str], Counter[str]] = {}
        for design, domain, _, directions in connection.execute(_CELLS):
            direction = evidence.one_of(evidence.told(set(json.loads(directions))))
            table.setdefault((design, domain), Counter())[direction] += 1
        return table

    return edition.remember("map counts", make)


def wide(connection: sqlite3.Connection, edition: Edition) -> Map:
    """Designs down, outcomes across."""
    table = counts(connection, edition)
    used = {design for design, _ in table}
    rows = [
        (term.name, term.name, (term.id,)) for term in edition.terms.get("study_design", {}).values() if term.id in used
    ]
    columns = [(term.name, term.name, (term.id,)) for term in edition.terms.get("outcome_domain", {}).values()]
    return _map(edition, table, rows, columns, left=168, top=62, cell=(82, 42), rows_are="design")


def narrow(connection: sqlite3.Connection, edition: Edition) -> Map:
    """Outcomes down, groups of designs across: fits a phone."""
    table = counts(connection, edition)
    used = {design for design, _ in table}
    columns = [
        (group.name, group.short, group.designs)
        for group in designs.GROUPS
        if used & set(group.designs) and group.id != "rest"
    ]
    rows = [(term.name, term.name, (term.id,)) for term in edition.terms.get("outcome_domain", {}).values()]
    return _map(edition, table, rows, columns, left=104, top=30, cell=(36, 44), rows_are="outcome")


def _map(edition, table, rows, columns, *, left, top, cell, rows_are) -> Map:
    width, height = cell
    columns_are = "outcome" if rows_are == "design" else "design"
    column_axes = _axes(columns, left, width, columns_are)
    row_axes = _axes(rows, top, height, rows_are)
    cells = []
    for row in row_axes:
        for column in column_axes:
            design_ids, domain_ids = (row.ids, column.ids) if rows_are == "design" else (column.ids, row.ids)
            tally: Counter[str] = Counter()
            for design in design_ids:
                for domain in domain_ids:
                    tally.update(table.get((design, domain), {}))
            if tally:
                href = _href([("design", d) for d in design_ids] + [("outcome", d) for d in domain_ids])
                text = f"{row.name}, {column.name}: {_spoken(edition, tally)}"
                x, y = column.middle - width / 2, row.middle - height / 2
                cells.append(Cell(x, y, tally.total(), href, text, segments(tally, width - 12)))
    return Map(
        left + width * len(columns) + 4,
        top + height * len(rows) + 4,
        left,
        top,
        width,
        height,
        tuple(column_axes),
        tuple(row_axes),
        tuple(cells),
    )


def _axes(entries, start, step, param) -> list[Axis]:
    return [
        Axis(ids, name, short, start + step * (n + 0.5), _href([(param, i) for i in ids]))
        for n, (name, short, ids) in enumerate(entries)
    ]


def _href(pairs: Sequence[tuple[str, str]]) -> str:
    return f"/studies?{urlencode(sorted(pairs))}"


def segments(tally: Counter[str], width: float, order: Iterable[str] = words.DIRECTIONS) -> tuple[Segment, ...]:
    """The counts as pieces of one bar, in fixed order."""
    total = tally.total()
    start = 0.0
    pieces = []
    for kind in order:
        if count := tally.get(kind, 0):
            size = width * count / total
            pieces.append(Segment(kind, count, round(start, 2), round(size, 2)))
            start += size
    return tuple(pieces)


def _spoken(edition: Edition, tally: Counter[str]) -> str:
    parts = [
        f"{tally[direction]} {edition.term('direction', direction).name.lower()}"
        for direction in words.DIRECTIONS
        if tally.get(direction)
    ]
    return f"{words.plural(tally.total(), 'trial or study', 'trials and studies')} ({', '.join(parts)})"


@dataclass(frozen=True)
class Year:
    year: int
    x: float
    total: int
    href: str
    segments: tuple[Segment, ...]
    by_group: Counter[str]


@dataclass(frozen=True)
class Timeline:
    width: float
    height: float
    base: float
    bar: float
    years: tuple[Year, ...]
    ticks: tuple[tuple[int, float], ...]
    groups: tuple[designs.Group, ...]


def timeline(connection: sqlite3.Connection, edition: Edition) -> Timeline:
    """Studies per year as stacked bars by group of designs; years without a study stay as gaps."""
    by_year: dict[int, Counter[str]] = {}
    for year, design, count in connection.execute(_YEARS):
        by_year.setdefault(year, Counter())[designs.OF_DESIGN.get(design, designs.GROUPS[-1]).id] += count
    groups = tuple(g for g in designs.GROUPS if any(tally[g.id] for tally in by_year.values()))
    first, last = min(by_year, default=2000), max(by_year, default=2000)
    step = min(34.0, 700 / (last - first + 1))
    top, base = 14.0, 174.0
    most = max((tally.total() for tally in by_year.values()), default=1)
    years = []
    for year, tally in sorted(by_year.items()):
        height = (base - top) * tally.total() / most
        pieces = segments(tally, height, [g.id for g in groups])
        href = f"/studies?from={year}&to={year}"
        years.append(Year(year, round(36 + (year - first) * step, 2), tally.total(), href, pieces, tally))
    return Timeline(
        round(40 + step * (last - first + 1), 2),
        base + 26,
        base,
        round(step * 0.78, 2),
        tuple(years),
        tuple((value, round(base - (base - top) * value / most, 2)) for value in _ticks(most)),
        groups,
    )


def _ticks(most: int) -> list[int]:
    """Two to four round numbers up to `most`."""
    step = next(s * 10**p for p in range(9) for s in (1, 2, 5) if most / (s * 10**p) <= 4)
    return list(range(step, most + 1, step))
