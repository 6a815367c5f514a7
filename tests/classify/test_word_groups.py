"""Groups of words. Every text here is invented."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.design_rules import read_cues
from classify.features import Featuriser, Vocabulary
from classify.sections import split_sections
from classify.word_groups import COUNTED, group_column_name, group_counts, group_matrix, group_width, groups
from db.records import TaggableRecord

NAMES = [name for name, _ in groups()]


def _groups_of(word: str) -> set[str]:
    return {name for name, count in zip(NAMES, group_counts([[word]])[0].tolist(), strict=True) if count}


@pytest.mark.parametrize(
    ("word", "has", "lacks"),
    [
        ("sertraline", "substances", "surgery"),
        ("zelazepam", "substances", "people"),
        ("methamphetamine", "substances", "surgery"),
        ("craniectomy", "no drug", "substances"),
        ("treadmill", "no drug", "substances"),
        ("acupuncture", "no drug", "substances"),
        ("women", "people", "in vitro"),
    ],
)
def test_a_word_is_in_the_group_that_a_reader_would_put_it_in(word: str, has: str, lacks: str) -> None:
    assert has in _groups_of(word)
    assert lacks not in _groups_of(word)


@pytest.mark.parametrize("word", ["examine", "reexamine", "dopamine", "histamine", "somatostatin", "zelaxed", "#", ""])
def test_what_the_brain_makes_and_words_that_end_like_drugs_are_no_drugs(word: str) -> None:
    assert "substances" not in _groups_of(word)


def test_a_record_has_its_title_s_groups_and_the_logarithm_of_all_counts() -> None:
    reading = read_cues(split_sections(TaggableRecord("1", "Treadmill for women", "Women ran. A man had a treadmill.")))
    row = group_matrix([reading]).toarray()[0]
    place = {group_column_name(column): column for column in range(group_width())}
    assert row[place["words: people (title)"]] == row[place["words: no drug (title)"]] == 1
    assert row[place["words: people"]] == pytest.approx(COUNTED * np.log(3))
    assert row[place["words: no drug"]] == pytest.approx(COUNTED * np.log(3))
    assert row[place["words: substances"]] == row[place["words: one patient (title)"]] == 0


@given(st.lists(st.lists(st.sampled_from(["women", "drugs", "surgery", "zelaxed", "#", "é"]), max_size=9), max_size=5))
def test_counts_are_those_of_each_word_by_itself(rows: list[list[str]]) -> None:
    expected = [
        [sum(bool(re.fullmatch(pattern, word)) for word in row) for _, pattern in groups()] for row in rows
    ]  # fmt: skip
    assert group_counts(rows).tolist() == expected


def test_a_model_of_before_the_groups_reads_its_own_columns_only() -> None:
    words = Vocabulary(["zelaxin"], np.zeros(0, np.int64), np.ones(1, np.float32))
    older, newer = Featuriser(words, words, words, (1.0, 0.5, 0.3, 0.3)), Featuriser(words, words, words)
    reading = read_cues(split_sections(TaggableRecord("1", "Zelaxin in mice", "Mice had zelaxin.")))
    assert newer.width == older.width + group_width()
    assert older.matrix([reading]).shape == (1, older.width)
    np.testing.assert_array_equal(
        newer.matrix([reading]).toarray()[:, : older.width], older.matrix([reading]).toarray()
    )
    assert newer.name(older.width) == f"words: {NAMES[0]} (title)"
