"""Our own style sheets, scripts and icons, read once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class StaticFile:
    body: bytes
    content_type: str
    tag: str


@cache
def _all(folder: Path, stamp: int) -> dict[str, StaticFile]:
    files = {}
    for path in folder.iterdir():
        if path.suffix in _TYPES:
            body = path.read_bytes()
            files[path.name] = StaticFile(body, _TYPES[path.suffix], f'"{hashlib.sha256(body).hexdigest()[:16]}"')
    return files


def find(folder: Path, name: str) -> StaticFile | None:
    """The file of that name; None if there is none. Only names that a listing gives are ever opened."""
    return _all(folder, folder.stat().st_mtime_ns).get(name)
