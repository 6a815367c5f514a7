"""Measures loading, tagging and memory on one core: `python -m benchmarks.classifier_speed LABEL_FOLDER [TURNS]`.

Two kinds of records: PubMed records on any subject, and those whose title names the topic's drug, which need every
reader. Each kind is tagged once to warm up, as a long run is warm, and then in turns; told are the best and the median
turn, in time of the processor. Other work on the machine slows every turn, so the best is nearest to a quiet machine.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from classify.lexicon import Lexicon
from classify.phrases import plain
from classify.sources import load_collections
from classify.tagger import Tagger
from db.records import TaggableRecord
from harvest.topics import load_topic

ANY_SUBJECT = 3000
#: Few enough records that a turn now and then finds the machine quiet.
PIECE = 500


def main(folder: Path, turns: int) -> None:
    """Prints seconds to load, records a second, and the peak memory with the records themselves in it."""
    for name in ("load, imports included", "load again"):
        start = time.process_time()
        tagger = Tagger(load_topic())
        print(f"{name}: {time.process_time() - start:.2f} s")
    kinds = read_kinds(folder)
    for name, records in kinds.items():
        print(f"{name}: {tell(measure(tagger, records, turns))} (n {len(records)}, {turns} turns)", flush=True)
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def read_kinds(folder: Path) -> Mapping[str, Sequence[TaggableRecord]]:
    """The records by kind, each title once."""
    found = load_collections(folder, leave_out=["unlabelled"]).examples
    lexicon = Lexicon(load_topic())
    titles: dict[str, TaggableRecord] = {}
    for examples in found.values():
        for example in examples:
            title = plain(example.record.title)
            if lexicon.may_mention_exposure(title) and lexicon.find(title).exposures:
                titles.setdefault(title, example.record)
    return {
        "any subject": [example.record for example in found["publication_types"]][:ANY_SUBJECT],
        "drug in the title": list(titles.values()),
        "gold set": [example.record for example in found["gold"]],
    }


def measure(tagger: Tagger, records: Sequence[TaggableRecord], turns: int) -> list[list[float]]:
    """Milliseconds a record: for each piece of the records those of every turn."""
    pieces = [records[start : start + PIECE] for start in range(0, len(records), PIECE)]
    tagger.tag(records)
    return [[seconds(tagger, piece) * len(piece) / len(records) * 1000 for _ in range(turns)] for piece in pieces]


def seconds(tagger: Tagger, records: Sequence[TaggableRecord]) -> float:
    """Seconds of the processor to tag one of these records, on average."""
    start = time.process_time()
    tagger.tag(records)
    return (time.process_time() - start) / len(records)


def tell(pieces: Sequence[Sequence[float]]) -> str:
    """The best turn of every piece, and the median turns, as records a second."""
    best, median = sum(map(min, pieces)), sum(map(statistics.median, pieces))
    return f"{1000 / best:.0f} records/s at best, {1000 / median:.0f} in the median, {best:.2f} ms a record at best"


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)
