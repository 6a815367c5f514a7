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
from harvest.pubmed_article import read_article
from harvest.pubmed_book import read_book
from harvest.pubmed_head import check_head, reason
from harvest.pubmed_text import UnknownElements
from harvest.record_bytes import RecordBytes

if TYPE_CHECKING:
    from lxml.etree import _Element

logger = logging.getLogger(__name__)

FORM = "pubmed-xml"
_CHUNK = 1 << 16
_READERS: dict[Any, Callable[[_Element, UnknownElements], Article]] = {
    "PubmedArticle": read_article,
    "PubmedBookArticle": read_book,
}
_RECORDS = frozenset({*_READERS, "DeleteCitation"})
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
    unknown = unknown if unknown is not None else UnknownElements()
    head = check_head(stream, _CHUNK)
    parser: etree.XMLPullParser[_Element] = etree.XMLPullParser(
        events=("end",),
        tag=tuple(_RECORDS),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    source = RecordBytes()
    chunk = head
    while chunk:
        source.feed(chunk)
        _feed(parser, chunk)
        yield from _complete(parser, source, unknown)
        chunk = stream.read(_CHUNK)
    _close(parser)
    yield from _complete(parser, source, unknown)


def _feed(parser: etree.XMLPullParser[_Element], chunk: bytes) -> None:
    try:
        parser.feed(chunk)
    except etree.XMLSyntaxError as error:
        raise BadInput(
            f"The PubMed XML is damaged at line {error.lineno} ({reason(error)}). Fetch it again."
        ) from error


def _close(parser: etree.XMLPullParser[_Element]) -> None:
    try:
        parser.close()
    except etree.XMLSyntaxError as error:
        raise BadInput("The PubMed XML ends in the middle: it was cut off. Fetch it again.") from error


def _complete(
    parser: etree.XMLPullParser[_Element], source: RecordBytes, unknown: UnknownElements
) -> Iterator[SourceRecord | DeletedPmids]:
    """What the parser has finished; each element is read, then dropped from the tree so that memory stays flat."""
    for _, element in parser.read_events():
        parent = element.getparent()
        if parent is not None and parent.getparent() is not None:
            source.distrust()
            continue  # a record inside something else is not this file's own
        yield _record(element, source, unknown)
        if parent is not None:
            _drop_finished(parent, element, unknown)


def _record(element: _Element, source: RecordBytes, unknown: UnknownElements) -> SourceRecord | DeletedPmids:
    if element.tag == "DeleteCitation":
        return DeletedPmids(tuple(_deleted(child) for child in element))
    raw = source.cut(element) or etree.tostring(element, encoding="UTF-8", with_tail=False)
    if _ENTITY.search(raw):
        raise BadInput("The XML refers to an entity of its own, which PubMed never does. It was not read.")
    return SourceRecord(_READERS[element.tag](element, unknown), raw, FORM)


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
