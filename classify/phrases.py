"""Finds the phrases of a word list in a text, in one pass over its words.

A phrase is words with spaces between them; a trailing * on a word stands for any ending, and a space also matches a
hyphen or slash. Words are looked up in dictionaries, so the cost does not grow with the number of phrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

Payload = TypeVar("Payload")

_WORD = re.compile(r"[^\W_]+")
_CACHE_LIMIT = 200_000

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
        self._lengths: tuple[int, ...] = ()
        for phrase, payload in phrases:
            words = _words(phrase)
            if words:
                (word, is_prefix), rest = words[0], words[1:]
                table = self._prefixes if is_prefix else self._exact
                table.setdefault(word, []).append(_Phrase(rest, payload))
        self._lengths = tuple(sorted({len(prefix) for prefix in self._prefixes}))
        self._cache: dict[str, tuple[_Phrase[Payload], ...]] = {}

    def find(self, text: str) -> list[Hit[Payload]]:
        """Every phrase in a text that `plain` has prepared, in order of place; overlapping ones too."""
        spans = [(match.start(), match.end()) for match in _WORD.finditer(text)]
        cache, hits = self._cache, []
        for index, (start, end) in enumerate(spans):
            word = text[start:end]
            candidates = cache.get(word)
            if candidates is None:
                candidates = self._candidates(word)
            for rest, payload in candidates:
                if not rest:
                    hits.append(Hit(start, end, payload))
                # Most phrases fail at their second word, so that is looked at before the call.
                elif index + 1 < len(spans) and text.startswith(rest[0][0], spans[index + 1][0]):
                    last = _match(text, spans, index, rest)
                    if last:
                        hits.append(Hit(start, last, payload))
        return hits

    def _candidates(self, word: str) -> tuple[_Phrase[Payload], ...]:
        found = list(self._exact.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            found += self._prefixes.get(word[:length], ())
        if len(self._cache) >= _CACHE_LIMIT:
            self._cache.clear()
        self._cache[word] = result = tuple(found)
        return result


def _words(phrase: str) -> tuple[tuple[str, bool], ...]:
    lowered = plain(phrase)
    return tuple((match[0], lowered[match.end() : match.end() + 1] == "*") for match in _WORD.finditer(lowered))


def _match(text: str, spans: list[tuple[int, int]], index: int, rest: tuple[tuple[str, bool], ...]) -> int:
    """The end of the phrase whose further words are `rest`, 0 if they don't follow."""
    if index + len(rest) >= len(spans):
        return 0
    end = spans[index][1]
    for word, is_prefix in rest:
        index += 1
        start, stop = spans[index]
        if start - end > 6 or text[end:start].strip(" -/,()"):
            return 0
        # A comma or a bracket stands between words only in names such as "(R,S)-ketamine", "(R)-(-)-ketamine" and "mild, transient".
        if not (text.startswith(word, start) and (is_prefix or stop - start == len(word))):
            return 0
        end = stop
    return end
