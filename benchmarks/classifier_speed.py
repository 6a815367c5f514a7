"""Measures loading, tagging and memory on one core: `python -m benchmarks.classifier_speed LABEL_FOLDER [RECORDS]`.

Two kinds of records: PubMed records on any subject, and those about the topic, which need every reader.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from classify.sources import load_collections
from classify.tagger import Tagger
from harvest.topics import load_topic


def main(folder: Path, most: int) -> None:
    """Prints seconds to load, records a second, and the peak memory with the records themselves in it."""
    start = time.perf_counter()
    tagger = Tagger(load_topic())
    print(f"load, imports included: {time.perf_counter() - start:.2f} s")
    start = time.perf_counter()
    tagger = Tagger(load_topic())
    print(f"load again: {time.perf_counter() - start:.2f} s")
    found = load_collections(folder, leave_out=["unlabelled"]).examples
    any_subject = [example.record for example in found["publication_types"]][: most + 500]
    own_subject = [example.record for example in found["gold"]]
    tagger.tag(any_subject[:500])
    for name, records in (("any subject", any_subject[500:]), ("about the topic", own_subject)):
        start = time.process_time()
        tagger.tag(records)
        print(f"{name}: {len(records) / (time.process_time() - start):.0f} records/s (n {len(records)})")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5000)
