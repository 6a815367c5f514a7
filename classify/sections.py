"""Cuts a record into title, background, methods, results and conclusion.

NLM's categories decide where the source has them, then headings in the text ("METHODS: …"). A text without headings
stays whole as `body`: guessing sections by position was no better than leaving them out (docs/classifier.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from db.records import TaggableRecord

#: What follows tells no more of a study's design or a record's relevance, and is not looked at.
LONGEST = 20_000

# Headings end in a colon. Lower-case words may follow the first one ("Results and discussion:"). The first of the text
# is sought apart, because the engine can skip to a sign, but not to a sign or the start.
_WORDS_AND_COLON = r"([A-Z][A-Za-z/&,' -]{3,48}):(?=\s|[A-Z])"
_FIRST_HEADING = re.compile(_WORDS_AND_COLON)
_HEADING = re.compile(r"[\n.;?!)]\s*" + _WORDS_AND_COLON)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]")

_KINDS = (
    ("conclusion", ("conclu", "interpretation", "discussion", "implication", "significance", "summary", "limitation")),
    ("results", ("result", "finding", "outcome of", "main outcomes and results")),
    ("methods", ("method", "design", "setting", "participant", "patient", "subject", "procedure", "intervention",
                 "measure", "material", "data source", "study selection", "data extraction", "sample", "inclusion",
                 "exclusion", "eligibility", "outcome", "primary", "search", "registration", "analysis", "case")),
    ("background", ("background", "objective", "aim", "introduction", "purpose", "importance", "context", "rationale",
                    "hypothes", "condition", "question", "goal")),
)  # fmt: skip


# Words are of plain letters; all else but the signs of numbers parts them.
_NOT_OF_WORDS = {place: " " for place in range(128) if chr(place) not in "abcdefghijklmnopqrstuvwxyz0123456789.,"}
_NUMBER = re.compile(r"[0-9][0-9.,]*")


@dataclass(frozen=True, slots=True)
class Sections:
    """The parts of one record's text, in reading order within each part. Empty where the text has no such part."""

    title: str
    body: str
    background: str = ""
    methods: str = ""
    results: str = ""
    conclusion: str = ""


def clean(text: str) -> str:
    """The text without control characters (each becomes a space, so positions and quotes hold)."""
    # Most texts have none, and this look is ten times faster than the pattern.
    return text if text.isprintable() else _CONTROL.sub(" ", text)


def words(lowered: str) -> list[str]:
    """The words of a lower-case text. Every number is the word "#": that one stands there tells more than which."""
    if not lowered.isascii():
        lowered = lowered.encode("ascii", "replace").decode("ascii")
    numbered = _NUMBER.sub(" # ", lowered.translate(_NOT_OF_WORDS))
    return numbered.replace(".", " ").replace(",", " ").split()


@lru_cache(maxsize=10_000)
def kind_of(label: str) -> str:
    """The part that a heading opens: background, methods, results, conclusion, or "" for an unknown heading."""
    lowered = label.lower()
    return next((kind for kind, starts in _KINDS if any(start in lowered for start in starts)), "")


def split_sections(record: TaggableRecord) -> Sections:
    """The record's parts, by NLM's categories or else by headings found in the abstract."""
    title, body = clean(record.title), clean(record.abstract[:LONGEST])
    pieces = [(kind_of(part.category or part.label), clean(part.text)) for part in record.sections if part.text]
    parts: dict[str, list[str]] = {}
    for kind, text in pieces or _by_headings(body):
        parts.setdefault(kind, []).append(text)
    joined = {kind: " ".join(texts) for kind, texts in parts.items() if kind}
    return Sections(title=title, body=body, **joined)


def _by_headings(body: str) -> list[tuple[str, str]]:
    if ":" not in body:
        return []
    first = _FIRST_HEADING.match(body)
    matches = chain([first] if first else [], _HEADING.finditer(body, first.end() if first else 0))
    headings = [(match.start(), match.end(), kind_of(match[1])) for match in matches]
    known = [heading for heading in headings if heading[2]]
    if not known:
        return []
    ends = [start for start, _, _ in known[1:]] + [len(body)]
    return [(kind, body[after : end + 1].strip()) for (_, after, kind), end in zip(known, ends, strict=True)]
