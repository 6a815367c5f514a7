"""The evidence map counts trials, never papers."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict

import httpx
import pytest
from evidence_site import evidence, evidence_map
from evidence_site.edition import Edition

_PAPERS = """
SELECT s.unit, s.id, s.design, s.design_position, coalesce(l.value = 'true', 0), o.domain,
    CASE WHEN o.shown THEN o.direction ELSE 'not_checked' END
FROM studies AS s LEFT JOIN outcomes AS o ON o.study_id = s.id
LEFT JOIN labels AS l ON l.study_id = s.id AND l.field = 'secondary_analysis'
WHERE s.relevance <> 'off_topic' AND s.status NOT IN ('retracted', 'withdrawn', 'notice')
"""


@pytest.mark.parametrize(
    ("papers", "counted"),
    [
        ({"favours_ketamine"}, "favours_ketamine"),
        ({"favours_ketamine", "no_clear_difference"}, "mixed"),
        ({"favours_ketamine", "favours_comparator"}, "mixed"),
        ({"favours_comparator", "not_reported"}, "favours_comparator"),
        ({"no_clear_difference", "not_checked"}, "no_clear_difference"),
        ({"not_reported", "not_checked"}, "not_reported"),
        ({"not_checked"}, "not_checked"),
    ],
)
def test_a_trial_counts_once_and_as_mixed_where_its_papers_differ(papers: set[str], counted: str) -> None:
    assert evidence.one_of(evidence.told(papers)) == counted


def test_each_trial_is_in_one_design_and_once_in_each_outcome(connection: sqlite3.Connection, edition: Edition) -> None:
    designs: dict[int, list[tuple[int, int, int, str]]] = defaultdict(list)
    found: dict[tuple[int, str], set[str]] = defaultdict(set)
    for unit, study, design, position, secondary, domain, direction in connection.execute(_PAPERS):
        designs[unit].append((secondary, position, -study, design))
        if domain:
            found[unit, domain].add(direction)
    expected: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (unit, domain), directions in found.items():
        secondary, *_, design = min(designs[unit])
        if not secondary:
            expected[design, domain][evidence.one_of(evidence.told(directions))] += 1
    assert evidence_map.counts(connection, edition) == expected


def test_the_narrow_map_and_the_wide_one_count_the_same(connection: sqlite3.Connection, edition: Edition) -> None:
    table = evidence_map.counts(connection, edition)
    wide = sum(cell.total for cell in evidence_map.wide(connection, edition).cells)
    rest = sum(tally.total() for (design, _), tally in table.items() if design in ("notice", "other", "not_checked"))
    narrow = sum(cell.total for cell in evidence_map.narrow(connection, edition).cells)
    assert (wide, narrow) == (sum(tally.total() for tally in table.values()), wide - rest)


def test_a_question_counts_its_trials_by_the_same_rule(client: httpx.Client) -> None:
    page = client.get("/question/drinking.json").json()
    for domain, counts in page["by_outcome"].items():
        told = Counter(
            evidence.one_of(row["directions"][domain])
            for row in page["rows"]
            if row["directions"][domain] and row["counted"]
        )
        assert told == counts, domain
