"""A harvest in a process of its own, to be killed: `python -m tests.harvest.killed DATABASE URL`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from db.connect import open_database
from harvest.run import run_harvest
from harvest.topics import load_topic
from tests.harvest.running import client_of

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PAGE = 10


def main() -> None:
    database = open_database(Path(sys.argv[1]))
    with client_of(sys.argv[2], fetch_size=PAGE) as client:
        print("started", flush=True)
        run_harvest(database, load_topic(), client, now=NOW)
    print("done", flush=True)
    database.close()


if __name__ == "__main__":
    main()
