"""The emulator's HTTP server: E-utilities for one corpus, with pacing, history and scripted faults."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
import tomllib
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

from tests.emulator import answers
from tests.emulator.corpus import Record, plain
from tests.emulator.faults import ScriptedFault
from tests.emulator.search import Engine


@dataclass
class Reply:
    body: bytes
    status: int = 200
    kind: str = "text/xml; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)
    manner: str = ""


class Emulator:
    """E-utilities over `corpus` on a free port of this machine; use it in a `with` block.

    `omitted` PMIDs are found by a search and missing from every efetch. `requests` holds (utility, parameters) of all
    that came in. `rate` is the number of requests a second that is let through (10 with a key), None: any number.
    """

    def __init__(
        self,
        corpus: dict[int, Record],
        *,
        port: int = 0,
        faults: list[ScriptedFault] | None = None,
        rate: int | None = None,
        cap: int = 9999,
        history_lifetime: float = 3600.0,
        dtd: str = "pubmed_260101",
        latency: float = 0.0,
    ) -> None:
        self.rate = rate
        self.cap = cap
        self.history_lifetime = history_lifetime
        self.dtd = dtd
        self.latency = latency
        self.omitted: set[int] = set()
        self.faults = faults or []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self._lock = threading.Lock()
        self._recent: dict[str, deque[float]] = {}
        self._history: dict[str, tuple[float, list[int]]] = {}
        self._explosions = read_explosions()
        self._engine = Engine(corpus, self._explosions)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"emulator": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/entrez/eutils/"

    @property
    def corpus(self) -> dict[int, Record]:
        return self._engine.corpus

    @corpus.setter
    def corpus(self, corpus: dict[int, Record]) -> None:
        self._engine = Engine(corpus, self._explosions)

    def __enter__(self) -> Emulator:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def count(self, utility: str = "") -> int:
        return sum(1 for name, _ in self.requests if not utility or name == utility)

    def answer(self, utility: str, form: dict[str, str], address: str) -> Reply:
        time.sleep(self.latency)
        with self._lock:
            self.requests.append((utility, form))
            key = form.get("api_key", "")
            limited = self._over_rate(key or address, 10 if key else self.rate)
            fault = "" if limited else next((each.kind for each in self.faults if each.strikes(utility)), "")
        if limited:
            return Reply(limited.encode(), 429, "application/json")
        early = early_fault(fault, key or address)
        if early is not None:
            return early
        handle = {"esearch": self._search, "efetch": self._fetch, "epost": self._post, "einfo": self._info}.get(utility)
        if handle is None:
            return Reply(answers.HTML_PAGE.encode(), 404, "text/html")
        reply = handle(form, fault)
        if fault in ("reset", "truncate", "drip", "hang"):
            reply.manner = fault
        elif fault == "truncate-silently":
            reply.body = reply.body[: len(reply.body) // 2]
        return reply

    def _over_rate(self, who: str, limit: int | None) -> str:
        if self.rate is None or limit is None:
            return ""
        recent = self._recent.setdefault(who, deque())
        now = time.monotonic()
        while recent and now - recent[0] > 1.0:
            recent.popleft()
        if len(recent) >= limit:
            return answers.rate_json(who, len(recent) + 1, limit)
        recent.append(now)
        return ""

    def _remember(self, pmids: list[int]) -> str:
        with self._lock:
            name = f"MCID_{len(self._history):024x}"
            self._history[name] = (time.monotonic(), pmids)
        return name

    def _search(self, form: dict[str, str], fault: str) -> Reply:
        as_json = form.get("retmode") == "json"
        kind = "application/json" if as_json else "text/xml"
        start, limit = int(form.get("retstart", 0)), int(form.get("retmax", 20))
        if start > self.cap - 1:
            message = answers.WINDOW_ERROR.format(last=self.cap - 1, cap=self.cap)
            body = answers.search_error_json(message) if as_json else answers.error_xml("eSearchResult", message)
            return Reply(body.encode(), kind=kind)
        pmids = self._engine.search(form.get("term", ""))
        clipped = max(0, min(limit, self.cap - start))
        page = pmids[start : start + clipped]
        messages = ["No items found."] if not pmids else []
        if clipped < limit and len(pmids) > start + clipped:
            messages.append(f"Restrictions achieved. start and count adjusted to {start}, {clipped}")
        web_env = self._remember(pmids) if form.get("usehistory") == "y" else ""
        found = answers.Found(
            count=len(pmids) + (fault == "recount"),
            start=start,
            pmids=page[:-1] if fault == "omit" else [*page, *page[-1:]] if fault == "duplicate" else page,
            query=form.get("term", ""),
            web_env=web_env,
            query_key="1" if web_env else "",
            lost_phrases=("invented phrase",) if fault == "phrase-not-found" else (),
            lost_quoted=('"invented phrase"[tiab]',) if fault == "quoted-phrase-not-found" else (),
            messages=tuple(messages),
        )
        return Reply((answers.search_json(found) if as_json else answers.search_xml(found)).encode(), kind=kind)

    def _fetch(self, form: dict[str, str], fault: str) -> Reply:
        pmids = self._asked(form, fault)
        if isinstance(pmids, Reply):
            return pmids
        if fault == "bare-pmids" or form.get("retmode") == "json":
            return Reply("\n".join(map(str, pmids)).encode(), kind="text/plain")
        corpus = self.corpus
        raw = [corpus[pmid].raw for pmid in pmids if pmid in corpus and pmid not in self.omitted]
        if fault == "omit":
            raw = raw[:-1]
        if fault == "duplicate":
            raw += raw[-1:]
        new = fault == "unknown-dtd"
        extra = "<InventedElement>An element that no DTD knows.</InventedElement>" if new else ""
        return Reply(answers.articles_xml(raw, "pubmed_990101" if new else self.dtd, extra))

    def _asked(self, form: dict[str, str], fault: str) -> list[int] | Reply:
        if form.get("id"):
            return [int(each) for each in form["id"].split(",") if each.strip().isdigit()]
        if not form.get("WebEnv"):
            return Reply(answers.error_xml("eFetchResult", "Required parameter 'id' is missing").encode(), 400)
        since, pmids = self._history.get(form["WebEnv"], (float("-inf"), []))
        if fault == "history-lost" or time.monotonic() - since > self.history_lifetime:
            return Reply(answers.error_xml("eFetchResult", "Unable to obtain query #1").encode(), 400)
        start = int(form.get("retstart", 0))
        return pmids[start : start + int(form.get("retmax", 20))]

    def _post(self, form: dict[str, str], fault: str) -> Reply:
        pmids = [int(each) for each in form.get("id", "").split(",") if each.strip().isdigit()]
        if not pmids:
            return Reply(answers.error_xml("ePostResult", "Empty ID list; Nothing to store").encode())
        return Reply(answers.post_xml(self._remember(pmids)).encode())

    def _info(self, form: dict[str, str], fault: str) -> Reply:
        return Reply(answers.info_xml(len(self.corpus)).encode())


def early_fault(fault: str, who: str) -> Reply | None:
    """The faults that don't depend on what was asked."""
    page = answers.HTML_PAGE.encode()
    limited = answers.rate_json(who, 4, 3).encode()
    backend = answers.error_xml("eSearchResult", "Search Backend failed: Database is not supported: pubmed")
    viewer = answers.error_xml(
        "eFetchResult", " Error: External viewer error: Empty Response. Bytes read: 0 Status: Timeout"
    )
    wait = {"Retry-After": "1"}
    return {
        "429": Reply(limited, 429, "application/json"),
        "429-retry-after": Reply(limited, 429, "application/json", wait),
        "429-as-200": Reply(limited, 200, "application/json"),
        "400": Reply(b"Bad Request", 400, "text/plain"),
        "500": Reply(b"Internal Server Error", 500, "text/plain"),
        "502": Reply(page, 502, "text/html"),
        "503-retry-after": Reply(b"Service Unavailable", 503, "text/plain", wait),
        "html": Reply(page, 200, "text/html"),
        "empty": Reply(b""),
        "backend": Reply(backend.encode()),
        "viewer": Reply(viewer.encode()),
    }.get(fault)


def read_explosions() -> dict[str, frozenset[str]]:
    """Narrower MeSH headings as far as the topic files name them."""
    known: dict[str, set[str]] = {}
    for path in sorted((Path(__file__).resolve().parents[2] / "harvest" / "topics").glob("*.toml")):
        search = tomllib.loads(path.read_text(encoding="utf-8")).get("search", {})
        for name, narrower in search.get("explosions", {}).items():
            known.setdefault(plain(name), set()).update(map(plain, narrower))
    return {name: frozenset(narrower) for name, narrower in known.items()}


class _Handler(BaseHTTPRequestHandler):
    emulator: Emulator
    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self._respond(body)

    def do_GET(self) -> None:
        self._respond(urlsplit(self.path).query)

    def _respond(self, query: str) -> None:
        form = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
        utility = urlsplit(self.path).path.rpartition("/")[2].removesuffix(".fcgi")
        reply = self.emulator.answer(utility, form, str(self.client_address[0]))
        if reply.manner == "reset":
            # Lingering for 0 seconds makes the close a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        try:
            self._write(reply)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _write(self, reply: Reply) -> None:
        if reply.manner == "hang":
            time.sleep(5)
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if reply.manner == "drip":
            for place in range(len(reply.body)):
                self.wfile.write(reply.body[place : place + 1])
                time.sleep(0.1)
        elif reply.manner == "truncate":
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.close_connection = True
        else:
            self.wfile.write(reply.body)

    def finish(self) -> None:
        # The connection may have been reset on purpose.
        with contextlib.suppress(ValueError, OSError):
            super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass
