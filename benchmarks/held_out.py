"""The classifier on readings that taught it nothing: `python -m benchmarks.held_out LABEL_FOLDER [--rules] [--titles]`.

`--rules` leaves the models of outcomes out, `--titles` the abstracts. The texts come from the collections in the folder.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from classify.evaluation import compare
from classify.evaluation_text import report_text
from classify.outcome_training import document_of
from classify.reading import Reader
from classify.sources import load_collections
from classify.tagger import Tagger
from harvest.topics import load_topic


def main(folder: Path, *, rules: bool = False, titles: bool = False) -> None:
    examples, topic = load_collections(folder).judging, load_topic()
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
    main(Path(sys.argv[1]), rules="--rules" in sys.argv, titles="--titles" in sys.argv)
