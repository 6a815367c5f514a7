"""`python -m tests.emulator --corpus FILE`: serves PubMed XML files as E-utilities would, on this machine only."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from tests.emulator.corpus import read_corpus
from tests.emulator.faults import KINDS, ScriptedFault
from tests.emulator.invented import invented_corpus
from tests.emulator.server import Emulator


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.emulator",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="faults:\n" + "\n".join(f"  {kind:24} {text}" for kind, text in KINDS.items()),
    )
    parser.add_argument("--corpus", nargs="+", type=Path, metavar="FILE", help="PubMed XML, .gz too; default: invented")
    parser.add_argument("--port", type=int, default=0, help="default: any free port")
    parser.add_argument("--fault", action="append", default=[], metavar="UTILITY:KIND[:TIMES[:SKIP]]")
    parser.add_argument(
        "--omit", action="append", default=[], type=int, metavar="PMID", help="found, but never fetched"
    )
    parser.add_argument("--rate", type=int, default=3, help="requests a second without a key; 0: any number")
    parser.add_argument("--cap", type=int, default=9999, help="ids that a search gives at most")
    parser.add_argument("--history-lifetime", type=float, default=3600.0, metavar="SECONDS")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="before each answer")
    parser.add_argument("--dtd", default="pubmed_260101", help="DTD that records declare")
    options = parser.parse_args()
    try:
        corpus = read_corpus(options.corpus) if options.corpus else invented_corpus()
        faults = [ScriptedFault.read(text) for text in options.fault]
    except (OSError, ValueError) as error:
        parser.error(str(error))
    emulator = Emulator(
        corpus,
        port=options.port,
        faults=faults,
        rate=options.rate or None,
        cap=options.cap,
        history_lifetime=options.history_lifetime,
        dtd=options.dtd,
        latency=options.latency,
    )
    emulator.omitted = set(options.omit)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with emulator:
        print(f"{len(corpus)} records at {emulator.url}", flush=True)
        print(f"Try: evidence harvest --eutils-url {emulator.url}", file=sys.stderr, flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()
