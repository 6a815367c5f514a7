"""Numbers, dates and labels in words, the same on every page."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

#: Order, glyph and short name of each direction. The glyphs differ in shape, so that colour is never needed.
DIRECTIONS = ("favours_ketamine", "no_clear_difference", "favours_comparator", "mixed", "not_reported", "not_checked")
GLYPHS = {
    "favours_ketamine": "▲",
    "no_clear_difference": "■",
    "favours_comparator": "▼",
    "mixed": "◆",
    "not_reported": "○",
    "not_checked": "?",
}

#: In the domain of safety "favours ketamine" would say more than an abstract does.
SAFETY = {
    "favours_ketamine": "Well tolerated or fewer harms",
    "no_clear_difference": "Harms similar",
    "favours_comparator": "Harm reported",
}

#: FTS5 marks what matched with these two; they are in no text, so escaping can come first and <mark> after it.
OPEN, CLOSE = "\ue000", "\ue001"

STATUSES = {
    "retracted": "Retracted",
    "withdrawn": "Withdrawn",
    "concern": "Expression of concern",
    "corrected": "Corrected",
    "notice": "This record is a notice about another paper",
    "missing": "No longer found in PubMed",
}

LINK_KINDS = {
    "RetractionIn": "Retracted by",
    "RetractionOf": "Retraction of",
    "RetractedandRepublishedIn": "Retracted and republished as",
    "PartialRetractionIn": "Partly retracted by",
    "PartialRetractionOf": "Retraction of a part of",
    "ErratumIn": "Corrected by",
    "ErratumFor": "Correction of",
    "CorrectedandRepublishedIn": "Corrected and republished as",
    "CorrectedandRepublishedFrom": "Corrected version of",
    "ExpressionOfConcernIn": "Expression of concern in",
    "ExpressionOfConcernFor": "Expression of concern about",
    "CommentIn": "Comment in",
    "CommentOn": "Comment on",
    "UpdateIn": "Updated in",
    "UpdateOf": "Update of",
    "RepublishedIn": "Republished in",
    "RepublishedFrom": "Republished from",
    "SummaryForPatientsIn": "Summary for patients in",
    "OriginalReportIn": "Original report in",
    "ReprintIn": "Reprinted in",
    "ReprintOf": "Reprint of",
}


def number(value: Any) -> str:
    """1234 as 1,234."""
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def percent(probability: float) -> str:
    """A probability as a whole percent, never 100 for less than certain."""
    return f"{min(int(probability * 100 + 0.5), 99 if probability < 1 else 100)}%"


def day(value: str) -> str:
    """An ISO date or time as "22 November 2026"; what is no full date stays as it is."""
    try:
        when = date.fromisoformat(value[:10])
    except ValueError:
        return value
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def plural(count: int, one: str, many: str = "") -> str:
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def listed(items: list[str], last: str = "and") -> str:
    """["a", "b", "c"] as "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def as_text(value: Any) -> str:
    """A label's value for reading: lists joined, booleans as yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)


def from_json(text: str | None) -> Any:
    return json.loads(text) if text else None


_CHANGE_KINDS = {
    "new": "first seen",
    "completed": "full record received",
    "revised": "changed in PubMed",
    "retracted": "retracted",
    "concern": "expression of concern",
    "corrected": "correction published",
    "notice": "known to be a notice",
    "reinstated": "no longer marked as retracted",
    "merged": "joined with its PubMed record",
    "missing": "no longer found by the search",
    "returned": "found by the search again",
    "withdrawn": "withdrawn from PubMed",
    "relabelled": "relabelled",
}
#: The old and new values of these are shown; of other fields it is said only that they changed.
_TOLD = {"relabelled"}


def change(entry: Any, edition: Any) -> str:
    """One entry of `changes` in words: what kind, which field, from what to what."""
    kind, name = entry["kind"], (entry["field"] or "").removeprefix("outcomes.")
    text = _CHANGE_KINDS.get(kind, kind.replace("_", " "))
    if not name or name == "retraction_state":
        return text
    what = field_name(name, edition)
    if kind not in _TOLD:
        return f"{text}: {what.lower()}"
    old, new = (_value(edition, name, entry[side]) for side in ("old", "new"))
    return f"{what}: {old} → {new}" if old else f"{what}: {new}"


def field_name(name: str, edition: Any) -> str:
    """A field or outcome domain in words."""
    domain = edition.terms.get("outcome_domain", {}).get(name)
    return domain.name if domain else name.replace("_", " ").capitalize()


def _value(edition: Any, name: str, text: str | None) -> str:
    """A label's JSON value in words, "" for none."""
    try:
        value = json.loads(text) if text else None
    except ValueError:
        value = text
    if value is None:
        return ""
    kind = name if name in {"relevance", "study_design"} else "direction"
    known = edition.terms.get(kind, {}).get(str(value))
    return known.name.lower() if known else as_text(value)


def direction_name(edition: Any, domain: str, direction: str) -> str:
    """A direction of effect in words, for the domain it stands in."""
    if domain == "safety" and direction in SAFETY:
        return SAFETY[direction]
    return edition.term("direction", direction).name
