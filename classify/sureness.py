"""How sure a direction is: what speaks against taking the words at face value.

A wrong "works" is worse than a blank, so a benefit is shown only where nothing speaks against it: the sentence is not
hedged, concedes nothing, and no other sentence on the same outcome says otherwise. The chances are how often each kind
was right on the development half of the gold set, with the classifier's own study design (`benchmarks/outcomes.py`). The
rules were written with that half in view, so they are upper bounds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from classify.document import Document
from classify.evidence import Evidence
from classify.statements import AGAINST, FAVOURS, MIXED, NO_DIFFERENCE, NOT_REPORTED

#: A direction with a smaller chance is left to a person.
CERTAIN = 0.8
#: 29 of 29 benefits without a doubt were right, 23 of 32 with one; the interval of the former begins at 0.88.
UNDOUBTED = 0.95
CHANCE = {FAVOURS: 0.7, NO_DIFFERENCE: 0.4, MIXED: 0.65, AGAINST: 0.55, NOT_REPORTED: 0.65}
#: A plan reports no direction; what can be wrong is only which outcomes it plans to measure.
PLANNED = 0.85
#: A record that does not study the topic's drug makes no claim about it.
NO_CLAIM = 0.95

_HEDGES = re.compile(
    r"\b(?:may|might|could|can be|controvers\w+|hope\w*|promis\w+|suggest\w*|potential\w*|appear\w*|seem\w*|attribut\w+"
    r"|possib\w+|likely|further (?:research|stud\w+)|if|speculat\w+|hypothes\w+|warrant\w*|preliminary)\b",
    re.IGNORECASE,
)
_CONCESSIONS = re.compile(
    r"\b(?:although|however|but|while|whereas|despite|though|nevertheless|revert\w*|wan(?:e|ed|es|ing)|transient\w*"
    r"|not sustained|baseline)\b",
    re.IGNORECASE,
)


def doubts(document: Document, evidence: Sequence[Evidence], chosen: Evidence) -> list[str]:
    """What speaks against the chosen statement, in words for "Why this label?"; empty where nothing does."""
    words = _sentence(document, chosen)
    found = [f'hedged: "{match[0]}"' for match in (_HEDGES.search(words),) if match]
    found += [f'concedes: "{match[0]}"' for match in (_CONCESSIONS.search(words),) if match]
    directions = {item.statement.direction for item in evidence} - {NOT_REPORTED}
    if len(directions) > 1:
        found.append("another sentence says otherwise")
    return found


def chance(direction: str, against: Sequence[str], study_design: str) -> float:
    """How often a direction given like this is right."""
    if direction == FAVOURS and not against:
        return UNDOUBTED
    if direction == NOT_REPORTED and study_design == "protocol":
        return PLANNED
    return CHANCE[direction]


def _sentence(document: Document, evidence: Evidence) -> str:
    if evidence.sentence < 0:
        return document.record.title
    sentence = document.sentences[evidence.sentence]
    return document.text[sentence.start : sentence.end]
