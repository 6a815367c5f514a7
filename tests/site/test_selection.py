"""Views of the evidence table agree with plain SQL over the same snapshot."""

from __future__ import annotations

import sqlite3
from urllib.parse import parse_qsl, urlsplit

import pytest
from evidence_site import bitmaps
from evidence_site.asks import Problem
from evidence_site.edition import Edition
from evidence_site.filters import RELEVANT, SORTS, View, view_of
from evidence_site.selection import everything, select
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@given(st.sets(st.integers(1, 5000), max_size=200))
def test_a_set_of_studies_survives_being_a_number(members: set[int]) -> None:
    assert list(bitmaps.members(bitmaps.from_members(members))) == sorted(members)


def test_the_default_view_hides_off_topic_records_and_counts_them(
    edition: Edition, connection: sqlite3.Connection
) -> None:
    selection = select(edition, connection, View())
    shown, hidden = (
        connection.execute(f"SELECT count(*) FROM studies WHERE relevance {what} 'off_topic'").fetchone()[0]
        for what in ("<>", "=")
    )
    assert (selection.total, selection.counts["relevance"]["off_topic"]) == (shown, hidden)


_DESIGNS = st.lists(st.sampled_from(["randomised_trial", "observational", "preclinical", "not_checked"]), unique=True)
_OUTCOMES = st.lists(st.sampled_from(["craving", "alcohol_use", "safety", "mood"]), unique=True)
_DIRECTIONS = st.lists(st.sampled_from(["favours_ketamine", "mixed", "not_checked"]), unique=True)


@given(_DESIGNS, _OUTCOMES, _DIRECTIONS, st.sampled_from(["", "craving"]), st.sampled_from([None, 2015]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_filters_and_facet_counts_agree_with_sql(
    edition: Edition,
    connection: sqlite3.Connection,
    designs: list[str],
    outcomes: list[str],
    directions: list[str],
    search: str,
    year: int | None,
) -> None:
    chosen = {"design": designs, "outcome": outcomes, "direction": directions}
    view = View(search, {k: tuple(v) for k, v in chosen.items() if v}, year_from=year)
    selection = select(edition, connection, view)
    assert set(everything(edition, connection, view)) == _by_sql(
        connection, designs, outcomes, directions, search, year
    )
    for value, count in selection.counts["design"].items():
        assert count == len(_by_sql(connection, [value], outcomes, directions, search, year)), value
    for value, count in selection.counts["outcome"].items():
        assert count == len(_by_sql(connection, designs, [value], directions, search, year)), value


def _by_sql(connection, designs, outcomes, directions, search, year) -> set[int]:
    query = "SELECT id FROM studies AS s WHERE relevance IN ('core', 'related', 'not_checked')"
    values: list[object] = []
    if designs:
        query += f" AND design IN ({', '.join('?' * len(designs))})"
        values += designs
    if outcomes or directions:
        query += " AND EXISTS (SELECT 1 FROM outcomes AS o WHERE o.study_id = s.id"
        if outcomes:
            query += f" AND o.domain IN ({', '.join('?' * len(outcomes))})"
            values += outcomes
        if directions:
            query += (
                f" AND CASE WHEN shown THEN direction ELSE 'not_checked' END IN ({', '.join('?' * len(directions))})"
            )
            values += directions
        query += ")"
    if search:
        query += " AND id IN (SELECT rowid FROM studies_fts WHERE studies_fts MATCH ?)"
        values.append(search)
    if year:
        query += " AND year >= ?"
        values.append(year)
    return {row[0] for row in connection.execute(query, values)}


@pytest.mark.parametrize("sort", ["newest", "oldest", "design", "participants", "relevance"])
def test_every_order_pages_through_each_study_once(edition: Edition, connection: sqlite3.Connection, sort: str) -> None:
    whole = everything(edition, connection, View("ketamine", sort=sort))
    paged = [
        study
        for page in range(1, 8)
        for study in select(edition, connection, View("ketamine", sort=sort, page=page)).ids
    ]
    assert paged == whole
    assert len(set(whole)) == len(whole)


def test_an_address_is_read_and_written_in_one_form(edition: Edition) -> None:
    pairs = [("page", "2"), ("design", "preclinical"), ("q", " craving  now "), ("design", "observational")]
    pairs += [("sort", "relevance"), ("design", "preclinical"), *(("relevance", value) for value in RELEVANT)]
    assert view_of(pairs, edition).href() == "/studies?q=craving+now&design=observational&design=preclinical&page=2"


def test_a_year_range_given_backwards_is_turned_round(edition: Edition) -> None:
    view = view_of([("from", "2024"), ("to", "2020")], edition)
    assert (view.year_from, view.year_to) == (2020, 2024)


def test_unknown_parts_are_all_named_and_the_rest_is_offered(edition: Edition) -> None:
    pairs = [("design", "cohort"), ("colour", "red"), ("sort", "best"), ("page", "-1"), ("outcome", "craving")]
    with pytest.raises(Problem) as caught:
        view_of(pairs, edition)
    assert caught.value.details == (
        "Study design: there is no “cohort”.",
        "There is no filter “colour”.",
        "Sort is one of relevance, newest, oldest, design, participants, not “best”.",
        "The page is a whole number from 1, not “-1”.",
    )
    assert caught.value.ways[0].href == "/studies?outcome=craving"


def test_relevance_is_what_hides_records_by_default() -> None:
    assert RELEVANT == ("core", "related", "not_checked")


@given(_DESIGNS, _OUTCOMES, _DIRECTIONS, st.sampled_from(["", "craving"]), st.sampled_from(["", *SORTS]), st.randoms())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_an_address_says_its_view_and_nothing_else_says_it_shorter(
    edition: Edition, designs: list[str], outcomes: list[str], directions: list[str], search: str, sort: str, order: Any
) -> None:
    """Short addresses are stateless: what an address says is all that is needed to show the view again."""
    pairs = [("design", each) for each in designs] + [("outcome", each) for each in outcomes]
    pairs += (
        [("direction", each) for each in directions] + [("q", search)] * bool(search) + [("sort", sort)] * bool(sort)
    )
    view = view_of(pairs, edition)
    again = view_of(parse_qsl(urlsplit(view.href()).query), edition)
    order.shuffle(pairs)
    assert again.href() == view.href() == view_of(pairs, edition).href()
    assert all(view_of([p for p in view.pairs if p != pair], edition).href() != view.href() for pair in view.pairs)
