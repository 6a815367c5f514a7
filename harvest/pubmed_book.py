"""Reads one PubmedBookArticle element (a book or a chapter in NCBI Bookshelf) into an `Article`.

A chapter has its own title and the book's title as `journal`; a whole book has the book's title, and as `journal` the
collection it stands in. `published` is the book's date, `electronic` the day the chapter was added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.errors import BadInput
from db.records import Article, RecordKind
from harvest.pubmed_article import (
    read_abstract,
    read_electronic_location,
    read_history,
    read_own_ids,
    read_pmid,
    read_publication_type,
)
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
from harvest.pubmed_parts import read_grants, read_pages, read_people
from harvest.pubmed_text import UnknownElements, inner_text

if TYPE_CHECKING:
    from lxml.etree import _Element


def read_book(element: _Element, unknown: UnknownElements) -> Article:
    """The article of a PubmedBookArticle element. Raises BadInput if it has no usable PMID."""
    draft = Draft(unknown)
    read_children(element, _RECORD, draft)
    values = draft.values
    if "pmid" not in values:
        raise BadInput("A PubmedBookArticle has no usable PMID in its BookDocument. Fetch the file again.")
    values["kind"] = RecordKind.BOOK
    book_title, collection = values.pop("book_title", ""), values.pop("collection", "")
    book_authors = values.pop("book_authors", ())
    whole_book = not values.get("title")
    values["title"] = values.get("title") or book_title
    values["journal"] = collection if whole_book else book_title
    values["authors"] = values.get("authors") or book_authors
    return draft.article()


def _read_document(element: _Element, draft: Draft) -> None:
    read_children(element, _DOCUMENT, draft)


def _read_book(element: _Element, draft: Draft) -> None:
    read_children(element, _BOOK, draft)


def _read_data(element: _Element, draft: Draft) -> None:
    read_children(element, _DATA, draft)


def _authors_into(field: str) -> Reader:
    """A reader for an AuthorList: editors have one too, and are no authors."""

    def read(element: _Element, draft: Draft) -> None:
        if element.get("Type", "authors") == "authors":
            draft.values[field] = read_people(element, draft.unknown)

    return read


def _read_isbn(element: _Element, draft: Draft) -> None:
    text = inner_text(element, draft.unknown)
    if text:
        draft.append("other_ids", ("isbn", text))


def _read_publisher(element: _Element, draft: Draft) -> None:
    for child in element:
        if child.tag == "PublisherName":
            draft.values["publisher"] = inner_text(child, draft.unknown)


_BOOK: Readers = {
    "Publisher": _read_publisher,
    "BookTitle": text_into("book_title"),
    "PubDate": date_into("published"),
    "BeginningDate": None,
    "EndingDate": None,
    "AuthorList": _authors_into("book_authors"),
    "InvestigatorList": part_into("investigators", read_people),
    "Volume": text_into("volume"),
    "VolumeTitle": None,
    "Edition": None,
    "CollectionTitle": text_into("collection"),
    "Isbn": _read_isbn,
    "ELocationID": read_electronic_location,
    "Medium": None,
    "ReportNumber": None,
}
_DOCUMENT: Readers = {
    "PMID": read_pmid,
    "ArticleIdList": read_own_ids,
    "Book": _read_book,
    "LocationLabel": None,
    "ArticleTitle": text_into("title"),
    "VernacularTitle": text_into("vernacular_title"),
    "Pagination": part_into("pages", read_pages),
    "Language": text_onto("languages"),
    "AuthorList": _authors_into("authors"),
    "InvestigatorList": part_into("investigators", read_people),
    "PublicationType": read_publication_type,
    "Abstract": read_abstract,
    "Sections": None,
    "KeywordList": parts_onto("keywords", "Keyword", inner_text),
    "ContributionDate": date_into("electronic"),
    "DateRevised": day_into("revised"),
    "CitationString": None,
    "GrantList": part_into("grants", read_grants),
    "ItemList": None,
    "ReferenceList": None,
}
_DATA: Readers = {
    "History": read_history,
    "PublicationStatus": None,
    "ArticleIdList": read_own_ids,
    "ObjectList": None,
}
_RECORD: Readers = {"BookDocument": _read_document, "PubmedBookData": _read_data}
