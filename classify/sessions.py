"""How often each participant was given the studied drug (labels guideline, part 5)."""

from __future__ import annotations

import re

from classify.document import Document
from classify.numerals import NUMBER, to_int
from classify.participants import Fact
from classify.phrases import holds
from classify.sieve import Sought

_UNIT_OF_GIVING = (
    r"(?:infusions?|doses?|injections?|administrations?|treatments?|sessions?|treatment sessions?|dosing sessions?)"
)
_SINGLE = Sought(
    rf"\b(?:a |one )?single[- ](?!agent|blind|cent|arm|case|site)(?:[\w.]+[- /]){{0,5}}?(?:{_UNIT_OF_GIVING}|administration|ketamine|esketamine)\b|\bsingle-dose\b|\bone (?:intravenous )?ketamine infusion\b|\bone dose of ketamine\b|\bone-time\b|\ban (?:open-label |intravenous |iv )+infusion\b"
)
_COUNT = Sought(
    rf"\b(?:up to |total of |series of |course of |underwent |received |receive |undergo )?(?P<n>{NUMBER}) (?!(?:mg|µg|weeks?|days?|hours?|minutes?|months?|patients|min)\b)"
    rf"(?:(?:repeated|consecutive|weekly|serial|thrice|twice|once|iv|i\.v\.|intravenous|im|intramuscular|intranasal|oral|open-label|subanesthetic|ketamine|esketamine|sub-anesthetic|separate|additional|psychotherapy|of|daily|low-dose|biweekly|assisted|ketamine-assisted)[ -])*{_UNIT_OF_GIVING}\b"
)
_WEEKLY = Sought(
    rf"\b(?P<times>once|twice|thrice|one|two|three|{NUMBER})(?:[- ](?:times?|doses?|infusions?|sessions?))?(?: per|[- ]a)?[ -]?week(?:ly)?\b[^.;]{{0,25}}?\b(?:for|over|during) (?:a |an )?(?:period of )?(?P<weeks>{NUMBER})[- ]weeks?\b"
    rf"|\b(?P<weeks2>{NUMBER})[- ]weeks? (?:course )?of (?:either )?(?P<times2>once|twice|thrice)[- ]weekly\b"
)
_TIMES = {"once": 1, "twice": 2, "thrice": 3}


def read_sessions(document: Document, study_design: str) -> Fact | None:
    """How often each participant was given the drug; a fixed weekly schedule is multiplied out."""
    if study_design in ("meta_analysis", "systematic_review", "narrative_review", "guideline", "commentary"):
        return None
    found: list[Fact] = []
    for sentence in document.own_sentences:
        words = document.text[sentence.start : sentence.end]
        if sentence.section == "conclusions" or not (document.exposures(sentence) or "infus" in words):
            continue
        fact = _scheduled(words, sentence.start) or _counted(words, sentence.start)
        if fact:
            found.append(fact)
    for match in _SINGLE.finditer(document.title):
        found.append(Fact(1, match.start(), match.end(), 0.9, True))
    values = {fact.value for fact in found}
    return found[0] if len(values) == 1 or (found and found[0].value == max(values, key=int)) else None  # type: ignore[arg-type]


def _scheduled(words: str, offset: int) -> Fact | None:
    match = _WEEKLY.search(words) if "week" in words else None
    if not match:
        return None
    times, weeks = match["times"] or match["times2"], match["weeks"] or match["weeks2"]
    value = (_TIMES.get(times) or to_int(times)) * to_int(weeks)
    return Fact(value, offset + match.start(), offset + match.end(), 0.9)


#: What every count of sessions has: the quick question before the patterns.
_GIVING_PARTS = ("infusion", "dose", "injection", "administration", "treatment", "session", "single", "one-time")


def _counted(words: str, offset: int) -> Fact | None:
    if not holds(words, _GIVING_PARTS):
        return None
    match = next((match for match in _COUNT.finditer(words) if _is_count(words, match)), None)
    single = _SINGLE.search(words) if holds(words, ("single", "one", "an ")) else None
    if match and not (single and single.start() < match.start()):
        return Fact(to_int(match["n"]), offset + match.start(), offset + match.end(), 0.9)
    own = single and re.search(r"ketamin|infus", words[max(0, single.start() - 30) : single.end() + 45])
    return Fact(1, offset + single.start(), offset + single.end(), 0.92) if single and own else None


def _is_count(words: str, match: re.Match[str]) -> bool:
    """Whether sessions of the drug are counted, not a range's end, electroconvulsive or other treatment."""
    before = words[max(0, match.start() - 45) : match.start()]
    if not 0 < to_int(match["n"]) <= 60 or re.search(r"[0-9] (?:to|-) $|\b(?:ect|therapy|electroconvulsive)\b", before):
        return False
    return bool(re.search(r"ketamin|infus", words[max(0, match.start() - 60) : match.end() + 60])) and not re.search(
        r"psycho|therapy|mindful|treatments$", match[0]
    )
