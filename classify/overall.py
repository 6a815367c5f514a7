"""The direction of the record's primary result, and whether its conclusion claims more (labels guideline, part 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from classify.document import Document
from classify.evidence import Evidence
from classify.statements import AGAINST, FAVOURS, MIXED, NO_DIFFERENCE, NOT_REPORTED

#: Where neither a primary outcome nor the title names the main outcome, the first of these that has a direction is it.
#: Side effects don't change the direction of a study about benefit, so safety comes last.
_ORDER = (
    "alcohol_use",
    "withdrawal",
    "craving",
    "mood",
    "functioning",
    "other_substance_use",
    "cognition",
    "care_use",
)
#: Domains that can be what a study is about, but only where its title says so.
_IF_TITLED = ("engagement", "brain_mechanism")
_NOT_BENEFIT = frozenset({"safety", "acute_experience", "brain_mechanism"})

Decided = Mapping[str, tuple[str, Evidence, str]]


def overall_direction(
    document: Document, evidence: Mapping[str, Sequence[Evidence]], decided: Decided
) -> tuple[str, Evidence | None, str]:
    """The direction of the primary outcome's domain where one is named, else of the domain that the title names, else
    of the first domain with a direction; with its statement and the reason."""
    told = {domain: verdict for domain, verdict in decided.items() if verdict[0] != NOT_REPORTED}
    primary = [domain for domain in _ORDER if any(item.primary for item in evidence.get(domain, ()))]
    titled = {hit.payload.id for hit in document.in_title.outcomes}
    named = [domain for domain in primary if domain in told and domain not in _NOT_BENEFIT]
    if named:
        directions = {told[domain][0] for domain in named}
        first = told[named[0]]
        if len(directions) > 1:
            return MIXED, first[1], "co-primary outcomes disagree"
        return first[0], first[1], "primary outcome"
    for domain in (*_ORDER, *_IF_TITLED):
        if domain in titled and domain in told:
            return told[domain][0], told[domain][1], "outcome named in the title"
    for domain in _ORDER:
        if domain in told:
            return told[domain][0], told[domain][1], "first outcome with a direction"
    return NOT_REPORTED, None, "no claim about an effect"


def claims_more(evidence: Mapping[str, Sequence[Evidence]], overall: str) -> tuple[Evidence, Evidence] | None:
    """The conclusion and the primary result that it outruns: a named primary outcome that a test found no different (or
    worse), beside a conclusion on the same domain that only favours the drug. None where that is not so."""
    if overall not in (NO_DIFFERENCE, AGAINST, MIXED):
        return None
    for items in evidence.values():
        missed = [
            item
            for item in items
            if item.section == "results"
            and item.statement.tested
            and item.statement.direction in (NO_DIFFERENCE, AGAINST)
        ]
        concluding = [
            item for item in items if item.section == "conclusions" and item.statement.direction != NOT_REPORTED
        ]
        hopeful = [item for item in concluding if item.statement.direction == FAVOURS]
        primary = [item for item in missed if item.primary]
        if primary and hopeful and len(hopeful) == len(concluding):
            return hopeful[0], primary[0]
    return None
