"""Kills a harvest at 100 random moments; each next harvest must end in the undisturbed state.

    python -m benchmarks.kills [--kills 100] [--seed 7]

Each kill hits a fresh database. How long an undisturbed run takes is measured first, so that the moments cover it all.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

from tests.emulator.invented import INVENTED, corpus_of, many
from tests.emulator.server import Emulator
from tests.harvest.kills import finish, kill_after


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    moments = random.Random(options.seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        Emulator(corpus_of([*INVENTED, *many(100)]), latency=0.02) as emulator,
    ):
        undisturbed = finish(Path(folder) / "undisturbed.db", emulator.url)
        began = time.monotonic()
        kill_after(Path(folder) / "timed.db", emulator.url, 0.0)
        length = max(0.6, (time.monotonic() - began) / 2)
        alike = struck = 0
        for number in range(options.kills):
            path = Path(folder) / f"{number}.db"
            struck += kill_after(path, emulator.url, moments.uniform(0, length))
            alike += finish(path, emulator.url) == undisturbed
    print(f"{options.kills} kills, {struck} of them while the run was at work: {alike} identical end states")
    if alike != options.kills:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
