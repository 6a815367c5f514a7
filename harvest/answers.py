"""What E-utilities answers, and the many ways in which an answer is a failure in disguise.

Control answers (esearch, epost) are read by Biopython, from bytes: no network, no file written. Its own transport is
not used: it has no timeout and retries without waiting.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any

from db.errors import BadInput, EvidenceError, Unavailable
from db.records import SourceRecord
from harvest.pubmed_xml import parse_articles


class Refused(EvidenceError):
    """PubMed refuses this request; asking again won't help."""


class HistoryLost(Exception):
    """NCBI no longer knows the search that a page was asked of. The records must be asked for by PMID."""


class Fault(Exception):
    """An answer that isn't one. Another try may help; `retry_after` is how long the server asked to wait."""

    def __init__(self, message: str, retry_after: float | None = None, *, lasting: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.lasting = lasting

    def with_text(self, message: str) -> Fault:
        return Fault(message, self.retry_after, lasting=self.lasting)

    def final(self, utility: str, seconds: float) -> EvidenceError:
        """What the caller is told when the last try has failed."""
        if self.lasting:
            return Refused(f"PubMed refused the {utility} request: {self}.")
        return Unavailable(
            f"PubMed's {utility} gave no usable answer within {seconds:.0f} s ({self}). "
            "Nothing is lost: run the same command again later."
        )


@dataclass(frozen=True, slots=True)
class Search:
    """One page of a search. `pmids` keeps PubMed's order, doubles removed. `warnings` are PubMed's own words.

    `dropped` names phrases that PubMed left out of the query: such a search is not the one that was asked for.
    """

    count: int
    pmids: tuple[int, ...]
    translation: str = ""
    web_env: str = ""
    query_key: str = ""
    dropped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Posted:
    """Where NCBI keeps the posted PMIDs."""

    web_env: str
    query_key: str
    warnings: tuple[str, ...] = field(default=())


_HISTORY_LOST = re.compile(r"unable to obtain query|query_?key|webenv|history", re.IGNORECASE)
_FOR_GOOD = re.compile(
    r"cannot be larger than|invalid db name|empty id list|api key invalid|missing term|"
    r"empty term|id list is empty|neither query_key",
    re.IGNORECASE,
)
_MESSAGE = re.compile(rb"<(ERROR|error)>(.*?)</\1>", re.DOTALL)


def check(status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raises Fault, Refused or HistoryLost for an answer that is an error, whatever its status says."""
    said = _message(body)
    if status == 429 or "rate limit exceeded" in said.lower():
        raise Fault("too many requests (429)", _retry_after(headers))
    if said and _HISTORY_LOST.search(said) and "neither" not in said.lower():
        raise HistoryLost(said)
    if said and _FOR_GOOD.search(said):
        raise Refused(f"PubMed refused the request: {said}.")
    if status >= 500:
        raise Fault(f"HTTP {status}", _retry_after(headers))
    if status in (400, 403, 408):
        # Transient 400s do happen, so a few tries decide; after that it is taken for a refusal.
        raise Fault(f"HTTP {status}{': ' + said if said else ''}", _retry_after(headers), lasting=status != 408)
    if status != 200:
        raise Refused(f"PubMed answered with HTTP {status}. Check the address given with --eutils-url.")
    if said:
        raise Fault(said)
    start = body[:1000].lstrip().lower()
    if not start:
        raise Fault("an empty answer")
    if start.startswith((b"<!doctype html", b"<html")):
        raise Fault("an HTML page instead of data")


def _message(body: bytes) -> str:
    """The error that the body reports, "" if none: <ERROR> in XML, or "error" in JSON (which may be invalid JSON)."""
    # A record's own text can't hold a literal <ERROR>, but the answer that reports one is always short.
    if len(body) > 20_000:
        return ""
    if found := _MESSAGE.search(body):
        return " ".join(found.group(2).decode("utf-8", "replace").split())
    if not body.lstrip().startswith(b"{"):
        return ""
    try:
        document = json.loads(body.decode("utf-8", "replace"), strict=False)
    except ValueError:
        return "JSON that can't be read"
    said = document.get("error") or document.get("esearchresult", {}).get("ERROR") or "JSON instead of XML"
    return " ".join(str(said).split())


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait; the header holds a number or a date."""
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    if value.isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def read_articles(body: bytes) -> list[SourceRecord]:
    """The records of an efetch answer. Raises Fault where it is cut off, damaged or something else."""
    if re.fullmatch(rb"[\d\s]+", body):
        raise Fault("bare PMIDs instead of records")
    if b"<PubmedArticleSet" not in body[:2000]:
        raise Fault("something else than PubMed records")
    if not re.search(rb"</PubmedArticleSet>\s*$|<PubmedArticleSet\s*/>\s*$", body[-200:]):
        raise Fault("a truncated answer")
    try:
        return [part for part in parse_articles(io.BytesIO(body)) if isinstance(part, SourceRecord)]
    except BadInput as error:
        raise Fault(f"records that can't be read: {error}") from None


def read_search(body: bytes) -> Search:
    """An esearch answer. Raises Fault if it is not one."""
    result = _control(body, "eSearchResult", "esearch.dtd")
    errors, notices = result.get("ErrorList", {}), result.get("WarningList", {})
    dropped = (
        *_texts(errors, "PhraseNotFound"),
        *_texts(errors, "FieldNotFound"),
        *_texts(notices, "PhraseIgnored"),
        *_texts(notices, "QuotedPhraseNotFound"),
    )
    try:
        return Search(
            count=int(result["Count"]),
            pmids=tuple(dict.fromkeys(int(pmid) for pmid in result["IdList"])),
            translation=" ".join(str(result.get("QueryTranslation", "")).split()),
            web_env=str(result.get("WebEnv", "")),
            query_key=str(result.get("QueryKey", "")),
            dropped=dropped,
            warnings=_texts(notices, "OutputMessage"),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise Fault(f"an esearch answer without {error}") from None


def read_post(body: bytes) -> Posted:
    """An epost answer. Raises Fault if it is not one."""
    result = _control(body, "ePostResult", "epost.dtd")
    try:
        return Posted(str(result["WebEnv"]), str(result["QueryKey"]), _texts(result, "InvalidIdList"))
    except KeyError as error:
        raise Fault(f"an epost answer without {error}") from None


def _texts(result: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(" ".join(str(each).split()) for each in result.get(key, ()))


def _control(body: bytes, root: str, dtd: str) -> Mapping[str, Any]:
    # Biopython fetches a DTD it hasn't got. Naming one that travels with it keeps the network, and an answer's wish
    # to have some file read, out of it.
    declaration = f'<!DOCTYPE {root} SYSTEM "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/{dtd}">'.encode()
    start = re.search(rb"<%s[\s>]" % root.encode(), body)
    if start is None:
        raise Fault(f"an answer without <{root}>")
    document = b'<?xml version="1.0" encoding="UTF-8"?>\n' + declaration + body[start.start() :]
    try:
        result = _entrez().read(io.BytesIO(document), validate=False)
    except Exception as error:
        # Biopython raises RuntimeError, its own classes and expat's, depending on where the document breaks.
        raise Fault(f"an answer that can't be read ({error})") from None
    if not isinstance(result, Mapping):
        raise Fault(f"an answer without <{root}>")
    return result


@cache
def _entrez() -> Any:
    """Bio.Entrez, kept from making a folder in the user's home when its parser is imported.

    The parser makes sure that `<local_cache>/Bio/Entrez/DTDs` exists; in the package's own folder it does.
    """
    from Bio import Entrez

    entrez: Any = Entrez
    if entrez.local_cache is None:
        entrez.local_cache = str(Path(entrez.__file__).parents[2])
    return entrez
