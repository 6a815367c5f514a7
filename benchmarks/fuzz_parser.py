"""Feeds the PubMed XML reader mutated inputs and reports crashes, hangs and partial records (there must be none).

    python benchmarks/fuzz_parser.py [--count 10000] [--seed 1] [FILE.xml ...]

Without files it mutates the tests' invented records. Every input has a deadline of its own; one that fails is written
to the working directory, so that it can become a test.
"""

from __future__ import annotations

import argparse
import gzip
import logging
import random
import signal
import sys
import time
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.harvest.mutations import check, mutate
from tests.harvest.rich import RICH

DEADLINE = 5.0
LONGEST = 60_000


class Hang(Exception):
    """An input took longer than the deadline."""


def _expired(_signal: int, _frame: FrameType | None) -> None:
    raise Hang


def seeds(paths: list[Path]) -> list[bytes]:
    found = [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in paths]
    return [content for content in found if len(content) <= LONGEST] or [RICH]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("files", nargs="*", type=Path)
    arguments.add_argument("--count", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    logging.disable(logging.WARNING)  # unknown elements, by the thousand
    sources, chance = seeds(chosen.files), random.Random(chosen.seed)
    signal.signal(signal.SIGALRM, _expired)
    failures = records = refused = 0
    slowest = 0.0
    for number in range(chosen.count):
        mutated = mutate(chance.choice(sources), chance)
        started = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, DEADLINE)
        try:
            given = check(mutated)
        except Exception as error:
            failures += 1
            Path(f"failed-{chosen.seed}-{number}.xml").write_bytes(mutated)
            print(f"input {number}: {type(error).__name__}: {error}")
        else:
            records += given
            refused += given == 0
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        slowest = max(slowest, time.perf_counter() - started)
    print(
        f"{chosen.count} mutated inputs from {len(sources)} documents: {failures} failures; {records} records given, "
        f"each whole; {refused} inputs gave none; slowest {slowest:.3f} s"
    )
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
