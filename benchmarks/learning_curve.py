"""How the figures of study design grow with the training data: `python -m benchmarks.learning_curve LABEL_FOLDER`.

Each line is cross-validated with the model's own folds, from text alone; of every training part only a share is used,
drawn by title so that smaller shares lie within larger ones. Then the errors that remain, class by class.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from benchmarks.own_classes import OwnClasses, collection
from classify.datasets import normalised_title
from classify.design_training import Bools, Prepared, design_targets, fit_design, prepare, random_targets
from classify.readings import SOURCE as READINGS
from classify.scores import area_under_curve, class_report, sensitivity_at
from classify.taxonomy import ids
from classify.validation import FOLDS, HeldOut, folds_of

SHARES = (0.125, 0.25, 0.5, 1.0)
HAND = ("gold", READINGS, "psynamic", "study_type_teller")


def drawn(prepared: Prepared, share: float) -> Bools:
    """Which examples belong to a share of the data, by their titles."""
    titles = (normalised_title(example.record.title) for example in prepared.examples)
    digests = (hashlib.sha256(f"curve {title}".encode()).digest() for title in titles)
    return np.array([int.from_bytes(digest[:4], "big") / 2**32 < share for digest in digests], bool)


def held_out_scores(prepared: Prepared, share: float) -> HeldOut:
    """What models that were trained on a share of each training part say of the part that they never saw."""
    fold_of, designs = folds_of(prepared.examples, 0), ids("study_design")
    part = drawn(prepared, share)
    out = HeldOut(np.full((len(fold_of), len(designs)), -30, np.float32), np.zeros(len(fold_of), np.float32), fold_of)
    for fold in range(FOLDS):
        held = fold_of == fold
        model = fit_design(prepared, ~prepared.clashes(held) & part)
        out.scores[np.ix_(held, [designs.index(name) for name in model.classes])] = model.scores(prepared.rows[held])
        out.random[held] = model.random_scores(prepared.rows[held])
    return out


def design_lines(prepared: Prepared, share: float, out: HeldOut) -> Iterator[str]:
    """One line of a Markdown table per collection: share, n, weighted and macro F1."""
    targets, weights = design_targets(prepared)
    said = np.array(ids("study_design"))[out.scores.argmax(1)]
    for source in HAND:
        rows = prepared.where(source) & (weights > 0)
        if rows.any():
            told = class_report(targets[rows].tolist(), said[rows].tolist())
            weighted, macro = told["weighted_f1"]["value"], told["macro_f1"]["value"]
            yield f"| {source} | {share:.1%} | {rows.sum()} | {weighted:.3f} | {macro:.3f} |"


def random_line(prepared: Prepared, share: float, out: HeldOut) -> str:
    """The same for randomised trials against NLM's type: AUROC and sensitivity at specificity 0.96."""
    truth, _ = random_targets(prepared)
    indexed = prepared.where("publication_types") & np.array(
        [bool(example.record.mesh and example.record.abstract) for example in prepared.examples], bool
    )
    scores, positive = out.random[indexed], truth[indexed]
    area, found = area_under_curve(scores, positive), sensitivity_at(scores, positive, 0.96)
    return f"| randomised, NLM's type | {share:.1%} | {indexed.sum()} | AUROC {area:.4f} | sensitivity {found:.3f} |"


def error_lines(truth: npt.NDArray[np.str_], said: npt.NDArray[np.str_]) -> Iterator[str]:
    """Per class: n, how many are missed, and what they are taken for."""
    for name in sorted(set(truth.tolist())):
        wrong = Counter(said[(truth == name) & (said != name)].tolist())
        taken = ", ".join(f"{other} {count}" for other, count in wrong.most_common(3))
        yield f"| {name} | {(truth == name).sum()} | {wrong.total()} | {taken or '–'} |"


def own_classes(prepared: Prepared) -> Iterator[str]:
    """StudyTypeTeller's own fourteen classes: trained on shares of its train split, scored on its validation split."""
    rows, labels, train, places = collection(prepared)
    validation = np.flatnonzero(~train)
    said = labels[validation]
    for share in SHARES:
        use = np.flatnonzero(train & drawn(prepared, share)[places])
        said = OwnClasses(rows[use], labels[use]).predict(rows[validation])
        told = class_report(labels[validation].tolist(), said.tolist())
        yield (
            f"| StudyTypeTeller's own classes | {share:.1%} | {len(use)} trained | {told['weighted_f1']['value']:.3f} "
            f"| {told['macro_f1']['value']:.3f} |"
        )
    yield from (
        "",
        "| own class | n | missed | taken for |",
        "|---|---|---|---|",
        *error_lines(labels[validation], said),
    )


def report(prepared: Prepared) -> Iterator[str]:
    """Every line of the report, as it becomes known."""
    yield from ("| scored on | share of training | n | weighted F1 | macro F1 |", "|---|---|---|---|---|")
    targets, weights = design_targets(prepared)
    out = HeldOut(np.zeros((0, 0), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))
    for share in SHARES:
        out = held_out_scores(prepared, share)
        yield from design_lines(prepared, share, out)
        yield random_line(prepared, share, out)
    said = np.array(ids("study_design"))[out.scores.argmax(1)]
    for source in HAND:
        rows = prepared.where(source) & (weights > 0)
        yield from ("", f"| {source} | n | missed | taken for |", "|---|---|---|---|")
        yield from error_lines(targets[rows], said[rows])
    yield ""
    yield from own_classes(prepared)


def main(folder: Path) -> None:
    """Prints the report; takes about a quarter of an hour on one core."""
    with threadpool_limits(limits=1):
        prepared = prepare(folder, progress=lambda message: print(message, file=sys.stderr))
        for line in report(prepared):
            print(line, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
