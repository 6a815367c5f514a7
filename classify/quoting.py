"""Chooses the sentence that is shown for a direction.

Of the sentences that say what was decided, the one that speaks most plainly of the outcome: it names it by a word of its
own and little else, names the drug, is about the primary outcome, is not hedged, and comes first. What each point is
worth was set by hand; leaving any one out changes the share of good quotes by 3 in 100 or less (docs/classifier-outcomes.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from classify.document import Document, sentence_text
from classify.evidence import Evidence, outcome_hits
from classify.statements import MIXED, NOT_REPORTED

#: A sentence longer than this (lists in registry records) is shown by the piece that holds the outcome.
LONGEST = 500

_MEASURED = re.compile(r"\b(?:assess|measur|evaluat|record|rated|monitor|tested\b|quantif|outcomes?\b|end ?points?\b)")
_HEDGED = re.compile(r"\b(?:may|might|could|suggest|potential|appear|seem|promis)")


def shown_evidence(document: Document, evidence: Sequence[Evidence], direction: str) -> Evidence:
    """The statement whose sentence is shown; of two with the same points the first."""
    fitting = evidence
    if direction not in (MIXED, NOT_REPORTED):
        fitting = [item for item in evidence if item.statement.direction == direction] or evidence
    first = fitting[0].sentence
    told: dict[int, set[str]] = {}
    for item in evidence:
        told.setdefault(item.sentence, set()).add(item.statement.direction)
    both = {place for place, directions in told.items() if direction == MIXED and len(directions - {NOT_REPORTED}) > 1}
    return max(fitting, key=lambda item: _points(document, item, first) + (item.sentence in both))


def _points(document: Document, item: Evidence, first: int) -> float:
    hits = document.in_title.outcomes if item.section == "title" else outcome_hits(document, item.sentence)
    own = [hit for hit in hits if hit.payload.id == item.statement.domain]
    measured, hedged = _wording(document, item)
    return (
        any(not hit.payload.in_context for hit in own)
        + len(own) / max(1, len(hits))
        + item.primary
        + measured
        + (item.statement.direction != NOT_REPORTED)
        + 0.5 * item.exposed
        + 0.5 * (item.sentence == first)
        - hedged
        - (item.statement.cue == "other contrast")
        - 2 * (item.section == "title")
    )


def _wording(document: Document, item: Evidence) -> tuple[bool, bool]:
    """Whether its sentence speaks of measuring, and whether it hedges."""
    found: tuple[bool, bool] | None = document.noted.get(("wording", item.sentence))
    if found is None:
        words = sentence_text(document, item.sentence)
        found = bool(_MEASURED.search(words)), bool(_HEDGED.search(words))
        document.noted["wording", item.sentence] = found
    return found


def quote_of(document: Document, item: Evidence) -> str:
    """The whole sentence of a statement, verbatim; of a very long one the clause."""
    start, end = item.statement.start, item.statement.end
    if item.section == "title":
        return document.record.title[start:end].strip()
    sentence = document.sentences[item.sentence]
    if sentence.end - sentence.start <= LONGEST:
        start, end = sentence.start, sentence.end
    return document.quote(start, end).strip()
