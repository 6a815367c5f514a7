"""Cuts an abstract into sections and sentences, as places in its text, so that every quote is a verbatim piece of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from db.records import AbstractSection

#: Words in a heading, and the section each opens. The first that fits decides ("PURPOSE/BACKGROUND" is an objective).
_HEADINGS = (
    ("references", r"^references"),
    ("limitations", r"limitation"),
    ("registration", r"registration|registry|funding|identifier|ethics|prospero|keywords?$|copyright"),
    ("eligibility", r"(?:in|ex)clusion criteria|eligibility"),
    ("conclusions", r"conclusion|discussion|interpretation|implication|significance of|summary|relevance|\btake"),
    (
        "results",
        r"result|finding|data synthesis|outcomes? and results|case (?:report|presentation|description)|\bcases?$",
    ),
    ("measures", r"outcomes?\b|measure|end ?points?"),
    ("objective", r"objective|\baims?\b|purpose|hypothes|\bgoals?\b|research question"),
    (
        "methods",
        (
            r"method|design|setting|participant|patient|subject|intervention|procedure|material|data (?:source|extraction"
            r"|collection)|study selection|analys|exposure|\bapproach|search|eligib|sample|treatment"
        ),
    ),
    ("background", r"background|introduction|importance|rationale|context|significance|problem"),
    ("condition", r"^condition"),
)
_HEADING_KIND = tuple((name, re.compile(pattern)) for name, pattern in _HEADINGS)

#: A heading is a few words of capitals, or usual words with a capital, then a colon, where a sentence starts; or, as
#: some journals print it, a usual word alone before a capital ("Results Alcohol use …").
_HEADING = re.compile(
    r"(?P<colon>[A-Z][A-Z0-9/&,\-– ()]{2,70}"
    r"|(?:Background|Introduction|Importance|Rationale|Context|Objectives?|Aims?|Purpose|Hypothesis|Methods?|Design"
    r"|Materials?|Patients?|Participants|Subjects|Setting|Interventions?|Measurements?|Main|Primary|Secondary|Results?|Key"
    r"|Findings?|Conclusions?|Discussion|Interpretation|Limitations?|Implications?|Significance|Trial|Clinical|Study"
    r"|Data|Statistical|Case|References|Summary|Funding|Registration|Experimental)(?:[ /&,\-]+[A-Za-z]+){0,5})\s?:\s?"
    r"|(?P<plain>Background|Introduction|Objectives?|Aims?|Methods?|Materials and methods|Methods and analysis|Results?"
    r"|Findings|Conclusions?|Discussion|Ethics and dissemination|Trial registration number)(?:\s(?=[A-Z])|\.\s)"
)
#: Registry records run on without full stops: "Treatment - Drugs CONDITION: Depression".
_CAPITALS = re.compile(r"[A-Z](?<=\s[A-Z])[A-Z]{3}[A-Z0-9/&,\-– ()]{0,70}:\s?")

#: NLM's categories (NlmCategory of AbstractText) in our names.
_NLM = {
    "BACKGROUND": "background",
    "OBJECTIVE": "objective",
    "METHODS": "methods",
    "RESULTS": "results",
    "CONCLUSIONS": "conclusions",
}

#: A full stop, a space, and something that can start a sentence; or the space is missing ("of pain.Morphine is"); or a
#: list of a registry record; or a line's end.
_BOUNDARY = re.compile(  # it all begins with one class of signs, to which the engine can skip
    r"[.!?;\n](?:(?<=[.!?])[)\]\"'”’]*(?:\s+(?=[\"'(\[“‘]?[A-Z0-9±∼~])|(?<=[a-z)\]]\.)(?=[A-Z][a-z]))"
    r"|(?<=;)\s*;\s*|(?<=\n)\n*)"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:vs?|e\.g|i\.e|cf|al|approx|ca|resp|Fig|Figs|Tab|No|Nr|Dr|Prof|St|Mr|Mrs|Ms|Jr|Sr|Inc|Ltd|Sect|var|sp|spp|i\.v"
    r"|i\.p|i\.m|s\.c|p\.o|b\.i\.d|incl|excl|est|eq|Eq|Ref|Refs|Suppl|vol|pp|ed|eds|dept|Univ|ie|eg)|\b[A-Z]\.[A-Z])$"
)
#: "N. Smith", but not "group B. We": an initial is followed by a name, not by a word that opens sentences.
_INITIAL = re.compile(r"(?:^|[\s(.])[A-Z]$")
_OPENER = re.compile(
    r"(?:The|We|In|This|These|There|A|An|It|All|Both|Patients|Participants|Subjects|Results|Our|At|For|After|On|No|To"
    r"|However|Of|One|Two|Three|Ketamine|Methods|Conclusions?|Further|Among|Overall|When|With|Group|Groups|Compared)\b"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of the abstract: `abstract[start:end]`. `section` is "" where the text doesn't tell."""

    start: int
    end: int
    section: str = ""


def heading_kind(heading: str) -> str:
    """The section that a heading opens, "" for a heading that names none ("NOTE")."""
    lowered = heading.strip().lower()
    return next((name for name, pattern in _HEADING_KIND if pattern.search(lowered)), "")


def find_sections(
    text: str, sections: Sequence[AbstractSection] = (), starts: Sequence[int] = ()
) -> list[tuple[int, int, str]]:
    """Where each section starts: (place of its heading, place of its text, name), in order.

    `sections` as PubMed gives them, where it does; their categories outrank what the headings say. `starts` are the
    places where a sentence may start.
    """
    known = _from_record(text, sections)
    if known:
        return known
    matches = [match for start in starts if (match := _HEADING.match(text, start))]
    matches += [match for match in _CAPITALS.finditer(text) if match.start() not in starts]
    found = []
    for match in sorted(matches, key=lambda match: match.start()):
        kind = heading_kind(match[0])
        if kind:
            found.append((match.start(), match.end(), kind))
    # One usual word before a capital is too weak to be the only heading: "Results Alcohol" needs company.
    return found if len(found) > 1 or any(":" in text[start:end] for start, end, _ in found) else []


def _from_record(text: str, sections: Sequence[AbstractSection]) -> list[tuple[int, int, str]]:
    found, cursor = [], 0
    for section in sections:
        kind = heading_kind(section.label) or _NLM.get(section.category.upper(), "")
        place = text.find(section.text, cursor) if section.text and kind else -1
        if place < 0:
            continue
        label = text.rfind(section.label, cursor, place) if section.label else -1
        found.append((label if label >= 0 else place, place, kind))
        cursor = place + len(section.text)
    return found if len(found) > 1 else []


def split_sentences(text: str, sections: Sequence[AbstractSection] = ()) -> list[Sentence]:
    """The sentences of an abstract in order, without headings, each with the section it stands in."""
    starts = [0] if text else []
    starts += [match.end() for match in _BOUNDARY.finditer(text) if text[match.start()] != "." or _ends(text, match)]
    heads = find_sections(text, sections, starts)
    edges = sorted({*starts, *(edge for start, end, _ in heads for edge in (start, end)), len(text)})
    sentences: list[Sentence] = []
    names = {end: name for _, end, name in heads}
    skipped = {start: end for start, end, _ in heads}
    section = ""
    for start, end in pairwise(edges):
        section = names.get(start, section)
        if not skipped.get(start, 0) >= end:
            _add(text, start, end, section, sentences)
    return sentences


def _ends(text: str, match: re.Match[str]) -> bool:
    """Whether the full stop ends a sentence, and is not that of an abbreviation or an initial."""
    before = text[max(0, match.start() - 12) : match.start()]
    if _ABBREVIATION.search(before):
        return False
    return not _INITIAL.search(before) or bool(_OPENER.match(text, match.end()))


def _add(text: str, start: int, end: int, section: str, into: list[Sentence]) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] == ";"):
        end -= 1
    if any(character.isalnum() for character in text[start:end]):
        into.append(Sentence(start, end, section))


def sentence_at(sentences: Sequence[Sentence], place: int) -> int | None:
    """The index of the sentence that holds a place in the text, None where none does (a heading)."""
    index = bisect_right(sentences, place, key=lambda sentence: sentence.start) - 1
    return index if index >= 0 and place < sentences[index].end else None
