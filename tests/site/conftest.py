"""A published site of invented studies behind a real HTTP server, and the plugin package that serves it."""

from __future__ import annotations

import importlib.util
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from db.publish import publish
from db.serve import Front, listen, run, site_config
from db.topic import Topic
from harvest.topics import load_topic
from tests.conftest import ROOT
from tests.site.collections import COLLECTIONS
from tests.site.invented import TERMS, invented_database


def _load_plugin() -> None:
    """Datasette loads the plugin by path; the tests that look inside do the same."""
    spec = importlib.util.spec_from_file_location("site_plugin", ROOT / "datasette" / "plugins" / "site.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["site_plugin"] = module
    spec.loader.exec_module(module)


_load_plugin()

AT = "2026-11-22T08:00:00Z"


def publish_invented(
    folder: Path, *, studies: int = 120, at: str = AT, abstracts: str = "full", topic: Topic | None = None
) -> Path:
    """A fresh working database in `folder`, published to `folder`/site; returns the site folder."""
    working = folder / "evidence.db"
    if working.exists():
        working.unlink()
    database = invented_database(working, studies)
    publish(
        database,
        folder / "site",
        topic=topic or load_topic(),
        terms=TERMS,
        at=at,
        version="0.1.0",
        abstracts=abstracts,
        collections=COLLECTIONS,
    )
    database.conn.close()
    return folder / "site"


@contextmanager
def running(site_folder: Path) -> Iterator[str]:
    """The site served on a free port, as `evidence serve` does it; gives its address."""
    import asyncio

    listener = listen("127.0.0.1", 0)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    front = Front(site_folder, site_config(), address, every=0.05)
    ready = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(run(front, listener, ready.set)), daemon=True)
    thread.start()
    try:
        assert ready.wait(60)
        yield address
    finally:
        front.stop()
        thread.join(20)
        listener.close()


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_invented(tmp_path_factory.mktemp("invented"))


@pytest.fixture(scope="session")
def address(site_folder: Path) -> Iterator[str]:
    with running(site_folder) as address:
        yield address


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def connection(site_folder: Path) -> Iterator[sqlite3.Connection]:
    """A reader's connection to the published snapshot."""
    connection = sqlite3.connect(f"file:{site_folder}/evidence.db?mode=ro", uri=True)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def edition(connection: sqlite3.Connection) -> Any:
    """The snapshot as the pages see it (an `evidence_site.edition.Edition`)."""
    from evidence_site.edition import load_edition

    return load_edition(connection, "https://evidence.example", site_config(), "stamp")
