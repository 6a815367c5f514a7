"""How often "claims more than it shows" is right: `python -m benchmarks.claims_more SHARED_DATA_FOLDER`.

Against trials read by hand, half of them chosen because a null primary result stands beside a hopeful conclusion. The
judgements (PMIDs or hashes of titles, no text) stand in tests/data/claims_more_read_by_hand.csv.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

from benchmarks.hand_read import records_by_key
from classify.tagger import Tagger
from harvest.search_check import wilson
from harvest.topics import load_topic

JUDGEMENTS = Path(__file__).parents[1] / "tests" / "data" / "claims_more_read_by_hand.csv"


def main(folder: Path) -> None:
    with JUDGEMENTS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    records = records_by_key(folder, {row["record"] for row in rows})
    known = [row for row in rows if row["record"] in records]
    count: Counter[str] = Counter()
    tagged = Tagger(load_topic()).tag([records[row["record"]] for row in known])
    for row, tags in zip(known, tagged, strict=True):
        flagged = any(tag.field == "claims_more" and tag.value is True for tag in tags)
        claims = row["claims_more"] == "true"
        count += Counter(flagged=flagged, claims=claims, right=flagged and claims)
    print(f"{len(known)} of {len(rows)} records found")
    for name, of in (("right of flagged", count["flagged"]), ("found of those that claim more", count["claims"])):
        low, high = wilson(count["right"], of) if of else (0.0, 1.0)
        print(f"{name}: {count['right']} of {of} ({low:.2f}-{high:.2f})")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
