"""Figures that say how good labels are: per class, overall, with bootstrap intervals, and how honest the probabilities are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

#: Resamples of the bootstrap, and its fixed seed.
RESAMPLES, SEED = 1000, 20261122

Numbers = npt.NDArray[np.float64]
Rates = dict[str, float]


def class_report(truth: Sequence[str], given: Sequence[str]) -> dict[str, Any]:
    """Precision, recall and F1 per class with n and 95 % intervals; macro and weighted F1; confusion matrix.

    Classes are those of the truth, in alphabetical order, then any that were only given. Macro F1 is over the classes
    of the truth. Rows of the confusion matrix are the truth.
    """
    own = sorted(set(truth))
    classes = own + sorted(set(given) - set(own))
    place = {name: number for number, name in enumerate(classes)}
    true, said = np.array([place[name] for name in truth], int), np.array([place[name] for name in given], int)
    intervals = _bootstrap(len(true), lambda rows: _flat(true[rows], said[rows], len(classes), len(own)))
    precision, recall, f1 = _rates(_confusion(true, said, len(classes)))
    flat = _flat(true, said, len(classes), len(own))
    return {
        "n": len(true),
        "classes": {
            name: {
                "n": int((true == number).sum()),
                "precision": _told(precision[number], intervals[:, number]),
                "recall": _told(recall[number], intervals[:, len(classes) + number]),
                "f1": _told(f1[number], intervals[:, 2 * len(classes) + number]),
            }
            for name, number in place.items()
        },
        "macro_f1": _told(flat[-3], intervals[:, -3]),
        "weighted_f1": _told(flat[-2], intervals[:, -2]),
        "accuracy": _told(flat[-1], intervals[:, -1]),
        "confusion": {"classes": classes, "rows": _confusion(true, said, len(classes)).astype(int).tolist()},
    }


def _confusion(true: npt.NDArray[Any], said: npt.NDArray[Any], size: int) -> Numbers:
    return np.bincount(true * size + said, minlength=size * size).reshape(size, size).astype(float)


def _rates(confusion: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    hits = np.diag(confusion)
    precision = hits / np.maximum(confusion.sum(0), 1)
    recall = hits / np.maximum(confusion.sum(1), 1)
    return precision, recall, 2 * hits / np.maximum(confusion.sum(0) + confusion.sum(1), 1)


def _flat(true: npt.NDArray[Any], said: npt.NDArray[Any], size: int, own: int) -> Numbers:
    confusion = _confusion(true, said, size)
    precision, recall, f1 = _rates(confusion)
    counts = confusion.sum(1)
    # A resample may lack a rare class; it then has no say in that resample's macro F1.
    present = counts[:own] > 0
    overall = [f1[:own][present].mean() if present.any() else 0.0, (f1 * counts).sum() / max(counts.sum(), 1)]
    return np.array([*precision, *recall, *f1, *overall, np.diag(confusion).sum() / max(counts.sum(), 1)])


def _bootstrap(size: int, figures: Callable[[npt.NDArray[Any]], Numbers]) -> Numbers:
    """95 % percentile intervals of each figure; shape (2, figures)."""
    random = np.random.default_rng(SEED)
    draws = np.array([figures(random.integers(0, size, size)) for _ in range(RESAMPLES)])
    return np.asarray(np.percentile(draws, [2.5, 97.5], axis=0))


def _told(value: float, interval: Numbers) -> Rates:
    return {"value": round(float(value), 4), "low": round(float(interval[0]), 4), "high": round(float(interval[1]), 4)}


def count_report(hits: Sequence[int], given: Sequence[int], wanted: Sequence[int]) -> dict[str, Any]:
    """Micro precision, recall and F1 from counts per record, with intervals by resampling records."""
    counts = np.array([hits, given, wanted], float)

    def figures(rows: npt.NDArray[Any]) -> Numbers:
        found, said, true = counts[:, rows].sum(axis=1)
        return np.array([found / max(said, 1), found / max(true, 1), 2 * found / max(said + true, 1)])

    size = counts.shape[1]
    if not size:
        return {"n": 0}
    intervals, values = _bootstrap(size, figures), figures(np.arange(size))
    names = ("precision", "recall", "f1")
    told: dict[str, Any] = {name: _told(values[place], intervals[:, place]) for place, name in enumerate(names)}
    return {"n": size, "true": int(counts[2].sum()), "given": int(counts[1].sum()), **told}


def calibration(chances: Sequence[float], right: Sequence[bool], bins: int = 10) -> dict[str, Any]:
    """How honest probabilities are: Brier score of the given label, and per bin how sure and how often right."""
    sure, hit = np.array(chances, float), np.array(right, float)
    if not len(sure):
        return {"brier": None, "curve": []}
    bin_of = np.minimum((sure * bins).astype(int), bins - 1)
    curve = [
        {"mean_probability": round(float(sure[bin_of == b].mean()), 3), "share_right": round(float(hit[bin_of == b].mean()), 3),
         "n": int((bin_of == b).sum())}
        for b in range(bins) if (bin_of == b).any()
    ]  # fmt: skip
    return {"brier": round(float(((sure - hit) ** 2).mean()), 4), "curve": curve}


def coverage(chances: Sequence[float], right: Sequence[bool]) -> list[dict[str, float]]:
    """Accuracy against coverage: how many are right among the surest share of records."""
    sure, hit = np.array(chances, float), np.array(right, float)
    order = np.argsort(-sure, kind="stable")
    points = []
    for share in (0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        count = max(1, round(share * len(order)))
        if len(order):
            points.append({"coverage": share, "accuracy": round(float(hit[order[:count]].mean()), 4), "n": count})
    return points


def area_under_curve(scores: npt.NDArray[Any], truth: npt.NDArray[np.bool_]) -> float:
    """The chance that a true case scores above a false one (area under the ROC curve); ties count half."""
    from scipy.stats import rankdata

    ranks, positives = rankdata(scores), int(truth.sum())
    negatives = len(truth) - positives
    if not positives or not negatives:
        return float("nan")
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def sensitivity_at(scores: npt.NDArray[Any], truth: npt.NDArray[np.bool_], specificity: float) -> float:
    """The highest share of true cases found while at least `specificity` of the false ones are left out."""
    false = np.sort(scores[~truth])[::-1]
    allowed = int((1 - specificity) * len(false) + 1e-9)
    bar = false[allowed] if allowed < len(false) else -np.inf
    return float((scores[truth] > bar).mean())
