"""A trained reader of directions: what does a sentence say that an intervention did to an outcome?

A logistic regression over runs of masked words and events (`classify.contrasts`). It was trained on human trials of all
kinds (Evidence Inference, exhaustive ICO), so it knows no topic. It answers for the quantity, not for the patient: whether
more is better is the topic file's to say.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from classify.contrast_signs import signs_of
from classify.contrasts import Prompt, read_contrast
from classify.model import softmax
from db.errors import BadInput

Floats = npt.NDArray[np.float32]
Matrix = sparse.csr_matrix

INCREASED, DECREASED, NO_DIFFERENCE = "increased", "decreased", "no_difference"
CLASSES = (INCREASED, DECREASED, NO_DIFFERENCE)

#: The longest run of each block that is a feature, and what the block weighs. Signs are counted once, without order.
LONGEST: Mapping[str, int] = {"words": 4, "events": 5, "clause": 5, "signs": 1}
SIGNS_SCALE = 0.15
#: A run must stand in so many prompts.
FEWEST = 3
STRENGTH = 1.0  # C of the logistic regression


@dataclass(frozen=True, slots=True)
class Runs:
    """The known runs of one block and their inverse document frequencies; shape of `weights` (runs,)."""

    terms: tuple[str, ...]
    weights: Floats
    place: Mapping[str, int]

    @classmethod
    def of(cls, terms: Iterable[str], weights: Floats) -> Runs:
        """With the place of each run looked up once."""
        known = tuple(terms)
        return cls(known, weights, {term: place for place, term in enumerate(known)})


@dataclass(slots=True)
class DirectionModel:
    """One weight per run and class: `weights` is (runs of all blocks, 3), `bias` (3,), in the order of CLASSES."""

    blocks: Mapping[str, Runs]
    weights: Floats
    bias: Floats

    def probabilities(self, prompts: Sequence[Prompt]) -> Floats:
        """The chance of each of CLASSES; shape (prompts, 3)."""
        return self.of_signs([signs_of(read_contrast(prompt)) for prompt in prompts])

    def of_signs(self, signs: Sequence[Mapping[str, Sequence[str]]]) -> Floats:
        """The same for prompts that were read already (`signs_of`)."""
        return softmax(rows(self.blocks, signs) @ self.weights + self.bias)

    def predict_proba(
        self, sentence: str, intervention: str, comparator: str, outcome: str, context: str = ""
    ) -> dict[str, float]:
        """The chance of each class for one sentence; `context` (the abstract) may define its abbreviations."""
        chances = self.probabilities([Prompt(sentence, intervention, comparator, outcome, context)])[0]
        return {name: round(float(chance), 4) for name, chance in zip(CLASSES, chances, strict=True)}


def runs(block: str, signs: Sequence[str]) -> Iterator[str]:
    """Every run of one to LONGEST signs."""
    for length in range(1, LONGEST[block] + 1):
        for start in range(len(signs) - length + 1):
            yield "\t".join(signs[start : start + length])


def rows(blocks: Mapping[str, Runs], signs: Sequence[Mapping[str, Sequence[str]]]) -> Matrix:
    """Read prompts as feature rows; each block's part of a row has length 1, but for the signs."""
    return sparse.csr_matrix(sparse.hstack([_block_rows(name, known, signs) for name, known in blocks.items()]))


def _block_rows(name: str, known: Runs, signs: Sequence[Mapping[str, Sequence[str]]]) -> Matrix:
    values: list[float] = []
    columns: list[int] = []
    ends = [0]
    for read in signs:
        counts = Counter(known.place[run] for run in runs(name, read[name]) if run in known.place)
        if name == "signs":
            told = dict.fromkeys(counts, SIGNS_SCALE)
        else:
            told = {place: (1 + math.log(count)) * float(known.weights[place]) for place, count in counts.items()}
            length = math.sqrt(sum(value * value for value in told.values())) or 1.0
            told = {place: value / length for place, value in told.items()}
        columns.extend(sorted(told))
        values.extend(told[place] for place in sorted(told))
        ends.append(len(columns))
    return sparse.csr_matrix(
        (np.array(values, np.float64), np.array(columns, np.int64), np.array(ends, np.int64)),
        shape=(len(signs), len(known.terms)),
    )


def learn_runs(signs: Sequence[Mapping[str, Sequence[str]]]) -> dict[str, Runs]:
    """The runs that stand in at least FEWEST prompts, by block, in order of the alphabet."""
    blocks = {}
    for name in LONGEST:
        counts = Counter(run for read in signs for run in set(runs(name, read[name])))
        terms = sorted(run for run, count in counts.items() if count >= FEWEST)
        rarity = [math.log((1 + len(signs)) / (1 + counts[term])) + 1 for term in terms]
        blocks[name] = Runs.of(terms, np.array(rarity, np.float32))
    return blocks


def fit(
    signs: Sequence[Mapping[str, Sequence[str]]], labels: Sequence[str], weights: Sequence[float]
) -> DirectionModel:
    """A model from read prompts, their classes and how much each counts. Raises BadInput unless every class is there."""
    from sklearn.linear_model import LogisticRegression

    missing = [name for name in CLASSES if name not in labels]
    if missing:
        raise BadInput(f"No prompt of the direction labels is {missing[0]!r}. Add some, or leave the source out.")
    blocks = learn_runs(signs)
    fitted = LogisticRegression(C=STRENGTH, max_iter=300, class_weight="balanced").fit(
        rows(blocks, signs), np.array(labels), sample_weight=np.array(weights, np.float64)
    )
    order = [list(fitted.classes_).index(name) for name in CLASSES]
    weighted = np.ascontiguousarray(fitted.coef_[order].T, np.float32)
    return DirectionModel(blocks, weighted, np.asarray(fitted.intercept_[order], np.float32))


def to_content(model: DirectionModel) -> dict[str, Any]:
    """The model as plain data, for `artifact.save_artifact`."""
    blocks = {name: {"runs": "\n".join(known.terms), "weights": known.weights} for name, known in model.blocks.items()}
    # Half precision moves a probability in the fourth place at most, and halves the file.
    return {"blocks": blocks, "weights": model.weights.astype(np.float16), "bias": model.bias}


def from_content(content: Mapping[str, Any]) -> DirectionModel:
    """The model in an artifact's content. Raises BadInput if a part is missing or parts don't fit together."""
    try:
        blocks = {
            name: Runs.of(content["blocks"][name]["runs"].split("\n"), content["blocks"][name]["weights"])
            for name in LONGEST
        }
        model = DirectionModel(
            blocks, np.asarray(content["weights"], np.float32), np.asarray(content["bias"], np.float32)
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadInput(
            f"The model of directions lacks a part ({type(error).__name__}). Run `evidence train` again."
        ) from error
    width = sum(len(known.terms) for known in blocks.values())
    if model.weights.shape != (width, len(CLASSES)) or any(len(k.terms) != len(k.weights) for k in blocks.values()):
        raise BadInput("The parts of the model of directions don't fit together. Run `evidence train` again.")
    return model
