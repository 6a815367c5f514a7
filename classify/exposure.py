"""Is the topic's drug what the record studies, or is it only mentioned?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from classify.lexicon import TermHit
from classify.sentences import Sentence

#: A review of many drugs that says something of it has looked at it.
_REVIEWS = frozenset({"meta_analysis", "systematic_review", "narrative_review", "guideline"})

_GIVEN = re.compile(
    r"\bmg\b|mg/|µg|μg|mcg|groups?\b|\barms?\b|recei|administ|infus|random|\bdos|inject|intranasal|an[a]?esthesia|therapy|treatment with|efficacy|effective|promising"
    r"|use of|associated|improv|reduc"
)
#: Drugs that stand beside it where it is one of many that people use.
_STREET = re.compile(
    r"ecstasy|mdma|\bghb\b|amphetamine|cocaine|heroin|cannabis|mephedrone|polydrug|polysubstance|illicit|mushroom"
)
#: "ketamine-induced sleeping time", "anaesthetised with ketamine": a tool, not the question.
_TOOL = re.compile(
    r"(?:an[a]?esthet[iu][sz]\w+|an[a]?esthesia|sedat\w+|immobili[sz]\w+|euthani[sz]\w+) (?:\w+ ){0,3}(?:with|by|using|of) (?:\w+ ){0,3}$"
)
_TOOL_AFTER = re.compile(r"^[ -]?(?:/|-|and |\+ ?)?(?:xylazine|induced|like\b|evoked|model\b)")


def is_studied(
    text: str,
    sentences: Sequence[Sentence],
    exposures: Sequence[TermHit],
    title_mentions: bool,
    relevance: str,
    study_design: str,
    *,
    headed: bool,
) -> bool:
    """Whether the drug is a studied exposure. `text` is the plain abstract, `exposures` its mentions there.

    It is where the title names it; in a review of many drugs where anything is said of it; else where it is given,
    compared or found to do something, and not only as a tool, in the background or among drugs that people use.
    """
    if title_mentions or relevance in ("core", "related"):
        return True
    review = study_design in _REVIEWS
    for sentence in sentences:
        inside = [hit for hit in exposures if sentence.start <= hit.start < sentence.end and not _is_tool(text, hit)]
        if (
            not inside
            or sentence.section in ("eligibility", "references")
            or (headed and sentence.section == "background" and not review)
        ):
            continue
        if review:
            return True
        words = text[sentence.start : sentence.end]
        if len({match[0] for match in _STREET.finditer(words)}) >= 2:
            continue
        if any(_GIVEN.search(text, max(sentence.start, hit.start - 45), hit.end + 45) for hit in inside):
            return True
    return False


def _is_tool(text: str, hit: TermHit) -> bool:
    return bool(
        _TOOL.search(text[max(0, hit.start - 60) : hit.start]) or _TOOL_AFTER.match(text[hit.end : hit.end + 12])
    )
