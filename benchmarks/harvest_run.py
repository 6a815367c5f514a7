"""How long a full harvest of 10,000 matching records takes, against what the rate limit alone costs.

    python -m benchmarks.harvest_run [--records 10000] [--rate 3]
    python -m benchmarks.harvest_run --corpus FILE.xml.gz --query '"Humans"[Mesh]'   # real records, another search

The emulator runs in a process of its own and enforces the rate, the 9,999 cap included, so that the search has to be
sliced. The limit's own cost is (requests - 1) / rate seconds.
"""

from __future__ import annotations

import argparse
import gzip
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from db.connect import open_database
from db.topic import SearchStrategy, Topic
from harvest.eutils import Contact, EutilsClient
from harvest.run import run_harvest
from harvest.topics import load_topic
from tests.emulator.answers import articles_xml
from tests.emulator.invented import article_xml, many

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--rate", type=int, default=3)
    parser.add_argument("--corpus", type=Path, help="PubMed XML to harvest; default: invented records")
    parser.add_argument("--query", help="search this instead of the default topic's strategy")
    options = parser.parse_args()
    topic = load_topic()
    if options.query:
        topic = replace(topic, search=SearchStrategy({"ALL": options.query}, "ALL"))
    with tempfile.TemporaryDirectory() as folder:
        corpus = options.corpus or write_invented(Path(folder) / "corpus.xml.gz", options.records)
        command = [sys.executable, "-m", "tests.emulator", "--corpus", str(corpus), "--rate", str(options.rate)]
        emulator = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert emulator.stdout is not None
        try:
            measure(emulator.stdout.readline().split()[-1], Path(folder) / "evidence.db", options.rate, topic)
        finally:
            emulator.terminate()
            emulator.communicate()


def write_invented(path: Path, number: int) -> Path:
    path.write_bytes(gzip.compress(articles_xml(map(article_xml, many(number)), "pubmed_260101"), 1))
    return path


def measure(url: str, path: Path, rate: int, topic: Topic) -> None:
    database = open_database(path)
    with EutilsClient(url, contact=Contact(), rate=rate) as client:
        for full in (True, False):
            began = time.monotonic()
            summary = run_harvest(database, topic, client, full=full)
            seconds = time.monotonic() - began
            name = "full" if full else "update without news"
            print(f"{name}: {summary.found} records, {summary.requests} requests, {seconds:.1f} s")
            if full:
                floor = (summary.requests - 1) / rate
                print(f"the rate limit alone: {floor:.1f} s; ratio {seconds / floor:.2f}")
    stored = database.conn.execute("SELECT count(*) FROM articles").fetchone()[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{stored} articles stored, peak memory {peak:.0f} MB")
    database.close()


if __name__ == "__main__":
    main()
