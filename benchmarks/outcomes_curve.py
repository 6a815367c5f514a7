"""What more labelled records would bring to outcomes, and which directions are taken for which.

`python -m benchmarks.outcomes_curve LABEL_FOLDER`: the model of outcomes fitted on shares of the readings (of ketamine and of other
drugs) and the gold set, five parts by record, scored on the readings of ketamine in the part left out.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np

from classify.features import Floats
from classify.outcome_model import DIRECTIONS, LISTED
from classify.outcome_training import ABSENT, DISPUTED, OutcomeRows, fit_outcomes, outcome_rows
from classify.reading import Reader
from classify.readings import OTHER_DRUGS
from classify.readings import SOURCE as READINGS
from classify.sources import load_collections
from classify.tagger import Tagger
from harvest.topics import load_topic

PARTS = 5


def main(folder: Path) -> None:
    topic = load_topic()
    found = load_collections(folder).examples
    examples = [*found["gold"], *found[READINGS], *found[OTHER_DRUGS]]
    tags = Tagger(topic).tag([example.record for example in examples])
    designs = [next(str(tag.value) for tag in told if tag.field == "study_design") for told in tags]
    rows = outcome_rows(examples, designs, Reader(topic))
    judged = np.array([example.source == READINGS for example in examples])[rows.example] & (rows.labels != DISPUTED)
    stated = sum(len(example.labels["outcomes"]) for example in found[READINGS])
    for share in (0.125, 0.25, 0.5, 1.0):
        said = said_by(held_out(rows, len(examples), share))
        print(f"{share:6.1%} of the records: {figures(rows.labels[judged], said[judged], stated)}")
    print("rows: labels; columns: what was said (the last one: not reported on)")
    counts = Counter(zip(rows.labels[judged].tolist(), said[judged].tolist(), strict=True))
    for label in (*range(len(DIRECTIONS)), ABSENT):
        name = "not reported on" if label == ABSENT else DIRECTIONS[label]
        print(f"{name:22}" + "".join(f"{counts[label, other]:6}" for other in (*range(len(DIRECTIONS)), ABSENT)))


def held_out(rows: OutcomeRows, examples: int, share: float) -> Floats:
    """Each row's chances by a model of a share of the records, never its own."""
    chance = np.random.default_rng(0)
    part, taken = chance.permutation(examples) % PARTS, chance.random(examples) < share
    out = np.zeros((len(rows.features), 1 + len(DIRECTIONS)), np.float32)
    for number in range(PARTS):
        held = part[rows.example] == number
        model = fit_outcomes(rows, ~held & taken[rows.example])
        out[held] = model.chances([rows.features[place] for place in np.flatnonzero(held)])
    return out


def said_by(chances: Floats) -> np.ndarray:
    return np.where(chances[:, 0] * chances[:, 1:].max(1) >= LISTED, chances[:, 1:].argmax(1), ABSENT)


def figures(labels: np.ndarray, said: np.ndarray, stated: int) -> str:
    """Micro F1 of domains and of domains with direction (`stated` counts those that the rules never found), macro over directions."""
    given = int((said != ABSENT).sum())
    domain = 2 * int(((said != ABSENT) & (labels != ABSENT)).sum()) / (given + stated)
    direction = 2 * int(((said == labels) & (labels != ABSENT)).sum()) / (given + stated)
    single = [
        2 * int(((said == place) & (labels == place)).sum()) / int((said == place).sum() + (labels == place).sum())
        for place in range(len(DIRECTIONS))
    ]
    return f"domain {domain:.3f}, with direction {direction:.3f}, macro over directions {np.mean(single):.3f}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
