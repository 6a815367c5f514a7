"""StudyTypeTeller's own fourteen classes: `python -m benchmarks.own_classes LABEL_FOLDER [validation]`.

Cross-validated inside its train split, with three draws of folds; with `validation`, trained on the train split and
scored on the other. Choose by the first alone. What tells a class stands in three parts: who or what was studied, what
was given or done, and how; models of the parts learn from all classes that share one, and their scores add up. The sum
is as linear as each.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from threadpoolctl import threadpool_limits

from classify.design_training import CONTEXT_SCALE, Prepared, prepare
from classify.features import Matrix
from classify.scores import class_report
from classify.validation import FOLDS, folds_of

#: Each class in three parts: studied, given or done, design.
PARTS = {
    "Animal-drug-intervention": ("animals", "drug", "experiment"),
    "Animal-non-drug-intervention": ("animals", "non-drug", "experiment"),
    "Animal-other": ("animals", "nothing", "other"),
    "Clinical-study-protocol": ("people", "any", "protocol"),
    "Human-RCT-drug-intervention": ("people", "drug", "RCT"),
    "Human-RCT-non-drug-intervention": ("people", "non-drug", "RCT"),
    "Human-RCT-non-intervention": ("people", "nothing", "RCT"),
    "Human-case-report": ("people", "any", "case"),
    "Human-non-RCT-drug-intervention": ("people", "drug", "not RCT"),
    "Human-non-RCT-non-drug-intervention": ("people", "non-drug", "not RCT"),
    "Human-systematic-review": ("publications", "any", "systematic"),
    "In-vitro-study": ("cells", "nothing", "other"),
    "Non-systematic-review": ("publications", "any", "review"),
    "Remaining": ("people", "nothing", "other"),
}
CLASSES = tuple(PARTS)

#: How much the score of a part counts beside the score of the class itself.
PART_WEIGHT = 0.4

Labels = npt.NDArray[np.str_]


class OwnClasses:
    """One linear model of the classes and one of each part, fitted on rows of features and their classes."""

    def __init__(self, rows: Matrix, labels: Labels) -> None:
        self._whole = _fitted(rows, labels)
        self._parts = [_fitted(rows, np.array([PARTS[label][part] for label in labels])) for part in range(3)]

    def scores(self, rows: Matrix) -> npt.NDArray[np.float64]:
        """Higher is likelier; shape (records, classes in the order of CLASSES)."""
        total = _ordered(self._whole, rows, CLASSES)
        for part, model in enumerate(self._parts):
            total = total + PART_WEIGHT * _ordered(model, rows, [parts[part] for parts in PARTS.values()])
        return total

    def predict(self, rows: Matrix) -> Labels:
        return np.asarray(np.array(CLASSES)[self.scores(rows).argmax(1)], np.str_)


def _fitted(rows: Matrix, labels: Labels) -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=0.3, class_weight="balanced", random_state=0).fit(rows, labels)


def _ordered(model: Any, rows: Matrix, names: Any) -> npt.NDArray[np.float64]:
    """The model's scores with a column for each name; a class that it never saw is as unlikely as any."""
    scores = model.decision_function(rows)
    place = {name: column for column, name in enumerate(model.classes_)}
    unseen = np.full(len(scores), -10.0)
    return np.stack([scores[:, place[name]] if name in place else unseen for name in names], axis=1)


def collection(prepared: Prepared) -> tuple[Matrix, Labels, npt.NDArray[np.bool_], npt.NDArray[np.intp]]:
    """StudyTypeTeller's rows with contexts, its labels, which are in the train split, and their places in `prepared`."""
    places = np.flatnonzero(prepared.where("study_type_teller"))
    labels = np.array([str(prepared.examples[place].labels.get("label")) for place in places])
    train = np.array([prepared.examples[place].labels.get("split") == "train" for place in places], bool)
    contexts = sparse.csr_matrix(prepared.contexts[places] * np.float32(CONTEXT_SCALE))
    return sparse.csr_matrix(sparse.hstack([prepared.rows[places], contexts])), labels, train, places


def cross_validated(prepared: Prepared, seed: int) -> tuple[Labels, Labels]:
    """The classes of the train split, and what models say that did not see the record."""
    rows, labels, train, places = collection(prepared)
    rows, labels = rows[np.flatnonzero(train)], labels[train]
    fold_of = folds_of([prepared.examples[place] for place in places[train]], seed)
    said = labels.copy()
    for fold in range(FOLDS):
        held = fold_of == fold
        said[held] = OwnClasses(rows[np.flatnonzero(~held)], labels[~held]).predict(rows[np.flatnonzero(held)])
    return labels, said


def report(prepared: Prepared, validation: bool) -> Iterator[str]:
    """Lines of a Markdown table."""
    yield from ("| StudyTypeTeller's own classes | n | weighted F1 | macro F1 |", "|---|---|---|---|")
    for seed in range(3):
        yield _line(f"train split, cross-validated, draw {seed}", *cross_validated(prepared, seed))
    if validation:
        rows, labels, train, _ = collection(prepared)
        model = OwnClasses(rows[np.flatnonzero(train)], labels[train])
        yield _line("validation split", labels[~train], model.predict(rows[np.flatnonzero(~train)]))


def _line(name: str, truth: Labels, said: Labels) -> str:
    told = class_report(truth.tolist(), said.tolist())
    return f"| {name} | {told['n']} | {told['weighted_f1']['value']:.3f} | {told['macro_f1']['value']:.3f} |"


def main(folder: Path, validation: bool) -> None:
    """Prints the report; takes about three minutes on one core."""
    with threadpool_limits(limits=1):
        prepared = prepare(folder, progress=lambda message: print(message, file=sys.stderr))
        for line in report(prepared, validation):
            print(line, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), "validation" in sys.argv[2:])
