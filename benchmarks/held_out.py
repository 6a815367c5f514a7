"""The classifier on readings that taught it nothing: `python -m benchmarks.held_out LABEL_FOLDER [--in-text] [--rules] [--titles]`.

Judged are records that name the drug in their title; with `--in-text` those that name it in the abstract only. `--rules` leaves
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
from classify.sources import load_collections
from classify.tagger import Tagger
from harvest.topics import load_topic


def judging(folder: Path, in_text: bool) -> list[Example]:
    """The held-out readings that name the drug in the abstract only, or the others."""
    return [example for example in load_collections(folder).judging if bool(example.labels.get("in_text")) == in_text]


def main(folder: Path, *, in_text: bool = False, rules: bool = False, titles: bool = False) -> None:
    examples, topic = judging(folder, in_text), load_topic()
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
    main(
        Path(sys.argv[1]),
        in_text="--in-text" in sys.argv,
        rules="--rules" in sys.argv,
        titles="--titles" in sys.argv,
    )
