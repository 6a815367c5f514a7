"""Fits and judges the model of outcomes on records whose outcomes are labelled (gold set, own readings, own files)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from classify.datasets import Example
from classify.document import Document
from classify.features import Floats, Matrix
from classify.model import by_class
from classify.outcome_features import Features, describe
from classify.outcome_model import DIRECTIONS, OutcomeModel, Vocabulary
from classify.outcome_words import MARK
from classify.outcomes import decide_all
from classify.reading import Reader
from classify.readings import OTHER_DRUGS
from classify.relevance import read_relevance
from classify.statements import FAVOURS, NOT_REPORTED
from classify.sureness import doubts
from classify.tagger import readable

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

#: What is shown as certain shall be right at least this often, judged on at least so many: 95 in 100, and two more for what
#: a threshold loses on records that did not choose it (docs/classifier-outcomes.md).
PRECISION, FEWEST_SHOWN = 0.97, 50
#: A feature of fewer rows teaches nothing.
FEWEST_ROWS = 4
#: C of the two logistic regressions, chosen by cross-validation and flat around it (docs/classifier-outcomes.md).
REPORTED_STRENGTH, DIRECTION_STRENGTH = 0.3, 0.1
#: What a reading of another drug counts beside one of ketamine: 1 did as well on the whole, and less well on the gold set.
OTHER_DRUGS_WEIGHT = 0.5
#: Not a class of directions: the domain is not reported on; and: readers disagree, so the row neither teaches nor judges.
ABSENT, DISPUTED = -1, -2


@dataclass(slots=True)
class OutcomeRows:
    """One row for each domain that the rules found in a labelled record: features, label (place in DIRECTIONS, ABSENT or
    DISPUTED), place of its example, what the rules say, whether they find it undoubted, and whether it is about the topic's
    own drug: others teach, and choose no threshold."""

    features: list[Features]
    labels: Ints
    example: Ints
    said: Ints
    undoubted: Bools
    own: Bools


def has_outcomes(example: Example) -> bool:
    """Whether somebody labelled its outcomes."""
    return isinstance(example.labels.get("outcomes"), list)


def outcome_rows(examples: Sequence[Example], designs: Sequence[str], reader: Reader) -> OutcomeRows:
    """The rows of examples with labelled outcomes; `designs` are the study designs that the classifier gives them."""
    rows: list[Features] = []
    labels: list[int] = []
    places: list[int] = []
    said: list[int] = []
    undoubted: list[bool] = []
    for place, (example, design) in enumerate(zip(examples, designs, strict=True)):
        document = document_of(example, design, reader)
        if document is None or not document.studied:
            continue
        evidence, decided = decide_all(document, reader.lexicon, design)
        truth = {pair["domain"]: DIRECTIONS.index(pair["direction"]) for pair in example.labels["outcomes"]}
        truth |= dict.fromkeys(example.labels.get("disputed", ()), DISPUTED)
        for domain, features in describe(document, evidence, decided, design).items():
            rows.append(features)
            labels.append(truth.get(domain, ABSENT))
            places.append(place)
            direction, chosen, _ = decided[domain]
            said.append(DIRECTIONS.index(direction))
            undoubted.append(not doubts(document, evidence[domain], chosen))
    truths, records, verdicts = (np.array(values, np.int64) for values in (labels, places, said))
    own = np.array([examples[place].source != OTHER_DRUGS for place in places], bool)
    return OutcomeRows(rows, truths, records, verdicts, np.array(undoubted, bool), own)


def document_of(example: Example, design: str, reader: Reader) -> Document | None:
    """The example's record made ready, None where there is nothing to read in it."""
    sections, foreign = readable(example.record)
    if foreign:
        return None
    relevance = str(read_relevance(example.record, sections, reader.topic).value)
    return reader.document(example.record, study_design=design, relevance=relevance)


def fit_outcomes(rows: OutcomeRows, use: Bools) -> OutcomeModel:
    """A model from the rows in `use` (disputed ones never teach), without thresholds."""
    from sklearn.linear_model import LogisticRegression

    places = np.flatnonzero(use & (rows.labels != DISPUTED))
    vocabulary = learn_vocabulary([rows.features[place] for place in places])
    table = tabled(vocabulary, [rows.features[place] for place in places])
    labels, counts = rows.labels[places], np.where(rows.own[places], 1.0, OTHER_DRUGS_WEIGHT)
    reported = LogisticRegression(C=REPORTED_STRENGTH, max_iter=1000).fit(table, labels >= 0, sample_weight=counts)
    told = np.flatnonzero(labels >= 0)
    directions = LogisticRegression(C=DIRECTION_STRENGTH, max_iter=1000, class_weight=_weights(labels[told]))
    directions.fit(table[told], labels[told], sample_weight=counts[told])
    weights = np.zeros((len(vocabulary.names), 1 + len(DIRECTIONS)), np.float32)
    bias = np.full(1 + len(DIRECTIONS), -30, np.float32)  # a direction that nobody taught is never chosen
    weights[:, 0], bias[0] = reported.coef_[0], reported.intercept_[0]
    coefficients, intercepts = by_class(directions)
    weights[:, 1 + directions.classes_], bias[1 + directions.classes_] = coefficients.T, intercepts
    return OutcomeModel(vocabulary, weights, bias)


def learn_vocabulary(rows: Sequence[Features]) -> Vocabulary:
    """The features that enough rows have; words count by the logarithm of how rare they are."""
    count = Counter(name for row in rows for name in row)
    names = tuple(sorted(name for name, times in count.items() if times >= FEWEST_ROWS))
    rarity = [np.log(len(rows) / count[name]) if name.startswith(MARK) else 0.0 for name in names]
    return Vocabulary(names, np.array(rarity, np.float32))


def tabled(vocabulary: Vocabulary, rows: Sequence[Features]) -> Matrix:
    """The rows as the model sees them, (rows, features)."""
    from scipy import sparse

    known = [vocabulary.known(row) for row in rows]
    values = np.concatenate([values for _, values in known])
    columns = np.concatenate([np.array(places, np.int64) for places, _ in known])
    starts = np.cumsum([0, *(len(places) for places, _ in known)])
    return sparse.csr_matrix((values, columns, starts), shape=(len(rows), len(vocabulary.names)), dtype=np.float64)


def _weights(labels: Ints) -> dict[int, float]:
    """Rare directions count more, by the square root of their rarity: half way to all alike."""
    counts = Counter(labels.tolist())
    mean = len(labels) / len(counts)
    return {label: float(np.sqrt(mean / count)) for label, count in counts.items()}


def held_out_chances(rows: OutcomeRows, fold: Ints) -> Floats:
    """What a model says of each row that never saw its record; `fold` holds each example's part."""
    out = np.zeros((len(rows.features), 1 + len(DIRECTIONS)), np.float32)
    for part in np.unique(fold):
        held = fold[rows.example] == part
        if held.any() and not held.all():
            model = fit_outcomes(rows, ~held)
            out[held] = model.chances([rows.features[place] for place in np.flatnonzero(held)])
    return out


def certain_from(rows: OutcomeRows, chances: Floats, use: Bools) -> dict[str, float]:
    """For each direction the chance from which on PRECISION of what is shown is right, where there is one.

    Judged among those on which rules and model agree, a benefit among undoubted ones: others are never shown. "Not
    reported" is never shown either: where it is wrong it hides a finding, maybe a harm.
    """
    from classify.validation import precision_threshold

    best = chances[:, 1:].argmax(1)
    both = chances[:, 0] * chances[:, 1:].max(1)
    found = {}
    for place, direction in enumerate(DIRECTIONS):
        if direction == NOT_REPORTED:
            continue
        group = use & rows.own & (rows.labels != DISPUTED) & (best == place) & (rows.said == place)
        if direction == FAVOURS:
            group &= rows.undoubted
        if group.sum() >= FEWEST_SHOWN:
            threshold = precision_threshold(both[group], rows.labels[group] == place, PRECISION)
            if (both[group] >= threshold).sum() >= FEWEST_SHOWN:
                found[direction] = round(threshold, 4)
    return found


@dataclass(frozen=True, slots=True)
class TrainedOutcomes:
    """The model fitted on everything, and its cross-validated figures."""

    model: OutcomeModel
    figures: Mapping[str, Any]


def train_outcomes(
    examples: Sequence[Example], designs: Sequence[str], fold: Ints, reader: Reader
) -> TrainedOutcomes | None:
    """Fits the model on examples with labelled outcomes; None where there are too few of them to learn from.

    `designs` and `fold` are, for each example, the study design that a model gave that never saw it, and its part.
    """
    rows = outcome_rows(examples, designs, reader)
    taught = rows.labels[rows.labels >= 0]
    if len(set(taught.tolist())) < 2 or len(taught) < 50 or (rows.labels == ABSENT).sum() < 10:
        return None
    chances = held_out_chances(rows, fold)
    everything = np.ones(len(rows.labels), bool)
    model = replace(fit_outcomes(rows, everything), certain=certain_from(rows, chances, everything))
    return TrainedOutcomes(model, _figures(examples, designs, fold, reader, rows, chances))


def _figures(
    examples: Sequence[Example], designs: Sequence[str], fold: Ints, reader: Reader, rows: OutcomeRows, chances: Floats
) -> dict[str, Any]:
    """By source, what `evidence evaluate` reports, each record tagged by a model and thresholds that never saw it."""
    from classify.evaluation import compare_outcomes

    tagged: list[dict[str, Any]] = [{} for _ in examples]
    for part in np.unique(fold):
        held = fold[rows.example] == part
        model = replace(fit_outcomes(rows, ~held), certain=certain_from(rows, chances, ~held))
        own = Reader(reader.topic, model)
        for place in np.flatnonzero(fold == part).tolist():
            document = document_of(examples[place], designs[place], own)
            if document is not None:
                tagged[place] = {tag.field: tag for tag in own.directions(document, designs[place])}
    report = {}
    for source in sorted({example.source for example in examples}):
        places = [place for place, example in enumerate(examples) if example.source == source]
        report[source] = compare_outcomes([examples[place] for place in places], [tagged[place] for place in places])
    return report
