"""A harvest that is killed at any moment leaves a state from which the next one ends as if nothing had happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.emulator.invented import INVENTED, corpus_of, many
from tests.emulator.server import Emulator
from tests.harvest.kills import finish, kill_after


@pytest.mark.parametrize("seconds", [0.0, 0.08, 0.16, 0.3])
def test_a_killed_harvest_and_the_next_one_end_in_the_undisturbed_state(seconds: float, tmp_path: Path) -> None:
    with Emulator(corpus_of([*INVENTED, *many(60)]), latency=0.02) as emulator:
        undisturbed = finish(tmp_path / "undisturbed.db", emulator.url)
        kill_after(tmp_path / "killed.db", emulator.url, seconds)
        assert finish(tmp_path / "killed.db", emulator.url) == undisturbed
