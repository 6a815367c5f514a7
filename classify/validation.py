"""Cross-validation: what the model says of records that it was not trained on, and the thresholds chosen from that.

Folds are drawn by normalised title, and whatever shares PMID, DOI or title with a held-out record leaves training.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from classify.datasets import Example, human, normalised_title
from classify.design_training import Bools, Prepared, Progress, design_targets, fit_design, random_targets
from classify.features import Floats
from classify.model import softmax
from classify.readings import SOURCE as READINGS
from classify.scores import area_under_curve, calibration, class_report, coverage, sensitivity_at
from classify.sources import CORRECTIONS
from classify.taxonomy import ids

FOLDS = 4

#: What is shown as certain shall be right at least this often.
PRECISION = 0.95


@dataclass(slots=True)
class HeldOut:
    """Scores of every example from a model that never saw it. `scores` (examples, designs), `random`, `fold` (examples,)."""

    scores: Floats
    random: Floats
    fold: npt.NDArray[np.int64]


def cross_validate(prepared: Prepared, seed: int = 0, progress: Progress = lambda message: None) -> HeldOut:
    """Fits the model FOLDS times, each time without one part and everything that shares a record with it."""
    fold_of = folds_of(prepared.examples, seed)
    designs = ids("study_design")
    out = HeldOut(np.full((len(fold_of), len(designs)), -30, np.float32), np.zeros(len(fold_of), np.float32), fold_of)
    for fold in range(FOLDS):
        held = fold_of == fold
        if not held.any() or held.all():
            continue
        progress(f"Cross-validation, part {fold + 1} of {FOLDS}.")
        model = fit_design(prepared, ~prepared.clashes(held))
        columns = [designs.index(name) for name in model.classes]
        out.scores[np.ix_(held, columns)] = model.scores(prepared.rows[held])
        out.random[held] = model.random_scores(prepared.rows[held])
    return out


def folds_of(examples: Sequence[Example], seed: int) -> npt.NDArray[np.int64]:
    """A fold for each example, by its title: one record in two collections falls into one fold."""
    texts = (f"{seed} {normalised_title(example.record.title)}" for example in examples)
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return np.array([int.from_bytes(digest[:4], "big") % FOLDS for digest in digests], np.int64)


def best_temperature(scores: Floats, right: npt.NDArray[np.int64], weights: Floats) -> float:
    """The divisor of the scores with which the probabilities of the right classes are highest (log loss lowest)."""
    places = np.arange(len(right))

    def loss(temperature: float) -> float:
        chances = softmax(scores / temperature)[places, right]
        return float(-(weights * np.log(np.maximum(chances, 1e-9))).sum())

    return float(min(np.round(np.arange(0.4, 3.01, 0.02), 2), key=loss))


def precision_threshold(chances: npt.NDArray[Any], right: Bools, precision: float = PRECISION) -> float:
    """The lowest probability from which on at least `precision` of what is shown is right (1.0 if there is none).

    Probabilities count as tags tell them, to four places; what ties is shown together.
    """
    told = _told(chances)
    order = np.argsort(-told, kind="stable")
    ranked = told[order]
    hits = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    last_of_tie = np.append(ranked[1:] < ranked[:-1], True)
    good = np.flatnonzero((hits >= precision) & last_of_tie)
    return float(ranked[good[-1]]) if len(good) else 1.0


def _told(chances: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    return np.asarray(np.round(np.asarray(chances, np.float64), 4), np.float64)


@dataclass(frozen=True, slots=True)
class Settings:
    """What turns scores into honest labels: divisor of the scores, threshold, slope and offset of the random score."""

    temperature: float
    threshold: float
    random: tuple[float, float]


def calibrate(prepared: Prepared, held_out: HeldOut) -> Settings:
    """Temperature from all hand labels; the threshold is the strictest that any hand-labelled collection asks for.

    Corrections teach the model but have no say here: people look at the least certain labels first, so the corrected
    ones are harder than records are. Only where nothing else is at hand do they decide.
    """
    targets, weights = design_targets(prepared)
    hand = prepared.where("gold", READINGS, "own", "psynamic", "study_type_teller") & (weights > 0)
    if not hand.any():
        hand = prepared.where(CORRECTIONS)
    if not hand.any():
        return Settings(1.0, 0.8, (1.0, 0.0))
    right = np.array([ids("study_design").index(name) for name in targets[hand]], np.int64)
    temperature = best_temperature(held_out.scores[hand], right, weights[hand])
    groups = _threshold_groups(prepared, hand, weights)
    threshold = _strictest(prepared, held_out, temperature, groups)
    return Settings(temperature, threshold, _platt(held_out.random[hand], targets[hand] == "randomised_trial"))


def _threshold_groups(prepared: Prepared, hand: Bools, weights: Floats) -> list[Bools]:
    """Records about ketamine and its kin, and those on the rest of neuroscience, each of which must be shown right."""
    near = prepared.where("gold", READINGS, "own", "psynamic") & (weights >= 0.8)
    groups = [group for group in (near, prepared.where("study_type_teller") & (weights > 0)) if group.any()]
    return groups or [hand]


def _strictest(prepared: Prepared, held_out: HeldOut, temperature: float, groups: Sequence[Bools]) -> float:
    targets, _ = design_targets(prepared)
    chances = softmax(held_out.scores / temperature)
    hits = np.array(ids("study_design"))[chances.argmax(1)] == targets
    return max(precision_threshold(chances[group].max(1), hits[group]) for group in groups)


def _platt(scores: Floats, truth: Bools) -> tuple[float, float]:
    """Slope and offset with which a score becomes the logarithm of the odds."""
    from sklearn.linear_model import LogisticRegression

    if truth.all() or not truth.any():
        return 1.0, 0.0
    fitted = LogisticRegression(C=1000).fit(scores.reshape(-1, 1).astype(np.float64), truth)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def figures(prepared: Prepared, held_out: HeldOut, settings: Settings) -> dict[str, Any]:
    """Cross-validated figures from text alone, for the model card."""
    told: dict[str, Any] = {}
    targets, weights = design_targets(prepared)
    unseen = _unseen_thresholds(prepared, held_out, settings.temperature)
    announced = np.array([reading.ruled.design if reading.announced else "" for reading in prepared.readings])
    for source in ("gold", READINGS, "psynamic", "study_type_teller", "own", CORRECTIONS):
        rows = prepared.where(source) & (weights > 0)
        if rows.sum() >= 10:
            scores = _as_announced(held_out.scores[rows], announced[rows])
            model = _design_figures(held_out.scores[rows], targets[rows], settings.temperature, settings.threshold)
            told[source] = {
                **_design_figures(scores, targets[rows], settings.temperature, settings.threshold),
                "model_alone": {key: model[key] for key in ("macro_f1", "weighted_f1")},
                "shown_by_unseen_threshold": _shown(scores, targets[rows], settings.temperature, unseen[rows]),
            }
    random = _random_figures(prepared, held_out)
    return {"study_design": told, **({"randomised_from_text": random} if random else {})}


def _unseen_thresholds(prepared: Prepared, held_out: HeldOut, temperature: float) -> npt.NDArray[np.float64]:
    """For each example the threshold that the other folds ask for: is it as precise where it wasn't chosen?"""
    _, weights = design_targets(prepared)
    groups = _threshold_groups(prepared, weights > 0, weights)
    out = np.ones(len(prepared.examples))
    for fold in range(FOLDS):
        others = [group & (held_out.fold != fold) for group in groups]
        if all(group.any() for group in others):
            out[held_out.fold == fold] = _strictest(prepared, held_out, temperature, others)
    return out


def _as_announced(scores: Floats, announced: npt.NDArray[np.str_]) -> Floats:
    """The scores with the rule that overrules the model when tagging: a record that says of itself what it is."""
    changed = scores.copy()
    for place, design in enumerate(announced.tolist()):
        if design:
            changed[place, ids("study_design").index(design)] = 30
    return changed


def _design_figures(
    scores: Floats, targets: npt.NDArray[np.str_], temperature: float, threshold: float
) -> dict[str, Any]:
    chances = softmax(scores / temperature)
    said, sure = np.array(ids("study_design"))[chances.argmax(1)], chances.max(1)
    right = said == targets
    return {
        **class_report(targets.tolist(), said.tolist()),
        "calibration": calibration(sure.tolist(), right.tolist()),
        "coverage": coverage(sure.tolist(), right.tolist()),
        "shown": _shown(scores, targets, temperature, threshold),
    }


def _shown(
    scores: Floats, targets: npt.NDArray[np.str_], temperature: float, threshold: float | npt.NDArray[np.float64]
) -> dict[str, float | None]:
    """How many are shown as certain, and how many of those are right."""
    chances = softmax(scores / temperature)
    right, shown = np.array(ids("study_design"))[chances.argmax(1)] == targets, _told(chances.max(1)) >= threshold
    accuracy = round(float(right[shown].mean()), 4) if shown.any() else None
    return {"share": round(float(shown.mean()), 4), "accuracy": accuracy}


def _random_figures(prepared: Prepared, held_out: HeldOut) -> dict[str, Any]:
    """Against NLM's type on indexed records with an abstract. Indexing by machine is not marked in this collection."""
    truth, _ = random_targets(prepared)
    indexed = prepared.where("publication_types") & np.array(
        [bool(example.record.mesh and example.record.abstract) for example in prepared.examples], bool
    )
    people = indexed & np.array([human(example) for example in prepared.examples], bool)
    told = np.array(
        ["random" in f"{example.record.title} {example.record.abstract}".lower() for example in prepared.examples], bool
    )
    report = {}
    for name, rows in (
        ("indexed", indexed),
        ("indexed, humans", people),
        ("indexed, randomised ones that say so", indexed & (told | ~truth)),
    ):
        if truth[rows].any():
            scores, positive = held_out.random[rows], truth[rows]
            report[name] = {
                "n": int(rows.sum()),
                "randomised": int(positive.sum()),
                "auroc": round(area_under_curve(scores, positive), 4),
                "sensitivity_at_specificity_0.96": round(sensitivity_at(scores, positive, 0.96), 4),
            }
    return report
