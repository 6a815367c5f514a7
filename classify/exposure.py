"""Is the topic's drug what the record studies, or is it only mentioned?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from classify.lexicon import TermHit
from classify.sentences import Sentence

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
    *,
    headed: bool,
) -> bool:
    """Whether the drug is the studied exposure. `text` is the plain abstract, `exposures` its mentions there."""
    if title_mentions or relevance in ("core", "related"):
        return True
    strong = total = 0
    for sentence in sentences:
        inside = [hit for hit in exposures if sentence.start <= hit.start < sentence.end]
        if (
            not inside
            or sentence.section in ("eligibility", "references")
            or (headed and sentence.section == "background")
        ):
            continue
        words = text[sentence.start : sentence.end]
        if len({match[0] for match in _STREET.finditer(words)}) >= 2 or all(_is_tool(text, hit) for hit in inside):
            continue
        total += 1
        strong += any(_GIVEN.search(text, max(sentence.start, hit.start - 45), hit.end + 45) for hit in inside)
    # A long text that names it twice among many drugs is about the others.
    return total >= 2 and strong >= 1 and total >= 0.1 * len(sentences)


def _is_tool(text: str, hit: TermHit) -> bool:
    return bool(
        _TOOL.search(text[max(0, hit.start - 60) : hit.start]) or _TOOL_AFTER.match(text[hit.end : hit.end + 12])
    )
