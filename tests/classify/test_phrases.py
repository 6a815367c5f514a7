"""Phrases are found by their words, wherever those stand."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from classify.lexicon import Term, TermHit, _longest
from classify.phrases import Hit, Phrases, plain, spaced
from classify.sections import words

PHRASES = (
    ("craving", 1),
    ("alcohol use*", 2),
    ("use", 3),
    ("drink*", 4),
    ("(R,S)-ketamine", 5),
    ("heavy drinking days", 6),
)
TEXTS = st.lists(
    st.sampled_from([
        "craving", "alcohol", "use", "uses", "used", "drinking", "days", "heavy", "r", "s", "ketamine", "β", "é", "x1",
        " ", " ", " ", "-", "(", ")-", ", ", ". ", "_", "–", "\n", "   ,   ",
    ]),
    max_size=20,
).map("".join)  # fmt: skip


@given(st.text(max_size=60) | TEXTS)
def test_every_sign_that_is_no_letter_or_digit_becomes_a_space_in_its_place(text: str) -> None:
    assert spaced(text) == "".join(sign if sign.isalnum() else " " for sign in text)


@given(TEXTS)
def test_phrases_are_found_as_by_trying_each_at_every_word(text: str) -> None:
    spans = [match.span() for match in re.finditer(r"[^\W_]+", text)]
    found = {(hit.start, hit.end, hit.payload) for hit in Phrases(PHRASES).find(text)}
    assert found == {
        (spans[index][0], end, payload)
        for index in range(len(spans))
        for phrase, payload in PHRASES
        if (end := _end(text, spans[index:], phrase))
    }


def _end(text: str, spans: list[tuple[int, int]], phrase: str) -> int:
    """The end of a phrase that begins with the first of some words of a text, 0 if it doesn't."""
    wanted = re.findall(r"[^\W_]+\*?", plain(phrase))
    if len(wanted) > len(spans):
        return 0
    for place, (word, (start, end)) in enumerate(zip(wanted, spans, strict=False)):
        gap = text[spans[place - 1][1] : start] if place else ""
        if len(gap) > 6 or gap.strip(" -/,()"):
            return 0
        if not (text[start:end].startswith(word[:-1]) if word.endswith("*") else text[start:end] == word):
            return 0
    return spans[len(wanted) - 1][1]


@given(st.text(max_size=60) | TEXTS)
def test_the_words_of_a_record_are_its_runs_of_plain_letters_and_its_numbers(text: str) -> None:
    lowered = text.lower()
    found = re.findall(r"[a-z]+|[0-9][0-9.,]*", lowered)
    assert words(lowered) == ["#" if word[0] <= "9" else word for word in found]


def test_of_very_many_hits_the_longest_of_those_that_overlap_are_kept_without_comparing_each_with_each() -> None:
    outcome, other = Term("outcome", "craving"), Term("outcome", "mood")
    short: list[TermHit] = [Hit(place, place + 5, outcome) for place in range(0, 200_000, 10)]
    long: list[TermHit] = [Hit(place, place + 8, outcome) for place in range(0, 200_000, 20)]
    apart: list[TermHit] = [Hit(place, place + 5, other) for place in range(0, 200_000, 1000)]
    kept = [*long, *(hit for hit in short if hit.start % 20), *apart]
    assert sorted(_longest([*short, *long, *apart])) == sorted(
        kept, key=lambda hit: (hit.start, hit.end, hit.payload.id)
    )
