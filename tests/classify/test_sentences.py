"""Sentences are pieces of the abstract. All texts here are made up."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from classify.sentences import split_sentences


def test_abbreviations_and_decimals_end_no_sentence() -> None:
    text = "We gave 0.5 mg/kg vs. Placebo in adults (52% v. 55%), e.g. Smokers. Then we stopped."
    pieces = [text[sentence.start : sentence.end] for sentence in split_sentences(text)]
    assert pieces == ["We gave 0.5 mg/kg vs. Placebo in adults (52% v. 55%), e.g. Smokers.", "Then we stopped."]


@given(st.text())
def test_sentences_are_pieces_of_any_text_in_order(text: str) -> None:
    sentences = split_sentences(text)
    assert all(0 <= sentence.start < sentence.end <= len(text) for sentence in sentences)
    assert all(one.end <= two.start for one, two in pairwise(sentences))
