"""Values of facts in plain words: routes, doses, times, comparators, lists. "" or [] where no plain words are known."""

from __future__ import annotations

import re
from collections.abc import Iterable

from evidence_site.patients.texts import Texts

_WEIGHT = re.compile(r"(\d+(?:\.\d+)?)\s*mg/kg")
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*mg")
_UNITS = {
    "min": "minute",
    "minute": "minute",
    "h": "hour",
    "hour": "hour",
    "day": "day",
    "week": "week",
    "month": "month",
    "year": "year",
}
_TIME = re.compile(r"\s*(\d{1,4})[\s-]*([a-z]+?)s?\b", re.IGNORECASE)
_NOTHING = re.compile(r"\s*(none|no comparator|n/a|not applicable)\b", re.IGNORECASE)


def dose(texts: Texts, value: object) -> str:
    """A sentence on the dose: "0.8 mg/kg" or "56 mg; 84 mg". A rate ("mg/kg/h") has no plain words, so it is left out."""
    parts = [part.strip() for part in str(value or "").split(";") if part.strip()]
    for pattern, name in ((_WEIGHT, "given.dose_weight"), (_AMOUNT, "given.dose")):
        found = [match for part in parts if (match := pattern.fullmatch(part))]
        if found and len(found) == len(parts):
            amounts = [f"{texts.decimal(match[1])} mg" for match in found]
            return texts(name, dose=texts.listed(amounts, "or"))
    return ""


def duration(texts: Texts, value: object) -> str:
    """A length of time that a text starts with: "21 days after the infusion" is 21 days."""
    match = _TIME.match(str(value or ""))
    unit = _UNITS.get(match[2].lower()) if match else None
    if match is None or unit is None or int(match[1]) == 0:
        return ""
    count = int(match[1])
    return texts(f"times.{unit if count == 1 else unit + 's'}", n=texts.number(count))


def has_no_comparator(value: object) -> bool:
    """True where the label says that there was nothing to compare with, which is not the same as not knowing."""
    return bool(_NOTHING.match(str(value or "")))


def comparators(texts: Texts, value: object) -> list[str]:
    """What a comparator label names, in plain words, each once; words that the topic doesn't know are passed over."""
    label = str(value or "")
    if has_no_comparator(label):
        return []
    known = texts.get("comparators") or {}
    return [
        texts.fill(entry["name"])
        for entry in known.values()
        if any(mentions(label, word) for word in entry["look_for"])
    ]


def named(texts: Texts, table: str, ids: object) -> list[str]:
    """The plain names of the ids of a list label. "other" stands last, and an id without a name is passed over."""
    values = ids if isinstance(ids, list | tuple) else [ids]
    ordered = sorted((str(value) for value in values if value), key=lambda value: value == "other")
    return [name for value in ordered if (name := texts.maybe(f"{table}.{value}"))]


def mentions(text: str, word: str) -> bool:
    """True if the word stands in the text as a word of its own, in small or capital letters, one or many."""
    return bool(re.search(rf"(?<!\w){re.escape(word)}s?(?!\w)", text, re.IGNORECASE))


def first_known(values: Iterable[str]) -> str:
    return next((value for value in values if value), "")
