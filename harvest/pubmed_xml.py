"""Streams PubMed XML: efetch answers, saved searches, baseline and update files, and single records.

The reader is our own, on lxml: see docs/decisions/0010. It holds one record in memory at a time. It fetches nothing and
expands nothing: a DOCTYPE that names NLM's DTD is fine and ignored, declarations of a document's own are refused.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from lxml import etree

from db.errors import BadInput
from db.records import Article, SourceRecord
from harvest.identifiers import pmid_number
from harvest.mesh_headings import cut_headings
from harvest.pubmed_article import read_article
from harvest.pubmed_book import read_book
from harvest.pubmed_head import check_head, reason
from harvest.pubmed_text import UnknownElements
from harvest.record_bytes import MARK, Piece, RecordCutter

if TYPE_CHECKING:
    from lxml.etree import _Element

logger = logging.getLogger(__name__)

FORM = "pubmed-xml"
_CHUNK = 1 << 16
_READERS: dict[Any, Callable[[_Element, UnknownElements], Article]] = {
    "PubmedArticle": read_article,
    "PubmedBookArticle": read_book,
}
#: Nothing is fetched, nothing is expanded.
_CAUTION: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}
_RECORDS = frozenset({*_READERS, "DeleteCitation"})
_OWN_ENTITY = "The XML refers to an entity of its own, which PubMed never does. It was not read."
#: After serialising, a reference to an entity of the document's own is all that can look like this.
_ENTITY = re.compile(rb"&(?!amp;|lt;|gt;|quot;|apos;|#)")


@dataclass(frozen=True, slots=True)
class DeletedPmids:
    """PMIDs that NLM withdrew (DeleteCitation in update files)."""

    pmids: tuple[int, ...]


def parse_articles(stream: BinaryIO, unknown: UnknownElements | None = None) -> Iterator[SourceRecord | DeletedPmids]:
    """Every record of a PubMed XML stream, in order, each with its own XML as `raw`.

    Elements that this version does not know are counted in `unknown` and logged, and the rest of the record is read.
    Raises BadInput if the stream is empty, is no PubMed XML, declares entities, is damaged or cut off, or holds a record
    without a PMID. No record is ever given in part, but records that were complete before the damage may have been
    given already: store them in a transaction and let it fail as a whole.
    """
    head = check_head(stream, _CHUNK)
    return _Reading(unknown if unknown is not None else UnknownElements()).records(head, stream)


class _Reading:
    """One stream while it is read."""

    def __init__(self, unknown: UnknownElements) -> None:
        self._unknown = unknown
        self._cutter = RecordCutter()
        self._whole: etree.XMLPullParser[_Element] = etree.XMLPullParser(
            events=("end",), tag=tuple(_RECORDS), **_CAUTION
        )
        self._single: etree.XMLParser[_Element] = etree.XMLParser(**_CAUTION)

    def records(self, head: bytes, stream: BinaryIO) -> Iterator[SourceRecord | DeletedPmids]:
        chunk = head
        while chunk:
            self._feed(self._cutter.take(chunk))
            yield from self._complete()
            chunk = stream.read(_CHUNK)
        self._feed(self._cutter.rest())
        try:
            self._whole.close()
        except etree.XMLSyntaxError as error:
            raise BadInput("The PubMed XML ends in the middle: it was cut off. Fetch it again.") from error
        yield from self._complete()

    def _feed(self, seen: bytes) -> None:
        try:
            self._whole.feed(seen)
        except etree.XMLSyntaxError as error:
            raise _damaged(error, error.lineno) from error

    def _complete(self) -> Iterator[SourceRecord | DeletedPmids]:
        """What has come whole; each element is read, then dropped from the tree so that memory stays flat."""
        pieces, unknown = self._cutter.pieces, self._unknown
        for _, element in self._whole.read_events():
            parent = element.getparent()
            piece = pieces.popleft() if pieces and element.get(MARK) is not None else None
            if parent is not None and parent.getparent() is not None:
                continue  # a record inside something else is not this file's own
            if element.tag == "DeleteCitation":
                yield DeletedPmids(tuple(_deleted(child) for child in element))
            elif piece is not None:
                yield SourceRecord(self._article(piece), piece.raw, FORM)
            else:
                raw = _written(element)
                yield SourceRecord(_READERS[element.tag](element, unknown), raw, FORM)
            if parent is not None:
                _drop_finished(parent, element, unknown)

    def _article(self, piece: Piece) -> Article:
        short, headings = cut_headings(piece.raw)
        try:
            element = etree.XML(short, self._single)
        except etree.XMLSyntaxError as error:
            if error.code == etree.ErrorTypes.ERR_UNDECLARED_ENTITY:
                raise BadInput(_OWN_ENTITY) from error
            raise _damaged(error, piece.line + (error.lineno or 1) - 1) from error
        return (
            read_article(element, self._unknown, headings)
            if headings
            else _READERS[element.tag](element, self._unknown)
        )


def _damaged(error: etree.XMLSyntaxError, line: int | None) -> BadInput:
    return BadInput(f"The PubMed XML is damaged at line {line} ({reason(error)}). Fetch it again.")


def _written(element: _Element) -> bytes:
    raw = etree.tostring(element, encoding="UTF-8", with_tail=False)
    if _ENTITY.search(raw):
        raise BadInput(_OWN_ENTITY)
    return raw


def _deleted(element: _Element) -> int:
    pmid = pmid_number(element.text or "")
    if pmid is None:
        raise BadInput("A DeleteCitation holds something that is no PMID. Fetch the file again.")
    return pmid


def _drop_finished(parent: _Element, element: _Element, unknown: UnknownElements) -> None:
    while (first := parent[0]) is not element:
        if first.tag not in _RECORDS:
            unknown.add(first)
        del parent[0]
