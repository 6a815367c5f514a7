"""Dates as PubMed states them: a month as name or number, a season, or free text such as "2020 Nov-Dec".

PubMed's free-text dates have no fixed form, so every reader here keeps the granularity beside the date and never
claims more than the record says: of "2020 Nov-Dec" only the year is certain, of "2009 Jan 1-15" the month.
Source: NLM's description of PubDate, MedlineDate and Season in the PubMed DTD, and the forms met in real records.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from db.records import Granularity, PartialDate

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_SEASONS = re.compile(r"\b(spring|summer|autumn|fall|winter)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|2[01]\d\d)(?!\d)")
_MONTH_WORD = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_PLAIN = re.compile(rf"(\d{{4}})(?:[ /-]({_MONTH_WORD}|\d{{1,2}})(?:[ /-](\d{{1,2}}))?)?", re.IGNORECASE)
_DAYS_OF_ONE_MONTH = re.compile(rf"(\d{{4}}) ({_MONTH_WORD}) \d{{1,2}} ?[-/] ?\d{{1,2}}", re.IGNORECASE)


def month_number(text: str) -> int | None:
    """1 to 12 for "Mar", "March", "03" or "3"; None for anything else ("Mar-Apr")."""
    if text.isdecimal():
        number = int(text)
        return number if 1 <= number <= 12 else None
    return _MONTHS.get(text[:3].lower()) if text.rstrip(".").isalpha() else None


@lru_cache(maxsize=4096)
def partial_date(year: str, month: str = "", day: str = "", season: str = "", free_text: str = "") -> PartialDate:
    """The date made of PubMed's own parts, each "" where the record lacks it. Never raises."""
    if free_text and not year:
        return date_from_text(free_text)
    if not _YEAR.fullmatch(year):
        return date_from_text(" ".join(part for part in (year, season or month, day) if part))
    number = month_number(month)
    if number is None:
        stated = season or month
        if not stated:
            return PartialDate(year, Granularity.YEAR)
        return date_from_text(f"{year} {stated} {day}".strip())
    if _is_day(year, number, day):
        return PartialDate(f"{year}-{number:02}-{int(day):02}", Granularity.DAY)
    return PartialDate(f"{year}-{number:02}", Granularity.MONTH)


@lru_cache(maxsize=4096)
def date_from_text(text: str) -> PartialDate:
    """The date in free text, as in MedlineDate and MEDLINE's DP field. Never raises.

    A plain date gets its own granularity; of a span only what all of it shares is kept as `value`, except that a
    span of years counts from its first year, as PubMed sorts it.
    """
    text = " ".join(text.split())
    plain = _PLAIN.fullmatch(text)
    if plain and _YEAR.fullmatch(plain[1]) and (plain[2] is None or month_number(plain[2])):
        return partial_date(plain[1], plain[2] or "", plain[3] or "")
    years = _YEAR.findall(text)
    if not years:
        return PartialDate("", Granularity.TEXT, text) if text else PartialDate()
    within = _DAYS_OF_ONE_MONTH.fullmatch(text)
    month = month_number(within[2]) if within else None
    if month:
        return PartialDate(f"{years[0]}-{month:02}", Granularity.TEXT, text)
    one_season = len(years) == 1 and len(_SEASONS.findall(text)) == 1
    return PartialDate(years[0], Granularity.SEASON if one_season else Granularity.TEXT, text)


def iso_day(year: str, month: str, day: str) -> str:
    """ISO 8601 day of a date that PubMed itself set (created, completed, revised), or "" if it is none."""
    found = partial_date(year, month, day)
    return found.value if found.granularity is Granularity.DAY else ""


def _is_day(year: str, month: int, day: str) -> bool:
    try:
        date(int(year), month, int(day))
    except ValueError:
        return False
    return day.isascii()
