"""Words grouped by what they tell of a study: what was given or done, to whom, how it was looked at.

A label such as "drug given to animals" has too many words to learn each from two thousand records: who knows that
"acupuncture" and "treadmill" are no drugs reads it at once. `word_groups.toml` holds that knowledge, as patterns for
single words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import chain

import numpy as np
import numpy.typing as npt
from scipy import sparse

from classify.design_rules import Reading

Floats = npt.NDArray[np.float32]

#: More words of one record are not looked at.
MOST_WORDS = 1200

#: How much the logarithm of a count weighs beside a word in the title: best of 0.5, 0.8 and 1.2 on a train split.
COUNTED = 0.8

#: Words that are kept in mind at most; a long run over noisy text would otherwise fill the memory.
_MOST_KNOWN = 200_000


@cache
def groups() -> tuple[tuple[str, str], ...]:
    """Name and pattern of each group, in the order of the columns. A pattern fits whole words in lower case."""
    document = tomllib.loads((files("classify") / "word_groups.toml").read_text(encoding="utf-8"))
    return tuple((name, "|".join(patterns)) for name, patterns in document.items())


class _Kinds(dict[str, int]):
    """Word → its kind, 0 for a word in no group. Words of one kind are in the same groups."""

    def __init__(self) -> None:
        self._patterns = [re.compile(pattern) for _, pattern in groups()]
        # Most words are in no group: one look instead of one per group.
        self._any = re.compile("|".join(pattern for _, pattern in groups()))
        self._places: dict[tuple[bool, ...], int] = {(False,) * len(self._patterns): 0}

    def __missing__(self, word: str) -> int:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        kind = 0
        if self._any.fullmatch(word):
            inside = tuple(bool(pattern.fullmatch(word)) for pattern in self._patterns)
            kind = self._places.setdefault(inside, len(self._places))
        self[word] = kind
        return kind

    def members(self) -> Floats:
        """Which groups the words of each kind are in; shape (kinds, groups)."""
        return np.array(list(self._places), np.float32).reshape(-1, len(self._patterns))


@cache
def _kinds() -> _Kinds:
    return _Kinds()


def group_counts(rows: Sequence[Sequence[str]]) -> Floats:
    """How many words of each group each row of words has; shape (rows, groups)."""
    kinds = _kinds()
    lengths = np.fromiter(map(len, rows), np.int64, len(rows))
    flat = np.fromiter(map(kinds.__getitem__, chain.from_iterable(rows)), np.int64, int(lengths.sum()))
    members = kinds.members()
    places = np.repeat(np.arange(len(rows)) * len(members), lengths)
    counts = np.bincount(places + flat, minlength=len(rows) * len(members)).reshape(len(rows), len(members))
    return np.asarray(counts.astype(np.float32) @ members, np.float32)


def group_matrix(readings: Sequence[Reading]) -> sparse.csr_matrix:
    """Whether the title has a word of each group, then how many the whole text has, as a logarithm; (records, group_width())."""
    titles = [reading.title_words for reading in readings]
    counts = group_counts([*titles, *(reading.body_words[:MOST_WORDS] for reading in readings)])
    title, body = counts[: len(readings)], counts[len(readings) :]
    return sparse.csr_matrix(np.hstack([title > 0, np.log1p(title + body) * COUNTED]), dtype=np.float32)


def group_width() -> int:
    """How many columns `group_matrix` has."""
    return 2 * len(groups())


def group_column_name(column: int) -> str:
    """What a column of `group_matrix` means, for "Why this label?"."""
    names = [name for name, _ in groups()]
    return f"words: {names[column]} (title)" if column < len(names) else f"words: {names[column - len(names)]}"
