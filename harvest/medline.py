"""Reads MEDLINE text: PubMed's "PubMed" and .nbib formats, records parted by blank lines.

Biopython's Bio.Medline splits a record into its fields. It loses two things, so each record is prepared here first:
folded lines are joined (it would make two entries of one long keyword), and people are read in the order of the lines,
because an AD or AUID line belongs to the author above it.
Source of the tags: NLM's "MEDLINE/PubMed Data Element (Field) Descriptions".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from db.errors import BadInput
from db.records import (
    Article,
    ArticleLink,
    Grant,
    MeshHeading,
    MeshQualifier,
    OtherAbstract,
    PartialDate,
    RecordKind,
    RegistryId,
    SourceRecord,
)
from db.registries import databank_registry_ids, find_registry_ids, unique_registry_ids
from harvest.dates import date_from_text, iso_day
from harvest.identifiers import bare_doi, bare_pmcid, pmid_number
from harvest.medline_people import Line, read_investigators, read_medline_authors
from harvest.publication_types import publication_type

FORM = "medline"
_LINE = re.compile(r"([A-Z]{2,4}) {0,2}- ?(.*)")
_ID = re.compile(r"(.+?) \[(\w+)\](?: |$)")
_ISSN = re.compile(r"\d{4}-\d{3}[\dXx]")
_SUBSTANCE = re.compile(r"(\S+) \((.*)\)")
_LINKED_PMID = re.compile(r"\bPMID: ?(\d+)")
_ELSEWHERE = "Abstract available from the publisher"
#: MEDLINE's tag for each RefType of CommentsCorrectionsList.
_LINKS = {
    "CON": "CommentOn",
    "CIN": "CommentIn",
    "EIN": "ErratumIn",
    "EFR": "ErratumFor",
    "CRI": "CorrectedandRepublishedIn",
    "CRF": "CorrectedandRepublishedFrom",
    "DDIN": "AssociatedDataset",
    "DRIN": "AssociatedPublication",
    "ECI": "ExpressionOfConcernIn",
    "ECF": "ExpressionOfConcernFor",
    "ORI": "OriginalReportIn",
    "PRIN": "PartialRetractionIn",
    "PROF": "PartialRetractionOf",
    "RIN": "RetractionIn",
    "ROF": "RetractionOf",
    "RPI": "RepublishedIn",
    "RPF": "RepublishedFrom",
    "RRI": "RetractedandRepublishedIn",
    "RRF": "RetractedandRepublishedFrom",
    "SPIN": "SummaryForPatientsIn",
    "UIN": "UpdateIn",
    "UOF": "UpdateOf",
}


def parse_medline(stream: BinaryIO) -> Iterator[SourceRecord]:
    """Every record of MEDLINE text, in order, each with its own lines as `raw`.

    Raises BadInput if the text is not UTF-8, a line is neither a field nor a continuation, or a record has neither PMID nor DOI.
    """
    body: list[str] = []
    for number, line in enumerate(_lines(stream), 1):
        if line.strip():
            if (not body and line[:1] == " ") or (line[:1] != " " and not _LINE.match(line)):
                raise BadInput(f"Line {number} is no MEDLINE field (like 'TI  - …'). Save it from PubMed again.")
            body.append(line)
        elif body and not line.startswith("      "):
            yield _record(body)
            body = []
    if body:
        yield _record(body)


def _lines(stream: BinaryIO) -> Iterator[str]:
    try:
        for number, line in enumerate(stream):
            yield line.decode("utf-8-sig" if number == 0 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise BadInput("This MEDLINE text is not UTF-8. Save it from PubMed again, without conversion.") from error


def _record(body: list[str]) -> SourceRecord:
    from Bio import Medline

    lines = _unfolded(body)
    fields = Medline.read([f"{tag:<4}- {text}\n" for tag, text in lines])  # type: ignore[no-untyped-call]  # Biopython is untyped
    pmid = pmid_number(fields.get("PMID", ""))
    article = _article(pmid, fields, lines)
    # PubMed gives every record its PMID; our own exports also hold papers that are known by their DOI alone.
    if pmid is None and not article.doi:
        raise BadInput(
            f"A MEDLINE record has no usable PMID and no DOI (its first line is {body[0][:40]!r}). Save it again."
        )
    return SourceRecord(article, "\n".join([*body, ""]).encode(), FORM)


def _unfolded(body: list[str]) -> list[Line]:
    lines: list[Line] = []
    for line in body:
        match = _LINE.match(line)
        if match and line[0] != " ":
            lines.append((match[1], match[2].strip()))
        else:
            tag, text = lines[-1]
            lines[-1] = (tag, f"{text} {line.strip()}")
    return lines


def _article(pmid: int | None, fields: dict[str, Any], lines: list[Line]) -> Article:
    get = fields.get
    book = "BTI" in fields
    title, abstract = get("TI", ""), get("AB", "")
    book_title = " ".join(get("BTI", []))
    others = _other_abstracts(lines)
    return Article(
        pmid=pmid,
        title=title or book_title,
        abstract=abstract,
        other_abstracts=others,
        kind=RecordKind.BOOK if book else RecordKind.ARTICLE,
        vernacular_title=get("TT", ""),
        journal=(book_title if title else " ".join(get("CTI", []))) if book else get("JT", ""),
        journal_abbreviation=get("TA", ""),
        nlm_id=get("JID", ""),
        issn=next(iter(_ISSN.findall(get("IS", ""))), ""),
        publisher=" ".join(get("PB", [])),
        volume=get("VI", ""),
        issue=get("IP", ""),
        pages=get("PG", ""),
        authors=read_medline_authors(lines),
        investigators=read_investigators(lines),
        languages=tuple(get("LA", [])),
        publication_types=tuple(publication_type(name, "") for name in get("PT", [])),
        mesh_headings=tuple(_heading(text) for text in get("MH", [])),
        substances=tuple(_substance(text) for text in get("RN", [])),
        keywords=tuple(text.removeprefix("*") for text in get("OT", [])),
        registry_ids=_registry_ids(get("SI", []), title, abstract, *(other.text for other in others)),
        links=tuple(_link(_LINKS[tag], text) for tag, text in lines if tag in _LINKS),
        grants=tuple(_grant(text) for text in get("GR", [])),
        notes=tuple(get("GN", [])),
        personal_name_subjects=tuple(_reading_order(name) for name in get("FPS", get("PS", []))),
        conflict_of_interest=" ".join(get("COIS", [])),
        status=get("STAT", ""),
        **_dates(fields),
        **_ids(fields, lines),
    )


def _dates(fields: dict[str, Any]) -> dict[str, Any]:
    dep = _day(fields.get("DEP", ""))
    return {
        "published": date_from_text(fields.get("DP", "")),
        "electronic": date_from_text(dep) if dep else PartialDate(),
        "created": _day((fields.get("CRDT") or [fields.get("DA", "")])[0]),
        "completed": _day(fields.get("DCOM", "")),
        "revised": _day(fields.get("LR", "")),
    }


def _day(text: str) -> str:
    """ISO day from "20121205" or "2012/10/09 06:00"."""
    digits = text.split(" ")[0].replace("/", "")
    return iso_day(digits[:4], digits[4:6], digits[6:]) if len(digits) == 8 and digits.isdecimal() else ""


def _ids(fields: dict[str, Any], lines: list[Line]) -> dict[str, Any]:
    """AID holds the record's own ids, LID the same ones of the article's electronic place."""
    found = [
        match.groups() for tag in ("AID", "LID") for line in lines if line[0] == tag and (match := _ID.match(line[1]))
    ]
    dois = [doi for text, kind in found if kind == "doi" and (doi := bare_doi(text))]
    others = [(kind, text) for text, kind in found if kind != "doi"]
    others += [("mid", text) for text in fields.get("MID", [])]
    others += [(source, text) for source, _, text in (entry.partition(": ") for entry in fields.get("OID", [])) if text]
    others += [("isbn", text) for text in fields.get("ISBN", [])]
    others += [
        (bank, number)
        for bank, _, number in (entry.partition("/") for entry in fields.get("SI", []))
        if number and not any(databank_registry_ids(bank, number))
    ]
    return {
        "doi": next(iter(dois), ""),
        "pmcid": bare_pmcid(fields.get("PMC", "")),
        "other_ids": tuple(dict.fromkeys(others)),
    }


def _heading(text: str) -> MeshHeading:
    """ "*Ketamine/adverse effects/*therapeutic use" with its stars."""
    name, *qualifiers = text.split("/")
    return MeshHeading(
        name.removeprefix("*"),
        major=name.startswith("*"),
        qualifiers=tuple(
            MeshQualifier(part.removeprefix("*"), major=part.startswith("*")) for part in qualifiers if part
        ),
    )


def _substance(text: str) -> tuple[str, str]:
    match = _SUBSTANCE.fullmatch(text)
    if match is None:
        return text, ""
    return match[2], "" if match[1] == "0" else match[1]


def _registry_ids(entries: list[str], *texts: str) -> tuple[RegistryId, ...]:
    banks = [
        found
        for entry in entries
        for bank, _, number in (entry.partition("/"),)
        for found in databank_registry_ids(bank, number)
    ]
    return unique_registry_ids(banks + [found for text in texts for found in find_registry_ids(text)])


def _link(kind: str, text: str) -> ArticleLink:
    match = _LINKED_PMID.search(text)
    reference = text[: match.start()].rstrip(" .") + "." if match else text
    return ArticleLink(kind, pmid_number(match[1]) if match else None, reference)


def _grant(text: str) -> Grant:
    """ "R01 AA000000/AA/NIAAA NIH HHS/United States": number, acronym, agency, country."""
    parts = text.rsplit("/", 3)
    if len(parts) == 4:
        return Grant(parts[2], parts[0], parts[3])
    if len(parts) == 3:
        return Grant(parts[1], parts[0], parts[2])
    return Grant(parts[0], country=parts[1]) if len(parts) == 2 else Grant(text)


def _other_abstracts(lines: list[Line]) -> tuple[OtherAbstract, ...]:
    """OAB says "Type: text", and the OABL below it the language. A mere "available from the publisher" is no text."""
    found: list[OtherAbstract] = []
    for tag, text in lines:
        if tag == "OAB":
            kind, _, body = text.partition(": ")
            found.append(OtherAbstract(body, kind=kind))
        elif tag == "OABL" and found:
            found[-1] = OtherAbstract(found[-1].text, text, found[-1].kind)
    return tuple(entry for entry in found if entry.text and not entry.text.startswith(_ELSEWHERE))


def _reading_order(name: str) -> str:
    last, _, fore = name.partition(", ")
    return f"{fore} {last}".strip()
