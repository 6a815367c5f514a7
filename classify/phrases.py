"""Finds the phrases of a word list in a text, in one pass over its words.

A phrase is words with spaces between them; a trailing * on a word stands for any ending, and a space also matches a
hyphen or slash. Words are looked up in dictionaries, so the cost does not grow with the number of phrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate, compress, count
from operator import add
from typing import Generic, NamedTuple, TypeVar

Payload = TypeVar("Payload")

_WORD = re.compile(r"[^\W_]+")
_CACHE_LIMIT = 200_000
#: More signs than this between two words part them.
_WIDEST_GAP = 6

# Typesetters' hyphens, quotes and spaces as their plain forms. One character for one, so that places stay the same.
_PLAIN = tuple(zip("‐‑‒–—−’‘“”\u00a0\u2009\u202f", "------''\"\"   ", strict=True))


def holds(text: str, needles: Iterable[str]) -> bool:
    """Whether any of some pieces stands in a text: the quick question before a pattern that can't match without one."""
    for needle in needles:  # noqa: SIM110 (half the time of any() with a generator, and asked often)
        if needle in text:
            return True
    return False


def plain(text: str) -> str:
    """The text in lower case with plain hyphens, quotes and spaces, each character at its old place."""
    if text.isascii():
        return text.lower()
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters (İ) grow when lowered
        lowered = "".join(low if len(low := character.lower()) == 1 else character for character in text)
    for typeset, usual in _PLAIN:  # faster than str.translate on text that holds few of them
        if typeset in lowered:
            lowered = lowered.replace(typeset, usual)
    return lowered


class _Separators(dict[int, str]):
    """A table for str.translate: a space for every sign that is no letter or digit."""

    def __missing__(self, place: int) -> str:
        self[place] = sign = chr(place) if chr(place).isalnum() else " "
        return sign


_separators = _Separators()
_ASCII_SEPARATORS = {place: _separators[place] for place in range(128)}
_FOREIGN = re.compile(r"([^\x00-\x7f]+)")


def spaced(text: str) -> str:
    """The text with a space for every sign that is no letter or digit, each character at its old place."""
    if text.isascii():
        return text.translate(_ASCII_SEPARATORS)
    # Plain ASCII is translated thirty times faster, so the rest is taken out.
    pieces = _FOREIGN.split(text)
    return "".join([piece.translate(_ASCII_SEPARATORS if piece.isascii() else _separators) for piece in pieces])


class Hit(NamedTuple, Generic[Payload]):
    """A phrase found at `text[start:end]` and what it stands for."""

    start: int
    end: int
    payload: Payload


class _Phrase(NamedTuple, Generic[Payload]):
    rest: tuple[tuple[str, bool], ...]
    payload: Payload


class Phrases(Generic[Payload]):
    """A compiled list of phrases. Built once, then used on any number of texts."""

    def __init__(self, phrases: Iterable[tuple[str, Payload]]) -> None:
        self._exact: dict[str, list[_Phrase[Payload]]] = {}
        self._prefixes: dict[str, list[_Phrase[Payload]]] = {}
        for phrase, payload in phrases:
            words = _words(phrase)
            if words:
                (word, is_prefix), rest = words[0], words[1:]
                table = self._prefixes if is_prefix else self._exact
                table.setdefault(word, []).append(_Phrase(rest, payload))
        self._lengths = tuple(sorted({len(prefix) for prefix in self._prefixes}))
        # What a word can begin, and what a word with the next one can, as far as they were seen.
        self._beginning: dict[str, tuple[_Phrase[Payload], ...]] = {}
        self._of_two: dict[tuple[str, str], tuple[_Phrase[Payload], ...]] = {}

    def find(self, text: str) -> list[Hit[Payload]]:
        """Every phrase in a text that `plain` has prepared, in order of place; overlapping ones too."""
        words = spaced(text).split(" ")  # of several spaces each gives an empty word, so that places can be counted
        words.append("")
        beginning = list(map(self._beginning.get, words))
        if None in beginning:
            beginning = list(map(self._phrases_from, words))
        before = list(accumulate(map(len, words), initial=0))
        hits = []
        for index in compress(count(), beginning):
            word, following = words[index], words[index + 1] or words[_next_word(words, index)]
            phrases = self._of_two.get((word, following))
            if phrases is None:
                phrases = self._phrases_of_two(word, following)
            start = before[index] + index
            for rest, payload in phrases:
                end = _match(text, words, index, start, rest) if rest else start + len(word)
                if end:
                    hits.append(Hit(start, end, payload))
        return hits

    def _phrases_from(self, word: str) -> tuple[_Phrase[Payload], ...]:
        known = self._beginning.get(word)
        if known is not None:
            return known
        found = list(self._exact.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            found += self._prefixes.get(word[:length], ())
        return _remember(self._beginning, word, found)

    def _phrases_of_two(self, word: str, following: str) -> tuple[_Phrase[Payload], ...]:
        """Most phrases fail at their second word: those that don't."""
        found = [phrase for phrase in self._phrases_from(word) if not phrase.rest or _fits(following, *phrase.rest[0])]
        return _remember(self._of_two, (word, following), found)


Key = TypeVar("Key")


def _remember(
    known: dict[Key, tuple[_Phrase[Payload], ...]], key: Key, found: list[_Phrase[Payload]]
) -> tuple[_Phrase[Payload], ...]:
    if len(known) >= _CACHE_LIMIT:
        known.clear()
    known[key] = tuple(found)
    return known[key]


def _words(phrase: str) -> tuple[tuple[str, bool], ...]:
    lowered = plain(phrase)
    return tuple((match[0], lowered[match.end() : match.end() + 1] == "*") for match in _WORD.finditer(lowered))


def _next_word(words: list[str], index: int) -> int:
    """The place of the word after the one at `index`, -1 where none follows soon enough to be of the same phrase."""
    for place in range(index + 1, min(index + 1 + _WIDEST_GAP, len(words))):
        if words[place]:
            return place
    return -1


def _fits(word: str, wanted: str, is_prefix: bool) -> bool:
    return word.startswith(wanted) if is_prefix else word == wanted


def _match(text: str, words: list[str], index: int, start: int, rest: tuple[tuple[str, bool], ...]) -> int:
    """The end of the phrase that starts at `start` and whose further words are `rest`, 0 if they don't follow."""
    end = start + len(words[index])
    for wanted, is_prefix in rest:
        following = index + 1 if words[index + 1] else _next_word(words, index)
        word, start = words[following], end + following - index
        # A comma or a bracket stands between words only in names such as "(R,S)-ketamine", "(R)-(-)-ketamine" and "mild, transient".
        if following < 0 or text[end:start].strip(" -/,()") or not _fits(word, wanted, is_prefix):
            return 0
        index, end = following, start + len(word)
    return end
