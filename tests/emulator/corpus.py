"""The records that the emulator serves, cut from PubMed XML byte for byte, and the fields it searches."""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

_ELEMENT = re.compile(rb"<(PubmedArticle|PubmedBookArticle)[\s>].*?</\1>", re.DOTALL)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}


@dataclass(frozen=True)
class Record:
    """One record as served (`raw`) and as searched. Dates are YYYY/MM/DD."""

    pmid: int
    raw: bytes
    title: str
    abstract: str
    words: str
    headings: frozenset[str]
    major: frozenset[str]
    types: frozenset[str]
    languages: frozenset[str]
    identifiers: frozenset[str]
    created: str
    modified: str
    published: str


def read_corpus(paths: Iterable[Path]) -> dict[int, Record]:
    """All records of PubMed XML files (.xml or .xml.gz); a later copy of a PMID replaces an earlier one."""
    corpus: dict[int, Record] = {}
    for path in paths:
        data = path.read_bytes()
        if data.startswith(b"\x1f\x8b"):
            data = gzip.decompress(data)
        corpus.update((record.pmid, record) for record in cut_records(data))
    return corpus


def cut_records(data: bytes) -> Iterator[Record]:
    for found in _ELEMENT.finditer(data):
        yield index_record(found.group())


def index_record(raw: bytes) -> Record:
    root = _parse(raw)
    pmid = int(root.findtext(".//PMID") or 0)
    title = plain(_text(root, ".//ArticleTitle") or _text(root, ".//BookTitle"))
    abstract = plain("  ".join(map(_inner, root.iterfind(".//AbstractText"))))
    keywords = "  ".join(plain(_inner(node)) for node in root.iterfind(".//Keyword"))
    names = [(node, plain(_inner(node))) for node in root.iterfind(".//MeshHeading/DescriptorName")]
    entered = _history(root, "entrez")
    published = _date(root.find(".//PubDate")) or _date(root.find(".//ArticleDate")) or "1900/01/01"
    created = entered or _date(root.find(".//DateCompleted")) or _date(root.find(".//DateCreated")) or published
    return Record(
        pmid=pmid,
        raw=raw,
        title=f" {title} ",
        abstract=f" {abstract} ",
        words=f" {title}  {abstract}  {keywords} ",
        headings=frozenset(name for _, name in names),
        major=frozenset(name for node, name in names if "Y" in _stars(node)),
        types=frozenset(plain(_inner(node)) for node in root.iterfind(".//PublicationType")),
        languages=frozenset(plain(_inner(node)) for node in root.iterfind(".//Language")),
        identifiers=_identifiers(root),
        created=created,
        modified=_date(root.find(".//DateRevised")) or created,
        published=published,
    )


def plain(text: str) -> str:
    """Lower case, no accents, words one space apart; two spaces (a border between texts) stay."""
    bare = text.lower()
    if not bare.isascii():
        bare = "".join(c for c in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(c))
    return "  ".join(" ".join(re.findall(r"[^\W_]+", part)) for part in re.split(r"\s{2,}(?=\S)", bare)).strip()


def whole_text(record: Record) -> str:
    """All words of the record, for searches in all fields."""
    return f" {plain(' '.join(_parse(record.raw).itertext()))} "


def _parse(raw: bytes) -> etree._Element:
    return etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True, recover=True))


def _inner(node: etree._Element) -> str:
    return " ".join("".join(str(part) for part in node.itertext()).split())


def _text(root: etree._Element, path: str) -> str:
    node = root.find(path)
    return "" if node is None else _inner(node)


def _stars(descriptor: etree._Element) -> list[str]:
    heading = descriptor.getparent()
    assert heading is not None
    return [str(node.get("MajorTopicYN")) for node in heading]


def _history(root: etree._Element, status: str) -> str:
    for node in root.iterfind(".//PubMedPubDate"):
        if node.get("PubStatus") == status:
            return _date(node)
    return ""


def _date(node: etree._Element | None) -> str:
    if node is None or not (node.findtext("Year") or "").strip().isdigit():
        return ""
    month = (node.findtext("Month") or "1").strip()
    number = int(month) if month.isdigit() else _MONTHS.get(month[:3].lower(), 1)
    return f"{int(node.findtext('Year') or 0):04}/{number:02}/{int(node.findtext('Day') or 1):02}"


def _identifiers(root: etree._Element) -> frozenset[str]:
    own = [*root.iterfind("./PubmedData/ArticleIdList/ArticleId"), *root.iterfind(".//ELocationID")]
    return frozenset(_inner(node).lower() for node in own)
