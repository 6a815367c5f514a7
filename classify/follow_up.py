"""How long the people or animals were followed (labels guideline, part 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classify.conduct import REVIEWS
from classify.document import Document
from classify.numerals import NUMBER, to_int
from classify.people import Fact
from classify.phrases import holds
from classify.sentences import Sentence

#: A time as written, with its length in days (a day's count for "day 17").
_DAYS = {"min": 1 / 1440, "h": 1 / 24, "d": 1, "w": 7, "m": 30, "y": 365, "p": 1}
_UNIT = r"(?P<unit>min(?:ute)?s?\b|h(?:ou)?rs?\b|h\b|days?\b|weeks?\b|wks?\b|months?\b|mos?\b|years?\b|yrs?\b)"
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
#: "6 months", "1.5 years", "day 17", "days 1, 3 and 7", "the third postoperative day".
TIME = re.compile(
    rf"(?<![\w.-])(?:(?:(?P<n>[0-9]+\.[0-9]+|{NUMBER})(?:[- ]|(?<=[0-9]))){_UNIT}"
    r"|(?P<named>days?|weeks?|months?|pod) (?P<m>[0-9]+(?:(?: \([a-z ]{3,20}\))?(?:, ?(?:and |or )?| and | or | to |-| through |/)[0-9]+)*)\b(?![-.][0-9]| ?(?:%|mg|h\b|hours?|hrs?|min|weeks?|months?|years?|days? (?:after|post)))"
    rf"|(?P<ordinal>{'|'.join(_ORDINALS)}|[0-9]+\(?(?:st|nd|rd|th)\)?) (?:post-?(?:operative|partum|infusion|surgical|treatment) |study )?(?P<of>day|week|month|hour)\b)"
)
_FOLLOW = re.compile(r"\bfollow(?:ed)?[- ]?(?:up|ing)?\b|\bfollow-?ups?\b")
_MEASURED = re.compile(
    r"\b(?:on|assess\w*|measur\w*|evaluat\w*|rated|follow\w*|monitor\w*|at|after|post\w*|until|through|within|up to|outcomes?|end ?points?|relapse|persist\w*"
    r"|sustained|maintained|recorded|later|timepoint\w*|baseline|returned)\b"
)
#: What stands before a time that is none of the study's: an age, a past, an interval, how long an infusion or an effect
#: lasts, when the drug was given.
_NOT_THE_STUDYS = re.compile(
    r"(?:aged?|age of|age range|history|duration of|past|last|previous|prior|for at least|mean age|every|each|per|once a|twice a|infused across|washout\w*|apart|gap of"
    r"|interval of|separated by|minimum of|between|in the month|abstinent for|remission|postnatal|postnatal day|older than|younger than)\s(?:\w+\s){0,2}$"
    r"|[≥>≤<±]\s?$|\bpd\s?$|\baged? (?:of )?[^,;.]{0,20}$|\b(?:mg|μg|µg|mcg|ml)\b[^,;]{0,25}\b(?:for|over|in|during)\s$"
    r"|\b(?:lasted|lasting|(?:recovery|emergence|awakening|extubation) time\w*|took)\b[^,;]{0,25}$"
    r"|\binfusion of (?:\w+ ){0,1}$|\b(?:increased|titrated|raised)\b[^.;]{0,30}\bafter $"
    r"|\b(?:infusions?|administered|given|injected|received|crossed over)\b[^.,;]{0,40}\b(?:on|after|at|before)\s(?:the\s|day [0-9]+ and )?$"
)
_NOT_THE_STUDYS_AFTER = re.compile(
    r"^(?:[- ]old|s? of age|s? or older|[- ](?:infusion|item|site|arm|history|remission|(?:medication )?washout|interval|antidepressant-free)|s? (?:before|prior|apart|infusion|history|earlier|old|intervals?))|^ (?:olds?|infusion)"
    r"|^[^.;]{0,70}\b(?:were given|received|was given)\b"
)
#: How long treatment, a phase or the study goes on: not a time of measuring by itself, but what is measured may be as late.
_GOES_ON = re.compile(
    r"(?:\bover(?: the)?|\bacross|\bfor(?: up to| the)?|\bduring(?: the| a)?|\bthroughout(?: the| a)?)\s(?:\w+\s){0,1}$"
)
_GOES_ON_AFTER = re.compile(
    r"^[- ](?:program|course|treatment|period|open|double|randomi|phase|induction|trial|study|maintenance|extension|optimi[sz]ation|acute|long|clinical|crossover|of\b)"
)


def read_follow_up(document: Document, study_design: str) -> Fact | None:
    """The longest time after the drug at which the study measured something, as written.

    In animals times count from what was done to them first. A longer time for which treatment or the study went on leaves it to a person, as does a review of several studies.
    """
    if study_design in REVIEWS or study_design == "preclinical":
        return None
    best: tuple[tuple[float, bool, bool, bool], Fact] | None = None
    longest = 0.0
    for sentence, strong in _timed_sentences(document, case=study_design == "case_report"):
        for match in TIME.finditer(document.text, sentence.start, sentence.end):
            days = length_in_days(match)
            if days < 1 / 24:
                continue
            if _is_not_the_studys(document.text, match, sentence):
                if not _LIFE.search(document.text[max(sentence.start, match.start() - 40) : match.end() + 12]):
                    longest = max(longest, days)
                continue
            course = study_design == "case_report" and _COURSE.search(document.text[: match.start()])
            if not (course or _is_follow_up(document.text, match, sentence, strong=strong)):
                longest = max(longest, days)
                continue
            plainly = match["unit"] is not None and "-" not in match[0]
            rank = float(f"{days:.1e}"), plainly, strong, match["n"] is not None and match["n"].isdigit()
            if best is None or rank > best[0]:
                best = (
                    rank,
                    Fact(time_as_written(document.record.abstract, match), *match.span(), 0.9 if strong else 0.75),
                )
    if study_design == "case_report":
        longest = 0  # a case is told of as long as it is treated
    return best[1] if best and longest <= 1.2 * best[0][0] else None


_LIFE = re.compile(
    r"aged?\b|old\b|histor|past|last|prior|previous|remission|before|apart|washout|interval|separat|between|duration|[≥>≤<±]|years?"
)


def time_as_written(original: str, match: re.Match[str]) -> str:
    """As written; of "days 1, 3 and 7" the last."""
    numbers = re.findall("[0-9]+", match["m"] or "")
    if len(numbers) > 1:
        return f"{match['named'].removesuffix('s')} {max(numbers, key=int)}"
    return _as_written(original[match.start() : match.end()])


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
        if case or (sentence.section in _TIMED and _MEASURED.search(words)):
            yield sentence, bool(_FOLLOW.search(words))


def length_in_days(match: re.Match[str]) -> float:
    """The time in days."""
    if match["named"]:
        return max(map(int, re.findall("[0-9]+", match["m"]))) * _DAYS[match["named"][0]]
    if match["ordinal"]:
        digits = re.match("[0-9]+", match["ordinal"])
        count = int(digits[0]) if digits else _ORDINALS.index(match["ordinal"]) + 1
        return count * _DAYS[match["of"][0]]
    unit = match["unit"]
    key = "min" if unit.startswith("min") else unit[0]
    return (float(match["n"]) if "." in match["n"] else to_int(match["n"])) * _DAYS[key]


#: "four to six hours post-infusion, were randomised": when a phase began, not how long it was watched.
_ALLOCATED = re.compile(r"^[ -](?:post-?infusion|after\b[^,.;]{0,25}|later),? (?:\w+ ){0,2}(?:were|was) randomi[sz]ed")


def _is_not_the_studys(text: str, match: re.Match[str], sentence: Sentence) -> bool:
    before, after = text[max(sentence.start, match.start() - 60) : match.start()], text[match.end() : match.end() + 90]
    return bool(_NOT_THE_STUDYS.search(before) or _NOT_THE_STUDYS_AFTER.search(after) or _ALLOCATED.search(after))


def _is_follow_up(text: str, match: re.Match[str], sentence: Sentence, *, strong: bool) -> bool:
    before, after = text[max(sentence.start, match.start() - 60) : match.start()], text[match.end() : match.end() + 25]
    if (strong and _FOLLOWED.search(before)) or _MONITORED.search(before) or re.match(r"^[- ]follow", after):
        return True
    if _GOES_ON.search(before) or _GOES_ON_AFTER.search(after):
        return False
    return bool(_MEASURED.search(before + match[0] + after))


#: "Were followed over a 6-month period": then even a period is the follow-up.
_FOLLOWED = re.compile(
    r"\bfollow(?:ed|-up|ing)?(?:[- ]up)? (?:for|over|until|up to|of|during|period|was)\b[^.;]{0,25}$"
)
_MONITORED = re.compile(
    r"\b(?:monitored|observed|measured|evaluated|assessed)\b[^.;]{0,20}\bfor (?:up to )?(?:the first )?$"
)


def signs_of_time(text: str, match: re.Match[str], sentence: Sentence) -> Iterator[str]:
    """What speaks for and against a time's being one at which the study measured something."""
    before, after = text[max(sentence.start, match.start() - 60) : match.start()], text[match.end() : match.end() + 25]
    if _is_not_the_studys(text, match, sentence):
        yield "not the study's"
    if _FOLLOW.search(text, sentence.start, sentence.end):
        yield "strong"
    if _FOLLOWED.search(before):
        yield "followed"
    if _MONITORED.search(before):
        yield "monitored"
    if re.match(r"^[- ]follow", after):
        yield "follow-up after"
    if _GOES_ON.search(before) or _GOES_ON_AFTER.search(after):
        yield "goes on"
    if _MEASURED.search(before + match[0] + after):
        yield "measured"
