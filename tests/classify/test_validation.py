"""Thresholds and probabilities are chosen from what the model said of records that it never saw."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classify.model import softmax
from classify.validation import best_temperature, precision_threshold

Answers = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@given(Answers)
def test_what_is_shown_is_right_often_enough_or_nothing_is_shown(answers: list[tuple[float, bool]]) -> None:
    chances = np.round([chance for chance, _ in answers], 4)
    right = np.array([hit for _, hit in answers], bool)
    threshold = precision_threshold(chances, right)
    shown = chances >= threshold
    assert threshold == 1.0 or right[shown].mean() >= 0.95


def test_the_lowest_such_threshold_is_taken() -> None:
    chances = np.array([0.99, 0.9, 0.8, 0.7, 0.6])
    assert precision_threshold(chances, np.array([True, True, True, False, True])) == 0.8
    assert precision_threshold(chances, np.array([True] * 5)) == 0.6
    assert precision_threshold(chances, np.array([False] * 5)) == 1.0


def test_scores_that_promise_too_much_are_divided() -> None:
    """Ten to one in favour each time, but right only three times in four."""
    scores = np.tile(np.array([[np.log(10.0), 0.0]], np.float32), (100, 1))
    right = np.array([0] * 75 + [1] * 25)
    temperature = best_temperature(scores, right, np.ones(100, np.float32))
    assert abs(float(softmax(scores / temperature)[0, 0]) - 0.75) < 0.01
