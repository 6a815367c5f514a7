"""The trained model of outcomes: from what the rules read of a domain to how likely each direction is.

Two logistic regressions over named features: whether the record reports on the domain at all, and which way it went.
Signs count as they are; words count the more the rarer they are, and together as much in a long text as in a short one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from classify.features import Floats
from classify.model import softmax
from classify.outcome_features import Features
from classify.statements import AGAINST, FAVOURS, MIXED, NO_DIFFERENCE, NOT_REPORTED
from db.errors import BadInput

#: A domain is listed where the chance that it is reported on, and this way, is at least this: best for both together among
#: 0.2 to 0.35, and flat around it (docs/classifier-outcomes.md).
LISTED = 0.25
#: How long the words of a domain are, as a vector, beside signs of length one each.
WORDS_LENGTH = 7.0

DIRECTIONS = (FAVOURS, NO_DIFFERENCE, AGAINST, MIXED, NOT_REPORTED)


@dataclass(slots=True)
class Vocabulary:
    """The features that a model knows, by name. `rarity` is (features,): 0 for a sign, else how much the word counts."""

    names: tuple[str, ...]
    rarity: Floats
    _place: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._place = {name: place for place, name in enumerate(self.names)}

    def known(self, row: Features) -> tuple[list[int], Floats]:
        """The places of the features that the model knows, in order, and their values."""
        known = sorted((place, value) for name, value in row.items() if (place := self._place.get(name)) is not None)
        places = [place for place, _ in known]
        values = np.array([value for _, value in known], np.float32)
        rarity = self.rarity[places]
        length = float(np.sqrt((rarity**2).sum()))
        return places, np.where(rarity > 0, rarity * np.float32(WORDS_LENGTH / max(length, 1e-9)), values)


@dataclass(slots=True)
class OutcomeModel:
    """`weights` is (features, 1 + directions): the first column for "reported", the others for each direction; `bias`
    is (1 + directions,). `certain` is the chance from which on a direction is shown, for each direction that may be."""

    vocabulary: Vocabulary
    weights: Floats
    bias: Floats
    certain: Mapping[str, float] = field(default_factory=dict)

    def chances(self, rows: Sequence[Features]) -> Floats:
        """The chance that the domain is reported on, and of each of DIRECTIONS if it is; shape (rows, 6)."""
        scores = np.stack([self._scores(row) for row in rows]) if rows else np.zeros((0, len(self.bias)), np.float32)
        told = np.empty_like(scores)
        told[:, 0] = 1 / (1 + np.exp(-scores[:, 0]))
        told[:, 1:] = softmax(scores[:, 1:]) if rows else scores[:, 1:]
        return told

    def _scores(self, row: Features) -> Floats:
        places, values = self.vocabulary.known(row)
        return np.asarray(values @ self.weights[places] + self.bias, np.float32)

    def weighed(self, row: Features, direction: str, most: int = 4) -> list[tuple[str, float]]:
        """The features that speak most for a direction, against the mean of all directions."""
        places, values = self.vocabulary.known(row)
        towards = self.weights[places, 1 + DIRECTIONS.index(direction)] - self.weights[places, 1:].mean(axis=1)
        gains = values * towards
        best = sorted(zip((-gains).tolist(), (self.vocabulary.names[place] for place in places), strict=True))[:most]
        return [(name, round(-against, 3)) for against, name in best if against < 0]


def outcomes_to_content(model: OutcomeModel) -> dict[str, Any]:
    """The model as plain data, for `artifact.save_artifact`."""
    return {
        "names": "\n".join(model.vocabulary.names),
        "rarity": model.vocabulary.rarity,
        "weights": model.weights,
        "bias": model.bias,
        "certain": dict(model.certain),
    }


def outcomes_from_content(content: Mapping[str, Any]) -> OutcomeModel:
    """The model in an artifact's content. Raises BadInput if a part is missing or parts don't fit together."""
    try:
        names = tuple(content["names"].split("\n"))
        vocabulary = Vocabulary(names, content["rarity"])
        model = OutcomeModel(vocabulary, content["weights"], content["bias"], dict(content["certain"]))
        shapes = (vocabulary.rarity.shape, model.weights.shape, model.bias.shape)
        fits = shapes == ((len(names),), (len(names), 1 + len(DIRECTIONS)), (1 + len(DIRECTIONS),))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadInput(f"The model file lacks a part ({error}). Run `evidence train` again.") from error
    if not fits:
        raise BadInput("The parts of the model file don't fit together. Run `evidence train` again.")
    return model
