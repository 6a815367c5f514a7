"""Tells whether a text is English, by how often the commonest English words stand in it."""

from __future__ import annotations

_COMMON = frozenset({
    "the", "of", "and", "in", "to", "a", "with", "for", "is", "were", "was", "that", "by", "on", "are", "as", "from",
    "this", "at", "an", "or", "be", "not", "after", "these", "we", "which", "than",
})  # fmt: skip

#: Abstracts of fewer words are taken as English: too few to tell.
FEWEST_WORDS = 25

#: English abstracts have 20-40 % such words; German, French, Spanish and Portuguese below 8 %.
LOWEST_SHARE = 0.11


def is_foreign(text: str) -> bool:
    """True for a text that is long enough to tell and isn't English."""
    words = text[:1500].lower().split()
    if len(words) < FEWEST_WORDS:
        # Scripts without spaces give few "words" that are very long.
        return sum(map(len, words)) > FEWEST_WORDS * 10 and not text.isascii()
    return sum(map(_COMMON.__contains__, words)) < LOWEST_SHARE * len(words)
