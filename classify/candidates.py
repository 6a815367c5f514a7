"""Possible answers to what a record states (how many people, what dose …), with the signs by which a model tells the right one.

A candidate is one mention. Mentions of one value are one possible answer, which has the signs of all of them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from classify.document import Document

Features = dict[str, float]
Place = tuple[int, int]


class Candidate(NamedTuple):
    """A value, the piece of the abstract (or the title) that says so, and its signs by name."""

    value: int | str
    start: int
    end: int
    in_title: bool
    features: Features


_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*|[0-9]+(?:[.,·][0-9]+)*|[^\sa-z0-9]")
_BEFORE, _AFTER = 4, 6


def around(words: str, start: int, end: int) -> Features:
    """The words on both sides of a place, numbers as "#"; the next ones also by their order."""
    lead = [_plain(token) for token in _WORD.findall(words[max(0, start - 60) : start])][-_BEFORE:]
    tail = [_plain(token) for token in _WORD.findall(words[end : end + 90])][:_AFTER]
    told: Features = {f"before {token}": 1.0 for token in lead} | {f"after {token}": 1.0 for token in tail}
    told[f"right before {lead[-1] if lead else 'nothing'}"] = 1.0
    told[f"right before {' '.join(lead[-2:])}"] = 1.0
    told[f"right after {tail[0] if tail else 'nothing'}"] = 1.0
    told[f"right after {' '.join(tail[:2])}"] = 1.0
    return told


def _plain(token: str) -> str:
    return "#" if token[0].isdigit() else token


def context_of(document: Document, index: int, study_design: str) -> Features:
    """Where a sentence stands, whether it is about the record's own study, and whether it names the drug."""
    sentence = document.sentences[index]
    context: Features = {
        f"section {sentence.section}": 1.0,
        f"quarter {4 * index // len(document.sentences)}": 1.0,
        f"design {study_design}": 1.0,
        "drug studied": float(document.studied),
    }
    if sentence in document.own_sentences:
        context["own sentence"] = 1.0
    if document.exposures(sentence):
        context["names the drug"] = 1.0
    if document.in_title.exposures:
        context["drug in the title"] = 1.0
    return context


_LINK = re.compile(r"[a-z]+|[^\sa-z0-9]")


def _starts(item: tuple[Place, str]) -> int:
    return item[0][0]


#: Fewer characters than these between a place and a drug: beside it, near, in its clause, far.
_DISTANCES = ((4, "beside"), (15, "near"), (40, "close"), (100, "far"))


Marked = list[tuple[Place, str]]


def marked_drugs(own: Sequence[Place], others: Sequence[Place]) -> Marked:
    """The places of the studied drug and of others in order, for `nearest_drugs`."""
    return sorted([*((span, "own") for span in own), *((span, "another") for span in others)])


def nearest_drugs(text: str, start: int, end: int, marked: Marked) -> Features:
    """The nearest drug before and after a place: the studied one or another, how far, and the words between.

    The place itself may be among the marked ones.
    """
    told: Features = {}
    sides = []
    first, last = (bisect_left(marked, place, key=_starts) for place in (start, end))
    before = next((item for item in reversed(marked[max(0, first - 8) : first]) if item[0][1] <= start), None)
    after = marked[last] if last < len(marked) else None
    for side, item in (("before", before), ("after", after)):
        whose = item[1] if item else "none"
        sides.append(whose)
        told[f"drug {side} {whose}"] = 1.0
        if item:
            gap = text[item[0][1] : start] if side == "before" else text[end : item[0][0]]
            distance = next((name for most, name in _DISTANCES if len(gap) < most), "very far")
            told[f"drug {side} {whose} {distance}"] = 1.0
            if len(gap) < 40:
                told |= {f"drug {side} {whose} through {word}": 1.0 for word in _LINK.findall(gap)}
    told[f"between {sides[0]} and {sides[1]}"] = 1.0
    return told


def verdict(ruled: object, value: object) -> str:
    """What the rules say of a value, given their answer (None where they have none)."""
    return "none" if ruled is None else "so" if ruled == value else "another"
