"""Patterns that are only asked where they can match: a look at the words of a text, shared by all of them, rules most out.

Python's engine tries a pattern of many words at every character. But what such a pattern can match holds one of a few
pieces of words ("hypothesi", "whether", the whole word "may"), and which pattern a word calls for needs to be found out
only once per word. So a text's words are looked up once, and a pattern that none of them calls for is not searched.

The pieces are read off the pattern itself, so there is no list to keep in step with it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache, reduce
from importlib import import_module
from itertools import repeat
from operator import or_
from typing import Any, NamedTuple

from classify.phrases import spaced

#: In a template: anything or nothing, the edge of a word, and a digit.
_GAP, _EDGE, _DIGIT = "\0", " ", "#"
_RUN = re.compile(r"[^\W_]+|#")
_HAS_DIGIT = re.compile(r"\d")
_COMMON = frozenset({"a", "an", "and", "for", "in", "is", "of", "on", "or", "the", "to", "was", "were", "with"})
#: More templates than this say no more than few.
_MOST_TEMPLATES = 200
_MOST_WORDS = 200_000
_UNSEEN = -1
#: A piece of less worth (see `_Piece.worth`) stands in too many words to rule anything out.
_LEAST_WORTH = 3


class Sought:
    """A compiled pattern behind the sieve: it finds what the pattern finds. Made at import, for text in lower case."""

    def __init__(self, pattern: str) -> None:
        self.pattern = re.compile(pattern)
        self._bit = _sieve.add(self.pattern)

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        return self.pattern.search(text, start, end) if _sieve.called_for(text[start:end]) & self._bit else None

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        return self.pattern.finditer(text, start, end) if _sieve.called_for(text[start:end]) & self._bit else iter(())

    def match(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        return self.pattern.match(text, start, end)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return self.pattern.fullmatch(text)


class _Sieve:
    """Which patterns, as bits, the words of a text call for. All patterns share it, so a text is looked at once."""

    def __init__(self) -> None:
        self._patterns: list[re.Pattern[str]] = []
        self._by_word = _Words(())
        self.called_for = lru_cache(maxsize=1024)(self._called_for)

    def add(self, pattern: re.Pattern[str]) -> int:
        """The bit of one more pattern. All that is known of words is forgotten."""
        self._patterns.append(pattern)
        self._by_word = _Words(())
        self.called_for.cache_clear()
        return 1 << (len(self._patterns) - 1)

    def _called_for(self, text: str) -> int:
        if not 0 < len(self._by_word) < _MOST_WORDS:
            self._by_word = _Words(self._patterns)
        words = spaced(text).split(" ")
        # Most words call for nothing, so few numbers are left. (`get` is twice as fast as a look that may be a new word's.)
        called = set(map(self._by_word.get, words, repeat(_UNSEEN)))
        if _UNSEEN in called:
            called = set(map(self._by_word.__getitem__, words))
        return reduce(or_, called)


class _Words(dict[str, int]):
    """Word → the patterns, as bits, that it calls for. The empty word calls for those that have no piece to go by."""

    def __init__(self, patterns: Iterable[re.Pattern[str]]) -> None:
        self._whole: dict[str, int] = {}
        self._beginning: dict[str, int] = {}
        self._inside: dict[str, int] = {}
        always = 0
        for place, pattern in enumerate(patterns):
            pieces = needed_pieces(pattern)
            always |= 0 if pieces else 1 << place
            for piece in pieces:
                table = self._table(piece)
                table[piece.text] = table.get(piece.text, 0) | 1 << place
        self._lengths = sorted({len(text) for text in self._beginning})
        self._always = always
        if always:
            self[""] = always

    def _table(self, piece: _Piece) -> dict[str, int]:
        if not piece.begins or piece.text == _DIGIT:
            return self._inside
        return self._whole if piece.ends else self._beginning

    def __missing__(self, word: str) -> int:
        found = self._whole.get(word, 0) | self._always
        for length in self._lengths:
            found |= self._beginning.get(word[:length], 0)
        for piece, bits in self._inside.items():
            if piece in word:
                found |= bits
        if _HAS_DIGIT.search(word):
            found |= self._inside.get(_DIGIT, 0)
        self[word] = found
        return found


class _Piece(NamedTuple):
    """A run of letters (or `_DIGIT`, any digit), and whether a word begins and ends with it."""

    text: str
    begins: bool
    ends: bool

    @property
    def worth(self) -> float:
        """How seldom words hold it, roughly: two letters more for each edge of a word that is known."""
        if self.text == _DIGIT:
            return 4.0
        whole = self.begins and self.ends
        if (len(self.text) == 1 and not whole) or (whole and self.text in _COMMON):
            return 1.0
        return len(self.text) + 2.0 * (self.begins + self.ends)

    @property
    def template(self) -> str:
        return _GAP + _EDGE * self.begins + self.text + _EDGE * self.ends + _GAP


def needed_pieces(pattern: re.Pattern[str]) -> frozenset[_Piece]:
    """Pieces of words of which every match of a pattern holds one; empty where none can be named."""
    if pattern.flags & re.IGNORECASE:
        return frozenset()
    parser: Any = import_module("re._parser")
    found = frozenset(_best(template) for template in _templates(parser.parse(pattern.pattern)))
    return found if all(piece.worth >= _LEAST_WORTH for piece in found) else frozenset()


@lru_cache(maxsize=10_000)
def _best(template: str) -> _Piece:
    """The piece of a template that says most."""
    runs = [
        _Piece(
            match[0],
            template[match.start() - 1 : match.start()] == _EDGE,
            template[match.end() : match.end() + 1] == _EDGE,
        )
        for match in _RUN.finditer(template)
    ]
    return max(runs, key=lambda piece: piece.worth, default=_Piece("", False, False))


def _templates(nodes: Iterable[Any]) -> set[str]:
    """What a parsed pattern matches, roughly: texts with gaps, of which every match follows one."""
    found = {""}
    for node in nodes:
        further = _of_node(*node)
        if len(found) * len(further) <= _MOST_TEMPLATES:
            found = {one + other for one in found for other in further}
        else:  # the half that says more stands for both
            found = max(_shortened(found), _shortened(further), key=_worth)
    return found


def _shortened(templates: set[str]) -> set[str]:
    return {_best(template).template for template in templates}


def _worth(templates: set[str]) -> float:
    return min(_best(template).worth for template in templates)


def _of_node(kind: Any, value: Any) -> set[str]:
    name = str(kind)
    if name == "LITERAL":
        return {chr(value) if chr(value).isalnum() else _EDGE}
    if name == "AT":
        return {_GAP if str(value) == "AT_NON_BOUNDARY" else _EDGE}
    if name == "IN":
        return _of_set(value)
    if name == "BRANCH":
        return set().union(*map(_templates, value[1]))
    if name == "SUBPATTERN":
        _, flags, _, inner = value
        return {_GAP} if flags & re.IGNORECASE else _templates(inner)
    if name == "ATOMIC_GROUP":
        return _templates(value)
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return _of_repeat(*value)
    return {""} if name in ("ASSERT", "ASSERT_NOT") else {_GAP}


def _of_repeat(least: int, most: int, nodes: Any) -> set[str]:
    once = _templates(nodes)
    if (least, most) == (0, 1) and len(once) <= 8:
        return once | {""}
    return {template + _GAP for template in once} if least else {_GAP}


def _of_set(items: Any) -> set[str]:
    names: list[tuple[str, Any]] = [
        (str(kind), str(value) if str(kind) == "CATEGORY" else value) for kind, value in items
    ]
    if names in ([("RANGE", (48, 57))], [("CATEGORY", "CATEGORY_DIGIT")]):
        return {_DIGIT}
    if any(name not in ("LITERAL", "CATEGORY") for name, _ in names):
        return {_GAP}
    edges = [
        value in ("CATEGORY_SPACE", "CATEGORY_NOT_WORD") if name == "CATEGORY" else not chr(value).isalnum()
        for name, value in names
    ]
    if all(edges):
        return {_EDGE}
    if len(names) <= 4 and all(name == "LITERAL" for name, _ in names):
        return {_EDGE if edge else chr(value) for (_, value), edge in zip(names, edges, strict=True)}
    return {_GAP}


_sieve = _Sieve()
