"""The direction of the record's primary result, and whether its conclusion claims more (labels guideline, part 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from classify.document import Document, sentence_text
from classify.evidence import Evidence
from classify.statements import FAVOURS, MIXED, NO_DIFFERENCE, NOT_REPORTED

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

TRIALS = frozenset({"randomised_trial", "nonrandomised_trial"})

#: The reason to trust most: the abstract names its primary outcome.
PRIMARY = "primary outcome"

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
        return first[0], first[1], PRIMARY
    for domain in (*_ORDER, *_IF_TITLED):
        if domain in titled and domain in told:
            return told[domain][0], told[domain][1], "outcome named in the title"
    for domain in _ORDER:
        if domain in told:
            return told[domain][0], told[domain][1], "first outcome with a direction"
    return NOT_REPORTED, None, "no claim about an effect"


def claims_more(
    document: Document, evidence: Mapping[str, Sequence[Evidence]], study_design: str
) -> tuple[Evidence, Evidence] | None:
    """The conclusion and the primary result that it outruns; None where that is not plain.

    A trial's named primary outcome was tested and found no different, all that the conclusions say of the same domain
    favours the drug, and they nowhere own to it: no "not significant", no "however". Tuned for precision: a conclusion
    that is hopeful only between the lines is not found.
    """
    if study_design not in TRIALS or _owns_up(document):
        return None
    for domain in _ORDER:
        items = evidence.get(domain, ())
        concluding = [
            item for item in items if item.section == "conclusions" and item.statement.direction != NOT_REPORTED
        ]
        missed = [
            item
            for item in items
            if item.section == "results"
            and item.primary
            and not item.contrast
            and item.statement.direction == NO_DIFFERENCE
            and item.statement.cue != "not significant"  # a p value alone may belong to a later time or another measure
        ]
        if missed and concluding and all(item.statement.direction == FAVOURS for item in concluding):
            return concluding[0], missed[0]
    return None


def _owns_up(document: Document) -> bool:
    """Whether the conclusions own to a result that was not what was hoped for."""
    concluding = [
        sentence_text(document, index)
        for index, sentence in enumerate(document.sentences)
        if sentence.section == "conclusions"
    ]
    return any(_CONCESSION.search(words) for words in concluding)


_CONCESSION = re.compile(
    r"\b(?:although|however|but|despite|whereas|while|though|trend|numeric\w*|inferior|inconclusive|not|failed|unable|non-?significant\w*|insignificant\w*|similar\w*|comparable"
    r"|no (?:\w+ )?(?:differences?|effects?|benefit|improvement|evidence|superiority|conclusions?))\b"
)
