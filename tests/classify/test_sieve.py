"""The sieve never hides what a pattern would find."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify import conduct, cues, document, dosing, facets, follow_up, participants, sessions
from classify.sieve import Sought, needed_pieces

MODULES = (conduct, cues, document, dosing, facets, follow_up, participants, sessions)


def _sought(value: object) -> Iterator[Sought]:
    if isinstance(value, Sought):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _sought(part)


PATTERNS = [sought for module in MODULES for value in vars(module).values() for sought in _sought(value)]
#: Words and signs of which the patterns are made, whole and cut, so that random texts often match.
PIECES = sorted({
    piece for sought in PATTERNS for piece in re.findall(r"[a-z]{1,12}", sought.pattern.pattern) if len(piece) > 1
})  # fmt: skip
TEXTS = st.lists(
    st.sampled_from([*PIECES, *" -,.;:()=<%/'β–_", " ", " ", "0.5", "12", "mg", "\n"]), max_size=25
).map("".join)  # fmt: skip


@given(TEXTS, st.integers(0, 30), st.integers(0, 120))
def test_a_sought_pattern_finds_what_the_pattern_finds_in_a_text_and_in_a_part_of_it(
    text: str, start: int, length: int
) -> None:
    for sought in PATTERNS:
        for places in ((), (start,), (start, start + length)):
            assert _spans(sought.finditer(text, *places)) == _spans(sought.pattern.finditer(text, *places))
            found, expected = sought.search(text, *places), sought.pattern.search(text, *places)
            assert (found and found.span()) == (expected and expected.span())


def _spans(matches: Iterator[re.Match[str]]) -> list[tuple[int, int]]:
    return [match.span() for match in matches]


@pytest.mark.parametrize(
    ("pattern", "pieces"),
    [
        (r"\b(?:may|can be|hypothesi[sz]\w*)\b", ["can", "hypothesis*", "hypothesiz*", "may"]),
        (r"adverse|side[ -]effect", ["*adverse*", "effect*"]),
        (r"\b[0-9]+ (?:in|on) (?:\w+ )?trials?\b", ["trial", "trials"]),
        (r"\bp ?= ?0?\.\d", ["p"]),
        (r"(?:a|b)c?", []),
        (r"(?i:placebo)", []),
        (r"(?<!\w)x(?=placebo)", []),
    ],
)
def test_the_pieces_of_a_pattern_are_read_off_it(pattern: str, pieces: list[str]) -> None:
    found = {f"{'' if p.begins else '*'}{p.text}{'' if p.ends else '*'}" for p in needed_pieces(re.compile(pattern))}
    assert sorted(found) == pieces


def test_most_patterns_have_pieces() -> None:
    """Where the parser of a later Python changes, this fails and tells why tagging became slow."""
    assert [sought.pattern.pattern for sought in PATTERNS if not needed_pieces(sought.pattern)] == []
