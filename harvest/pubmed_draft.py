"""A record while it is being read, and the readers that serve many elements alike.

A table (`Readers`) says which reader serves which child; children that it does not name are counted as unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from db.records import Article, RegistryId
from db.registries import find_registry_ids, unique_registry_ids
from harvest.dates import iso_day, partial_date
from harvest.pubmed_text import UnknownElements, inner_text, texts_by_tag

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
