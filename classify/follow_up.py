"""How long the people or animals were followed (labels guideline, part 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classify.document import Document
from classify.numerals import NUMBER, to_int
from classify.participants import Fact
from classify.phrases import holds
from classify.sentences import Sentence
from classify.sieve import Sought

#: A time as written, with its length in days (a day's count for "day 17").
_DAYS = {"min": 1 / 1440, "h": 1 / 24, "d": 1, "w": 7, "m": 30, "y": 365}
_UNIT = r"(?P<unit>min(?:ute)?s?\b|h(?:ou)?rs?\b|h\b|days?\b|weeks?\b|wks?\b|months?\b|mos?\b|years?\b|yrs?\b)"
_TIME = Sought(rf"(?<![\w.-])(?:(?P<n>{NUMBER})[- ]?{_UNIT}|(?P<named>day|week|month) (?P<m>[0-9]+)\b)")
_FOLLOW = Sought(r"\bfollow(?:ed)?[- ]?(?:up|ing)?\b|\bfollow-?ups?\b")
_MEASURED = re.compile(
    r"\b(?:on|assess\w*|measur\w*|evaluat\w*|rated|follow\w*|monitor\w*|at|after|post\w*|until|through|within|up to|outcomes?|end ?points?|relapse|persist\w*"
    r"|sustained|maintained|recorded|later|timepoint\w*|baseline|returned)\b"
)
_IS_MEASURED = Sought(_MEASURED.pattern)  # for whole sentences, whose words are looked at anyway
_NOT_FOLLOW = re.compile(
    r"(?:aged?|age of|age range|history|duration of|past|last|previous|prior|over the|for at least|mean age|every|each|per|once a|twice a|over|infused across|across|lasting|washout\w*|apart"
    r"|interval of|separated by|minimum of|between|in the month|abstinent for|remission)\s(?:\w+\s){0,2}$"
)
_NOT_AFTER = re.compile(
    r"^(?:[- ]old|s? of age|[- ](?:infusion|item|site|arm|program|course|treatment|period|history|open|double|randomi|phase|remission)|s? (?:before|prior|apart|infusion|history|earlier|old))|^ (?:olds?|infusion)"
)


def read_follow_up(document: Document, study_design: str) -> Fact | None:
    """The longest time after the drug at which the study measured something, as written."""
    if study_design in ("narrative_review", "guideline", "commentary"):
        return None
    best: tuple[tuple[float, bool, bool, bool], Fact] | None = None
    for sentence, strong in _timed_sentences(document, case=study_design == "case_report"):
        for match in _TIME.finditer(document.text, sentence.start, sentence.end):
            days = _length(match)
            course = study_design == "case_report" and _COURSE.search(document.text[: match.start()])
            if days < 1 / 24 or not (course or _is_follow_up(document.text, match, sentence)):
                continue
            plainly = match["unit"] is not None and "-" not in match[0]
            rank = days, plainly, strong, match["n"] is not None and match["n"].isdigit()
            if best is None or rank > best[0]:
                best = rank, Fact(_as_written(document.quote(*match.span())), *match.span(), 0.9 if strong else 0.75)
    return best[1] if best else None


#: A case is followed at least as long as it is treated.
_COURSE = re.compile(r"\b(?:over (?:the|a) course of|across|over a period of) $")


def _as_written(quote: str) -> str:
    """As written, but "6‐month" before a noun is "6 months", and spaces are plain."""
    text = re.sub(r"^([0-9]+)[\s\u2010\u2011-]*([a-zA-Z])", r"\1 \2", " ".join(quote.split()))
    text = (text[:1].lower() + text[1:]).replace("\u2010", "-").replace("\u2011", "-")
    whole = re.fullmatch(r"([0-9]+) (minute|hour|day|week|month|year)", text)
    return f"{text}s" if whole and whole[1] != "1" else text


#: What every length of time has: the quick questions before the patterns.
_TIME_PARTS = ("day", "week", "wk", "mo", "year", "yr", "hour", "hr", "min")
_HOUR = re.compile(r"h(?!\w)(?<=[0-9a-z -]h)|[0-9]\s?d(?!\w)")
_TIMED = ("methods", "measures", "results", "conclusions", "objective", "")


def _timed_sentences(document: Document, *, case: bool) -> Iterator[tuple[Sentence, bool]]:
    for sentence in document.own_sentences:
        words = document.text[sentence.start : sentence.end]
        if not (holds(words, _TIME_PARTS) or _HOUR.search(words)):
            continue
        if case or (sentence.section in _TIMED and _IS_MEASURED.search(words)):
            yield sentence, bool(_FOLLOW.search(words))


def _length(match: re.Match[str]) -> float:
    """The time in days."""
    if match["named"]:
        return int(match["m"]) * _DAYS[match["named"][0]]
    unit = match["unit"]
    key = "min" if unit.startswith("min") else unit[0]
    return to_int(match["n"]) * _DAYS[key]


#: "four to six hours post-infusion, were randomised": when a phase began, not how long it was watched.
_ALLOCATED = re.compile(r"^[ -](?:post-?infusion|after\b[^,.;]{0,25}|later),? (?:\w+ ){0,2}(?:were|was) randomi[sz]ed")


def _is_follow_up(text: str, match: re.Match[str], sentence: Sentence) -> bool:
    before, after = text[max(sentence.start, match.start() - 40) : match.start()], text[match.end() : match.end() + 14]
    after_all = text[match.end() : match.end() + 50]
    return not (_NOT_FOLLOW.search(before) or _NOT_AFTER.search(after) or _ALLOCATED.search(after_all)) and bool(
        _MEASURED.search(text[max(sentence.start, match.start() - 60) : match.end() + 25])
    )
