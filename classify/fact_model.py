"""The trained models of facts: from the signs of a possible answer to how likely it is right. One logistic regression a fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from classify.candidates import Features
from classify.features import Floats
from db.errors import BadInput

#: The facts that a model weighs. Routes, blinding and registry ids are right often enough by rules.
WEIGHED = ("n_participants", "n_studies", "dose", "sessions", "comparator", "follow_up")
#: An answer is shown as certain from this chance on where nothing else was learned: never.
NEVER = 2.0


@dataclass(slots=True)
class FactModel:
    """`weights` are those of the named signs, `bias` what is added; an answer is certain from `certain` on."""

    names: tuple[str, ...]
    weights: Floats
    bias: float
    certain: float = NEVER
    _weight: dict[str, float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._weight = dict(zip(self.names, self.weights.tolist(), strict=True))

    def score(self, features: Features) -> float:
        """The log-odds of a possible answer with these signs."""
        known, total = self._weight, self.bias
        for name, value in features.items():
            if name in known:
                total += known[name] * value
        return total

    def chance(self, features: Features) -> float:
        """How likely it is right."""
        return float(1 / (1 + np.exp(-self.score(features))))

    def weighed(self, features: Features, most: int = 4) -> list[list[str | float]]:
        """The signs that speak most for the answer, with their weights."""
        gains = sorted((-self._weight.get(name, 0.0) * value, name) for name, value in features.items())
        return [[name, round(-gain, 3)] for gain, name in gains[:most] if gain < 0]


#: By field of a record.
FactModels = Mapping[str, FactModel]


def facts_to_content(models: FactModels) -> dict[str, Any]:
    """The models as plain data, for `artifact.save_artifact`."""
    return {
        name: {
            "names": "\n".join(model.names),
            "weights": np.asarray(model.weights, np.float32),
            "bias": float(model.bias),
            "certain": float(model.certain),
        }
        for name, model in models.items()
    }


def facts_from_content(content: Mapping[str, Any]) -> dict[str, FactModel]:
    """The models in an artifact's content. Raises BadInput if a part is missing or parts don't fit together."""
    models = {}
    for field_name, part in content.items():
        try:
            names = tuple(part["names"].split("\n"))
            model = FactModel(names, part["weights"], float(part["bias"]), float(part["certain"]))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise BadInput(
                f"The model file's part on {field_name} is damaged ({error}). Run `evidence train` again."
            ) from error
        models[field_name] = model
    return models
