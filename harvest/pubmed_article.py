"""Reads one PubmedArticle element into an `Article`, in one pass over its children.

Every group of elements has a function here or in `pubmed_parts`; a table says which. The tables also list the
elements that are known but not used, so that what is left over is truly unknown and can be reported.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from db.errors import BadInput
from db.records import Article, Author, RegistryId
from harvest.dates import iso_day, partial_date
from harvest.identifiers import bare_doi, bare_pmcid, pmid_number
from harvest.publication_types import publication_type
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
from harvest.pubmed_text import UnknownElements, inner_text, texts_by_tag
from db.registries import databank_registry_ids, find_registry_ids, unique_registry_ids

if TYPE_CHECKING:
    from lxml.etree import _Element


class Draft:
    """A record while it is being read: the values of `Article`'s fields, and what only becomes one at the end."""

    def __init__(self, unknown: UnknownElements) -> None:
        self.values: dict[str, Any] = {}
        self.unknown = unknown
        self.dois: list[str] = []
        self.electronic_dois: list[str] = []
        self.registry_ids: list[RegistryId] = []
        self.lists: dict[str, list[Any]] = {}
        self.first_author_affiliation = ""

    def append(self, field: str, value: Any) -> None:
        if value:
            self.lists.setdefault(field, []).append(value)

    def article(self) -> Article:
        values = self.values
        for field, items in self.lists.items():
            values[field] = tuple(dict.fromkeys(items))
        title, abstract = values.setdefault("title", ""), values.get("abstract", "")
        other = (summary.text for summary in values.get("other_abstracts", ()))
        found = [entry for text in (title, abstract, *other) for entry in find_registry_ids(text)]
        values["registry_ids"] = unique_registry_ids(self.registry_ids + found)
        values["doi"] = next(iter(self.dois + self.electronic_dois), "")
        return Article(**values)


Reader = Callable[["_Element", Draft], None]
#: Which reader serves which tag. None: known and not used. (lxml types a tag more widely than str; hence Any.)
Readers = dict[Any, Reader | None]


def read_article(element: _Element, unknown: UnknownElements) -> Article:
    """The article of a PubmedArticle element. Raises BadInput if it has no citation or no usable PMID."""
    draft = Draft(unknown)
    read_children(element, _RECORD, draft)
    if "pmid" not in draft.values:
        raise BadInput("A PubmedArticle has no usable PMID in its MedlineCitation. Fetch the file again.")
    if "journal" not in draft.values:
        raise BadInput(f"PubMed record {draft.values['pmid']} has no Article part. Fetch the file again.")
    _give_first_author(draft)
    return draft.article()


def read_children(element: _Element, readers: Readers, draft: Draft) -> None:
    """Hands each child to its reader; a child that is in the table with None is known and not used."""
    for child in element:
        try:
            reader = readers[child.tag]
        except KeyError:
            draft.unknown.add(child)
            continue
        if reader is not None:
            reader(child, draft)


def text_into(field: str) -> Reader:
    """A reader that puts the element's text into one field."""

    def read(element: _Element, draft: Draft) -> None:
        draft.values[field] = inner_text(element, draft.unknown)

    return read


def text_onto(field: str) -> Reader:
    """A reader that adds the element's text to a field that holds several."""

    def read(element: _Element, draft: Draft) -> None:
        draft.append(field, inner_text(element, draft.unknown))

    return read


def part_into(field: str, part: Callable[[_Element, UnknownElements], Any]) -> Reader:
    """A reader that puts what `part` makes of the element into one field."""

    def read(element: _Element, draft: Draft) -> None:
        draft.values[field] = part(element, draft.unknown)

    return read


def parts_onto(field: str, tag: str, part: Callable[[_Element, UnknownElements], Any]) -> Reader:
    """A reader that adds what `part` makes of each child named `tag` to a field that holds several."""

    def read(element: _Element, draft: Draft) -> None:
        for child in element:
            if child.tag == tag:
                draft.append(field, part(child, draft.unknown))
            else:
                draft.unknown.add(child)

    return read


def day_into(field: str) -> Reader:
    """A reader for a date that NLM set itself."""

    def read(element: _Element, draft: Draft) -> None:
        parts = texts_by_tag(element)
        draft.values[field] = iso_day(parts.get("Year", ""), parts.get("Month", ""), parts.get("Day", ""))

    return read


def date_into(field: str) -> Reader:
    """A reader for a date of publication; of several (ArticleDate may repeat) the first counts."""

    def read(element: _Element, draft: Draft) -> None:
        get = texts_by_tag(element).get
        if field not in draft.values:
            draft.values[field] = partial_date(
                get("Year", ""), get("Month", ""), get("Day", ""), get("Season", ""), get("MedlineDate", "")
            )

    return read


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
