"""What people type into the search box."""

from __future__ import annotations

import sqlite3

import pytest
from evidence_site.search_syntax import SearchError, fts_expression, plain_words
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("typed", "expression"),
    [
        ("", ""),
        ("craving", '"craving"'),
        ("heavy drinking", '("heavy" AND "drinking")'),
        ('"heavy drinking"', '"heavy drinking"'),
        ("“heavy drinking”", '"heavy drinking"'),
        ("esket*", '"esket" *'),
        ("craving OR relapse", '("craving" OR "relapse")'),
        ("ketamine NOT rats humans", '(("ketamine" NOT "rats") AND "humans")'),
        ("ketamine AND NOT rats", '("ketamine" NOT "rats")'),
        ("(craving OR relapse) trial", '(("craving" OR "relapse") AND "trial")'),
        ("or and not", '(("or" AND "and") AND "not")'),
        ("10.1176/appi.ajp", '"10.1176/appi.ajp"'),
        ("title: craving", '("title:" AND "craving")'),
        ("NEAR(a b)", '("NEAR" AND ("a" AND "b"))'),
    ],
)
def test_a_search_becomes_an_expression_of_quoted_words(typed: str, expression: str) -> None:
    assert fts_expression(typed) == expression


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("ketamine AND", "stops too early"),
        ("AND ketamine", "needs a word on both sides"),
        ("NOT ketamine", "NOT needs something before it"),
        ('"ketamine', "quotation mark is missing"),
        ("(ketamine", "bracket is not closed"),
        ("ketamine)", "closing bracket without"),
        ("()", "closing bracket where"),
        ("*** ---", "no word"),
        ("x" * 501, "longer than 500"),
        ("a " * 41, "more than 40"),
        ("(" * 21 + "a", "brackets stand inside"),
    ],
)
def test_a_broken_search_says_what_is_wrong(typed: str, hint: str) -> None:
    with pytest.raises(SearchError, match=hint):
        fts_expression(typed)


def test_only_the_words_remain_as_a_suggestion() -> None:
    assert plain_words('(ketamine AND "heavy drinking" OR') == "ketamine heavy drinking"


@given(st.text(max_size=80))
def test_whatever_is_typed_is_refused_in_words_or_runs_in_sqlite(typed: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(a)")
    try:
        expression = fts_expression(typed.replace("\x00", ""))
        if expression:
            connection.execute("SELECT rowid FROM t WHERE t MATCH ?", [expression]).fetchall()
    except SearchError as error:
        assert str(error)  # noqa: PT017 - most texts are valid, some are refused
    finally:
        connection.close()
