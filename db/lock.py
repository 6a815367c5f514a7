"""The lock on a data folder: one run at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from db.errors import Busy, EvidenceError


@contextmanager
def data_lock(folder: Path, what: str = "run") -> Iterator[None]:
    """Holds the data folder's lock for the block; `what` names the command for others to read.

    The operating system frees the lock when the process ends, killed or not. Raises Busy at once if another process
    holds it, EvidenceError if the folder can't be written.
    """
    # The holder stands in a file of its own: whoever tries the lock empties the lock file.
    holder = folder / "lock.holder"
    lock = FileLock(folder / "lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise Busy(f"{_described(holder)} holds the lock on {folder}. Wait for it to end, then try again.") from None
    except OSError as error:
        raise EvidenceError(f"Can't lock {folder}: {error.strerror}. Check --data and its permissions.") from error
    try:
        holder.write_text(f"evidence {what}, process {os.getpid()}, since {_now()}", encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _described(holder: Path) -> str:
    try:
        return f"Another run ({holder.read_text(encoding='utf-8')})"
    except OSError:
        return "Another run"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
