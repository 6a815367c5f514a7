"""A new database for each test, closed at its end; and a folder that an ordinary user can't write."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlite_utils import Database

from db.connect import open_database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "evidence.db")
    yield database
    database.conn.close()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
        Path(name).chmod(0o755)


@pytest.fixture
def unwritable() -> Callable[[Path], AbstractContextManager[None]]:
    """Takes the right to write a folder away for the block. Root may write anywhere, so root steps down for it."""

    @contextmanager
    def block(folder: Path) -> Iterator[None]:
        user, mode = os.geteuid(), folder.stat().st_mode
        folder.chmod(0o555)
        if user == 0:
            os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(user)
            folder.chmod(mode)

    return block
