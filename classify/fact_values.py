"""Facts in a form that is the same for the same thing: for comparing what was read with a label."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from classify.numerals import NUMBER, to_int

_DAYS = {"min": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 365 / 12, "year": 365}


def plain_value(field: str, value: Any) -> frozenset[str]:
    """A fact in a form that is the same for the same thing: empty where none is stated, ids one by one."""
    if value is None or value == []:
        return frozenset()
    if field == "registry_ids":
        return frozenset(re.sub(r"\W", "", str(item)).lower() for item in value)
    return _plain_text(field, str(value))


@lru_cache(maxsize=4096)
def _plain_text(field: str, value: str) -> frozenset[str]:
    text = value.lower().replace("‐", "-").replace("–", "-").replace("−", "-")
    form = {"dose": _dose, "follow_up": _time, "comparator": _drug}.get(field, _letters)
    return frozenset([";".join(sorted({form(part) for part in text.split(";")}))])


def _letters(text: str) -> str:
    return re.sub(r"[\s-]+", "", text)


def _dose(text: str) -> str:
    """ "0.5 mg kg(-1)", ".5 mg/kg" and "0.50 mg per kilogram" are one; so are "0.3 mg/(kg·h)" and "0.3 mg kg-1 hr-1"."""
    text = re.sub(r"micro ?g(?:rams?)?|[µu]g|mcg|γ", "μg", text).replace("kilogram", "kg").replace(" per ", "/")
    text = re.sub(r"(kg|hr?|min)\s?(?:\(?-\s?1(?:\s?\))?|⁻¹)", r"\1", text)
    text = re.sub(r"(?<=g)[\s./x×*·(-]*kg\b\)?", "/kg", text)
    text = re.sub(r"(?<=g)[\s./x×*·]*(h|min|day)(?:(?:ou)?r|ute)?\b\)?", r"/\1", text).replace("·", ".")
    text = re.sub(r"([\d.]+) ?mg/kg (?:to|-) ([\d.]+)", r"\1-\2", text).replace(" to ", "-")
    text = re.sub(r"(?<!\d)\.(\d)", r"0.\1", re.sub(r"(\d)-(?=mg)", r"\1", text))
    return re.sub(r"(\.\d*?)0+(?!\d)", lambda end: end[1].rstrip("."), re.sub(r"\s", "", text))


def _time(text: str) -> str:
    """Its length in days, where it is one number of one unit: "day 14", "two weeks", "14 days after treatment"."""
    text = re.sub(r"post-?\w*|after .*|following .*|later|follow-?up|up to|study|\b(?:at|of|the)\b", "", text)
    text = re.sub(rf"\b{NUMBER}\b", lambda number: str(to_int(number[0])) if len(number[0]) > 2 else number[0], text)
    text = re.sub(r"\b(day|week|month|year) ?(\d+)", r"\2 \1", text)
    text = re.sub(r"\b(?:hrs?|h)\b|(?<=\d)h\b", "hour", text)
    match = re.fullmatch(r"(?:.*\D)?([\d.]+)[ -]*(min|hour|day|week|month|year)(?:ute)?s?", text.strip(" -"))
    return f"{float(match[1]) * _DAYS[match[2]]:.4g} d" if match else _letters(text)


_SURROUNDING = re.compile(
    r"\b(?:normal|sodium|extended release|xr|fumarate|sulph?ate|group|alone|nasal spray|controls?|hydrochloride|active|infusion"
    r"|intravenous|solution)\b|0\.9 ?%"
)


def _drug(text: str) -> str:
    """A drug without what surrounds its name; a placebo and the saline that serves as one are the same."""
    text = re.sub(r"\(.*?\)", "", text).strip()
    name = _letters(text if text in ("control", "controls") else _SURROUNDING.sub("", text))
    if name in ("saline", "salineplacebo", "placebosaline"):
        return "placebo"
    return {"ect": "electroconvulsivetherapy", "controls": "control"}.get(name, name)
