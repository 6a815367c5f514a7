"""Queries that PubMed would misread are told before they are sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.query import Operation, Operator, Problem, QueryError, Range, Term, parse


def problems(text: str, blocks: tuple[str, ...] = ()) -> list[Problem]:
    with pytest.raises(QueryError) as caught:
        parse(text, blocks)
    return caught.value.problems


@pytest.mark.parametrize(
    ("query", "line", "column", "part"),
    [
        ("asthma[foo]", 1, 8, "unknown field tag [foo]"),
        ("(asthma[ti] OR\ncopd[ti])[tiab]", 2, 10, "belongs to a group"),
        ("intervent∗[ti]", 1, 10, "U+2217"),
        ("“binge drinking”[tiab]", 1, 1, "U+201C"),
        ("at–risk[tiab]", 1, 3, "U+2013"),
        ("(asthma[ti]", 1, 1, "never closed"),
        ("asthma[ti])", 1, 11, "no '('"),
        ('"asthma[ti]', 1, 1, "quotation mark is never closed"),
        ("asthma[ti", 1, 7, "'[' is never closed"),
        ("asthma]", 1, 1, "has no field tag"),
        ("[ti]", 1, 1, "belongs to no term"),
        ("asthma[ti] and copd[ti]", 1, 12, "write AND in capitals"),
        ("asthma[ti] copd[ti]", 1, 12, "is missing before this"),
        ("asthma[ti] OR", 1, 14, "a term is missing"),
        ("OR asthma[ti]", 1, 1, "a term is missing"),
        ("()", 1, 2, "a term is missing"),
        ("  ", 1, 1, "the query is empty"),
        ("heavy drinking[tiab]", 1, 1, "quotation marks"),
        ("asthma", 1, 1, "no field tag"),
        ("ab*[ti]", 1, 1, "at least four characters"),
        ("ast*hma[ti]", 1, 1, "only at the end"),
        ('"Asthm*"[Mesh]', 1, 1, "can't be truncated"),
        ('""[ti]', 1, 1, "this term is empty"),
        ("asthma[mh:~3]", 1, 8, "unknown field tag"),
        ('"2020"[dp] : "3000"[crdt]', 1, 14, "same field tag on both ends"),
    ],
)
def test_what_pubmed_would_damage_is_named_with_its_place(query: str, line: int, column: int, part: str) -> None:
    first = problems(query)[0]
    assert (first.line, first.column) == (line, column)
    assert part in first.message


def test_an_unknown_block_is_named_beside_the_known_ones() -> None:
    assert problems("KET AND ALK", ("KET", "ALC")) == [
        Problem("'ALK' is no concept block and has no field tag (blocks: KET, ALC)", 1, 9)
    ]


def test_all_problems_are_reported_at_once() -> None:
    assert [p.column for p in problems("asthma[foo] OR copd[bar]")] == [8, 21]


def test_operators_work_from_left_to_right_as_pubmed_has_them() -> None:
    a, b, c = (Term(name, "tiab") for name in ("alpha", "beta", "gamma"))
    assert parse("alpha[tiab] OR beta[tiab] AND gamma[Title/Abstract]") == Operation(
        Operator.AND, Operation(Operator.OR, a, b), c
    )


def test_ranges_and_proximity_are_read() -> None:
    assert parse('"2020/01/01"[crdt] : "3000"[crdt]') == Range("2020/01/01", "3000", "crdt")
    assert parse('"ketamine alcohol"[tiab:~5]') == Term("ketamine alcohol", "tiab", 5)


def outcome(text: str) -> object:
    try:
        return parse(text, ["KET"])
    except QueryError as error:
        return error.problems


@given(st.text(max_size=80) | st.text(alphabet='()[]":* ANDORNTabcti∗“”', max_size=60))
def test_any_text_is_either_read_or_refused_with_places(text: str) -> None:
    match outcome(text):
        case list(found):
            assert found
            assert all(problem.line >= 1 and problem.column >= 1 for problem in found)
        case node:
            assert node is not None
