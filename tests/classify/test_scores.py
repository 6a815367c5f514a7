"""Figures against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from classify.scores import area_under_curve, calibration, class_report, count_report, coverage, sensitivity_at
from classify.validation import best_temperature, precision_threshold


def test_class_figures_are_those_worked_out_by_hand() -> None:
    report = class_report(["a", "a", "a", "b"], ["a", "a", "b", "b"])
    assert report["confusion"] == {"classes": ["a", "b"], "rows": [[2, 1], [0, 1]]}
    assert report["classes"]["a"]["f1"]["value"] == pytest.approx(0.8)
    assert report["macro_f1"]["value"] == pytest.approx((0.8 + 2 / 3) / 2, abs=1e-4)
    assert report["classes"]["a"]["n"] == 3


def test_counts_calibration_and_coverage_are_those_worked_out_by_hand() -> None:
    assert count_report([1, 0], [1, 1], [1, 1])["f1"]["value"] == 0.5
    assert calibration([1.0, 0.5], [True, False])["brier"] == 0.125
    assert coverage([0.9, 0.1], [True, False])[-1] == {"coverage": 1.0, "accuracy": 0.5, "n": 2}


def test_area_and_sensitivity_are_those_worked_out_by_hand() -> None:
    scores, truth = np.array([0.9, 0.8, 0.3, 0.1]), np.array([True, False, True, False])
    assert area_under_curve(scores, truth) == 0.75
    assert sensitivity_at(scores, truth, 0.96) == 0.5


def test_the_threshold_keeps_the_promised_precision() -> None:
    chances, right = np.array([0.99, 0.9, 0.8, 0.7], np.float32), np.array([True, True, True, False])
    assert precision_threshold(chances, right) == pytest.approx(0.8)
    assert precision_threshold(chances, ~right & right) == 1.0


def test_scores_that_are_too_sure_are_cooled() -> None:
    scores = np.array([[8, 0], [8, 0], [8, 0], [8, 0]], np.float32)
    assert best_temperature(scores, np.array([0, 0, 0, 1]), np.ones(4, np.float32)) == 3.0
