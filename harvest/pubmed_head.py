"""Looks at the beginning of what claims to be PubMed XML, before a single record is read.

Turns away what is not PubMed's (a web page, an error answer, another kind of XML) and what could do harm (a DOCTYPE with
declarations of its own: entity bombs and entities that name files or addresses).
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, BinaryIO

from lxml import etree

from db.errors import BadInput

if TYPE_CHECKING:
    from lxml.etree import _Element

logger = logging.getLogger(__name__)

ROOTS = frozenset(
    {"PubmedArticleSet", "PubmedBookArticleSet", "PubmedArticle", "PubmedBookArticle", "DeleteCitation"},
)
_LONGEST_PROLOG = 1 << 20
_OWN_DECLARATIONS = re.compile(rb"<!DOCTYPE[^>\[]*\[", re.IGNORECASE)
_WEB_PAGE = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!DOCTYPE\s+html|html|head|body)\b", re.I | re.S)
_DTD_YEAR = re.compile(r"pubmed_(\d\d)\d{4}\.dtd")
#: The newest PubMed DTD whose elements this version has seen.
_NEWEST_DTD = 26
#: NCBI echoes the caller's key or address in some errors.
_SECRET = re.compile(r"\b[0-9a-f]{32,}\b|\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-f:]{12,}\b", re.IGNORECASE)


def check_head(stream: BinaryIO, size: int) -> bytes:
    """Reads until the root element has begun and gives the bytes read, for the parser to start from.

    Raises BadInput, with what to do, if the rest is not worth reading.
    """
    head = stream.read(size)
    _check_first_bytes(head)
    parser: etree.XMLPullParser[_Element] = etree.XMLPullParser(
        events=("start",), resolve_entities=False, no_network=True, load_dtd=False, recover=False
    )
    chunk = head
    while True:
        root = _first_element(parser, chunk)
        if root is not None:
            _check_doctype(root)
            _check_root(root)
            return head
        chunk = stream.read(size)
        if not chunk:
            raise BadInput("The XML ends before its first element: it was cut off. Fetch it again.")
        head += chunk
        if len(head) > _LONGEST_PROLOG:
            raise BadInput("There is no element in the first megabyte, so this is no PubMed XML.")


def _check_first_bytes(head: bytes) -> None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if not start:
        raise BadInput("There is nothing in it: an empty answer or file. Fetch it again.")
    if _WEB_PAGE.match(start):
        raise BadInput("This is a web page, not PubMed XML. Fetch it with efetch or PubMed's 'Save' as XML.")
    if start[:1] in b"{[":
        raise BadInput("This is JSON, not PubMed XML. Fetch it with retmode=xml.")
    # UTF-16 puts a zero byte beside each of these characters.
    if _OWN_DECLARATIONS.search(head.replace(b"\0", b"")):
        raise BadInput("The XML declares entities of its own, which PubMed never does. It was not read.")
    if not start.replace(b"\0", b"").lstrip(b"\xff\xfe").startswith(b"<"):
        raise BadInput("This is not XML, nor another form that PubMed saves (MEDLINE/.nbib, CSV).")


def _first_element(parser: etree.XMLPullParser[_Element], chunk: bytes) -> _Element | None:
    """The root as soon as its tag is complete, even if what follows in the same chunk is broken."""
    error: etree.XMLSyntaxError | None = None
    try:
        parser.feed(chunk)
    except etree.XMLSyntaxError as problem:
        error = problem
    for _, element in parser.read_events():
        return element.getroottree().getroot()
    if error is not None:
        reason = str(error.msg).split(", line ")[0]
        raise BadInput(f"This is not well-formed XML (line {error.lineno}: {reason}). Fetch it again.") from error
    return None


def _check_doctype(root: _Element) -> None:
    info = root.getroottree().docinfo
    declared = info.internalDTD
    if declared is not None and (declared.entities() or declared.elements()):
        raise BadInput("The XML declares entities of its own, which PubMed never does. It was not read.")
    named = _DTD_YEAR.search(info.system_url or "")
    if named and int(named[1]) > _NEWEST_DTD:
        logger.warning("The file names a newer PubMed DTD (%s) than this version knows. Carrying on.", named[0])


def _check_root(root: _Element) -> None:
    if root.tag in ROOTS:
        return
    reasons = " ".join(" ".join(entry.text or "" for entry in root.iter("ERROR")).split())
    if reasons or root.tag in {"ERROR", "eFetchResult"}:
        reason = _SECRET.sub("…", reasons)[:200] or "it gave no reason"
        raise BadInput(f"NCBI answered with an error ({reason}). Try again later.")
    raise BadInput(f"This is <{root.tag!s}>, not PubMed records. Expected <PubmedArticleSet>.")
