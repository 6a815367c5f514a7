"""Counts that may be how often each participant got the drug."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from classify.candidates import Candidate, Features, around, context_of, verdict
from classify.document import Document
from classify.numerals import NUMBER, to_int
from classify.people import Fact
from classify.sessions import MORE_THAN_ONCE, ONE_GIVING, REPEATED, SINGLE

_NO_SESSIONS = frozenset({"narrative_review", "systematic_review", "meta_analysis", "guideline", "commentary"})
_COUNT = re.compile(
    rf"(?<![\w.,·/-])(?P<n>{NUMBER})(?![\w%]|[.,·]\d|\s?%)(?P<between>[ -](?:[^\s.;:]+[ -]){{0,5}}?)"
    r"(?P<what>infusions?|doses?|injections?|administrations?|treatments?|sessions?|courses?|times|occasions|days|weeks|visits)\b"
)
_OFTEN = re.compile(
    r"\b(?P<times>once|twice|thrice|one|two|three|[1-5])(?:[- ](?:times?|doses?|infusions?|sessions?|treatments?|administrations?))?"
    r"[- ](?:(?:per|a|each|every)[- ])?week(?:ly)?\b|\b(?P<weekly>weekly)\b|\b(?P<daily>daily|once a day|every day)\b"
    r"|\bevery (?P<other>other|second) day\b"
)
_LASTING = re.compile(rf"\b(?P<n>{NUMBER})[- ](?P<unit>weeks?|days?)\b")
_MOST, _MOST_SCHEDULED = 60, 90
_TELLING = (("more", MORE_THAN_ONCE), ("repeated", REPEATED), ("single", SINGLE), ("giving", ONE_GIVING))


def session_candidates(document: Document, study_design: str, ruled: Fact | None) -> list[Candidate]:
    """Once, and every other number of times that the record may mean."""
    if study_design in _NO_SESSIONS:
        return []
    found = list(_counts(document, study_design))
    telling = _telling(document)
    others = {int(candidate.value) for candidate in found}
    once: Features = {f"once: {name}": 1.0 for name in telling} | {f"once: others {min(len(others), 3)}": 1.0}
    found.extend(_once(document, once))
    if ruled and not any(candidate.value == ruled.value for candidate in found):
        features: Features = {"by the rules alone": 1.0}
        found.append(Candidate(int(str(ruled.value)), ruled.start, ruled.end, ruled.in_title, features))
    for candidate in found:
        value = int(candidate.value)
        kind = "once" if value == 1 else "more than once"
        signs = {
            f"the rules say {verdict(ruled and ruled.value, value)}, {kind}": True,
            f"values {min(len(others), 4)}, {kind}": True,
            f"{kind}, {study_design}": True,
            f"value {value}": value > 1,
            "most": value == max(others, default=0),
        }
        candidate.features.update({name: 1.0 for name, holds in signs.items() if holds})
        if value > 1:
            candidate.features.update({name: 1.0 for name in telling if name.startswith(("some", "title"))})
    return found


def _telling(document: Document) -> set[str]:
    """Words of the whole record that tell of one giving or of several."""
    told: set[str] = set()
    for name, pattern in _TELLING:
        told |= {f"title {name} {_short(match)}" for match in pattern.finditer(document.title)}
        inside = {f"{name} {_short(match)}" for match in pattern.finditer(document.text)}
        told |= inside | ({f"some {name}"} if inside else set())
    return told


def _short(match: re.Match[str]) -> str:
    return " ".join(match[0].split())[:25]


def _once(document: Document, features: Features) -> Iterator[Candidate]:
    """Where the record tells of one giving; else the sentence that first names the drug."""
    match = SINGLE.search(document.text) or ONE_GIVING.search(document.text)
    if match:
        yield Candidate(1, *match.span(), False, features)
    elif title := SINGLE.search(document.title):
        yield Candidate(1, *title.span(), True, features)
    else:
        named = (sentence for sentence in document.own_sentences if document.exposures(sentence))
        for sentence in named:
            yield Candidate(1, sentence.start, sentence.end, False, features)
            break


def _counts(document: Document, study_design: str) -> Iterator[Candidate]:
    title: Features = {"in title": 1.0, "names the drug": 1.0, f"design {study_design}": 1.0}
    parts: list[tuple[str, int, Features]] = [(document.title, 0, title)]
    for index, sentence in enumerate(document.sentences):
        words = document.text[sentence.start : sentence.end]
        if _COUNT.search(words) or _LASTING.search(words):
            parts.append((words, sentence.start, context_of(document, index, study_design)))
    for words, offset, context in parts:
        place = 0
        while match := _COUNT.search(words, place):
            place = match.end("n")
            value = to_int(match["n"])
            if 1 < value <= _MOST:
                features: Features = {**context, f"what {match['what']}": 1.0, **around(words, *match.span("n"))}
                features |= {f"between {word}": 1.0 for word in match["between"].split()}
                span = offset + match.start(), offset + match.end()
                yield Candidate(value, *span, "in title" in context, features)
        lasting = list(_LASTING.finditer(words))
        for match in _OFTEN.finditer(words) if lasting else ():
            yield from _scheduled(words, offset, match, lasting, context)


def _scheduled(
    words: str, offset: int, often: re.Match[str], lasting: Sequence[re.Match[str]], context: Features
) -> Iterator[Candidate]:
    """ "Twice weekly for four weeks", multiplied out."""
    for length in lasting:
        weeks = to_int(length["n"]) / (1 if length["unit"].startswith("week") else 7)
        value = round(_per_week(often) * weeks)
        gap = max(length.start() - often.end(), often.start() - length.end())
        if 1 < value <= _MOST_SCHEDULED and gap < 80:
            signs = ("a schedule", f"schedule {often[0]}", f"schedule {'near' if gap < 12 else 'far'}")
            lead = words[max(0, length.start() - 12) : length.start()].split()
            before = words[max(0, often.start() - 25) : often.start()].split()
            features: Features = {**context, **dict.fromkeys(signs, 1.0), f"schedule in {length['unit'][0]}": 1.0}
            features |= {f"schedule lasting {word}": 1.0 for word in lead}
            features |= {f"schedule after {word}": 1.0 for word in before}
            first, last = min(often.start(), length.start()), max(often.end(), length.end())
            yield Candidate(value, offset + first, offset + last, "in title" in context, features)


def _per_week(often: re.Match[str]) -> float:
    if often["weekly"]:
        return 1
    if often["daily"]:
        return 7
    if often["other"]:
        return 3.5
    return {"once": 1, "twice": 2, "thrice": 3}.get(often["times"]) or to_int(often["times"])
