"""Turns records into sparse rows of weighted words for the linear models.

Five blocks side by side: words and word pairs of the whole text, words and pairs of the title, words of the end (where
authors conclude), cue phrases, and groups of words. Everything after cutting a text into words is done for a whole batch at once in
numpy: that is what makes 2,000 records a second possible.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat

import numpy as np
import numpy.typing as npt
from scipy import sparse

from classify.design_cues import CUES
from classify.design_rules import Reading
from classify.taxonomy import ids
from classify.word_groups import MOST_WORDS, group_column_name, group_matrix, group_width

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Matrix = sparse.csr_matrix

#: Stands between title and abstract, so that no pair of words spans both. No vocabulary has it.
LINE = "\n"

#: Words of the text's end that make up the third block.
END_WORDS = 50

CUE_NAMES = tuple(cue.name for cue in CUES)
_CUE_PLACE = {name: place for place, name in enumerate(CUE_NAMES)}


@dataclass(slots=True)
class Vocabulary:
    """Which words and pairs of words are features, and how much each weighs (inverse document frequency).

    `pairs` holds first × len(terms) + second of each pair, ascending. A block's columns are its single words, then its pairs.
    """

    terms: list[str]
    pairs: Ints
    weights: Floats
    _place: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._place = {term: place for place, term in enumerate(self.terms)}

    @property
    def width(self) -> int:
        return len(self.terms) + len(self.pairs)

    def name(self, column: int) -> str:
        """The word or pair of words of a column."""
        if column < len(self.terms):
            return self.terms[column]
        first, second = divmod(int(self.pairs[column - len(self.terms)]), len(self.terms))
        return f"{self.terms[first]} {self.terms[second]}"

    def places(self, rows: Sequence[list[str]]) -> tuple[Ints, Ints]:
        """The places of all known words, -1 for unknown ones, and the row of each."""
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        get = self._place.get
        flat = np.fromiter(map(get, chain.from_iterable(rows), repeat(-1)), np.int64, int(lengths.sum()))
        return flat, np.repeat(np.arange(len(rows)), lengths)

    def matrix(self, rows: Sequence[list[str]]) -> Matrix:
        """Sublinear counts × weights, each row of length 1; shape (records, width)."""
        flat, row_of = self.places(rows)
        columns, places = [flat], [row_of]
        if len(self.pairs) and len(flat) > 1:
            inside = (row_of[1:] == row_of[:-1]) & (flat[1:] >= 0) & (flat[:-1] >= 0)
            codes = (flat[:-1] * len(self.terms) + flat[1:])[inside]
            found = np.minimum(np.searchsorted(self.pairs, codes), len(self.pairs) - 1)
            known = self.pairs[found] == codes
            columns.append(found[known] + len(self.terms))
            places.append(row_of[1:][inside][known])
        column, place = np.concatenate(columns), np.concatenate(places)
        keep = column >= 0
        counts = sparse.csr_matrix(
            (np.ones(int(keep.sum()), np.float32), (place[keep], column[keep])), shape=(len(rows), self.width)
        )
        counts.data = (1 + np.log(counts.data)) * self.weights[counts.indices]
        return _unit(counts)


def learn_vocabulary(
    rows: Sequence[list[str]], *, fewest: int, most_terms: int, most_pairs: int, fewest_pairs: int = 0
) -> Vocabulary:
    """The commonest words and pairs of words in `rows`, each in at least `fewest` records."""
    seen: Counter[str] = Counter()
    for row in rows:
        seen.update(set(row) - {LINE})
    ranked = sorted(
        ((count, term) for term, count in seen.items() if count >= fewest), key=lambda pair: (-pair[0], pair[1])
    )
    terms = sorted(term for _, term in ranked[:most_terms])
    bare = Vocabulary(terms, np.zeros(0, np.int64), np.zeros(0, np.float32))
    flat, row_of = bare.places(rows)
    pairs = np.zeros(0, np.int64)
    if most_pairs:
        inside = (row_of[1:] == row_of[:-1]) & (flat[1:] >= 0) & (flat[:-1] >= 0)
        pairs = _common_pairs(
            flat[:-1][inside] * len(terms) + flat[1:][inside], row_of[1:][inside], fewest_pairs or fewest, most_pairs
        )
    vocabulary = Vocabulary(terms, pairs, np.ones(len(terms) + len(pairs), np.float32))
    present = vocabulary.matrix(rows)
    frequency = np.bincount(present.indices, minlength=vocabulary.width)
    vocabulary.weights = (np.log((1 + len(rows)) / (1 + frequency)) + 1).astype(np.float32)
    return vocabulary


def _common_pairs(codes: Ints, row_of: Ints, fewest: int, most: int) -> Ints:
    """The commonest pair codes, counted once per record."""
    order = np.lexsort((row_of, codes))
    codes, row_of = codes[order], row_of[order]
    first = np.ones(len(codes), bool)
    first[1:] = (codes[1:] != codes[:-1]) | (row_of[1:] != row_of[:-1])
    values, counts = np.unique(codes[first], return_counts=True)
    values, counts = values[counts >= fewest], counts[counts >= fewest]
    return np.asarray(np.sort(values[np.lexsort((values, -counts))[:most]]), np.int64)


def _unit(rows: Matrix) -> Matrix:
    """Each row divided by its length; empty rows stay empty."""
    length = np.sqrt(np.add.reduceat(np.append(rows.data**2, 0), rows.indptr[:-1]))
    length[np.diff(rows.indptr) == 0] = 1
    rows.data = (rows.data / np.repeat(np.maximum(length, 1e-9), np.diff(rows.indptr))).astype(np.float32)
    return rows


def cue_matrix(readings: Sequence[Reading]) -> Matrix:
    """Cues in the title, cues anywhere, and the rules' own guess, as ones; shape (records, cue_width())."""
    designs = {design: place for place, design in enumerate(ids("study_design"))}
    rows, columns = [], []
    for row, reading in enumerate(readings):
        found = [_CUE_PLACE[name] for name in reading.title]
        found += [len(CUE_NAMES) + _CUE_PLACE[name] for name in reading.text]
        found.append(2 * len(CUE_NAMES) + designs[reading.ruled.design])
        found += [2 * len(CUE_NAMES) + len(designs)] if reading.empty else []
        columns += found
        rows += [row] * len(found)
    ones = np.ones(len(rows), np.float32)
    return sparse.csr_matrix((ones, (rows, columns)), shape=(len(readings), cue_width()))


def cue_width() -> int:
    """How many columns `cue_matrix` has."""
    return 2 * len(CUE_NAMES) + len(ids("study_design")) + 1


def cue_column_name(column: int) -> str:
    """What a column of `cue_matrix` means, for "Why this label?"."""
    if column < len(CUE_NAMES):
        return f"{CUE_NAMES[column]} (title)"
    if column < 2 * len(CUE_NAMES):
        return CUE_NAMES[column - len(CUE_NAMES)]
    designs = ids("study_design")
    rest = column - 2 * len(CUE_NAMES)
    return f"rules say {designs[rest]}" if rest < len(designs) else "no abstract"


@dataclass(slots=True)
class Featuriser:
    """The vocabularies of the three word blocks, and how much each block weighs beside the others.

    An older model has four scales and knows no groups of words.
    """

    text: Vocabulary
    title: Vocabulary
    end: Vocabulary
    scales: tuple[float, ...] = (1.0, 0.5, 0.3, 0.3, 0.3)
    _names: dict[int, str] = field(default_factory=dict, init=False, repr=False)

    @property
    def width(self) -> int:
        words = self.text.width + self.title.width + self.end.width
        return words + cue_width() + (group_width() if len(self.scales) > 4 else 0)

    def matrix(self, readings: Sequence[Reading]) -> Matrix:
        """One row per record, all blocks side by side; shape (records, width)."""
        whole, titles, ends = word_blocks(readings)
        blocks = [self.text.matrix(whole), self.title.matrix(titles), self.end.matrix(ends), cue_matrix(readings)]
        if len(self.scales) > 4:
            blocks.append(group_matrix(readings))
        scaled = [block * np.float32(scale) for block, scale in zip(blocks, self.scales, strict=True)]
        return sparse.csr_matrix(sparse.hstack(scaled, format="csr"))

    def name(self, column: int) -> str:
        """What a column means, for "Why this label?"."""
        if column not in self._names:
            self._names[column] = self._name(column)
        return self._names[column]

    def _name(self, column: int) -> str:
        for block, suffix in ((self.text, ""), (self.title, " (title)"), (self.end, " (end)")):
            if column < block.width:
                return block.name(column) + suffix
            column -= block.width
        return cue_column_name(column) if column < cue_width() else group_column_name(column - cue_width())


def word_blocks(readings: Sequence[Reading]) -> tuple[list[list[str]], list[list[str]], list[list[str]]]:
    """Per record the words of the whole text, of the title, and of the end."""
    bodies = [reading.body_words[:MOST_WORDS] for reading in readings]
    # The line break is no word of any vocabulary, so no pair spans title and abstract.
    whole = [[*reading.title_words, LINE, *body] for reading, body in zip(readings, bodies, strict=True)]
    return whole, [reading.title_words for reading in readings], [body[-END_WORDS:] for body in bodies]


def learn_featuriser(readings: Sequence[Reading]) -> Featuriser:
    """Vocabularies from a collection, without labels."""
    whole, titles, ends = word_blocks(readings)
    return Featuriser(
        text=learn_vocabulary(whole, fewest=8, most_terms=30_000, most_pairs=40_000, fewest_pairs=25),
        title=learn_vocabulary(titles, fewest=5, most_terms=10_000, most_pairs=10_000, fewest_pairs=8),
        end=learn_vocabulary(ends, fewest=15, most_terms=8_000, most_pairs=0),
    )
