"""Reads one PubmedArticle element into an `Article`, in one pass over its children.

Every group of elements has a function here or in `pubmed_parts`; a table says which. The tables also list the
elements that are known but not used, so that what is left over is truly unknown and can be reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.errors import BadInput
from db.records import Article, Author, MeshHeading
from db.registries import databank_registry_ids
from harvest.identifiers import bare_doi, bare_pmcid, pmid_number
from harvest.publication_types import publication_type
from harvest.pubmed_draft import (
    Draft,
    Reader,
    Readers,
    date_into,
    day_into,
    part_into,
    parts_onto,
    read_children,
    text_into,
    text_onto,
)
from harvest.pubmed_parts import (
    read_grants,
    read_links,
    read_mesh,
    read_name,
    read_other_abstract,
    read_pages,
    read_people,
    read_sections,
    read_substance,
    readable,
)
from harvest.pubmed_text import UnknownElements, inner_text

if TYPE_CHECKING:
    from lxml.etree import _Element


def read_article(element: _Element, unknown: UnknownElements, headings: tuple[MeshHeading, ...] = ()) -> Article:
    """The article of a PubmedArticle element, with the MeSH headings that were cut out of it before.

    Raises BadInput if it has no citation or no usable PMID.
    """
    draft = Draft(unknown)
    draft.values["mesh_headings"] = headings
    read_children(element, _RECORD, draft)
    if "pmid" not in draft.values:
        raise BadInput("A PubmedArticle has no usable PMID in its MedlineCitation. Fetch the file again.")
    if "journal" not in draft.values:
        raise BadInput(f"PubMed record {draft.values['pmid']} has no Article part. Fetch the file again.")
    _give_first_author(draft)
    return draft.article()


def read_pmid(element: _Element, draft: Draft) -> None:
    pmid = pmid_number(element.text or "")
    if pmid is not None:
        draft.values["pmid"] = pmid
        draft.values["pmid_version"] = pmid_number(element.get("Version", "1")) or 1


def read_abstract(element: _Element, draft: Draft) -> None:
    sections = read_sections(element, draft.unknown)
    draft.values["sections"] = sections
    draft.values["abstract"] = readable(sections)


def read_electronic_location(element: _Element, draft: Draft) -> None:
    """ELocationID: a DOI or publisher's item number. ValidYN="N" marks one that was wrong."""
    if element.get("ValidYN") == "N":
        return
    text = inner_text(element, draft.unknown)
    if element.get("EIdType") == "doi":
        doi = bare_doi(text)
        if doi:
            draft.electronic_dois.append(doi)
    elif text:
        draft.append("other_ids", (element.get("EIdType", ""), text))


def read_own_ids(element: _Element, draft: Draft) -> None:
    """The ArticleIdList of the record itself; the lists inside references belong to other articles."""
    for child in element:
        kind, text = child.get("IdType", ""), inner_text(child, draft.unknown)
        if kind == "doi":
            doi = bare_doi(text)
            if doi:
                draft.dois.append(doi)
        elif kind == "pmc":
            draft.values["pmcid"] = bare_pmcid(text)
        elif kind != "pubmed" and text:
            draft.append("other_ids", (kind, text))


def read_publication_type(element: _Element, draft: Draft) -> None:
    name = inner_text(element, draft.unknown)
    if name:
        draft.append("publication_types", publication_type(name, element.get("UI", "")))


def read_history(element: _Element, draft: Draft) -> None:
    """The create date is the history's "entrez" date: PubMed's CRDT, which is what [crdt] searches."""
    for child in element:
        if child.get("PubStatus") == "entrez":
            day_into("created")(child, draft)


def _read_citation(element: _Element, draft: Draft) -> None:
    draft.values["status"] = element.get("Status", "")
    draft.values["indexing_method"] = element.get("IndexingMethod", "")
    read_children(element, _CITATION, draft)


def _read_journal(element: _Element, draft: Draft) -> None:
    draft.values.setdefault("journal", "")
    read_children(element, _JOURNAL, draft)


def _read_databank(element: _Element, draft: Draft) -> None:
    bank = ""
    for child in element:
        if child.tag == "DataBankName":
            bank = inner_text(child, draft.unknown)
        elif child.tag == "AccessionNumberList":
            for entry in child:
                _add_accession(bank, inner_text(entry, draft.unknown), draft)
        else:
            draft.unknown.add(child)


def _add_accession(bank: str, accession: str, draft: Draft) -> None:
    registered = list(databank_registry_ids(bank, accession))
    draft.registry_ids += registered
    if not registered and accession:
        draft.append("other_ids", (bank, accession))


def _read_other_id(element: _Element, draft: Draft) -> None:
    text = inner_text(element, draft.unknown)
    if text:
        draft.append("other_ids", (element.get("Source", ""), text))


def _read_other_abstract(element: _Element, draft: Draft) -> None:
    abstract = read_other_abstract(element, draft.unknown)
    if abstract.text:
        draft.append("other_abstracts", abstract)


def _read_first_author_affiliation(element: _Element, draft: Draft) -> None:
    draft.first_author_affiliation = inner_text(element, draft.unknown)


def _give_first_author(draft: Draft) -> None:
    """Until 2014 a record had one Affiliation, outside the author list: that of the first author."""
    authors: tuple[Author, ...] = draft.values.get("authors", ())
    if draft.first_author_affiliation and authors and not authors[0].affiliations:
        first = authors[0]
        draft.values["authors"] = (
            Author(
                last_name=first.last_name,
                fore_name=first.fore_name,
                initials=first.initials,
                suffix=first.suffix,
                collective_name=first.collective_name,
                orcid=first.orcid,
                affiliations=(draft.first_author_affiliation,),
            ),
            *authors[1:],
        )


def _into(readers: Readers) -> Reader:
    """A reader that only goes one level down."""

    def read(element: _Element, draft: Draft) -> None:
        read_children(element, readers, draft)

    return read


_ISSUE: Readers = {
    "Volume": text_into("volume"),
    "Issue": text_into("issue"),
    "PubDate": date_into("published"),
}
_JOURNAL: Readers = {
    "ISSN": text_into("issn"),
    "JournalIssue": _into(_ISSUE),
    "Title": text_into("journal"),
    "ISOAbbreviation": text_into("journal_abbreviation"),
}
_ARTICLE: Readers = {
    "Journal": _read_journal,
    "ArticleTitle": text_into("title"),
    "Pagination": part_into("pages", read_pages),
    "ELocationID": read_electronic_location,
    "Abstract": read_abstract,
    "Affiliation": _read_first_author_affiliation,
    "AuthorList": part_into("authors", read_people),
    "Language": text_onto("languages"),
    "DataBankList": _into({"DataBank": _read_databank}),
    "GrantList": part_into("grants", read_grants),
    "PublicationTypeList": _into({"PublicationType": read_publication_type}),
    "VernacularTitle": text_into("vernacular_title"),
    "ArticleDate": date_into("electronic"),
}
# MedlineTA comes after ISOAbbreviation in every record and wins: it is the abbreviation by which PubMed cites.
_JOURNAL_INFO: Readers = {
    "Country": None,
    "MedlineTA": text_into("journal_abbreviation"),
    "NlmUniqueID": text_into("nlm_id"),
    "NLMUniqueID": text_into("nlm_id"),
    "ISSNLinking": None,
    "VernacularTitle": None,
}
_CITATION: Readers = {
    "PMID": read_pmid,
    "DateCreated": day_into("created"),
    "DateCompleted": day_into("completed"),
    "DateRevised": day_into("revised"),
    "Article": _into(_ARTICLE),
    "MedlineJournalInfo": _into(_JOURNAL_INFO),
    "ChemicalList": parts_onto("substances", "Chemical", read_substance),
    "SupplMeshList": None,
    "CitationSubset": None,
    "CommentsCorrectionsList": part_into("links", read_links),
    "GeneSymbolList": None,
    "MeshHeadingList": part_into("mesh_headings", read_mesh),
    "MedlineID": None,
    "NumberOfReferences": None,
    "PersonalNameSubjectList": parts_onto("personal_name_subjects", "PersonalNameSubject", read_name),
    "OtherID": _read_other_id,
    "OtherAbstract": _read_other_abstract,
    "KeywordList": parts_onto("keywords", "Keyword", inner_text),
    "CoiStatement": text_into("conflict_of_interest"),
    "SpaceFlightMission": None,
    "InvestigatorList": part_into("investigators", read_people),
    "GeneralNote": text_onto("notes"),
}
_DATA: Readers = {
    "History": read_history,
    "PublicationStatus": None,
    "ArticleIdList": read_own_ids,
    "ObjectList": None,
    "ReferenceList": None,
}
_RECORD: Readers = {"MedlineCitation": _read_citation, "PubmedData": _into(_DATA)}
