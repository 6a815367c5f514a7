"""How the study was run: blinding and registration (labels guideline, part 5)."""

from __future__ import annotations

import re

from classify.document import Document
from classify.people import Fact
from classify.phrases import holds
from db.registries import find_registry_ids

REVIEWS = frozenset({"meta_analysis", "systematic_review", "narrative_review", "guideline", "commentary"})
_BLINDING = (
    (
        "double-blind",
        re.compile(
            r"\b(?:double|triple|quadruple)[- ]?(?:blind\w*|mask\w*|dummy, double)|\bdoubly[- ]blind\w*|\b(?:participants|patients|subjects) and (?:\w+ ){0,3}(?:raters?|investigators?|assessors?|researchers?|staff|clinicians?) (?:were|will be|are) (?:all )?(?:blind\w*|masked)"
        ),
    ),
    ("single-blind", re.compile(r"\b(?:single|observer|assessor|rater)[- ]?(?:blind\w*|mask\w*)")),
    (
        "open-label",
        re.compile(
            r"\bopen[- ]?label\w*|\bunblinded\b|\bun-blinded\b|\bnon-?blinded\b|\bopen (?:study|trial|clinical trial)\b|\bnot blinded\b"
        ),
    ),
)
#: What every word on blinding has: the quick question before the patterns.
_BLINDING_PARTS = ("blind", "mask", "open", "dummy")
_PRIOR = re.compile(r"\b(?:previous|prior|earlier|recent|other|most)\b[^.;]{0,60}$")


def read_blinding(document: Document, study_design: str) -> Fact | None:
    """Who knew the allocation: double-blind (triple-blind too), single-blind or open-label (unblinded too)."""
    if study_design in REVIEWS or study_design == "preclinical":
        return None
    double, single, opened = (_find_blinding(document, pattern) for _, pattern in _BLINDING)
    # An open phase before or after a blinded one doesn't make the study open; one before a randomised add-on does not
    # blind the drug, but the study is named by its blinded part (labels guideline).
    found = [(name, fact) for (name, _), fact in zip(_BLINDING, (double, single, opened), strict=True) if fact]
    chosen = min(found, key=lambda named: not named[1].in_title, default=None)  # a title names what the study is
    return chosen[1]._replace(value=chosen[0]) if chosen else None


def _find_blinding(document: Document, pattern: re.Pattern[str]) -> Fact | None:
    match = pattern.search(document.title)
    if match:
        return Fact("", *match.span(), 0.95, True)
    if not holds(document.text, _BLINDING_PARTS):
        return None
    for sentence in document.own_sentences:
        words = document.text[sentence.start : sentence.end]
        match = pattern.search(document.text, sentence.start, sentence.end) if holds(words, _BLINDING_PARTS) else None
        if (
            match
            and not _PRIOR.search(document.text[sentence.start : match.start()])
            and not re.match(
                r"[^.;]{0,40}\b(?:trials|studies) (?:are|is) (?:needed|warranted|required)",
                document.text[match.end() : match.end() + 70],
            )
        ):
            return Fact("", *match.span(), 0.95)
    return None


_OWN_REGISTRATION = re.compile(r"regist|identifier|clinicaltrials|trial|prospero|number|isrctn|protocol|\bid\b")


def read_registry_ids(document: Document, study_design: str) -> Fact | None:
    """The registrations of the record's own study: where several stand, those that the text calls registrations."""
    abstract = document.record.abstract
    found = [
        (entry.number, place) for entry in find_registry_ids(abstract) if (place := _place(abstract, entry.number)) >= 0
    ]
    numbers = list(dict.fromkeys(number for number, _ in found))
    if not numbers:
        return None
    if len(numbers) > 1 and study_design not in REVIEWS:
        named = [
            number for number, place in found if _OWN_REGISTRATION.search(document.text[max(0, place - 60) : place])
        ]
        numbers = list(dict.fromkeys(named)) or numbers[:1]
    place = next(place for number, place in found if number == numbers[0])
    return Fact(numbers, place, place + len(numbers[0]), 0.97)


def _place(abstract: str, number: str) -> int:
    """Where a registration number stands; its digits are enough, as authors space the prefix as they like."""
    direct = abstract.find(number)
    if direct >= 0:
        return direct
    digits = re.search(r"[0-9][0-9/-]{4,}", number)
    return abstract.find(digits[0]) if digits else 0
