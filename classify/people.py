"""How abstracts count people: the words, and the sentences in which the record's own are counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from classify.document import Document
from classify.sentences import Sentence


class Fact(NamedTuple):
    """A value and the piece of the abstract (or, with `in_title`, of the title) that says so."""

    value: int | str | list[str]
    start: int
    end: int
    chance: float
    in_title: bool = False


PEOPLE = (
    r"(?:patients?|participants?|subjects?|individuals?|adults?|people|persons?|volunteers?|adolescents?|children|women|men|mothers"
    r"|males?|females?|parturients?|veterans?|inpatients?|outpatients?|users?|abusers?|smokers?|drinkers?|alcoholics?|respondents?|attendees|students|ss|(?:[\\w-]+ )?attempters"
    r"|youths?|infants?|probands?|inmates|clients|(?:healthy|normal) (?:controls|volunteers|subjects))"
)
# The words between the number and the people; another number, or what else is counted, breaks the link.
MANY = (
    r"(?:(?:(?!stud(?:y|ies)\b|trials?\b|visits?\b|fatalit|clinical\b|cent(?:er|re)s?\b|sites?\b|suites?\b|hospitals?\b|departments?\b|clinics?\b|units?\b|groups?\b|arms?\b|samples?\b|experiments?\b|cohorts?\b|infusions?\b|sessions?\b|doses?\b|cases involving)"
    r"\(?[a-z][\w'/,()-]* |asa (?:[a-z]+ ){0,2}[1-4i]+(?:-|, ?| and | or |/)[1-4i]+ ){0,8}?)"
)
SKIP = r"(?!\s?(?:%|mg|kg|years?|weeks?|days?|h\b|hours?|months?|min|-?year|:|[.·]\d|(?:to|-|and|or) (?:[0-9]+|two|three|four|five|six|seven|eight)\b|±|\+/?-))"
#: A decimal point ends no sentence, so that it must not stop a pattern; a mark of one character keeps places.
DECIMAL = re.compile(r"\.(?=[0-9])")
_SECTIONS = ("methods", "results", "measures", "objective", "conclusions", "condition", "")


def counted_sentences(document: Document) -> Iterator[Sentence]:
    headed = document.headed
    return (sentence for sentence in document.sentences if sentence.section in _SECTIONS or not headed)
