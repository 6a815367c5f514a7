"""The E-utilities client: esearch, efetch, epost over HTTP, with pacing, retries and a total deadline.

Requests are POSTs with all parameters in the body, so that neither a long query (414) nor a log line of the transport
(which shows addresses) can do harm. Sources of the behaviour handled here: NCBI's E-utilities pages (NBK25497,
NBK25499) and the faults that other clients have met, see docs/harvest.md.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import TypeVar

import httpx
import stamina

from db.errors import Unavailable
from db.records import SourceRecord
from harvest.answers import Fault, Posted, Refused, Search, check, read_articles, read_post, read_search
from harvest.redaction import Redactor, guard_logs

DEFAULT_URL = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
TOOL = "ketamine-aud-evidence"

#: esearch gives at most this many ids of one query ("the first 9,999 records").
PAGE_LIMIT = 9999
#: Records in one efetch. NCBI advises POST or history above about 200 ids; larger answers time out more often.
FETCH_SIZE = 200

#: Connections that a client tries in vain, if it never had one, before it says that there is no network.
_VAIN_CONNECTIONS = 3

#: Characters of one parameter that a log shows.
_SHOWN = 120

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Contact:
    """Who asks. Nothing of it is ever shown."""

    email: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls) -> Contact:
        return cls(os.environ.get("NCBI_EMAIL", "").strip(), os.environ.get("NCBI_API_KEY", "").strip())


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to keep trying. Seconds; `deadline` spans all tries of one request, waiting included."""

    attempts: int = 8
    deadline: float = 180.0
    read: float = 30.0
    answer: float = 90.0
    wait_first: float = 1.0
    wait_most: float = 30.0
    jitter: float = 1.0


class Pacer:
    """Lets a request go only when its turn has come: `rate` a second, evenly spaced."""

    def __init__(
        self, rate: float, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        # Two per cent slower than allowed: NCBI counts by its own clock.
        self.interval = 1.02 / rate
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    def wait(self) -> None:
        pause = self._next - self._clock()
        if pause > 0:
            self._sleep(pause)
        self._next = max(self._next, self._clock()) + self.interval


class EutilsClient:
    """Talks to E-utilities. Close it, or use it in a `with` block.

    `requests` counts what was sent, retries included. Every method raises Unavailable when PubMed can't be reached or
    keeps failing until the deadline, and EvidenceError when it refuses the request for good.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        contact: Contact | None = None,
        transport: httpx.BaseTransport | None = None,
        patience: Patience | None = None,
        rate: float | None = None,
        page_limit: int = PAGE_LIMIT,
        fetch_size: int = FETCH_SIZE,
    ) -> None:
        self._contact = contact if contact is not None else Contact.from_environment()
        self._redactor = Redactor([self._contact.api_key, self._contact.email])
        guard_logs(self._redactor)
        self._patience = patience if patience is not None else Patience()
        self._pacer = Pacer(rate if rate is not None else (10.0 if self._contact.api_key else 3.0))
        self._http = httpx.Client(
            base_url=url if url.endswith("/") else f"{url}/",
            transport=transport,
            timeout=httpx.Timeout(self._patience.read, connect=5.0),
            headers={"User-Agent": TOOL},
            follow_redirects=False,
        )
        self.page_limit = page_limit
        self.fetch_size = fetch_size
        self.requests = 0
        self._was_reached = False
        self._vain_connections = 0

    def __repr__(self) -> str:
        return f"EutilsClient({self._redactor.text(str(self._http.base_url))!r})"

    def __enter__(self) -> EutilsClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def search(self, query: str, *, start: int = 0, limit: int | None = None, history: bool = False) -> Search:
        """One page of a query's PMIDs (`limit` 0: only the count), with its translation and PubMed's warnings."""
        parameters = {
            "term": query,
            "retmode": "xml",
            "retstart": str(start),
            "retmax": str(self.page_limit if limit is None else limit),
        }
        if history:
            parameters["usehistory"] = "y"
        return self._ask("esearch", parameters, read_search)

    def post(self, pmids: Iterable[int]) -> Posted:
        """Puts PMIDs on NCBI's history server."""
        return self._ask("epost", {"id": ",".join(map(str, pmids))}, read_post)

    def fetch(self, pmids: Sequence[int]) -> list[SourceRecord]:
        """The records of these PMIDs. PubMed leaves out what it doesn't have."""
        return self._ask("efetch", {"id": ",".join(map(str, pmids)), "retmode": "xml"}, read_articles)

    def fetch_history(self, search: Search, start: int, limit: int) -> list[SourceRecord]:
        """A page of an earlier search's records. Raises HistoryLost when NCBI has forgotten the search."""
        parameters = {
            "WebEnv": search.web_env,
            "query_key": search.query_key,
            "retstart": str(start),
            "retmax": str(limit),
            "retmode": "xml",
        }
        return self._ask("efetch", parameters, read_articles)

    def _ask(self, utility: str, parameters: dict[str, str], read: Callable[[bytes], Answer]) -> Answer:
        patience = self._patience
        started = time.monotonic()
        tries = stamina.retry_context(
            on=_backoff(started + patience.deadline),
            attempts=patience.attempts,
            timeout=patience.deadline,
            wait_initial=patience.wait_first,
            wait_max=patience.wait_most,
            wait_jitter=patience.jitter,
        )
        try:
            for attempt in tries:
                with attempt:
                    return self._once(utility, parameters, read, started + patience.deadline)
        except Fault as fault:
            raise fault.final(utility, time.monotonic() - started) from None
        raise Unavailable(f"PubMed's {utility} was given no attempt.")  # pragma: no cover - attempts is at least 1

    def _once(
        self, utility: str, parameters: dict[str, str], read: Callable[[bytes], Answer], deadline: float
    ) -> Answer:
        self._pacer.wait()
        self.requests += 1
        began = time.monotonic()
        asked = _shown(utility, parameters)
        try:
            status, headers, body = self._send(utility, parameters, min(deadline, began + self._patience.answer))
            check(status, headers, body)
            answer = read(body)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise self._unreached(error) from None
        except httpx.HTTPError as error:
            logger.info("%s: %s", asked, self._said(error))
            # `from None`: the transport's error holds the request, and with it the key.
            raise Fault(self._said(error)) from None
        except Fault as fault:
            fault = fault.with_text(self._redactor.text(str(fault)))
            logger.info("%s: %s", asked, fault)
            raise fault from None
        except Refused as error:
            raise Refused(self._redactor.text(str(error))) from None
        logger.info("%s: %s, %d bytes in %.2f s", asked, status, len(body), time.monotonic() - began)
        return answer

    def _said(self, error: httpx.HTTPError) -> str:
        return self._redactor.text(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)

    def _unreached(self, error: httpx.HTTPError) -> Fault | Unavailable:
        """No connection. Where there never was one, a machine without network must not be kept waiting for minutes."""
        self._vain_connections += 1
        if self._was_reached or self._vain_connections < _VAIN_CONNECTIONS:
            return Fault(self._said(error))
        return Unavailable(f"PubMed can't be reached ({self._said(error)}). Check the network, then run it again.")

    def _send(self, utility: str, parameters: dict[str, str], deadline: float) -> tuple[int, httpx.Headers, bytes]:
        form = {"db": "pubmed", **parameters, "tool": TOOL}
        if self._contact.email:
            form["email"] = self._contact.email
        if self._contact.api_key:
            form["api_key"] = self._contact.api_key
        with self._http.stream("POST", f"{utility}.fcgi", data=form) as response:
            self._was_reached = True
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                # The read timeout never strikes while a byte drips now and then.
                if time.monotonic() > deadline:
                    raise Fault("the answer came too slowly")
            return response.status_code, response.headers, bytes(body)


def _shown(utility: str, parameters: dict[str, str]) -> str:
    """The request as a log shows it: without who asks, and long values cut."""
    values = (f"{name}={value if len(value) <= _SHOWN else value[:_SHOWN] + '…'}" for name, value in parameters.items())
    return f"POST {utility}.fcgi {' '.join(values)}"


def _backoff(deadline: float) -> Callable[[Exception], bool | float]:
    """Which faults are worth another try, and how long the server asked to wait."""

    def decide(error: Exception) -> bool | float:
        if not isinstance(error, Fault):
            return False
        if error.retry_after is None:
            return True
        # A server that asks for more than is left has said no.
        return error.retry_after if time.monotonic() + error.retry_after < deadline else False

    return decide
