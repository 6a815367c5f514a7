"""Reads one statement: which way does it say that an outcome went?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from classify import cues
from classify.lexicon import LESS, MORE, TermHit
from classify.phrases import holds

FAVOURS = "favours_ketamine"
NO_DIFFERENCE = "no_clear_difference"
AGAINST = "favours_comparator"
MIXED = "mixed"
NOT_REPORTED = "not_reported"

#: Two-sided 5 %, the usual level: a p value above it is "not significant" (labels guideline, rules for hard cases).
SIGNIFICANCE = 0.05
#: What every p value and every interval has: the quick question before the patterns.
_SIGN = re.compile(r"[<>=≤≥]|ci\b|confidence interval")
_RATIOS = ("or", "rr", "hr", "irr", "ratio", "risk")


@dataclass(frozen=True, slots=True)
class Statement:
    """What one clause says of one domain. `start` and `end` are places in the text; `cue` the word that decided; `own` says
    that the word is a result in itself ("well tolerated"), not a change."""

    domain: str
    direction: str
    start: int
    end: int
    cue: str = ""
    tested: bool = False
    own: bool = False


def clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The statements inside a sentence, as places in the text."""
    cursor = start
    opening = cues.CONTRAST.match(text[start:end])
    for match in cues.CLAUSE.finditer(text, start + 1, end):
        if _in_brackets(text, start, match.start()):
            continue
        if match.end() - cursor > 12 and end - match.end() > 8:
            yield cursor, match.start() + (1 if text[match.start()] in ");" else 0)
            cursor = match.end()
    if opening and cursor == start:  # "Although relapse was rarer, craving did not change"
        comma = text.find(", ", start, end)
        if comma > 0:
            yield start, comma
            cursor = comma + 2
    yield cursor, end


def _in_brackets(text: str, start: int, place: int) -> bool:
    """Whether a bracket that opened in the sentence is still open: "(responders: n = 15; others: n = 17)" is one piece."""
    return text.count("(", start, place) > text.count(")", start, place)


def significance(clause: str) -> str:
    """NO_DIFFERENCE where every stated p value or interval misses significance, FAVOURS (a stand-in for "some
    difference") where one reaches it, "" where none is stated."""
    if not _SIGN.search(clause):
        return ""
    values = [missed(match) for match in cues.P_VALUE.finditer(clause)]
    if values:
        return NO_DIFFERENCE if all(values) else FAVOURS
    intervals = [_crosses(match) for match in cues.INTERVAL.finditer(clause)]
    if intervals:
        return NO_DIFFERENCE if all(intervals) else FAVOURS
    return ""


def missed(p_value: re.Match[str]) -> bool:
    """Whether a match of `cues.P_VALUE` is above the usual level."""
    value, sign = float(p_value["value"].replace(",", ".").replace("·", ".")), p_value["sign"]
    return value > SIGNIFICANCE or (sign in ">≥" and value >= SIGNIFICANCE)


def _crosses(match: re.Match[str]) -> bool:
    measure, low, high = match["measure"], float(match["low"]), float(match["high"])
    null = 1.0 if any(ratio in measure for ratio in _RATIOS) else 0.0
    return min(low, high) <= null <= max(low, high)


#: What every wording of "no difference" has: the quick question before the pattern.
_NULL_SIGNS = (
    *(
        " no",
        "cannot",
        "insignificant",
        "fail",
        "neither",
        "unchanged",
        "unaffected",
        "unaltered",
        "without",
        "lack of",
    ),
    *("stable", "(ns)", " ns", "=ns", ":ns", "n.s.", "similar", "comparable", "equivalent", "equal", "the same"),
    *("insufficient", " as ", "(no", "-no", "/no"),
)


def no_difference(clause: str) -> str:
    """The words that say "no difference", "" if none do."""
    if not holds(clause, _NULL_SIGNS) and not clause.startswith(("no", "as ")):
        return ""
    for match in cues.NULL.finditer(clause):
        if cues.LIKENESS.fullmatch(match[0]) and not cues.COMPARED.search(clause):
            continue
        return match[0]
    return ""


def read_clause(text: str, start: int, end: int, hits: Sequence[TermHit], exposures: Sequence[TermHit]) -> Statement:
    """The direction that a clause gives to the domain of `hits` (all of one domain, the first decides polarity).

    `exposures` are the mentions of the studied drug inside the clause.
    """
    clause, domain = text[start:end], hits[0].payload.id
    local = [(exposure.start - start, exposure.end - start) for exposure in exposures]

    def statement(direction: str, cue: str = "", tested: bool = False) -> Statement:
        return Statement(domain, direction, start, end, cue, tested)

    if cues.UNSTATED.search(clause) and not cues.P_VALUE.search(clause):
        return statement(NOT_REPORTED, "aim or hope")
    if _other_contrast(clause, local):
        return statement(NOT_REPORTED, "other contrast")
    tested = significance(clause)
    none = no_difference(clause)
    finding = _own_result(clause, start, hits, none)
    if finding and not (none and domain != "safety"):
        return replace(statement(*finding), own=True)
    if none:
        return statement(NO_DIFFERENCE, none, True)
    if tested == NO_DIFFERENCE:
        return statement(NO_DIFFERENCE, "not significant", True)
    sign, cue = _change(clause, start, hits)
    if sign == 0:
        return statement(NOT_REPORTED)
    if _turned(clause, cue, local):
        sign = -sign
    return statement(FAVOURS if sign > 0 else AGAINST, cue, bool(tested) or "significant" in clause)


def _other_contrast(clause: str, exposures: Sequence[tuple[int, int]]) -> bool:
    """Predictors, mediators and associations that don't start from the studied drug."""
    if cues.NOT_THE_CONTRAST.search(clause):
        return True
    associated = cues.ASSOCIATED.search(clause)
    if associated is None:
        return False
    place = associated.start()
    return not any(start < place for start, _ in exposures) and not _treated(clause[:place])


def _treated(words: str) -> bool:
    return any(
        word in words for word in ("treatment", "infusion", "therapy", "administration", "intervention", "drug", "use")
    )


#: Domains of events, of which there can be none: "no serious adverse events". "Without depression" tells who was studied.
_EVENTS = frozenset({"safety", "alcohol_use", "withdrawal", "other_substance_use"})
#: What is none after all, in "no increase in adverse events".
_NONE_OF_CHANGE = re.compile(r"differ|increas|chang|effect|associat|significan|risk of|systematic")


def _own_result(clause: str, start: int, hits: Sequence[TermHit], none: str) -> tuple[str, str] | None:
    """A term that is a result in itself: "well tolerated", "no serious adverse events"."""
    absent = [hit for hit in hits if hit.payload.id in _EVENTS and _is_absent(clause, hit.start - start)]
    if absent and not cues.COMPARED.search(clause.replace("with", "").replace("to", "")):
        hit = absent[0]
        if (hit.payload.kind in ("outcome", "harm") and hit.payload.good == LESS) or hit.payload.kind == "harm":
            return FAVOURS, f"no {clause[hit.start - start : hit.end - start]}"
        if hit.payload.kind == "benefit":
            return AGAINST, f"not {clause[hit.start - start : hit.end - start]}"
    for hit in hits:
        if hit.payload.kind in ("benefit", "harm") and hit not in absent:
            return (FAVOURS if hit.payload.kind == "benefit" else AGAINST), clause[hit.start - start : hit.end - start]
    return None


def _is_absent(clause: str, place: int) -> bool:
    """Whether "no", "not" or "without" stands within the few words before a place."""
    before = [word.strip("(,") for word in clause[max(0, place - 48) : place].split()][-5:]
    said = [number for number, word in enumerate(before) if word in _NEGATIONS]
    return bool(said) and not _NONE_OF_CHANGE.search(" ".join(before[said[-1] :]))


_NEGATIONS = frozenset({"no", "not", "without", "neither", "none", "nor", "never", "absence"})


def _change(clause: str, start: int, hits: Sequence[TermHit]) -> tuple[int, str]:
    """The sign of the change for the patient (1 better, -1 worse, 0 not told) and the word that says it."""
    sized = [match.span() for match in cues.SIZE.finditer(clause)]
    small = [match.span() for match in cues.SMALL.finditer(clause)]
    found: list[tuple[int, int, int, str]] = []
    for kind, pattern in ((2, cues.GOOD), (-2, cues.BAD), (1, cues.UP), (-1, cues.DOWN)):
        for match in pattern.finditer(clause):
            if match.span() not in sized and match.span() not in small:
                found.append((match.start(), match.end(), kind, match[0]))
    best: tuple[int, int, str] | None = None
    for hit in hits:
        place, stop = hit.start - start, hit.end - start
        good = hit.payload.good
        for first, last, kind, word in found:
            if first >= place and last <= stop and kind not in (2, -2):
                continue
            distance = (place - last) if last <= place else (first - stop) + 5 if first >= stop else 0
            sign = kind // 2 if abs(kind) == 2 else kind * (MORE if good == MORE else LESS if good == LESS else 0)
            if best is None or (sign and distance < best[0]):
                best = (distance, sign, word)
    if best is None:
        return 0, ""
    return (-best[1] if small else best[1]), best[2]


def _turned(clause: str, cue: str, exposures: Sequence[tuple[int, int]]) -> bool:
    """Whether the comparator is what did so: "higher in the placebo group than in the ketamine group"."""
    than = cues.THAN.search(clause, max(0, clause.find(cue)))
    if than is None:
        favour = _FAVOUR.search(clause)
        return favour is not None and _first_is_comparator(clause[favour.end() :], favour.end(), exposures)
    before = [place for place, _ in exposures if place < than.start()]
    after = [place for place, _ in exposures if place > than.start()]
    compared = cues.COMPARATOR.search(clause, 0, than.start())
    return bool(compared and after and not before)


_FAVOUR = re.compile(r"favou?r\w*")


def _first_is_comparator(rest: str, offset: int, exposures: Sequence[tuple[int, int]]) -> bool:
    comparator = cues.COMPARATOR.search(rest)
    own = [start - offset for start, _ in exposures if start >= offset]
    return comparator is not None and (not own or comparator.start() < own[0])
