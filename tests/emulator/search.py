"""PubMed's search as far as the emulator has it, and as forgiving: what PubMed ignores silently is ignored here too.

Written apart from `harvest.query`, so that the two check each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.emulator.corpus import Record, plain, whole_text

_TOKEN = re.compile(
    r"""\s*(?:([():])|((?:AND|OR|NOT)(?=[\s(])|"[^"]*"|[^\s()\[\]":]+(?:\s+(?!(?:AND|OR|NOT)\b)[^\s()\[\]":]+)*)|\[([^\]]*)\])"""
)
_NAMES = {
    "title/abstract": "tiab",
    "title": "ti",
    "abstract": "ab",
    "mesh": "mh",
    "mesh terms": "mh",
    "mesh major topic": "majr",
    "date - create": "crdt",
    "date - modification": "mdat",
    "lr": "mdat",
    "date - entry": "edat",
    "date - publication": "dp",
    "pdat": "dp",
    "uid": "pmid",
    "doi": "aid",
    "lid": "aid",
    "publication type": "pt",
    "language": "la",
}
_DATES: dict[str, Callable[[Record], str]] = {
    "crdt": lambda record: record.created,
    "edat": lambda record: record.created,
    "mdat": lambda record: record.modified,
    "dp": lambda record: record.published,
}


class Engine:
    """Answers queries over one corpus; the answer to each term is kept."""

    def __init__(self, corpus: dict[int, Record], explosions: dict[str, frozenset[str]]) -> None:
        self.corpus = corpus
        self.explosions = explosions
        self._known: dict[tuple[str, str], frozenset[int]] = {}

    def search(self, query: str) -> list[int]:
        """PMIDs, newest first as PubMed sorts them."""
        return sorted(_Reader(self, query).line(), reverse=True)

    def term(self, text: str, tag: str) -> frozenset[int]:
        key = (text, tag)
        if key not in self._known:
            self._known[key] = frozenset(p for p, record in self.corpus.items() if self._matches(record, text, tag))
        return self._known[key]

    def between(self, first: str, last: str, tag: str) -> frozenset[int]:
        date = _DATES[tag]
        return frozenset(p for p, record in self.corpus.items() if first <= date(record) and date(record) <= f"{last}~")

    def _matches(self, record: Record, text: str, tag: str) -> bool:
        words = plain(text)
        if tag in ("mh", "mh:noexp", "majr"):
            wanted = {words} | (self.explosions.get(words, frozenset()) if tag != "mh:noexp" else frozenset())
            return not wanted.isdisjoint(record.major if tag == "majr" else record.headings)
        if tag == "pmid":
            return str(record.pmid) == text.strip('" ')
        if tag == "aid":
            return text.strip('" ').lower() in record.identifiers
        if tag == "pt":
            return words in record.types
        if tag == "la":
            return words in record.languages
        if tag in _DATES:
            return _DATES[tag](record).startswith(text.strip('" '))
        haystack = {"tiab": record.words, "ti": record.title, "ab": record.abstract}.get(tag) or whole_text(record)
        # Only the plain asterisk truncates; the typographic ones vanish, as they do at PubMed.
        return (f" {words}" if text.rstrip('" ').endswith("*") else f" {words} ") in haystack


class _Reader:
    def __init__(self, engine: Engine, query: str) -> None:
        self.engine = engine
        self.tokens = [found.groups() for found in _TOKEN.finditer(query)]
        self.place = 0

    def _peek(self, group: int) -> str | None:
        return self.tokens[self.place][group] if self.place < len(self.tokens) else None

    def line(self) -> frozenset[int]:
        found = self._operand()
        while self.place < len(self.tokens) and self._peek(0) != ")":
            word = self._peek(1)
            if word in ("AND", "OR", "NOT"):
                self.place += 1
            other = self._operand()
            found = found | other if word == "OR" else found - other if word == "NOT" else found & other
        return found

    def _operand(self) -> frozenset[int]:
        if self._peek(0) == "(":
            self.place += 1
            found = self.line()
            self.place += 1
            self._tag()  # a tag on a group is read and forgotten
            return found
        text, tag = self._term()
        if self._peek(0) == ":":
            self.place += 1
            last, _ = self._term()
            return self.engine.between(text.strip('"'), last.strip('"'), tag)
        return self.engine.term(text, tag)

    def _term(self) -> tuple[str, str]:
        text = self._peek(1)
        if text is None:
            self.place += 1
            return "", "all"
        self.place += 1
        return text, self._tag()

    def _tag(self) -> str:
        tag = self._peek(2)
        if tag is None:
            return "all"
        self.place += 1
        name = " ".join(tag.lower().split())
        return _NAMES.get(name, name)
