"""The yardstick: what somebody would write by hand with lxml for the same fields, without any of the care.

It takes the first of everything for granted: no check of what the file is, no tidying of blanks, no dates made sense of,
no registration numbers looked up, no identifiers normalised, no count of unknown elements.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree


def bare_loop(stream: BinaryIO, *, raw: bool = True) -> Iterator[dict[str, Any]]:
    for _, element in etree.iterparse(stream, tag="PubmedArticle"):
        record = _record(element)
        if raw:
            record["raw"] = etree.tostring(element, encoding="UTF-8", with_tail=False)
        yield record
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _text(element: Any) -> str:
    return "" if element is None else "".join(element.itertext())


def _record(element: Any) -> dict[str, Any]:
    citation = element.find("MedlineCitation")
    article = citation.find("Article")
    journal = article.find("Journal")
    issue = journal.find("JournalIssue")
    info = citation.find("MedlineJournalInfo")
    pmid = citation.find("PMID")
    ids = element.findall("PubmedData/ArticleIdList/ArticleId")
    locations = article.findall("ELocationID")
    return {
        "pmid": pmid.text,
        "pmid_version": pmid.get("Version"),
        "doi": [entry.text for entry in ids if entry.get("IdType") == "doi"],
        "pmcid": [entry.text for entry in ids if entry.get("IdType") == "pmc"],
        "locations": [(entry.get("EIdType"), entry.get("ValidYN"), entry.text) for entry in locations],
        "title": _text(article.find("ArticleTitle")),
        "vernacular_title": _text(article.find("VernacularTitle")),
        "sections": _sections(article.find("Abstract")),
        "other_abstracts": [
            (_sections(entry), entry.get("Language"), entry.get("Type")) for entry in citation.findall("OtherAbstract")
        ],
        "journal": journal.findtext("Title"),
        "journal_abbreviation": info.findtext("MedlineTA"),
        "issn": journal.findtext("ISSN"),
        "nlm_id": info.findtext("NlmUniqueID"),
        "volume": issue.findtext("Volume"),
        "issue": issue.findtext("Issue"),
        "pages": article.findtext("Pagination/MedlinePgn"),
        "published": _parts(issue.find("PubDate")),
        "electronic": _parts(article.find("ArticleDate")),
        "created": _parts(element.find("PubmedData/History/PubMedPubDate[@PubStatus='entrez']")),
        "completed": _parts(citation.find("DateCompleted")),
        "revised": _parts(citation.find("DateRevised")),
        "authors": [_person(entry) for entry in article.findall("AuthorList/Author")],
        "investigators": [_person(entry) for entry in citation.findall("InvestigatorList/Investigator")],
        "languages": [entry.text for entry in article.findall("Language")],
        "publication_types": [
            (entry.text, entry.get("UI")) for entry in article.findall("PublicationTypeList/PublicationType")
        ],
        "mesh_headings": [_heading(entry) for entry in citation.findall("MeshHeadingList/MeshHeading")],
        "substances": [
            (entry.findtext("NameOfSubstance"), entry.findtext("RegistryNumber"))
            for entry in citation.findall("ChemicalList/Chemical")
        ],
        "keywords": [_text(entry) for entry in citation.findall("KeywordList/Keyword")],
        "registry_ids": [
            (
                bank.findtext("DataBankName"),
                [entry.text for entry in bank.findall("AccessionNumberList/AccessionNumber")],
            )
            for bank in article.findall("DataBankList/DataBank")
        ],
        "links": [
            (entry.get("RefType"), entry.findtext("PMID"), entry.findtext("RefSource"), entry.findtext("Note"))
            for entry in citation.findall("CommentsCorrectionsList/CommentsCorrections")
        ],
        "grants": [
            (entry.findtext("Agency"), entry.findtext("GrantID"), entry.findtext("Country"))
            for entry in article.findall("GrantList/Grant")
        ],
        "other_ids": [(entry.get("Source"), entry.text) for entry in citation.findall("OtherID")],
        "notes": [_text(entry) for entry in citation.findall("GeneralNote")],
        "personal_name_subjects": [
            _person(entry) for entry in citation.findall("PersonalNameSubjectList/PersonalNameSubject")
        ],
        "conflict_of_interest": _text(citation.find("CoiStatement")),
        "status": citation.get("Status"),
        "indexing_method": citation.get("IndexingMethod"),
    }


def _parts(element: Any) -> dict[str, str | None]:
    return {} if element is None else {child.tag: child.text for child in element}


def _sections(element: Any) -> list[tuple[str, str | None, str | None]]:
    if element is None:
        return []
    return [(_text(part), part.get("Label"), part.get("NlmCategory")) for part in element.findall("AbstractText")]


def _person(element: Any) -> dict[str, Any]:
    return {
        "last_name": element.findtext("LastName"),
        "fore_name": element.findtext("ForeName"),
        "initials": element.findtext("Initials"),
        "suffix": element.findtext("Suffix"),
        "collective_name": element.findtext("CollectiveName"),
        "orcid": [entry.text for entry in element.findall("Identifier") if entry.get("Source") == "ORCID"],
        "affiliations": [_text(entry) for entry in element.findall("AffiliationInfo/Affiliation")],
    }


def _heading(element: Any) -> dict[str, Any]:
    name = element.find("DescriptorName")
    return {
        "name": name.text,
        "ui": name.get("UI"),
        "major": name.get("MajorTopicYN"),
        "qualifiers": [
            (entry.text, entry.get("UI"), entry.get("MajorTopicYN")) for entry in element.findall("QualifierName")
        ],
    }
