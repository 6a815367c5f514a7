"""How many people or animals took part (labels guideline, part 5)."""

from __future__ import annotations

import re

from classify.document import Document
from classify.groups import with_the_rest
from classify.numerals import NUMBER, to_int
from classify.people import DECIMAL, MANY, PEOPLE, SKIP, Fact, counted_sentences
from classify.phrases import holds
from classify.pooled import read_pooled

_ENTERED = r"(?:randomi[sz]ed|randomly|allocated|assigned|enroll?ed|enroll?ing|recruited|recruiting|included|participated|took part|scanned|entered|treated|underwent|received|completed|studied|analy[sz]ed|evaluated|examined|surveyed|assessed|were given|divided)"

_EQUAL_SIGN = re.compile(r"\bn ?= ?[0-9]")
_COUNT_AFTER = re.compile(r"\bn ?= ?([0-9]+)")
_EQUALS = ("n=", "n =")
#: In order of trust: randomised, then enrolled, then analysed.
PATTERNS = tuple(
    (re.compile(pattern), chance)
    for pattern, chance in (
        (rf"\b(?P<n>{NUMBER}) (?:responders|{PEOPLE}) (?:were|was) randomi[sz]ed\b", 0.98),
        (
            rf"\b(?:a )?total (?:sample )?(?:of|size of|size was|n ?=) ?(?P<n>{NUMBER}){SKIP} {MANY}{PEOPLE}\b(?=[^.]*\b(?:randomi[sz]ed|randomly|assigned|allocated))",
            0.97,
        ),
        (
            rf"\b(?P<n>{NUMBER}){SKIP} {MANY}{PEOPLE}\b[^.;]{{0,280}}?\b(?:were|was|will be|got|are|be) (?:then |equally |subsequently |consecutively |openly |double-blindly )?(?:randomi[sz]ed|randomly|assigned|allocated|divided)",
            0.97,
        ),
        (
            rf"\b(?:randomi[sz]ed|randomi[sz]ing|randomly assigned|enroll?ed|enroll?ing|recruited|included|(?:to|will) (?:recruit|enroll?|include|randomi[sz]e)) (?:a total of )?(?P<n>{NUMBER}){SKIP} {MANY}{PEOPLE}\b",
            0.95,
        ),
        (
            rf"\b(?:a )?total (?:sample )?of (?P<n>{NUMBER}){SKIP} {MANY}{PEOPLE}\b(?! (?:\([^)]*\) )?(?:completed|finished))",
            0.95,
        ),
        (rf"(?<!total )\bof (?:the |these )?(?P<n>{NUMBER}){SKIP} (?:\w+ ){{0,2}}{PEOPLE}\b", 0.93),
        (rf"\b(?P<n>{NUMBER}){SKIP} {MANY}{PEOPLE}\b[^.;]{{0,120}}?\b{_ENTERED}\b", 0.93),
        (rf"\b{_ENTERED} [^.;]{{0,40}}?\b(?P<n>{NUMBER}){SKIP} {MANY}{PEOPLE}\b", 0.9),
        (rf"\b{PEOPLE}\b[^.;()]{{0,60}}?\(\s?n ?= ?(?P<n>{NUMBER})\b", 0.9),
        (rf"\bsample (?:of|size of|\(n ?= ?|size ?[=:]) ?(?P<n>{NUMBER})\b", 0.9),
        (rf"\((?:n|N) ?= ?(?P<n>{NUMBER})[,;) ]", 0.85),
        (
            rf"\b(?:reviewed|review|data|records|charts|files|series|analysis|cohort|study|trial)\b (?:\w+ ){{0,3}}?(?:on|of|from|in|for|with) (?:the )?(?P<n>{NUMBER}){SKIP} {MANY}{PEOPLE}\b",
            0.9,
        ),
        (rf"\bof whom (?P<n>{NUMBER}) were (?:randomly|randomi[sz]ed)\b", 0.975),
        (rf"\bthe (?P<n>{NUMBER}) (?:analy[sz]ed|included|enrolled|participating) {PEOPLE}\b", 0.85),
        (
            rf"\b(?:involving|involved|conducted (?:on|in|among|with)|carried out [^.;]{{0,60}}among|using|(?:data|pattern\)) from) (?P<n>{NUMBER}){SKIP} {MANY}{PEOPLE}\b",
            0.85,
        ),
        (rf"\btotal n ?= ?(?P<n>{NUMBER})\b", 0.95),
        (
            rf"\badministered [^.;]{{0,60}}\bto (?P<n>{NUMBER}){SKIP} (?:[\w-]+ ){{0,3}}?{PEOPLE}\b",
            0.85,
        ),
        (rf"\bin (?P<n>{NUMBER}){SKIP} {MANY}{PEOPLE}\b", 0.85),
        (rf"\bwith (?P<n>{NUMBER}){SKIP} (?:healthy |male |female |adult )*{PEOPLE}\b", 0.9),
        (rf"\b(?:participants|subjects|patients) ?: ?(?P<n>{NUMBER}){SKIP} {MANY}{PEOPLE}\b", 0.95),
        (rf"^(?P<n>{NUMBER}){SKIP} {MANY}{PEOPLE}\b", 0.9),
    )
)
_TWO_GROUPS = re.compile(
    rf"\b(?:between|in|of|included|with|from) (?P<a>{NUMBER}){SKIP} {MANY}{PEOPLE}\b(?: [\w-]+){{0,6}}?(?: \([^)]*\))? and (?:in )?(?P<b>{NUMBER}) (?:[\w-]+ ){{0,3}}?(?:controls|volunteers|subjects|hvs)\b"
    rf"|\(?(?P<c>{NUMBER}) (?:males?|men|women|females?),? (?:and )?(?P<d>{NUMBER}) (?:males?|females?|women|men)\b"
)
_GROUP = re.compile(r"\b(?:controls|volunteers|subjects|hvs|males?|men|women|females?)\b")
#: What every count of people has: a number with people a few words on. The quick question before the patterns.
_COUNTED = re.compile(rf"[0-9] (?:[^ ]+ ){{0,9}}?(?:responders|{PEOPLE})\b")
_COUNTED_IN_WORDS = re.compile(
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|teen|ty|hundred|zero)"
    rf" (?:[^ ]+ ){{0,9}}?(?:responders|{PEOPLE})\b"
)
_DIGIT = re.compile("[0-9]")
_NUMBER_PARTS = (
    "one", "two", "three", "four", "forty", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twel", "thir", "fif", "twent", "hundred", "zero"
)  # fmt: skip
_ONE_CASE = re.compile(
    r"\bcase (?:report|presentation)? ?of an? |\ba case of\b|\ban? (?:[0-9]{1,2}|[a-z]+)[- ]year[- ]old\b|\bthe case of\b|\bin a patient\b|\ba (?:single )?patient\b|\bone patient\b|\bcase report\b"
)
_PART = re.compile(
    r"\b(?:of (?:the|these|them|those|whom)|subset|responders|non-?responders|dropped|withdrew|excluded|group [a-z0-9]|arm)\b"
)
#: The European register gives the planned number by age group and country; what it calls the whole trial is the sum.
_REGISTER = re.compile(r"number of subjects for this age range (?P<n>[0-9]+)")
#: Where a record holds several studies, those without the drug don't count for it.
_SEVERAL = re.compile(r"\b(?:first|second|other) (?:study|experiment)\b|\b(?:study|experiment) (?:1|2|one|two|i|ii)\b")


def read_participants(document: Document, study_design: str) -> Fact | None:
    """How many were randomised, else enrolled, else analysed; for reviews the pooled number."""
    if study_design in ("narrative_review", "guideline", "commentary", "notice"):
        return None
    if study_design == "case_report":
        return _cases(document) or _best(document)
    if study_design in ("meta_analysis", "systematic_review"):
        return read_pooled(document)
    return _registered(document) or _best(document) or _arms(document)


def _arms(document: Document) -> Fact | None:
    """Arms that are stated one by one, "ketamine (n = 31) or saline (n = 33)", added up (labels guideline)."""
    for sentence in counted_sentences(document):
        words = document.text[sentence.start : sentence.end]
        counts = list(_ARM_SIZE.finditer(words)) if holds(words, _EQUALS) and _ALLOCATED.search(words) else []
        if counts and (_OF_WHOM.search(words) or _PEOPLE_BEFORE.search(words[: counts[0].start()])):
            continue
        sizes = [int(count[1].replace(",", "")) for count in counts]
        if 2 <= len(sizes) <= 5 and 3 * min(sizes) > max(sizes) and len(_EQUAL_SIGN.findall(words)) == len(sizes):
            span = sentence.start + counts[0].start(), sentence.start + counts[-1].end()
            return Fact(sum(sizes), *span, 0.85)
    return None


_OF_WHOM = re.compile(r"\bof wh(?:om|ich)\b|% \(n")
_PEOPLE_BEFORE = re.compile(rf"{PEOPLE} $")
_ALLOCATED = re.compile(r"\b(?:randomi[sz]ed|randomly|allocated|assigned)\b")
_ARM_SIZE = re.compile(r"\(\s?n ?= ?([0-9,]+)\)")


def _registered(document: Document) -> Fact | None:
    """The planned number of the European register: its age groups added up."""
    if "age range" not in document.text:
        return None
    groups = [match for match in _REGISTER.finditer(document.text) if int(match["n"])]
    return Fact(sum(int(match["n"]) for match in groups), *groups[0].span(), 0.95) if groups else None


_REPORTED_BEFORE = re.compile(r"\bwe (?:have )?(?:recently|previously) (?:reported|published|described)\b")


def _best(document: Document) -> Fact | None:
    """The most trusted wording decides; among equals the first. Two stated groups are added up."""
    best: Fact | None = None
    for sentence in counted_sentences(document):
        # A decimal point ends no sentence, so that it must not stop a pattern either; a mark of one character keeps places.
        words = DECIMAL.sub("·", document.text[sentence.start : sentence.end])
        # Only "N … were randomised" is trusted more than what 0.97 stands for.
        if best and best.chance >= 0.97 and "randomi" not in words:
            continue
        if not (_DIGIT.search(words) or holds(words, _NUMBER_PARTS)):
            continue
        people = _COUNTED.search(words) or (holds(words, _NUMBER_PARTS) and _COUNTED_IN_WORDS.search(words))
        if not (people or holds(words, _EQUALS) or "sample" in words):
            continue
        if "reported" in words and _REPORTED_BEFORE.search(words):
            continue
        if _SEVERAL.search(document.text, sentence.start, sentence.end) and not document.exposures(sentence):
            continue
        groups = people and _GROUP.search(words) and _TWO_GROUPS.search(document.text, sentence.start, sentence.end)
        if groups and (best is None or best.chance < 0.92):
            one, two = groups["a"] or groups["c"], groups["b"] or groups["d"]
            best = Fact(to_int(one) + to_int(two), groups.start(), groups.end(), 0.92)
        for pattern, chance in PATTERNS:
            if best and chance <= best.chance:
                break
            match = next((match for match in pattern.finditer(words) if is_sample(words, match)), None)
            if match:
                value, end = with_the_rest(words, match)
                if value:
                    best = Fact(value, sentence.start + match.start(), sentence.start + end, chance)
                break
    doubtful = best and (
        _has_controls_besides(document, best) or _has_several_studies(document) or _has_rival(document, best)
    )
    return None if doubtful else best


#: A larger number of people that is said to have been enrolled, included or studied.
_RIVAL = re.compile(
    rf"\b(?P<n>{NUMBER}){SKIP} (?:[\w-]+ ){{0,2}}?{PEOPLE}\b[^.;]{{0,80}}?\b(?:were|was) (?:\w+ )?(?:randomi[sz]ed|randomly|enrolled|recruited|included|analy[sz]ed|studied|allocated|assigned)\b"
    rf"|\btotal of (?P<m>{NUMBER}){SKIP} (?:[\w-]+ ){{0,3}}?{PEOPLE}\b"
)


def _has_rival(document: Document, best: Fact) -> bool:
    """Whether a larger number of people is told of elsewhere in like words, less trusted: which is the sample, a person tells."""
    return best.chance < 0.95 and any(
        to_int(match["n"] or match["m"]) > int(str(best.value))
        and not best.start <= sentence.start + match.start() < best.end
        for sentence in document.own_sentences
        for match in _RIVAL.finditer(DECIMAL.sub("·", document.text[sentence.start : sentence.end]))
    )


def _has_several_studies(document: Document) -> bool:
    """Whether several studies of the record, each with its own people, give the drug."""
    if not holds(
        document.text,
        ("study 2", "experiment 2", "study two", "experiment two", "second study", "second experiment", "study ii"),
    ):
        return False
    told = {
        match[0].split()[0 if match[0].startswith(("first", "second", "other")) else -1]
        for sentence in document.sentences
        if document.exposures(sentence)
        for match in _SEVERAL.finditer(document.text, sentence.start, sentence.end)
    }
    return len(told) > 1


#: "15 healthy controls" who are told of in another sentence than the patients.
_CONTROLS = re.compile(
    rf"\b(?P<n>{NUMBER}) (?:[\w-]+ ){{0,4}}?(?:healthy|normal|control) (?:control|volunteer|subject|participant|individual|comparison|person)s?\b"
    rf"|\bcontrols \(n ?= ?(?P<m>{NUMBER})\)"
)


def _has_controls_besides(document: Document, best: Fact) -> bool:
    """Whether healthy controls stand elsewhere with a number of their own, so that the sum is for a person to tell."""
    if "total" in document.text[best.start : best.end] or "healthy" in document.text[best.start : best.end]:
        return False
    return any(
        not best.start <= match.start() < best.end and to_int(match["n"] or match["m"]) != best.value
        for sentence in document.own_sentences
        for match in _CONTROLS.finditer(document.text, sentence.start, sentence.end)
    )


#: "65 patients (n = 21 for ketamine, 20 for …)".
_ARM_AFTER = re.compile(r"^ (?:for|in|on|with|received|per) ")
#: The number is a piece of a name or a measure: "PHQ-9 scores", "ASA 1-2 patients", "12.7 ± 4.5".
_INSIDE = re.compile(r"[0-9a-z][-·/]$|[±=<>≥≤/]\s?$(?<!n=)(?<!n =)(?<!n= )(?<!n = )")
#: "Thirty patients in each group".
_EACH = re.compile(
    r"^[^.;()]{0,90}?\b(?:(?:in|for|to|of) each|each (?:of|group|arm)|per (?:\w+ )?(?:group|arm|cent(?:er|re)|site|cohort|condition)|in both groups|for both groups)\b|^ each\b"
)
#: "Only two participants received", "our earlier trial in 10", "a subset of participants (n = 12".
_NOT_ALL = re.compile(
    r"\bonly (?:\w+ )?$|\b(?:previously|recently reported|earlier|previous)\b|\bsubset\b|\bsubgroup\b|\bsubsample\b|\beach (?:group|arm)\b|\bgroups of $|\b(?:original|first|discovery|exploratory|training|derivation|validation|confirmatory) sample \(n ?= ?$|[0-9%)] of (?:the )?$|\bgroup [\w-]+ \($|\bgroups? \(\s?n ?= ?$|\bmodel included $"
    rf"|\b{NUMBER} (?:[\w-]+ ){{1,2}}and $"
)


def is_sample(words: str, match: re.Match[str]) -> bool:
    """Whether the number counts the whole sample, not those screened, nor one part."""
    place = match.start("n")
    before, after = words[max(0, place - 40) : place], words[place : place + 70]
    if _INSIDE.search(before) or _EACH.search(words[match.end("n") : match.end("n") + 140]) or _NOT_ALL.search(before):
        return False
    if (
        (_PART.search(before[-25:]) and not match[0].startswith("of whom") and not _WHOLE.match(words))
        or before.endswith(("phase ", "day ", "days ", "week ", "weeks ", "visit ", "stage ", "grade "))
        or _ELSEWHERE.search(words[match.end("n") : match.end("n") + 220])
        or "meta-analysis" in words
        or re.search(r"\b(?:screened|approached|contacted|invited|eligible for)\b", after)
    ):
        return False
    # Several groups, each with its own number, and no sum: a person decides.
    if match[0].rstrip().endswith(match["n"]) and _ARM_AFTER.match(words[match.end("n") :]):
        return False
    counts = [int(count) for count in _COUNT_AFTER.findall(words)] if _EQUAL_SIGN.search(match[0]) else []
    if len(counts) > 1 and not (counts[0] == to_int(match["n"]) == sum(counts[1:])) and "total n" not in match[0]:
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
    rf"^of the {NUMBER} (?:[\w-]+ )?{PEOPLE}(?:,| (?:who were )?(?:randomi[sz]ed|enrolled|recruited|included))"
)
_SHARE = re.compile(r"^[^.,;()0-9]{0,60}\([0-9.]+\s?%\)")


#: "Two cases of …", "report of three patients"; and what tells that one is not all.
_SO_MANY_CASES = re.compile(
    rf"\b(?P<n>{NUMBER}) (?:[\w-]+ ){{0,3}}?(?:cases|patients)\b|\b(?:series|report) of (?P<m>{NUMBER})\b"
)
_FURTHER_CASES = re.compile(
    r"\b(?:second|third|other|both|two|three|all) (?:case|patient)s?\b|\bcase (?:2|two|ii)\b|\bpatient (?:2|b)\b|\bcase series\b|\bpatients (?:were|are|had|received) "
)


def _cases(document: Document) -> Fact | None:
    """One case, or as many as the title tells; where a second is told of, a person counts."""
    match = _SO_MANY_CASES.search(document.title)
    if match:
        value = to_int(match["n"] or match["m"])
        return Fact(value, *match.span(), 0.95, True) if value > 1 else None
    if _FURTHER_CASES.search(document.text) or "cases" in document.title or "case series" in document.title:
        return None
    for text, in_title in ((document.text, False), (document.title, True)):
        match = _ONE_CASE.search(text)
        if match:
            return Fact(1, match.start(), match.end(), 0.95, in_title)
    return None
