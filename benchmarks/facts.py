"""Facts on readings that taught the models nothing: `python -m benchmarks.facts LABEL_FOLDER [--in-text] [--rules]`.

The folder holds the readings' texts. `--in-text` takes those that name the drug in the abstract only. `--rules` leaves the models of facts out. Study design and relevance are the classifier's own.
Compared leniently: the same value in another form counts. Where models were trained, their cross-validated figures on
the other readings stand in the model card.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.held_out import judging, kind_of
from classify.datasets import Example
from classify.evaluation import FACT_FIELDS
from classify.fact_values import plain_value
from classify.facts import read_facts
from classify.outcome_training import document_of
from classify.reading import Reader
from classify.tagger import Tagger
from db.records import Tag
from harvest.search_check import wilson
from harvest.topics import load_topic


def main(folder: Path, kind: str, *, rules: bool) -> None:
    examples, topic = judging(folder, kind), load_topic()
    tagged = [{tag.field: tag for tag in tags} for tags in Tagger(topic).tag([example.record for example in examples])]
    if rules:
        reader = Reader(topic)
        for example, tags in zip(examples, tagged, strict=True):
            design = str(tags["study_design"].value)
            document = document_of(example, design, reader)
            for field in FACT_FIELDS:
                tags.pop(field, None)
            tags.update({tag.field: tag for tag in (read_facts(document, design) if document else ())})
    print(report(examples, tagged))


def report(examples: Sequence[Example], tagged: Sequence[Mapping[str, Tag]]) -> str:
    """Of each fact how many answers are right, how many of the stated ones are found, and how many of those shown as
    certain are right."""
    lines = [f"{len(examples)} records; right of given, found of stated, right of shown (95 % Wilson)"]
    for field in FACT_FIELDS:
        given = stated = shown = found = right = 0
        for example, tags in zip(examples, tagged, strict=True):
            if field not in example.labels:
                continue
            tag = tags.get(field)
            said, true = plain_value(field, tag.value if tag else None), plain_value(field, example.labels[field])
            hits, sure = len(said & true), tag is not None and not tag.abstained
            given, stated, found = given + len(said), stated + len(true), found + hits
            shown, right = shown + sure * len(said), right + sure * hits
        lines.append(f"{field:16}{_share(found, given)}  {_share(found, stated)}  {_share(right, shown)}")
    return "\n".join(lines)


def _share(hits: int, total: int) -> str:
    low, high = wilson(hits, total) if total else (0.0, 1.0)
    return f"{hits:4} of {total:3} ({low:.2f}-{high:.2f})"


if __name__ == "__main__":
    main(Path(sys.argv[1]), kind_of(sys.argv), rules="--rules" in sys.argv)
