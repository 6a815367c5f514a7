"""Serves the snapshot with Datasette, and takes up a new snapshot without dropping a request.

Datasette keeps a database open for as long as it runs, so a new snapshot gets a new Datasette. A small ASGI front holds
the one that answers; when `publish` has swapped the file, the front makes and warms the next one, hands new requests to
it, and closes the old one when its last request is done.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.errors import EvidenceError
from db.publish import SNAPSHOT_NAME

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Stamp = tuple[int, int, int]

#: Asked for once before a new snapshot answers readers: compiles the templates and proves that pages can be made.
_WARM_UP = ("/", "/studies", "/studies?q=ketamine", "/questions", "/methods")


def serve(
    site_folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8001,
    address: str = "",
    config: Path | None = None,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serves `site_folder`/evidence.db until interrupted.

    `address` is what readers type (for links in feeds), by default http://host:port. Port 0 takes a free one. `announce`
    is called with the address once the site answers. Raises EvidenceError if the port is taken or there is no usable
    snapshot.
    """
    with suppress(KeyboardInterrupt), listen(host, port) as listener:
        shown = f"[{host}]" if ":" in host else host
        local = f"http://{shown}:{listener.getsockname()[1]}"
        front = Front(site_folder, site_config(config), address or local)
        asyncio.run(run(front, listener, (lambda: announce(local)) if announce else None))


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises EvidenceError in words if there can't be one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol left at 0, asyncio does not take this for TCP and leaves Nagle's algorithm on: every answer of more
    # than one packet would then wait some 40 ms for the reader's delayed acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # A restarted server must not wait for the old one's connections to time out.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OverflowError as error:
        listener.close()
        raise EvidenceError(f"There is no port {port}. Use --port with a number from 1 to 65535.") from error
    except OSError as error:
        listener.close()
        raise EvidenceError(
            f"Can't listen on {host} port {port}: {error.strerror or error}. Choose another with --port, for example "
            f"--port {port + 1 if port < 65535 else 8001}."
        ) from error
    return listener


def site_config(given: Path | None = None) -> Path:
    """The Datasette configuration folder: the one given, the one in the package, or the one beside the source."""
    here = Path(__file__).resolve().parent
    places = [given] if given is not None else [here / "_site", here.parent / "datasette"]
    for place in places:
        if (place / "metadata.yaml").is_file():
            return place
    raise EvidenceError(f"No Datasette configuration in {places[-1]}: metadata.yaml is missing there.")


def settings_of(config: Path, overrides: MutableMapping[str, Any] | None = None) -> dict[str, Any]:
    """The whole settings.json with overrides.

    Datasette 0.65 ignores the file as soon as one setting is given another way, which would turn SQL and download on
    again; so it is always given all of them.
    """
    settings: dict[str, Any] = json.loads((config / "settings.json").read_text(encoding="utf-8"))
    return {**settings, **(overrides or {})}


@dataclass
class Edition:
    """One Datasette on one snapshot, with the requests that it still answers."""

    datasette: Any
    app: App
    stamp: Stamp
    answering: int = 0
    retired: bool = False

    def close_when_done(self) -> None:
        if self.retired and not self.answering:
            for database in self.datasette.databases.values():
                if not database.is_memory:
                    database.close()
            self.datasette.executor.shutdown(wait=False)


class Front:
    """The ASGI application: hands each request to the edition that is current when it comes in.

    `stop` ends `run` once the requests at hand are answered; it may be called from another thread.
    """

    def __init__(self, site_folder: Path, config: Path, address: str, *, every: float = 0.5) -> None:
        self.snapshot = site_folder / SNAPSHOT_NAME
        self.config = config
        self.address = address
        self.every = every
        self.current: Edition | None = None
        self.stop: Callable[[], None] = lambda: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        edition = self.current
        if edition is None:
            raise EvidenceError("The site is not open yet.")
        edition.answering += 1
        try:
            await edition.app(scope, receive, send)
        finally:
            edition.answering -= 1
            edition.close_when_done()

    async def open(self) -> None:
        """Opens the snapshot as it is now. Raises EvidenceError if there is none or it can't be served."""
        edition = await self._edition()
        before, self.current = self.current, edition
        if before is not None:
            before.retired = True
            before.close_when_done()

    async def watch(self) -> None:
        """Opens each new snapshot as it comes. One that can't be served is reported, and the old one stays."""
        refused: Stamp | None = None
        while True:
            await asyncio.sleep(self.every)
            stamp = _stamp(self.snapshot)
            if stamp is None or self.current is None or stamp in (self.current.stamp, refused):
                continue
            try:
                await self.open()
            except EvidenceError as error:
                refused = stamp
                print(f"evidence: kept the old snapshot. {error}", file=sys.stderr)

    def close(self) -> None:
        if self.current is not None:
            self.current.retired = True
            self.current.close_when_done()

    async def _edition(self) -> Edition:
        while True:
            stamp = _stamp(self.snapshot)
            if stamp is None:
                raise EvidenceError(f"There is no snapshot at {self.snapshot} yet. Run `evidence publish` first.")
            try:
                edition = await _make(self.snapshot, self.config, self.address, stamp)
            except (sqlite3.Error, KeyError, ValueError) as error:
                raise EvidenceError(
                    f"{self.snapshot} is not a snapshot that this version can serve ({error}). Run `evidence publish`."
                ) from error
            if _stamp(self.snapshot) == stamp:
                return edition
            # Published again meanwhile: some connections may already see the newer file.
            edition.retired = True
            edition.close_when_done()


async def _make(snapshot: Path, config: Path, address: str, stamp: Stamp) -> Edition:
    datasette = await asyncio.to_thread(_datasette, snapshot, config, address)
    await datasette.invoke_startup()
    app: App = datasette.app()
    edition = Edition(datasette, app, stamp)
    await _warm_up(app)
    return edition


def _datasette(snapshot: Path, config: Path, address: str) -> Any:
    from datasette.app import Datasette
    from datasette.utils import parse_metadata

    # The file is only ever replaced, never written to, so SQLite need not lock it: immutable.
    metadata = parse_metadata((config / "metadata.yaml").read_text(encoding="utf-8"))
    metadata["plugins"]["evidence-site"]["address"] = address
    return Datasette(
        immutables=[str(snapshot)],
        config_dir=config,
        metadata=metadata,
        settings=settings_of(config),
        cache_headers=False,
    )


async def _warm_up(app: App) -> None:
    import httpx

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as client:
        for path in _WARM_UP:
            response = await client.get(path)
            if response.status_code >= 500:
                raise ValueError(f"the page {path} can't be made")


def _stamp(path: Path) -> Stamp | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_ino, facts.st_mtime_ns, facts.st_size


async def run(front: Front, listener: socket.socket, ready: Callable[[], None] | None = None) -> None:
    """Serves `front` on `listener` until told to stop, watching for new snapshots."""
    import uvicorn

    await front.open()
    settings = uvicorn.Config(
        front,
        lifespan="off",
        log_level="warning",
        access_log=False,  # nobody needs to know who read what
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(settings)
    front.stop = lambda: setattr(server, "should_exit", True)
    watcher = asyncio.create_task(front.watch())
    announcer = asyncio.create_task(_announce(server, ready)) if ready else None
    try:
        await server.serve(sockets=[listener])
    finally:
        for task in (watcher, announcer):
            if task is not None:
                task.cancel()
        front.close()


async def _announce(server: Any, ready: Callable[[], None]) -> None:
    while not server.started:
        await asyncio.sleep(0.02)
    ready()
