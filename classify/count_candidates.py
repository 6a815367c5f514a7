"""Every number in a record that may count its people, animals or studies, and sums of those in one breath."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from classify.candidates import Candidate, Features, around, context_of, verdict
from classify.document import Document
from classify.numerals import NUMBER, to_int
from classify.participants import PATTERNS, is_sample
from classify.people import DECIMAL, PEOPLE, Fact

_NOT_INSIDE = r"(?<![\w.,·/±-])(?<!± )"
_WHOLE = r"(?![\w%]|[.,·]\d|\s?%)"


def _counted(things: str) -> re.Pattern[str]:
    """A number and, a few words on, what is counted."""
    return re.compile(
        rf"{_NOT_INSIDE}(?P<n>{NUMBER}){_WHOLE}(?P<between>[ -](?:[^\s.;:]+ ){{0,9}}?)(?P<who>{things})\b"
    )


_PEOPLE = _counted(
    rf"(?:{PEOPLE}|pts|cases|controls?|responders|animals|rats|mice|dogs|cats|horses|sheep|pigs|swine|monkeys|macaques"
    r"|hcs?|hvs?|[a-z]*patients|survivors|members|pairs)"
)
_STUDIES = _counted(r"(?:studies|study|trials?|rcts?|articles|publications|reports|papers|reviews|meta-analyses)")
_EQUALS = re.compile(r"\bn ?= ?(?P<n>[0-9]{1,3}(?:[, ]?[0-9]{3})*)(?![0-9.·]|\s?%)")
_TOTAL = re.compile(
    rf"\b(?:total|sample|size|cohort|whom|which|sum|all|included)(?: [a-z]+)? (?:of |was |n ?= ?)?(?P<n>{NUMBER}){_WHOLE}"
)
#: What every number has: the quick question before the patterns.
_COUNTING = re.compile(
    r"[0-9]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twel|twent|thir|fort|fif|hundred|zero"
)
_EACH = re.compile(r"^[^.;]{0,90}?\b(?:each|per (?:group|arm)|both groups)\b")
_GROUPS = re.compile(r"\b(two|three|four|2|3|4) (?:[\w-]+ ){0,3}?(?:groups|arms)\b")
#: Pieces of words that tell of whom a sentence speaks.
_TELLING = re.compile(
    r"\b(?:randomi[sz]|random(?:ly)?\b|enrol|recruit|includ|complet|exclud|screen|eligib|withdr|drop|discontinu|of wh(?:om|ich)|respon"
    r"|total|previous|subset|subgroup|each|per group|control|healthy|invited|approached|pooled|studies|trials|session|infusion"
    r"|experiment|study [12]\b|cohort|women|male|met criteria|analy|surviv|identified|search|duplicates|full.text|selected|retrieved)"
)
_SHARE = re.compile(r"[^.,;()0-9]{0,60}\([0-9.·]+\s?%")


def people_candidates(document: Document, study_design: str, ruled: Fact | None) -> list[Candidate]:
    """Counts of people in title and abstract."""
    return _compared(_mentions(document, study_design, _PEOPLE), study_design, ruled)


def study_candidates(document: Document, study_design: str, ruled: Fact | None) -> list[Candidate]:
    """Counts of studies, in reviews."""
    if study_design not in ("meta_analysis", "systematic_review"):
        return []
    return _compared(_mentions(document, study_design, _STUDIES), study_design, ruled)


def _compared(found: Iterator[Candidate], study_design: str, ruled: Fact | None) -> list[Candidate]:
    """The mentions, each with how it stands to the others and to what the rules say."""
    mentions = [mention for mention in found if mention.value]
    if ruled and not any(mention.value == ruled.value for mention in mentions):
        mentions.append(Candidate(int(str(ruled.value)), ruled.start, ruled.end, ruled.in_title, {"form ruled": 1.0}))
    values = Counter(int(mention.value) for mention in mentions)
    single = {int(mention.value) for mention in mentions if "form sum" not in mention.features}
    summed = {int(mention.value) for mention in mentions if "form sum" in mention.features}
    for place, mention in enumerate(mentions):
        value, features = int(mention.value), mention.features
        ruling = verdict(ruled and ruled.value, value)
        features[f"the rules say {ruling}"] = 1.0
        if ruled and ruling == "so":
            features[f"the rules say so at {ruled.chance:.2f}"] = 1.0
        features |= _standing(value, values, single, summed, "form sum" in features)
        features[f"rank {min(place, 5)}"] = 1.0
        features[f"design {study_design}"] = 1.0
        for kind in ("the rules say so", "largest single", "form sum", "form n=", "form counted"):
            if kind in features:
                features[f"{kind}, {study_design}"] = 1.0
    return mentions


def _standing(value: int, values: Counter[int], single: set[int], summed: set[int], is_sum: bool) -> Features:
    """How a number stands to the record's other numbers."""
    signs = {
        "largest": value == max(values),
        "largest single": bool(single) and value == max(single),
        "is a sum of others": value in single and value in summed,
        "smaller than a sum of others": not is_sum and any(value < other for other in single & summed),
        "told again": values[value] > 1,
        "told thrice": values[value] > 2,
    }
    told: Features = {name: 1.0 for name, holds in signs.items() if holds}
    told[f"larger ones {min(sum(other > value for other in single), 4)}"] = 1.0
    told[f"digits {len(str(value))}{'<' if str(value)[0] < '3' else ''}"] = 1.0
    told[f"values {min(len(values), 6)}"] = 1.0
    return told


def _mentions(document: Document, study_design: str, counted: re.Pattern[str]) -> Iterator[Candidate]:
    people = counted is _PEOPLE
    yield from _in_words(document.title, 0, _numbers(document.title, counted), {"in title": 1.0}, people=people)
    for index, sentence in enumerate(document.sentences):
        # A decimal point ends no sentence; a mark of one character keeps places.
        words = DECIMAL.sub("·", document.text[sentence.start : sentence.end])
        found = _numbers(words, counted) if _COUNTING.search(words) else {}
        if found:
            context = context_of(document, index, study_design)
            context |= {f"telling {match[0]}": 1.0 for match in _TELLING.finditer(words)}
            yield from _in_words(words, sentence.start, found, context, people=people)


Numbers = dict[int, tuple[re.Match[str], str]]


def _numbers(words: str, counted: re.Pattern[str]) -> Numbers:
    """The numbers in a sentence by where they start, each with how it is told."""
    found: Numbers = {}
    place = 0
    while match := counted.search(words, place):  # not finditer: the next number may stand before what this one counts
        found[match.start("n")] = match, "counted"
        place = match.end("n")
    for form, pattern in (("n=", _EQUALS), ("total", _TOTAL)):
        for match in pattern.finditer(words):
            found.setdefault(match.start("n"), (match, form))
    return dict(sorted(found.items()))


def _in_words(words: str, offset: int, found: Numbers, context: Features, *, people: bool) -> Iterator[Candidate]:
    trusted = _trusted(words) if people else {}
    singles: list[Candidate] = []
    for place, (match, form) in found.items():
        features: Features = {**context, f"form {form}": 1.0, **around(words, place, match.end("n"))}
        features |= dict.fromkeys(trusted.get(place, ()), 1.0)
        if form == "counted":
            features[f"who {match['who'].split()[-1]}"] = 1.0
        if _SHARE.match(words[match.end("n") :]):
            features["share follows"] = 1.0
        if place < 12:
            features["starts the sentence"] = 1.0
        span = offset + place, offset + match.end()
        singles.append(Candidate(to_int(match["n"]), *span, "in title" in context, features))
        if _EACH.match(words[match.end("n") :]):
            features["each"] = 1.0
            yield from _multiplied(singles[-1], words, form)
    yield from singles
    yield from _sums(singles, words, offset)


def _trusted(words: str) -> dict[int, list[str]]:
    """By place of a number, the wordings of the rules that it stands in, and whether they take it for the whole sample."""
    found: dict[int, list[str]] = {}
    for index, (pattern, _) in enumerate(PATTERNS):
        for match in pattern.finditer(words):
            part = "all" if is_sample(words, match) else "a part"
            found.setdefault(match.start("n"), []).extend((f"wording {index}", f"wording {index}, {part}", part))
    return found


def _multiplied(mention: Candidate, words: str, form: str) -> Iterator[Candidate]:
    """So many in each group: as often as there may be groups."""
    groups = _GROUPS.search(words)
    for times in (2, 3):
        features = {name: value for name, value in mention.features.items() if name != f"form {form}"}
        features |= {"form times": 1.0, f"times {times}": 1.0}
        if groups:
            features[f"groups {groups[1]}, times {times}"] = 1.0
        yield mention._replace(value=times * int(mention.value), features=features)


_OWN_TO_ONE = ("form", "wording", "all", "a part", "right", "after", "before", "starts")


def _sums(singles: Sequence[Candidate], words: str, offset: int) -> Iterator[Candidate]:
    """Neighbours added up: two, three, or four of them."""
    for length in (2, 3, 4):
        for first in range(len(singles) - length + 1):
            parts = singles[first : first + length]
            if any(after.start - before.end > 200 for before, after in pairwise(parts)):
                continue
            between = words[parts[0].end - offset : max(parts[0].end, parts[-1].start) - offset]
            features = {name: worth for name, worth in parts[0].features.items() if not name.startswith(_OWN_TO_ONE)}
            features |= _signs_of_sum(parts, between, everything=length == len(singles))
            value = sum(int(part.value) for part in parts)
            yield Candidate(value, parts[0].start, parts[-1].end, parts[0].in_title, features)


_OF_PARTS = ("right before", "right after", "who", "all", "a part")


def _signs_of_sum(parts: Sequence[Candidate], between: str, *, everything: bool) -> Features:
    sizes = [int(part.value) for part in parts]
    told: Features = {"form sum": 1.0, f"sum of {len(parts)}": 1.0}
    told |= {f"sum, {name}": 1.0 for part in parts for name in part.features if name.startswith("form")}
    if everything:
        told |= {"sum of all in the sentence": 1.0, f"sum of all {len(parts)} in the sentence": 1.0}
    if len(between) < 160:
        told |= {f"sum joined by {word}": 1.0 for word in set(re.findall(r"[a-z]+", between))}
    for which, part in (("first", parts[0]), ("last", parts[-1])):
        told |= {f"sum, {which} {name}": 1.0 for name in part.features if name.startswith(_OF_PARTS)}
    told["sum of alike" if 3 * min(sizes) >= 2 * max(sizes) else "sum of unlike"] = 1.0
    if len(parts) > 2 and any(2 * size == sum(sizes) for size in sizes):
        told["one is the sum of the rest"] = 1.0
    return told
