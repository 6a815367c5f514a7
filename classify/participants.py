"""How many people or animals, and, for reviews, how many studies (labels guideline, part 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from classify.document import Document
from classify.numerals import NUMBER, to_int
from classify.phrases import holds
from classify.sentences import Sentence
from classify.sieve import Sought


class Fact(NamedTuple):
    """A value and the piece of the abstract (or, with `in_title`, of the title) that says so."""

    value: int | str | list[str]
    start: int
    end: int
    chance: float
    in_title: bool = False


_PEOPLE = (
    r"(?:patients?|participants?|subjects?|individuals?|adults?|people|persons?|volunteers?|adolescents?|children|women|men"
    r"|males?|females?|parturients?|veterans?|inpatients?|outpatients?|users?|abusers?|smokers?|drinkers?|alcoholics?|respondents?|attendees|students|ss|(?:[\\w-]+ )?attempters"
    r"|youths?|infants?|probands?|inmates|clients|healthy (?:controls|volunteers|subjects))"
)
# The words between the number and the people; another number, or what else is counted, breaks the link.
_MANY = (
    r"(?:(?:(?!stud(?:y|ies)\b|trials?\b|visits?\b|fatalit|clinical\b|cent(?:er|re)s?\b|sites?\b|groups?\b|arms?\b|samples?\b|experiments?\b|cohorts?\b|infusions?\b|sessions?\b|doses?\b|cases involving)"
    r"[a-z(][\w'/,()-]* ){0,8}?)"
)
_SKIP = r"(?!\s?(?:%|mg|kg|years?|weeks?|days?|h\b|hours?|months?|min|-?year|:|\.\d))"
_ENTERED = r"(?:randomi[sz]ed|randomly|allocated|assigned|enrolled|recruited|included|participated|entered|treated|underwent|received|completed|studied|analy[sz]ed|evaluated|examined|surveyed|assessed|were given|divided)"

_ENTERED_PARTS = (
    "random", "allocated", "assigned", "enrolled", "recruited", "included", "participated", "entered", "treated", "underwent",
    "received", "completed", "studied", "analy", "evaluated", "examined", "surveyed", "assessed", "were given", "divided",
)  # fmt: skip
_EQUAL_SIGN = re.compile(r"\bn ?= ?[0-9]")
_EQUALS = ("n=", "n =")
#: In order of trust, each with pieces of text of which one must stand in the sentence: randomised, then enrolled, then analysed.
_PATTERNS = tuple(
    (Sought(pattern), chance, needles)
    for pattern, chance, needles in (
        (rf"\b(?P<n>{NUMBER}) (?:responders|{_PEOPLE}) (?:were|was) randomi[sz]ed\b", 0.98, ("randomi",)),
        (
            rf"\b(?:a )?total (?:sample )?(?:of|size of|size was|n ?=) ?(?P<n>{NUMBER}){_SKIP} {_MANY}{_PEOPLE}\b(?=[^.]*\b(?:randomi[sz]ed|randomly|assigned|allocated))",
            0.97,
            ("total",),
        ),
        (
            rf"\b(?P<n>{NUMBER}){_SKIP} {_MANY}{_PEOPLE}\b[^.;]{{0,280}}?\b(?:were|was|will be|got|are|be) (?:then |equally |subsequently |consecutively |openly |double-blindly )?(?:randomi[sz]ed|randomly|assigned|allocated|divided)",
            0.97,
            ("random", "assigned", "allocated", "divided"),
        ),
        (
            rf"\b(?:randomi[sz]ed|randomly assigned|enrolled|recruited|included) (?:a total of )?(?P<n>{NUMBER}){_SKIP} {_MANY}{_PEOPLE}\b",
            0.95,
            ("randomi", "randomly", "enrolled", "recruited", "included"),
        ),
        (
            rf"\b(?:a )?total (?:sample )?of (?P<n>{NUMBER}){_SKIP} {_MANY}{_PEOPLE}\b(?! (?:\([^)]*\) )?(?:completed|finished))",
            0.95,
            ("total ",),
        ),
        (rf"(?<!total )\bof (?:the |these )?(?P<n>{NUMBER}){_SKIP} (?:\w+ ){{0,2}}{_PEOPLE}\b", 0.93, ("of ",)),
        (rf"\b(?P<n>{NUMBER}){_SKIP} {_MANY}{_PEOPLE}\b[^.;]{{0,120}}?\b{_ENTERED}\b", 0.93, _ENTERED_PARTS),
        (rf"\b{_ENTERED} [^.;]{{0,40}}?\b(?P<n>{NUMBER}){_SKIP} {_MANY}{_PEOPLE}\b", 0.9, _ENTERED_PARTS),
        (rf"\b{_PEOPLE}\b[^.;()]{{0,60}}?\(\s?n ?= ?(?P<n>{NUMBER})\b", 0.9, _EQUALS),
        (rf"\bsample (?:of|size of|\(n ?= ?|size ?[=:]) ?(?P<n>{NUMBER})\b", 0.9, ("sample ",)),
        (rf"\((?:n|N) ?= ?(?P<n>{NUMBER})[,;) ]", 0.85, _EQUALS),
        (
            rf"\b(?:reviewed|review|data|records|charts|files|series|analysis|cohort|study|trial)\b (?:\w+ ){{0,3}}?(?:on|of|from|in|for|with) (?:the )?(?P<n>{NUMBER}){_SKIP} {_MANY}{_PEOPLE}\b",
            0.9,
            ("review", "data", "record", "chart", "files", "series", "analysis", "cohort", "study", "trial"),
        ),
        (rf"\bin (?P<n>{NUMBER}){_SKIP} {_MANY}{_PEOPLE}\b", 0.85, ("in ",)),
        (rf"\bwith (?P<n>{NUMBER}){_SKIP} (?:healthy |male |female |adult )*{_PEOPLE}\b", 0.9, ("with ",)),
        (rf"\b(?:participants|subjects|patients) ?: ?(?P<n>{NUMBER}){_SKIP} {_MANY}{_PEOPLE}\b", 0.95, (":",)),
        (rf"^(?P<n>{NUMBER}){_SKIP} {_MANY}{_PEOPLE}\b", 0.9, (" ",)),
    )
)
_TWO_GROUPS = Sought(
    rf"\b(?:between|in|of|included|with|from) (?P<a>{NUMBER}){_SKIP} {_MANY}{_PEOPLE}\b(?: [\w-]+){{0,6}}?(?: \([^)]*\))? and (?:in )?(?P<b>{NUMBER}) (?:[\w-]+ ){{0,3}}?(?:controls|volunteers|subjects|hvs)\b"
    rf"|\(?(?P<c>{NUMBER}) (?:males?|men|women|females?),? (?:and )?(?P<d>{NUMBER}) (?:males?|females?|women|men)\b"
)
_GROUP = Sought(r"\b(?:controls|volunteers|subjects|hvs|males?|men|women|females?)\b")
#: What every count of people has: a number with people a few words on. The quick question before the patterns.
_COUNTED = Sought(rf"[0-9] (?:[^ ]+ ){{0,9}}?(?:responders|{_PEOPLE})\b")
_COUNTED_IN_WORDS = Sought(
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|teen|ty|hundred|zero)"
    rf" (?:[^ ]+ ){{0,9}}?(?:responders|{_PEOPLE})\b"
)
_DIGIT = re.compile("[0-9]")
_NUMBER_PARTS = (
    "one", "two", "three", "four", "forty", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twel", "thir", "fif", "twent", "hundred", "zero"
)  # fmt: skip
_ONE_CASE = Sought(
    r"\bcase (?:report|presentation)? ?of an? |\ba case of\b|\ban? (?:[0-9]{1,2}|[a-z]+)[- ]year[- ]old\b|\bthe case of\b|\bin a patient\b|\ba (?:single )?patient\b|\bone patient\b|\bcase report\b"
)
_POOLED = (
    Sought(
        rf"(?:\b(?:comprising|including|involving|with|of|totall?ing|encompassing|from|in|and) |\()(?:a total of |over |approximately |data from )?"
        rf"(?P<n>{NUMBER}){_SKIP} {_MANY}{_PEOPLE}\b"
    ),
    Sought(rf"\((?:total )?n ?= ?(?P<n>{NUMBER})\)|\((?P<m>{NUMBER}) {_PEOPLE}\)"),
)
_STUDIES = Sought(
    rf"\b(?P<n>{NUMBER}){_SKIP} (?:[\w'-]+ ){{0,5}}?(?:studies|trials|rcts|articles|publications|reports|papers|reviews|meta-analyses)\b(?P<after>[^.;]{{0,60}})"
)
_INCLUDED = re.compile(
    r"\b(?:includ|met|eligible|identified|yield|were reviewed|were enrolled|analy[sz]ed|in total|total of|involving|comprising|qualified|retained|selected|fulfilled)"
)
_SEARCHED = re.compile(r"\b(?:screened|records|abstracts|citations|duplicates|full-text|retrieved)\b")
_PART = re.compile(
    r"\b(?:of (?:the|these|them|those|whom)|subset|responders|non-?responders|dropped|withdrew|excluded|group [a-z0-9]|arm)\b"
)
#: The European register gives the planned number by age group and country; what it calls the whole trial is the sum.
_REGISTER = Sought(r"number of subjects for this age range (?P<n>[0-9]+)")
#: Where a record holds several studies, those without the drug don't count for it.
_SEVERAL = Sought(r"\b(?:first|second|other) (?:study|experiment)\b|\b(?:study|experiment) (?:1|2|one|two|i|ii)\b")
_SECTIONS = ("methods", "results", "measures", "objective", "conclusions", "condition", "")


def read_participants(document: Document, study_design: str) -> Fact | None:
    """How many were randomised, else enrolled, else analysed; for reviews the pooled number."""
    if study_design in ("narrative_review", "guideline", "commentary", "notice"):
        return None
    if study_design == "case_report":
        return _case(document) or _best(document)
    if study_design in ("meta_analysis", "systematic_review"):
        return _pooled(document)
    return _registered(document) or _best(document)


def _registered(document: Document) -> Fact | None:
    """The planned number of the European register: its age groups added up."""
    if "age range" not in document.text:
        return None
    groups = [match for match in _REGISTER.finditer(document.text) if int(match["n"])]
    return Fact(sum(int(match["n"]) for match in groups), *groups[0].span(), 0.95) if groups else None


def _sentences(document: Document) -> Iterator[Sentence]:
    headed = document.headed
    return (sentence for sentence in document.sentences if sentence.section in _SECTIONS or not headed)


def _best(document: Document) -> Fact | None:
    """The most trusted wording decides; among equals the first. Two stated groups are added up."""
    best: Fact | None = None
    for sentence in _sentences(document):
        words = document.text[sentence.start : sentence.end]
        # Only "N … were randomised" is trusted more than what 0.97 stands for.
        if best and best.chance >= 0.97 and "randomi" not in words:
            continue
        if not (_DIGIT.search(words) or holds(words, _NUMBER_PARTS)):
            continue
        people = _COUNTED.search(words) or (holds(words, _NUMBER_PARTS) and _COUNTED_IN_WORDS.search(words))
        if not (people or holds(words, _EQUALS) or "sample" in words):
            continue
        if _SEVERAL.search(document.text, sentence.start, sentence.end) and not document.exposures(sentence):
            continue
        groups = people and _GROUP.search(words) and _TWO_GROUPS.search(document.text, sentence.start, sentence.end)
        if groups and (best is None or best.chance < 0.92):
            one, two = groups["a"] or groups["c"], groups["b"] or groups["d"]
            best = Fact(to_int(one) + to_int(two), groups.start(), groups.end(), 0.92)
        for pattern, chance, needles in _PATTERNS:
            if best and chance <= best.chance:
                break
            if not holds(words, needles):
                continue
            match = next((match for match in pattern.finditer(words) if _is_sample(words, match)), None)
            if match:
                best = Fact(to_int(match["n"]), sentence.start + match.start(), sentence.start + match.end(), chance)
                break
    return best


def _is_sample(words: str, match: re.Match[str]) -> bool:
    """Whether the number counts the whole sample, not those screened, nor one part."""
    place = match.start("n")
    before, after = words[max(0, place - 25) : place], words[place : place + 70]
    if (
        (_PART.search(before) and not _WHOLE.match(words))
        or before.endswith(("phase ", "day ", "days ", "week ", "weeks ", "visit ", "stage ", "grade "))
        or _ELSEWHERE.search(words[match.end("n") : match.end("n") + 220])
        or re.search(r"\b(?:screened|approached|eligible for)\b", after)
    ):
        return False
    # Several groups, each with its own number, and no sum: a person decides.
    if _EQUAL_SIGN.search(match[0]) and len(_EQUAL_SIGN.findall(words)) > 1:
        return False
    # A share beside the number, "53 volunteers (82%)" or "100% (n = 47)", tells that it is a part.
    if _SHARE.search(words[match.end("n") : match.end() + 90]) or before.rstrip("n= ").endswith("% ("):
        return False
    return to_int(match["n"]) > 1


#: "(19 women)" counts the women; "1,360 patients were assessed, and 672 were randomised" and "33 patients and 26 healthy
#: controls" have the number, or the rest of it, further on.
_ELSEWHERE = re.compile(
    rf"^ (?:women|men|females?|males?|girls|boys)\)|\band {NUMBER} (?:\w+ )?were (?:randomi[sz]ed|randomly)\b|"
    rf"\b(?:and|versus|vs\.?) (?:in |with )?{NUMBER} (?:[\w-]+ ){{0,4}}?(?:healthy|controls?|hcs?|hvs?|volunteers)\b"
)
#: "Of the 65 volunteers, 41 were men": said of all at a sentence's start.
_WHOLE = re.compile(
    rf"^of the {NUMBER} (?:[\w-]+ )?{_PEOPLE}(?:,| (?:who were )?(?:randomi[sz]ed|enrolled|recruited|included))"
)
_SHARE = re.compile(r"^[^.,;()0-9]{0,60}\([0-9.]+\s?%\)")


def _case(document: Document) -> Fact | None:
    for text, in_title in ((document.text, False), (document.title, True)):
        match = _ONE_CASE.search(text)
        if match:
            return Fact(1, match.start(), match.end(), 0.95, in_title)
    return None


def _pooled(document: Document) -> Fact | None:
    for sentence in _sentences(document):
        words = document.text[sentence.start : sentence.end]
        if sentence.section in ("objective", "background") or not re.search(
            r"\b(?:studies|trials|rcts|included|reports)\b", words
        ):
            continue
        for pattern in _POOLED:
            matches = list(pattern.finditer(words))
            if len(matches) > 1:  # several counts and no sum
                return None
            if matches:
                value = to_int(next(group for group in matches[0].groups() if group))
                if value > 10:
                    return Fact(value, sentence.start + matches[0].start(), sentence.start + matches[0].end(), 0.9)
    return None


def read_studies(document: Document, study_design: str) -> Fact | None:
    """How many studies a review includes."""
    if study_design not in ("meta_analysis", "systematic_review"):
        return None
    found: list[Fact] = []
    for sentence in _sentences(document):
        words = document.text[sentence.start : sentence.end]
        for match in _STUDIES.finditer(words):
            around = words[max(0, match.start() - 60) : match.end()]
            if _INCLUDED.search(around) and not _SEARCHED.search(match["after"]) and to_int(match["n"]) > 1:
                place = sentence.start + match.start()
                found.append(Fact(to_int(match["n"]), place, sentence.start + match.start("after"), 0.93))
    # "We included nine studies in adults" and then "four in children": the sum is not stated, a person decides.
    entered = {fact.value for fact in found if _ENTERED_STUDIES.search(document.text[fact.start - 20 : fact.end + 40])}
    return found[0] if found and len(entered) < 2 else None


_ENTERED_STUDIES = re.compile(r"\bwe included\b|\bwere included\b")
