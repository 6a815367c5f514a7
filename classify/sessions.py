"""How often each participant was given the studied drug (labels guideline, part 5)."""

from __future__ import annotations

import re

from classify.document import Document
from classify.numerals import NUMBER, to_int
from classify.people import Fact
from classify.phrases import holds

_UNIT_OF_GIVING = (
    r"(?:infusions?|doses?|injections?|administrations?|treatments?|sessions?|treatment sessions?|dosing sessions?)"
)
SINGLE = re.compile(
    rf"\b(?:a |one )?single[- ](?!agent|blind|cent|arm|case|site)(?:[\w.]+[- /]){{0,5}}?(?:{_UNIT_OF_GIVING}|administration|ketamine|esketamine)\b|\bsingle-dose\b|\bone (?:intravenous )?ketamine infusion\b|\bone dose of ketamine\b|\bone-time\b|\ban (?:open-label |intravenous |iv )+infusion\b"
)
_COUNT = re.compile(
    rf"\b(?:up to |total of |series of |course of |underwent |received |receive |undergo )?(?P<n>{NUMBER}) (?!(?:mg|µg|weeks?|days?|hours?|minutes?|months?|patients|min)\b)"
    rf"(?:(?:repeated|consecutive|weekly|serial|thrice|twice|once|iv|i\.v\.|intravenous|im|intramuscular|intranasal|oral|open-label|subanesthetic|ketamine|esketamine|sub-anesthetic|separate|additional|psychotherapy|of|daily|low-dose|biweekly|assisted|ketamine-assisted)[ -])*{_UNIT_OF_GIVING}\b(?! (?:groups?|arms?|weeks?|days|cohorts?|conditions?|periods?|regimens?|levels?|failures?))"
)
WEEKLY = re.compile(
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
    for match in SINGLE.finditer(document.title):
        found.append(Fact(1, match.start(), match.end(), 0.9, True))
    values = {fact.value for fact in found}
    if values == {1} and REPEATED.search(document.title):
        return None
    return found[0] if len(values) == 1 else None if values else _plainly_once(document, study_design)


REPEATED = re.compile(
    r"\b(?:repeated|repeat|serial|multiple|maintenance|continuation|course|long-term|weekly|weeks?|sessions|infusions|treatments)\b"
)
#: Words of more than one giving, or of something else that is given in turns.
MORE_THAN_ONCE = re.compile(
    r"\b(?:repeat\w*|weekly|twice|thrice|daily|serial|multiple|sessions|courses|maintenance|continuation|phases?|days? [0-9]+ and|three times|times (?:a|per)|per (?:week|day)|b\.?i\.?d"
    r"|(?:two|three|four|five|six|eight|[2-9]) (?:[\w-]+ ){0,2}(?:infusions|doses|injections|treatments)|infusions|injections|ect|electroconvulsive|patient-controlled|pca)\b"
)
#: One giving in so many words: "a ketamine infusion", "a bolus of ketamine", and what is done once, at an operation.
ONE_GIVING = re.compile(
    r"\b(?:an?|the|one) (?:[\w./()-]+ ){0,5}?(?:ketamine|esketamine) (?:infusion|bolus|injection|dose)\b|\b(?:an?|one) (?:[\w./()-]+ ){0,3}?(?:infusion|bolus|injection|dose) of (?:[\w./()-]+ ){0,4}?(?:ketamine|esketamine)\b"
    r"|\b(?:at|before|after|prior to|for) (?:the )?(?:an[a]?esthe(?:sia|tic) )?(?:induction|surgical incision|skin incision)\b|\bpre-?medicat\w+ with (?:[\w./-]+ ){0,4}?ketamine|\b40 ?-?min(?:utes?)?\b"
)


def _plainly_once(document: Document, study_design: str) -> Fact | None:
    """Once, where the drug was given to people in a way that is done once, and no word tells of more."""
    if study_design not in ("randomised_trial", "nonrandomised_trial", "protocol") or not document.studied:
        return None
    if MORE_THAN_ONCE.search(document.text) or MORE_THAN_ONCE.search(document.title) or REPEATED.search(document.title):
        return None
    for sentence in document.own_sentences:
        if document.exposures(sentence) and sentence.section not in ("background", "conclusions"):
            match = ONE_GIVING.search(document.text, sentence.start, sentence.end)
            if match:
                return Fact(1, *match.span(), 0.85)
    return None


def _scheduled(words: str, offset: int) -> Fact | None:
    match = WEEKLY.search(words) if "week" in words else None
    if not match:
        return None
    times, weeks = match["times"] or match["times2"], match["weeks"] or match["weeks2"]
    value = (_TIMES.get(times) or to_int(times)) * to_int(weeks)
    return Fact(value, offset + match.start(), offset + match.end(), 0.9)


#: "Single and repeated infusions", "single doses of 0.5 or 1 mg/kg".
_SINGLE_AND = re.compile(
    r"\bsingle (?:and|or|versus|vs\.?) (?:repeat|multiple|serial|three|two|six)|\bsubsequent ketamine"
)
#: What every count of sessions has: the quick question before the patterns.
_GIVING_PARTS = ("infusion", "dose", "injection", "administration", "treatment", "session", "single", "one-time")


def _counted(words: str, offset: int) -> Fact | None:
    if not holds(words, _GIVING_PARTS):
        return None
    match = next((match for match in _COUNT.finditer(words) if _is_count(words, match)), None)
    single = SINGLE.search(words) if holds(words, ("single", "one", "an ")) else None
    if match and not (single and single.start() < match.start()):
        return Fact(to_int(match["n"]), offset + match.start(), offset + match.end(), 0.9)
    if single and ("doses" in single[0] or _SINGLE_AND.search(words)):
        return None
    if single and single[0].startswith("an ") and "cross" in words:
        return None  # a naltrexone crossover gives ketamine in both periods
    own = single and re.search(r"ketamin|infus", words[max(0, single.start() - 30) : single.end() + 45])
    return Fact(1, offset + single.start(), offset + single.end(), 0.92) if single and own else None


#: "Two doses (0.1 and 0.4 mg/kg)" are levels; "infusions of scopolamine" are another drug's.
_DOSE_LEVELS = re.compile(
    r"\bdoses? (?:of (?:[\w-]+ ){0,3}?)?[(\[:]?[0-9.]|\bdoses \(|\bdoses of (?:[\w-]+ ){0,2}ketamine(?: hydrochloride)?,? \(?[0-9]"
)
_OF_ANOTHER = re.compile(r"^ of (?![^.;]{0,35}ketamine)(?!either|study|the|0|[0-9])\w")


def _is_count(words: str, match: re.Match[str]) -> bool:
    """Whether sessions of the drug are counted, not a range's end, electroconvulsive or other treatment."""
    before = words[max(0, match.start() - 45) : match.start()]
    after = words[match.end() : match.end() + 40]
    if match["n"] == "1" or _DOSE_LEVELS.search(match[0] + after) or _OF_ANOTHER.match(after):
        return False
    if "continuation" in words or re.match(r" (?:a|per|each|every) week", after):
        return False
    if before.endswith(("≥", "≥ ", "one of ", "least ", "after ", "each of ")):
        return False
    if not 0 < to_int(match["n"]) <= 60 or re.search(r"[0-9] (?:to|-) $|\b(?:ect|therapy|electroconvulsive)\b", before):
        return False
    return bool(re.search(r"ketamin|infus", words[max(0, match.start() - 30) : match.end() + 30])) and not re.search(
        r"psycho|therapy|mindful|treatments$", match[0]
    )
