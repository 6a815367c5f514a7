"""Prepares the collections and fits the model of study design on any part of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from classify.datasets import Example, identities
from classify.design_rules import Reading, read_cues
from classify.features import Featuriser, Floats, Matrix, learn_featuriser
from classify.model import DesignModel, by_class
from classify.readings import SOURCE as READINGS
from classify.sections import split_sections
from classify.sources import CORRECTIONS, Collections, load_collections
from classify.taxonomy import ids
from classify.weak_labels import WeakLabel, weak_label
from db.errors import BadInput

Bools = npt.NDArray[np.bool_]

#: Word contexts: how many, from how many unlabelled abstracts, and how much they weigh beside the words themselves.
CONTEXTS, CONTEXT_RECORDS, CONTEXT_SCALE = 300, 30_000, 2.0

#: Each record teaches a second time by its title alone, for many records have no more: then with this share of its weight.
TITLE_WEIGHT = 0.3

#: A label of our own gold set or a person's correction counts as many weak ones.
OWN_WEIGHT = 3.0

STRENGTH = 2.0  # C of the logistic regression: best of 0.5, 2 and 5 on the development set, and flat around it
RANDOM_STRENGTH = 0.2  # the same, for "allocated at random or not"
BALANCE = 0.25  # 0 takes classes as they come, 1 makes all count the same

Progress = Callable[[str], None]


@dataclass(slots=True)
class Prepared:
    """Labelled examples as feature rows, ready to be fitted on any part of them.

    `rows` (examples, features) are words and cues, `contexts` (examples, CONTEXTS) what the words mean,
    `projection` (CONTEXTS, features of text and title) turns the one into the other. `title_rows` and `title_contexts` are
    the same of the titles alone.
    """

    examples: list[Example]
    readings: list[Reading]
    labels: list[WeakLabel | None]
    featuriser: Featuriser
    projection: Floats
    rows: Matrix
    contexts: Floats
    title_rows: Matrix
    title_contexts: Floats
    messages: list[str]
    training_sha256: str

    def where(self, *sources: str) -> Bools:
        """Which examples come from these sources."""
        return np.array([example.source in sources for example in self.examples], bool)

    def clashes(self, held_out: Bools) -> Bools:
        """Which examples share PMID, DOI or title with a held-out one (held-out ones included)."""
        taken = frozenset().union(*(identities(self.examples[place]) for place in np.flatnonzero(held_out)))
        return np.array([bool(identities(example) & taken) for example in self.examples], bool) | held_out


def prepare(
    place: Path,
    leave_out: Sequence[str] = (),
    seed: int = 0,
    progress: Progress = lambda message: None,
    corrections: Iterable[Mapping[str, Any]] = (),
) -> Prepared:
    """Reads every collection, learns words and their contexts without labels, and turns examples into rows."""
    from scipy import sparse

    found = load_collections(place, leave_out, corrections)
    for message in found.messages:
        progress(message)
    examples = [example for source, part in found.examples.items() if source != "unlabelled" for example in part]
    progress(f"Reading {len(examples)} labelled records.")
    readings = _readings(examples)
    unlabelled = _readings(_sample(found.examples.get("unlabelled", []), CONTEXT_RECORDS, seed)) or readings
    progress("Learning words and their contexts.")
    featuriser = learn_featuriser(unlabelled + readings)
    span = featuriser.text.width + featuriser.title.width
    projection = _contexts(_rows(featuriser, unlabelled)[:, :span], seed)
    rows = _rows(featuriser, readings)
    title_rows = _rows(featuriser, _readings(examples, titles=True))
    return Prepared(
        examples=examples,
        readings=readings,
        labels=[weak_label(example, reading) for example, reading in zip(examples, readings, strict=True)],
        featuriser=featuriser,
        projection=projection,
        rows=sparse.csr_matrix(rows),
        contexts=np.asarray(rows[:, :span] @ projection.T, np.float32),
        title_rows=title_rows,
        title_contexts=np.asarray(title_rows[:, :span] @ projection.T, np.float32),
        messages=found.messages,
        training_sha256=_fingerprint(found, seed),
    )


def _readings(examples: Sequence[Example], *, titles: bool = False) -> list[Reading]:
    records = (replace(each.record, abstract="", sections=()) if titles else each.record for each in examples)
    return [read_cues(split_sections(record)) for record in records]


def _sample(examples: Sequence[Example], most: int, seed: int) -> list[Example]:
    if len(examples) <= most:
        return list(examples)
    places = np.sort(np.random.default_rng(seed).choice(len(examples), most, replace=False))
    return [examples[place] for place in places]


def _rows(featuriser: Featuriser, readings: Sequence[Reading], batch: int = 2000) -> Matrix:
    from scipy import sparse

    parts = [featuriser.matrix(readings[start : start + batch]) for start in range(0, len(readings), batch)]
    return sparse.csr_matrix(sparse.vstack(parts, format="csr"))


def _contexts(rows: Matrix, seed: int) -> Floats:
    from sklearn.decomposition import TruncatedSVD

    if min(rows.shape) < 2:
        raise BadInput("The label files hold too few records to learn words from. Add more, at least some dozen.")
    size = max(1, min(CONTEXTS, rows.shape[0] - 1, rows.shape[1] - 1))
    with np.errstate(invalid="ignore"):  # texts that are all alike have no variance to share out
        return np.asarray(TruncatedSVD(size, n_iter=4, random_state=seed).fit(rows).components_, np.float32)


def _fingerprint(found: Collections, seed: int) -> str:
    digest = hashlib.sha256(str(seed).encode())
    for source in sorted(found.examples):
        for example in found.examples[source]:
            record = example.record
            digest.update(
                f"{source}\0{record.id}\0{record.title}\0{record.abstract}\0{_label_text(example)}\n".encode()
            )
    return digest.hexdigest()


def _label_text(example: Example) -> str:
    labels = example.labels
    return repr(
        [labels.get(key) for key in ("study_design", "outcomes", "label", "labels", "publication_types", "mesh")]
    )


def design_targets(prepared: Prepared) -> tuple[npt.NDArray[np.str_], Floats]:
    """Each example's design ("" where undecided) and how much it counts."""
    designs = np.array([label.design if label else "" for label in prepared.labels])
    weights = np.array([label.weight if label else 0 for label in prepared.labels], np.float32)
    return designs, np.where(
        prepared.where("gold", READINGS, "own", CORRECTIONS), weights * OWN_WEIGHT, weights
    ).astype(np.float32)


def fit_design(prepared: Prepared, use: Bools) -> DesignModel:
    """A design model from the examples in `use`, not yet calibrated."""
    designs, weights = design_targets(prepared)
    keep = use & (weights > 0)
    classes = tuple(design for design in ids("study_design") if design in set(designs[keep]))
    if len(classes) < 2:
        raise BadInput("The label files hold fewer than two study designs. Add records of others.")
    weighted, bias = _fit(prepared, keep, designs, _balanced(designs[keep], weights[keep]), classes)
    random_weights, random_bias = _fit_random(prepared, use)
    return DesignModel(prepared.featuriser, classes, weighted, bias, random_weights, random_bias)


def _balanced(designs: npt.NDArray[np.str_], weights: Floats) -> Floats:
    totals = {design: float(weights[designs == design].sum()) for design in set(designs)}
    mean = float(np.mean(list(totals.values())))
    return np.array(
        [weight * (mean / totals[design]) ** BALANCE for design, weight in zip(designs, weights, strict=True)],
        np.float32,
    )


def _fit(
    prepared: Prepared, keep: Bools, targets: npt.NDArray[Any], weights: Floats, classes: Sequence[Any]
) -> tuple[Floats, Floats]:
    """Weights (features, classes) and bias of a logistic regression over words and contexts, contexts folded in."""
    fitted = _logistic(prepared, keep, targets, weights, STRENGTH)
    order = [list(fitted.classes_).index(name) for name in classes]
    coefficients, intercepts = by_class(fitted)
    return fold(coefficients, prepared)[:, order], np.asarray(intercepts[order], np.float32)


def _logistic(prepared: Prepared, keep: Bools, targets: npt.NDArray[Any], weights: Floats, strength: float) -> Any:
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    def joined(rows: Matrix, contexts: Floats) -> Any:
        parts: list[Any] = [rows[keep], sparse.csr_matrix(contexts[keep] * np.float32(CONTEXT_SCALE))]
        return sparse.hstack(parts, format="csr")

    whole, titles = (
        joined(prepared.rows, prepared.contexts),
        joined(prepared.title_rows, prepared.title_contexts),
    )
    table = sparse.vstack([whole, titles], format="csr")
    twice = np.concatenate([targets[keep], targets[keep]])
    shares = np.concatenate([weights, weights * np.float32(TITLE_WEIGHT)])
    return LogisticRegression(C=strength, max_iter=300).fit(table, twice, sample_weight=shares)


def fold(coefficients: npt.NDArray[Any], prepared: Prepared) -> Floats:
    """Coefficients over words and contexts, (classes, features + contexts), as weights over words alone."""
    width, span = prepared.rows.shape[1], prepared.projection.shape[1]
    words = np.array(coefficients[:, :width].T, np.float64)
    words[:span] += CONTEXT_SCALE * prepared.projection.T.astype(np.float64) @ coefficients[:, width:].T
    return np.ascontiguousarray(words, np.float32)


def _fit_random(prepared: Prepared, use: Bools) -> tuple[Floats, float]:
    """Whether people were allocated at random, against everything else, by hand labels and PubMed's word."""
    truth, weights = random_targets(prepared)
    keep = use & (weights > 0)
    if truth[keep].all() or not truth[keep].any():  # nothing to tell apart
        return np.zeros(prepared.rows.shape[1], np.float32), 0.0
    positives = float(weights[keep & truth].sum())
    balance = np.where(truth[keep], np.sqrt(float(weights[keep & ~truth].sum()) / max(positives, 1e-9)), 1.0)
    fitted = _logistic(prepared, keep, truth, np.asarray(weights[keep] * balance, np.float32), RANDOM_STRENGTH)
    return fold(fitted.coef_, prepared)[:, 0], float(fitted.intercept_[0])


def random_targets(prepared: Prepared) -> tuple[Bools, Floats]:
    """Whether each example is a randomised trial by hand label or publication type, and how much it counts."""
    truth = np.zeros(len(prepared.examples), bool)
    weights = np.zeros(len(prepared.examples), np.float32)
    for place, (example, label) in enumerate(zip(prepared.examples, prepared.labels, strict=True)):
        if example.source == "publication_types":
            truth[place] = "Randomized Controlled Trial" in example.record.publication_types
            # Without MeSH nobody has indexed the record yet: that it lacks the type says little.
            weights[place] = 1.0 if truth[place] or example.record.mesh else 0.3
        elif label is not None:
            truth[place], weights[place] = label.design == "randomised_trial", 1.0
    return truth, weights
