"""Dates keep exactly what the record states."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.records import Granularity, PartialDate
from harvest.dates import date_from_text, iso_day, month_number, partial_date

DAY, MONTH, SEASON, YEAR, TEXT, NONE = (
    Granularity.DAY,
    Granularity.MONTH,
    Granularity.SEASON,
    Granularity.YEAR,
    Granularity.TEXT,
    Granularity.NONE,
)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("2020", "Nov", "3"), PartialDate("2020-11-03", DAY)),
        (("2020", "11", "03"), PartialDate("2020-11-03", DAY)),
        (("2020", "November"), PartialDate("2020-11", MONTH)),
        (("2020", "2", "31"), PartialDate("2020-02", MONTH)),
        (("2020",), PartialDate("2020", YEAR)),
        (("2020", "", "", "Winter"), PartialDate("2020", SEASON, "2020 Winter")),
        (("2020", "", "", "Nov-Dec"), PartialDate("2020", TEXT, "2020 Nov-Dec")),
        (("2020", "Sep-Oct"), PartialDate("2020", TEXT, "2020 Sep-Oct")),
        (("", "", "", "", "1998-1999"), PartialDate("1998", TEXT, "1998-1999")),
        (("", "", "", "Winter"), PartialDate("", TEXT, "Winter")),
        (("", "Mar"), PartialDate("", TEXT, "Mar")),
        ((""), PartialDate("", NONE)),
        (("0000", "Jan"), PartialDate("", TEXT, "0000 Jan")),
        (("2020", "13"), PartialDate("2020", TEXT, "2020 13")),
    ],
)
def test_a_date_in_parts_is_as_precise_as_its_parts(parts: tuple[str, ...], expected: PartialDate) -> None:
    assert partial_date(*(parts or ("",))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020 Nov-Dec", PartialDate("2020", TEXT, "2020 Nov-Dec")),
        ("2020 Nov - Dec", PartialDate("2020", TEXT, "2020 Nov - Dec")),
        ("1998-1999", PartialDate("1998", TEXT, "1998-1999")),
        ("1998 Dec-1999 Jan", PartialDate("1998", TEXT, "1998 Dec-1999 Jan")),
        ("2009 Jan 1-15", PartialDate("2009-01", TEXT, "2009 Jan 1-15")),
        ("2009 Aug 28-Sep 3", PartialDate("2009", TEXT, "2009 Aug 28-Sep 3")),
        ("Winter 2001", PartialDate("2001", SEASON, "Winter 2001")),
        ("2001 Fall-Winter", PartialDate("2001", TEXT, "2001 Fall-Winter")),
        ("1977-1978 Fall", PartialDate("1977", TEXT, "1977-1978 Fall")),
        ("2000 3rd Quarter", PartialDate("2000", TEXT, "2000 3rd Quarter")),
        ("2012 Oct 5", PartialDate("2012-10-05", DAY)),
        ("2012 Oct", PartialDate("2012-10", MONTH)),
        ("2012/10/05", PartialDate("2012-10-05", DAY)),
        ("2012", PartialDate("2012", YEAR)),
        ("Winter", PartialDate("", TEXT, "Winter")),
        ("", PartialDate()),
    ],
)
def test_free_text_is_kept_beside_what_it_surely_says(text: str, expected: PartialDate) -> None:
    assert date_from_text(text) == expected


@given(st.dates(date(1500, 1, 1), date(2199, 12, 31)))
def test_every_whole_day_comes_back(day: object) -> None:
    year, month, number = str(day).split("-")
    assert partial_date(year, month, number) == date_from_text(str(day)) == PartialDate(str(day), DAY)
    assert iso_day(year, month, number) == str(day)


@given(st.lists(st.text(max_size=12), min_size=5, max_size=5))
def test_no_text_in_any_part_is_too_strange(parts: list[str]) -> None:
    found = partial_date(*parts)
    assert found.value == "" or found.year is not None


def test_months_are_told_from_other_words() -> None:
    assert [month_number(text) for text in ("Sept", "sep.", "9", "Mar-Apr", "Winter", "0", "")] == [
        9,
        9,
        9,
        None,
        None,
        None,
        None,
    ]
