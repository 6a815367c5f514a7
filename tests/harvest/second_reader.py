"""A second, independent reading of PubMed XML, by Biopython, to hold against ours.

Biopython needs a DTD, so each record is put into a document that names one that Biopython brings along: nothing is
fetched. A record whose elements that DTD can't place gives None.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from Bio import Entrez
from Bio.Entrez import Parser

from db.records import Article, Author, Granularity

_RECORD = re.compile(rb"<(PubmedArticle|PubmedBookArticle)[ >].*?</\1>", re.DOTALL)
_NAMES = ("LastName", "ForeName", "Initials", "Suffix", "CollectiveName")
_MARKUP = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Reading:
    """What two readers must agree on."""

    pmid: int
    title: str
    abstract: tuple[tuple[str, str, str], ...]
    authors: tuple[tuple[str, ...], ...]
    journal: str
    year: int | None
    date: str
    doi: str
    publication_types: tuple[tuple[str, str], ...]
    mesh: tuple[tuple[str, str, bool, tuple[tuple[str, str, bool], ...]], ...]
    accessions: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, int | None, str], ...]


def raw_records(document: bytes) -> Iterator[bytes]:
    """The records' own bytes, found by their tags alone: no parser of ours has a hand in it."""
    return (match[0] for match in _RECORD.finditer(document))


def dtd_for(record: bytes) -> str:
    """The name of a DTD that Biopython brings along: the newest, or for a record from before AffiliationInfo an old one."""
    old = b"<Affiliation>" in record and b"<AffiliationInfo>" not in record
    return "pubmed_130501.dtd" if old else "pubmed_250101.dtd"


def read_second(records: list[bytes]) -> list[Reading | None]:
    """Biopython's reading of each record, None where it can't."""
    readings: dict[bytes, Reading | None] = {}
    for dtd, group in groupby(sorted(records, key=dtd_for), key=dtd_for):
        same = list(group)
        readings |= zip(same, _read_group(same, dtd), strict=True)
    return [readings[record] for record in records]


def _read_group(records: list[bytes], dtd: str) -> list[Reading | None]:
    """Read together while possible, since that is quicker; a group that fails is halved until the culprit is alone."""
    try:
        return [_reading(entry) for entry in _entrez(records, dtd)]
    except (ValueError, KeyError, Parser.NotXMLError, Parser.CorruptedXMLError):
        if len(records) == 1:
            return [None]
        half = len(records) // 2
        return _read_group(records[:half], dtd) + _read_group(records[half:], dtd)


def _entrez(records: list[bytes], dtd: str) -> list[Any]:
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" '
        f'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/{dtd}">\n<PubmedArticleSet>'
    )
    document = head.encode() + b"\n".join(records) + b"</PubmedArticleSet>"
    # Without validation, so that elements which no DTD of Biopython's has (DateCreated) are passed over.
    answer = Entrez.read(io.BytesIO(document), validate=False, escape=True)
    entries = answer if isinstance(answer, list) else [*answer["PubmedArticle"], *answer["PubmedBookArticle"]]
    if len(entries) != len(records):
        raise ValueError("Biopython lost a record")
    return entries


def plain(text: Any) -> str:
    """Biopython's text with markup (escape=True keeps it) taken off and XML's blanks tidied."""
    return re.sub(r"[ \t\r\n]+", " ", html.unescape(_MARKUP.sub("", str(text)))).strip(" ")


def _reading(entry: Any) -> Reading:
    return _book(entry["BookDocument"]) if "BookDocument" in entry else _article(entry)


def _book(document: Any) -> Reading:
    """By rule: a chapter has its own title and the book as journal; a book without chapter, the collection."""
    book = document["Book"]
    chapter = plain(document.get("ArticleTitle", ""))
    authors = next((group for group in document.get("AuthorList", []) if group), None)
    return Reading(
        pmid=int(document["PMID"]),
        title=chapter or plain(book["BookTitle"]),
        abstract=tuple(_sections(document.get("Abstract", {}).get("AbstractText", []))),
        authors=tuple(_authors({"AuthorList": authors or next(iter(book["AuthorList"]), [])})),
        journal=plain(book["BookTitle"] if chapter else book.get("CollectionTitle", "")),
        year=_year(book["PubDate"]),
        date=_date(book["PubDate"]),
        doi=next((plain(i).lower() for i in book["ELocationID"] if i.attributes["EIdType"] == "doi"), ""),
        publication_types=tuple((plain(kind), kind.attributes["UI"]) for kind in document["PublicationType"]),
        mesh=(),
        accessions=(),
        links=(),
    )


def _article(entry: Any) -> Reading:
    citation = entry["MedlineCitation"]
    article = citation["Article"]
    issue = article["Journal"]["JournalIssue"]
    return Reading(
        pmid=int(citation["PMID"]),
        title=plain(article["ArticleTitle"]),
        abstract=tuple(_sections(article.get("Abstract", {}).get("AbstractText", []))),
        authors=tuple(_authors(article)),
        journal=plain(article["Journal"].get("Title", "")),
        year=_year(issue["PubDate"]),
        date=_date(issue["PubDate"]),
        doi=_doi(entry, article),
        publication_types=tuple(
            (plain(kind), kind.attributes.get("UI", "")) for kind in article["PublicationTypeList"]
        ),
        mesh=tuple(_heading(heading) for heading in citation.get("MeshHeadingList", [])),
        accessions=tuple(
            (plain(bank["DataBankName"]), plain(number))
            for bank in article.get("DataBankList", [])
            for number in bank.get("AccessionNumberList", [])
        ),
        links=tuple(_link(link) for link in citation.get("CommentsCorrectionsList", [])),
    )


def _sections(parts: Any) -> Iterator[tuple[str, str, str]]:
    for part in parts:
        attributes = getattr(part, "attributes", {})
        if plain(part):  # by rule: a section without text is no section
            yield plain(part), attributes.get("Label", "").strip(), attributes.get("NlmCategory", "")


def _authors(article: Any) -> Iterator[tuple[str, ...]]:
    # By rule: until 2014 the one Affiliation of a record stood outside the author list and is the first author's.
    outside = [plain(article["Affiliation"])] if "Affiliation" in article else []
    for person in article.get("AuthorList", []):
        if person.attributes.get("ValidYN") == "N":
            continue  # by rule: the misprinted name that its corrected neighbour replaces
        names = [plain(person.get(part, "")) for part in _NAMES]
        found = (str(i) for i in person.get("Identifier", []) if i.attributes["Source"] == "ORCID")
        digits = (re.sub(r"[^0-9Xx]", "", text).upper() for text in found)
        # By rule: an iD that is not sixteen characters long is a misprint and identifies nobody.
        orcid = next((text for text in digits if len(text) == 16), "")
        places = [plain(info["Affiliation"]) for info in person.get("AffiliationInfo", [])]
        yield (*names, orcid, *filter(None, places or outside))
        outside = []


def _year(parts: Any) -> int | None:
    years = re.findall(r"\d{4}", str(parts.get("Year", "") or parts.get("MedlineDate", "")))
    return int(years[0]) if years else None


def _date(parts: Any) -> str:
    """ISO date where the record has the parts of one; free text and seasons are held together by year alone."""
    year, month, day = (str(parts.get(name, "")) for name in ("Year", "Month", "Day"))
    if not year or not month or "-" in month:
        return year
    number = int(month) if month.isdigit() else datetime.strptime(month, "%b").month
    return f"{year}-{number:02}" + (f"-{int(day):02}" if day else "")


def _doi(entry: Any, article: Any) -> str:
    own = [plain(i) for i in entry.get("PubmedData", {}).get("ArticleIdList", []) if i.attributes["IdType"] == "doi"]
    valid = (i for i in article["ELocationID"] if i.attributes["EIdType"] == "doi" and i.attributes["ValidYN"] == "Y")
    # By rule: what does not begin with "10." is no DOI, and DOIs are compared in lower case.
    return next((doi.strip().lower() for doi in [*own, *map(plain, valid)] if doi.strip().startswith("10.")), "")


def _heading(heading: Any) -> tuple[str, str, bool, tuple[tuple[str, str, bool], ...]]:
    def term(entry: Any) -> tuple[str, str, bool]:
        return plain(entry), entry.attributes.get("UI", ""), entry.attributes.get("MajorTopicYN") == "Y"

    return (*term(heading["DescriptorName"]), tuple(term(qualifier) for qualifier in heading["QualifierName"]))


def _link(link: Any) -> tuple[str, int | None, str]:
    return link.attributes["RefType"], int(link["PMID"]) if "PMID" in link else None, plain(link["RefSource"])


def our_reading(article: Article) -> Reading:
    """Our article in the form in which the two are held together."""
    return Reading(
        pmid=article.pmid or 0,
        title=article.title,
        abstract=tuple((section.text, section.label, section.category) for section in article.sections),
        authors=tuple(_ours(author) for author in article.authors),
        journal=article.journal,
        year=article.published.year,
        date=article.published.value,
        doi=article.doi,
        publication_types=tuple((kind.name, kind.ui) for kind in article.publication_types),
        mesh=tuple(
            (heading.name, heading.ui, heading.major, tuple((q.name, q.ui, q.major) for q in heading.qualifiers))
            for heading in article.mesh_headings
        ),
        accessions=(),
        links=tuple((link.kind, link.pmid, link.reference) for link in article.links),
    )


def _ours(author: Author) -> tuple[str, ...]:
    names = (author.last_name, author.fore_name, author.initials, author.suffix, author.collective_name)
    return (*names, author.orcid.replace("-", ""), *author.affiliations)


def same_day(ours: Article, second: Reading) -> bool:
    """Whether the dates agree as far as the record states one in parts."""
    if ours.published.granularity in {Granularity.TEXT, Granularity.SEASON, Granularity.NONE}:
        return ours.published.year == second.year
    return ours.published.value == second.date
