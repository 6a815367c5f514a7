"""The trained model of study design: words to probabilities.

Everything in it is linear until the last step, so the word contexts that were learned from unlabelled abstracts (LSA)
are folded into one weight per word and class: they cost nothing when tagging.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from classify.design_rules import Reading
from classify.features import Featuriser, Floats, Matrix, Vocabulary
from db.errors import BadInput


@dataclass(slots=True)
class DesignModel:
    """One weight per feature and class. `weights` is (features, classes), `bias` (classes,).

    `temperature` divides the scores so that the probabilities are as often right as they say. `threshold` is the
    probability below which a design is left to a person. `random_weights` and `random_bias` score whether people were
    allocated at random, for text alone.
    """

    featuriser: Featuriser
    classes: tuple[str, ...]
    weights: Floats
    bias: Floats
    random_weights: Floats
    random_bias: float
    temperature: float = 1.0
    threshold: float = 0.8
    _mean: Floats | None = field(default=None, init=False, repr=False)

    def scores(self, rows: Matrix) -> Floats:
        """Raw scores, higher is likelier; shape (records, classes)."""
        return np.asarray(rows @ self.weights + self.bias, np.float32)

    def probabilities(self, rows: Matrix) -> Floats:
        """Calibrated probabilities of each class; shape (records, classes)."""
        return softmax(self.scores(rows) / self.temperature)

    def random_scores(self, rows: Matrix) -> Floats:
        """How strongly the text alone speaks for random allocation of people; shape (records,)."""
        return np.asarray(rows @ self.random_weights + self.random_bias, np.float32)

    def random_chances(self, rows: Matrix) -> Floats:
        """The same as calibrated probabilities; shape (records,)."""
        return np.asarray(1 / (1 + np.exp(-self.random_scores(rows))), np.float32)

    def calibrate_random(self, slope: float, offset: float) -> None:
        """Stretches and shifts the scores so that `random_chances` are as often right as they say."""
        self.random_weights = np.asarray(self.random_weights * slope, np.float32)
        self.random_bias = self.random_bias * slope + offset

    def top_terms(self, rows: Matrix, places: Sequence[int], most: int = 5) -> list[list[tuple[str, float]]]:
        """Per row the features that speak most for the class at its place in `classes`, against the mean of all classes."""
        lengths = np.diff(rows.indptr)
        chosen = self.weights[rows.indices, np.repeat(np.asarray(places), lengths)]
        gains = rows.data * (chosen - self._means()[rows.indices])
        told = []
        for start, end in pairwise(rows.indptr.tolist()):
            best = _largest(gains[start:end], most) + start
            pairs = zip(rows.indices[best].tolist(), gains[best].tolist(), strict=True)
            told.append([(self.featuriser.name(column), round(gain, 3)) for column, gain in pairs if gain > 0])
        return told

    def _means(self) -> Floats:
        if self._mean is None:
            self._mean = np.asarray(self.weights.mean(axis=1), np.float32)
        return self._mean

    def rows(self, readings: Sequence[Reading]) -> Matrix:
        """The records as feature rows."""
        return self.featuriser.matrix(readings)


def _largest(values: Floats, most: int) -> npt.NDArray[np.intp]:
    """The places of the largest values, largest first, of equal ones the first."""
    if len(values) <= most:
        return np.argsort(-values, kind="stable")
    rising = values.copy()
    rising.partition(-most)  # far quicker than to sort all
    able = (values >= rising[-most]).nonzero()[0]
    return np.asarray(able[(-values[able]).argsort(kind="stable")[:most]])


def softmax(scores: npt.NDArray[Any]) -> Floats:
    """Scores to probabilities, row by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def to_content(model: DesignModel) -> dict[str, Any]:
    """The model as plain data, for `artifact.save_artifact`."""
    blocks = {"text": model.featuriser.text, "title": model.featuriser.title, "end": model.featuriser.end}
    return {
        "vocabularies": {name: _plain(vocabulary) for name, vocabulary in blocks.items()},
        "scales": list(model.featuriser.scales),
        "classes": list(model.classes),
        "weights": model.weights,
        "bias": model.bias,
        "random_weights": model.random_weights,
        "random_bias": model.random_bias,
        "temperature": model.temperature,
        "threshold": model.threshold,
    }


def _plain(vocabulary: Vocabulary) -> dict[str, Any]:
    return {"terms": "\n".join(vocabulary.terms), "pairs": vocabulary.pairs, "weights": vocabulary.weights}


def from_content(content: Mapping[str, Any]) -> DesignModel:
    """The model in an artifact's content. Raises BadInput if a part is missing or parts don't fit together."""
    try:
        blocks = {
            name: Vocabulary(part["terms"].split("\n"), part["pairs"], part["weights"])
            for name, part in content["vocabularies"].items()
        }
        featuriser = Featuriser(blocks["text"], blocks["title"], blocks["end"], tuple(content["scales"]))
        model = DesignModel(
            featuriser=featuriser,
            classes=tuple(content["classes"]),
            weights=content["weights"],
            bias=content["bias"],
            random_weights=content["random_weights"],
            random_bias=float(content["random_bias"]),
            temperature=float(content["temperature"]),
            threshold=float(content["threshold"]),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadInput(f"The model file lacks a part ({error}). Run `evidence train` again.") from error
    if model.weights.shape != (featuriser.width, len(model.classes)):
        raise BadInput("The model file was trained with other cues than this version has. Run `evidence train` again.")
    return model
