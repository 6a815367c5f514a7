"""How often a shown direction is right: `python -m benchmarks.outcomes LABELS.jsonl`, with the classifier's own design.

Run on the development half of the gold set these figures are upper bounds: the rules were written with it in view.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from classify.datasets import read_labels
from classify.tagger import Tagger
from db.records import OUTCOME_PREFIX
from harvest.search_check import wilson
from harvest.topics import load_topic


def main(path: Path) -> None:
    examples = read_labels(path)
    right: Counter[tuple[str, str, bool]] = Counter()
    given: Counter[tuple[str, str, bool]] = Counter()
    for example, tags in zip(examples, Tagger(load_topic()).tag([example.record for example in examples]), strict=True):
        gold = {pair["domain"]: pair["direction"] for pair in example.labels["outcomes"]}
        for tag in tags:
            if tag.field == "overall_direction":
                kind, is_right = "overall", tag.value == example.labels["overall_direction"]
            elif tag.field.startswith(OUTCOME_PREFIX):
                kind, is_right = "outcome", gold.get(tag.field.removeprefix(OUTCOME_PREFIX)) == tag.value
            else:
                continue
            given[kind, tag.value, not tag.abstained] += 1
            right[kind, tag.value, not tag.abstained] += is_right
    for key in sorted(given):
        kind, direction, shown = key
        low, high = wilson(right[key], given[key])
        share = right[key] / given[key]
        told = "shown" if shown else "left to a person"
        print(
            f"{kind:8}{direction:20}{told:17}{right[key]:3} of {given[key]:3} right: {share:.2f} ({low:.2f}-{high:.2f})"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
