"""Damages PubMed XML at random, and says what must hold of whatever the reader makes of it."""

from __future__ import annotations

import io
import random
import re

from db.errors import BadInput
from db.records import SourceRecord
from harvest.pubmed_xml import DeletedPmids, parse_articles

_TAG = re.compile(rb"<[^>]+>")
_WEDGES = (
    b"<", b">", b"&", b"&nbsp;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?x", b"\0", b"\xff\xfe", b"\xed\xa0\x80",
    b"<PMID>x</PMID>", b"<PMID/>", b"</PubmedArticle>", b"<PubmedArticle>", b"<PubmedArticleSet>", b"<DeleteCitation>",
    b"<html>", b"<ERROR>no</ERROR>", b"&#0;", b"&#x110000;", b"&#55296;", b'xmlns="urn:x" ', b"<Year>99999</Year>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", "٣".encode(), b"\r\n", b"\x1f\x8b",
)  # fmt: skip


def mutate(document: bytes, chance: random.Random) -> bytes:
    """The document with one to four random injuries."""
    for _ in range(chance.randint(1, 4)):
        document = chance.choice((_flip, _cut, _drop, _double, _wedge, _rename, _swap))(document, chance)
    return document


def check(document: bytes) -> int:
    """Reads the document to the end or to its refusal; gives how many records came out.

    No record may be partial: reading its own XML again must give the same article, with a PMID. Anything but BadInput
    is a failure and escapes.
    """
    count = 0
    try:
        for entry in parse_articles(io.BytesIO(document)):
            count += 1
            if isinstance(entry, DeletedPmids):
                continue
            assert entry.article.pmid
            assert entry.raw.rstrip().endswith((b"</PubmedArticle>", b"</PubmedBookArticle>"))
            (again,) = parse_articles(io.BytesIO(entry.raw))
            assert isinstance(again, SourceRecord)
            assert again.article == entry.article
    except BadInput as refusal:
        if len(str(refusal).splitlines()) != 1:
            raise AssertionError(f"a refusal must be one line: {refusal!r}") from refusal
    return count


def _place(document: bytes, chance: random.Random) -> int:
    return chance.randrange(len(document) + 1)


def _flip(document: bytes, chance: random.Random) -> bytes:
    at = _place(document, chance)
    return document[:at] + bytes([chance.randrange(256)]) + document[at + 1 :]


def _cut(document: bytes, chance: random.Random) -> bytes:
    return document[: _place(document, chance)]


def _drop(document: bytes, chance: random.Random) -> bytes:
    start, end = sorted((_place(document, chance), _place(document, chance)))
    return document[:start] + document[min(end, start + 200) :]


def _double(document: bytes, chance: random.Random) -> bytes:
    at = _place(document, chance)
    return document[:at] + document[max(0, at - chance.randrange(400)) :]


def _wedge(document: bytes, chance: random.Random) -> bytes:
    at = _place(document, chance)
    return document[:at] + chance.choice(_WEDGES) + document[at:]


def _rename(document: bytes, chance: random.Random) -> bytes:
    """One kind of element under another's name: well-formed as before, and nonsense."""
    names = sorted(set(re.findall(rb"<(\w+)", document)))
    if not names:
        return document
    old, new = chance.choice(names), chance.choice([*names, b"Novelty"])
    return re.sub(rb"(</?)" + old + rb"\b", rb"\g<1>" + new, document)


def _swap(document: bytes, chance: random.Random) -> bytes:
    tags = [match.span() for match in _TAG.finditer(document)]
    if len(tags) < 2:
        return document
    (a, b), (c, d) = sorted(chance.sample(tags, 2))
    return document[:a] + document[c:d] + document[b:c] + document[a:b] + document[d:]
