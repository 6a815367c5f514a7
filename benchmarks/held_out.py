"""The classifier on readings that taught it nothing: `python -m benchmarks.held_out LABEL_FOLDER [--in-text|--other-drugs] [--rules] [--titles]`.

Judged are records that name the drug in their title; with `--in-text` those that name it in the abstract only, with `--other-drugs` those
on other drugs, which were chosen because some outcome seemed to favour none or the comparator, or to be mixed. `--rules` leaves
the models of outcomes out, `--titles` the abstracts. The texts come from the collections in the folder.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from classify.datasets import Example
from classify.evaluation import compare
from classify.evaluation_text import report_text
from classify.outcome_training import document_of
from classify.reading import Reader
from classify.readings import OTHER_DRUGS
from classify.sources import load_collections
from classify.tagger import Tagger
from harvest.topics import load_topic


def judging(folder: Path, kind: str = "") -> list[Example]:
    """The held-out readings of a kind: "--in-text", "--other-drugs", or those that name the drug in their title."""
    found = load_collections(folder).judging
    if kind == "--other-drugs":
        return [example for example in found if example.source == OTHER_DRUGS]
    in_text = kind == "--in-text"
    own = (example for example in found if example.source != OTHER_DRUGS)
    return [example for example in own if bool(example.labels.get("in_text")) == in_text]


def kind_of(arguments: list[str]) -> str:
    """Which kind the command line asks for."""
    return next((word for word in arguments if word in ("--in-text", "--other-drugs")), "")


def main(folder: Path, kind: str, *, rules: bool = False, titles: bool = False) -> None:
    examples, topic = judging(folder, kind), load_topic()
    if titles:
        bare = (replace(example.record, abstract="", sections=()) for example in examples)
        examples = [
            replace(example, record=record, labels={"study_design": example.labels["study_design"]})
            for example, record in zip(examples, bare, strict=True)
        ]
    tagger = Tagger(topic)
    tagged = [{tag.field: tag for tag in tags} for tags in tagger.tag([example.record for example in examples])]
    if rules:
        reader = Reader(topic)
        for example, tags in zip(examples, tagged, strict=True):
            design = str(tags["study_design"].value)
            document = document_of(example, design, reader)
            for field in [field for field in tags if field.startswith("outcomes.") or field == "overall_direction"]:
                del tags[field]
            tags.update({tag.field: tag for tag in (reader.directions(document, design) if document else ())})
    head = {"model": "rules for outcomes" if rules else tagger.model.id, "records": len(examples), "in_training": 0}
    print(report_text({**head, **compare(examples, tagged)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), kind_of(sys.argv), rules="--rules" in sys.argv, titles="--titles" in sys.argv)
