"""Fits and judges the models of facts on records whose facts are labelled (gold set, own readings, own files)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from classify.candidates import Features
from classify.datasets import Example
from classify.fact_answers import QUESTIONS, chosen, possible_answers
from classify.fact_model import WEIGHED, FactModel
from classify.fact_values import plain_value
from classify.facts import ruled_facts
from classify.outcome_training import document_of
from classify.reading import Reader

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: Of what is shown as certain WANTED shall be right on new records. The threshold asks for a little more, for it suits best
#: the records that it was chosen on; it is judged on at least so many answers.
WANTED, PRECISION, FEWEST_SHOWN = 0.95, 0.96, 50
#: A sign of fewer rows teaches nothing; with fewer right answers than these no model is fitted.
FEWEST_ROWS, FEWEST_RIGHT = 4, 40
#: C of the logistic regressions, flat around it (docs/classifier-outcomes.md).
STRENGTH = 0.1
#: What a record weighs that the rules were mended with: there they look better than they are.
WEIGHT_OF_SEEN = 0.5
#: The label that tells that no rule was mended with the record in view.
UNSEEN = "facts_unseen"


@dataclass(slots=True)
class FactRows:
    """One row for each possible answer of a labelled record: signs, whether it is right (one of the values, where there
    are several), place of its example; and by example the label in plain form."""

    field: str
    features: list[Features]
    right: Bools
    plain: list[str]
    example: Ints
    truth: dict[int, frozenset[str]]
    unseen: Bools


def has_facts(example: Example) -> bool:
    """Whether somebody labelled a fact that a model weighs."""
    return any(field in example.labels for field in WEIGHED)


def fact_rows(examples: Sequence[Example], designs: Sequence[str], reader: Reader) -> dict[str, FactRows]:
    """The rows of each field; `designs` are the study designs that the classifier gives the examples."""
    unseen = np.array([bool(example.labels.get(UNSEEN)) for example in examples], bool)
    found: dict[str, FactRows] = {}
    collected: dict[str, list[tuple[Features, bool, str, int]]] = {field: [] for field in QUESTIONS}
    truths: dict[str, dict[int, frozenset[str]]] = {field: {} for field in QUESTIONS}
    for place, (example, design) in enumerate(zip(examples, designs, strict=True)):
        document = document_of(example, design, reader)
        ruled = ruled_facts(document, design) if document else {}
        for field in QUESTIONS:
            if field not in example.labels:
                continue
            truth = truths[field][place] = values_of(field, example.labels[field])
            if document is None or not (document.studied or field in ("n_participants", "n_studies")):
                continue
            collected[field] += [
                (item.features, item.plain in truth, item.plain, place)
                for item in possible_answers(document, design, field, ruled.get(field))
            ]
    for field, rows in collected.items():
        features, right, plain, example_of = zip(*rows, strict=True) if rows else ((), (), (), ())
        places = np.array(example_of, np.int64)
        found[field] = FactRows(
            field, list(features), np.array(right, bool), list(plain), places, truths[field], unseen
        )
    return found


def values_of(field: str, label: Any) -> frozenset[str]:
    """The values of a label in plain form."""
    if label is None or not QUESTIONS[field].several:
        return plain_value(field, label)
    return frozenset().union(*(plain_value(field, part) for part in str(label).split(";")))


def fit_fact(rows: FactRows, use: Bools) -> FactModel | None:
    """A model from the rows in `use`, without a threshold; None where there is too little to learn from."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    places = np.flatnonzero(use)
    right = rows.right[places]
    if right.sum() < FEWEST_RIGHT or right.all():
        return None
    count = Counter(name for place in places for name in rows.features[place])
    known = {name for name, times in count.items() if times >= FEWEST_ROWS and "\n" not in name}
    vectorizer = DictVectorizer(dtype=np.float64)
    table = vectorizer.fit_transform(
        [{name: value for name, value in rows.features[place].items() if name in known} for place in places]
    )
    weight = np.where(rows.unseen[rows.example[places]], 1.0, WEIGHT_OF_SEEN)
    fitted = LogisticRegression(C=STRENGTH, max_iter=2000).fit(table, right, sample_weight=weight)
    weights = np.asarray(fitted.coef_[0], np.float32)
    return FactModel(tuple(vectorizer.feature_names_), weights, float(np.float32(fitted.intercept_[0])))


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer by a model that never saw its record: place of the example, chance, and whether it is right and whole."""

    example: int
    chance: float
    right: bool


def held_out_answers(rows: FactRows, fold: Ints) -> list[Judged]:
    """The answers of models that never saw the record; `fold` holds each example's part."""
    judged = []
    for part in np.unique(fold):
        held = fold[rows.example] == part
        model = fit_fact(rows, ~held) if held.any() else None
        if model:
            judged += _answers(rows, np.flatnonzero(held), model)
    return judged


def _answers(rows: FactRows, places: Ints, model: FactModel) -> list[Judged]:
    by_example: dict[int, list[int]] = {}
    for place in places.tolist():
        by_example.setdefault(int(rows.example[place]), []).append(place)
    judged = []
    for example, own in by_example.items():
        taken, chance = chosen(rows.field, [model.chance(rows.features[place]) for place in own])
        if taken:
            said = frozenset(rows.plain[own[place]] for place in taken)
            judged.append(Judged(example, round(chance, 4), said == rows.truth[example]))
    return judged


def certain_from(rows: FactRows, judged: Sequence[Judged], use: Bools | None = None) -> float | None:
    """The chance from which on PRECISION of the answers is right, on records that no rule was mended with; None where no
    chance is enough. `use` may leave out examples.

    Right are as many as a curve through all answers expects, for the count itself hangs on a few answers; and WANTED of them
    by count, too.
    """
    own = [item for item in judged if rows.unseen[item.example] and (use is None or use[item.example])]
    own.sort(key=lambda item: -item.chance)
    chances, right = np.array([item.chance for item in own]), np.array([item.right for item in own], bool)
    if len(own) < FEWEST_SHOWN:
        return None
    ranks = np.arange(1, len(own) + 1)
    expected, counted = np.cumsum(_expected(chances, right)) / ranks, np.cumsum(right) / ranks
    last_of_tie = np.append(chances[1:] < chances[:-1], True)
    good = np.flatnonzero((expected >= PRECISION) & (counted >= WANTED) & (ranks >= FEWEST_SHOWN) & last_of_tie)
    return float(chances[good[-1]]) if len(good) else None


def _expected(chances: Floats, right: Bools) -> Floats:
    """How likely each answer is right by a logistic curve over its log-odds."""
    from sklearn.linear_model import LogisticRegression

    if right.all():
        return np.ones_like(chances)
    bounded = np.clip(chances, 1e-4, 1 - 1e-4)
    odds = np.log(bounded / (1 - bounded))[:, None]
    return np.asarray(LogisticRegression(C=100).fit(odds, right).predict_proba(odds)[:, 1])


@dataclass(frozen=True, slots=True)
class TrainedFacts:
    """The models fitted on everything, and their cross-validated figures."""

    models: Mapping[str, FactModel]
    figures: Mapping[str, Any]


def train_facts(examples: Sequence[Example], designs: Sequence[str], fold: Ints, reader: Reader) -> TrainedFacts:
    """Fits a model for each fact that enough labels tell of.

    `designs` and `fold` are, for each example, the study design that a model gave that never saw it, and its part.
    """
    models, figures = {}, {}
    for field, rows in fact_rows(examples, designs, reader).items():
        model = fit_fact(rows, np.ones(len(rows.right), bool))
        if model is None:
            continue
        judged = held_out_answers(rows, fold)
        certain = certain_from(rows, judged)
        models[field] = replace(model, certain=certain) if certain is not None else model
        figures[field] = _figures(rows, judged, fold)
    return TrainedFacts(models, figures)


def _figures(rows: FactRows, judged: Sequence[Judged], fold: Ints) -> dict[str, int]:
    """Counts on records that no rule was mended with: answers, right ones, stated ones; and of those that are shown as
    certain, each by a threshold from the other parts."""
    own = [item for item in judged if rows.unseen[item.example]]
    shown: list[Judged] = []
    for part in np.unique(fold):
        threshold = certain_from(rows, judged, fold != part)
        if threshold is not None:
            shown += [item for item in own if fold[item.example] == part and item.chance >= threshold]
    return {
        "given": len(own),
        "right": sum(item.right for item in own),
        "stated": sum(bool(truth) for place, truth in rows.truth.items() if rows.unseen[place]),
        "shown": len(shown),
        "shown_right": sum(item.right for item in shown),
    }
