"""How often a facet is right: `python -m benchmarks.facets SHARED_DATA_FOLDER`, against records read by hand.

The judgements (PMIDs and labels, no text) stand in tests/data/facets_read_by_hand.csv; the records themselves are read
from the folder's pubmed_records.xml.gz and unlabelled_abstracts.jsonl.gz. How they were chosen and by whom they were
read: docs/classifier-outcomes.md.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks.hand_read import records_by_key
from classify.tagger import Tagger
from harvest.search_check import wilson
from harvest.topics import load_topic

JUDGEMENTS = Path(__file__).parents[1] / "tests" / "data" / "facets_read_by_hand.csv"
FACETS = ("conditions", "co_treatments", "formulation")


def main(folder: Path) -> None:
    with JUDGEMENTS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    records = records_by_key(folder, {row["pmid"] for row in rows})
    known = [row for row in rows if row["pmid"] in records]
    print(f"{len(known)} of {len(rows)} records found")
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    tagged = Tagger(load_topic()).tag([records[row["pmid"]] for row in known])
    for row, tags in zip(known, tagged, strict=True):
        given = {tag.field: set(tag.value) for tag in tags if tag.field in FACETS and not tag.abstained}
        for facet in FACETS:
            found, wanted = given.get(facet, set()), set(row[facet].split(";")) - {""}
            counts[row["read"], facet] += Counter(right=len(found & wanted), given=len(found), stated=len(wanted))
    for line in report(counts):
        print(line)


def report(counts: dict[tuple[str, str], Counter[str]]) -> Iterator[str]:
    for (read, facet), count in sorted(counts.items()):
        for name, of in (("right of given", count["given"]), ("found of stated", count["stated"])):
            low, high = wilson(count["right"], of)
            yield f"{read:7}{facet:15}{name:16}{count['right']:3} of {of:3} ({low:.2f}-{high:.2f})"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
