"""Facts on our own readings: `python -m benchmarks.facts LABEL_FOLDER`, which holds their texts.

The rules were mended on errors in the development part; of the test part (`facts_unseen`) only figures were looked at.
Study design and relevance are the classifier's own. Compared leniently: the same value in another form counts.
"""

from __future__ import annotations

import sys
from pathlib import Path

from classify.evaluation import FACT_FIELDS
from classify.fact_values import plain_value
from classify.readings import SOURCE as READINGS
from classify.sources import load_collections
from classify.tagger import Tagger
from harvest.search_check import wilson
from harvest.topics import load_topic


def main(folder: Path) -> None:
    found = load_collections(folder)
    readings = [*found.examples.get(READINGS, []), *found.judging]
    for title, unseen in (("development", False), ("test", True)):
        examples = [example for example in readings if bool(example.labels.get("facts_unseen")) == unseen]
        tagged = Tagger(load_topic()).tag([example.record for example in examples])
        given = [{tag.field: tag.value for tag in tags} for tags in tagged]
        print(f"{title}, {len(examples)} records; right of given, found of stated (95 % Wilson), leniently compared")
        for field in FACT_FIELDS:
            both = [(tags, e.labels) for tags, e in zip(given, examples, strict=True) if field in e.labels]
            said = [plain_value(field, tags.get(field)) for tags, _ in both]
            true = [plain_value(field, labels[field]) for _, labels in both]
            hits = sum(len(s & t) for s, t in zip(said, true, strict=True))
            print(f"{field:16}{_share(hits, sum(map(len, said)))}  {_share(hits, sum(map(len, true)))}")


def _share(hits: int, total: int) -> str:
    low, high = wilson(hits, total) if total else (0.0, 1.0)
    return f"{hits:4} of {total:3} ({low:.2f}-{high:.2f})"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
