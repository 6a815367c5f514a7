"""One run at a time holds a data folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from db.errors import Busy, EvidenceError
from db.lock import data_lock


def test_a_second_run_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    message = f"Another run \\(evidence harvest, process {os.getpid()}, since .*\\) holds the lock"
    with data_lock(tmp_path, "harvest"):
        for _ in range(2):
            with pytest.raises(Busy, match=message), data_lock(tmp_path, "tag"):
                pass


def test_the_lock_is_free_after_the_run(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), data_lock(tmp_path / "data"):
        raise KeyboardInterrupt
    with data_lock(tmp_path / "data"):
        pass
    assert not (tmp_path / "data" / "lock.holder").exists()


def test_a_folder_that_cannot_be_written_is_explained(
    open_folder: Path, unwritable: Callable[[Path], AbstractContextManager[None]]
) -> None:
    with unwritable(open_folder), pytest.raises(EvidenceError, match="Check --data"), data_lock(open_folder):
        pass


def test_a_holder_that_left_no_name_is_just_another_run(tmp_path: Path) -> None:
    with data_lock(tmp_path):
        (tmp_path / "lock.holder").unlink()
        with pytest.raises(Busy, match=r"^Another run holds the lock"), data_lock(tmp_path):
            pass
