"""Collections: lists of studies that staff chose. A study that is missing or retracted says so, and stays on its list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from evidence_site.asks import Ask, Elsewhere, Page, Problem, Route, Way
from evidence_site.edition import Edition
from evidence_site.machine import study_summary
from evidence_site.pages import patients
from evidence_site.patients.glossary import new_words
from evidence_site.patients.study import Meaning
from evidence_site.patients.texts import Texts
from evidence_site.sharing import share_plainly
from evidence_site.studies import Study, find_id, load_studies

NAVIGATION = (("/collections", "Reading lists", "collections"),)
ADDRESS = "/collections"
#: Below these, a study's results are not to be relied on, so its banner is red.
_RED = frozenset({"retracted", "withdrawn"})


@dataclass(frozen=True)
class Said:
    """A text of a collection and the language it is in, which is not the page's where no translation was given."""

    text: str
    language: str


@dataclass(frozen=True)
class Item:
    """One study of a collection. `study` is None where this site does not have it; `entry` is its plain-word summary.

    `meanings` explain the medical words that the page uses here for the first time.
    """

    pmid: int | None
    doi: str
    note: Said
    study: Study | None
    entry: patients.Entry | None = None
    meanings: tuple[Meaning, ...] = ()

    @property
    def state(self) -> str:
        """ "missing" for a study that is not here, else its status: "retracted", "concern", … or ""."""
        return self.study.row["status"] if self.study else "missing"

    @property
    def is_red(self) -> bool:
        return self.study is None or self.state in _RED

    @property
    def name(self) -> str:
        return f"PMID {self.pmid}" if self.pmid else f"DOI {self.doi}"


def build_list(edition: Edition, connection, ask: Ask) -> Page | Elsewhere:
    ask.only()
    data = {"collections": [_summary(collection) for collection in edition.collections]}
    if not speaks_plainly(edition):
        lists = [
            (collection, said(collection["title"]), said(collection["intro"])) for collection in edition.collections
        ]
        return Page("collections.html", "Reading lists", {"lists": lists}, data, section="collections")
    texts = patients.texts_of(edition, ask)
    if ask.path.removesuffix(".json") != patients.address_in(texts.language, ADDRESS):
        return Elsewhere(patients.address_in(texts.language, ADDRESS))
    lists = [
        (address_of(edition, collection, texts.language), collection, *_head(collection, texts.language))
        for collection in sorted(edition.collections, key=lambda each: each["audience"] != "patients")
    ]
    context = {**patients.frame(edition, texts, ADDRESS), "lists": lists}
    return Page(
        "patients_collections.html",
        texts("collections.title"),
        context,
        data,
        description=texts("collections.intro"),
        section="collections",
    )


def build(edition: Edition, connection, ask: Ask) -> Page | Elsewhere:
    ask.only()
    collection = _named(edition, ask.matched["slug"])
    plain = is_plain(edition, collection)
    language = ask.matched.get("language") or patients.DEFAULT
    here = address_of(edition, collection, language)
    if ask.path.removesuffix(".json") != here:
        return Elsewhere(here)
    return (
        _for_patients(edition, connection, ask, collection)
        if plain
        else _for_clinicians(edition, connection, collection)
    )


def speaks_plainly(edition: Edition) -> bool:
    """False for a topic that has no texts for patients; all its pages are then clinicians'."""
    return patients.DEFAULT in patients.languages_of(edition)


def is_plain(edition: Edition, collection: Mapping[str, Any]) -> bool:
    return collection["audience"] == "patients" and speaks_plainly(edition)


def address_of(edition: Edition, collection: Mapping[str, Any], language: str = patients.DEFAULT) -> str:
    path = f"{ADDRESS}/{collection['slug']}"
    return patients.address_in(language, path) if is_plain(edition, collection) else path


def said(texts: Mapping[str, str], language: str = patients.DEFAULT) -> Said:
    found = language if language in texts else patients.DEFAULT
    return Said(texts[found], found)


def _head(collection: Mapping[str, Any], language: str) -> tuple[Said, Said]:
    return said(collection["title"], language), said(collection["intro"], language)


def _named(edition: Edition, slug: str) -> Mapping[str, Any]:
    for collection in edition.collections:
        if collection["slug"] == slug:
            return collection
    ways = [Way("All reading lists", ADDRESS)] if edition.collections else []
    raise Problem.not_found("There is no reading list of this name.", *ways, Way("Home page", "/"))


def _for_patients(edition: Edition, connection, ask: Ask, collection: Mapping[str, Any]) -> Page:
    texts = patients.texts_of(edition, ask)
    path = f"{ADDRESS}/{collection['slug']}"
    title, intro = _head(collection, texts.language)
    known: set[str] = set()
    meanings = new_words(intro.text, texts, known)
    items = [
        replace(item, meanings=new_words(_words_of(item), texts, known))
        for item in _items(edition, connection, collection, texts)
    ]
    return Page(
        "patients_collection.html",
        title.text,
        {
            **patients.frame(edition, texts, path),
            "heading": title,
            "intro": intro,
            "meanings": meanings,
            "items": items,
            "share": patients.share_in(edition, texts, path),
        },
        _data(edition, collection, items),
        description=texts("collections.intro"),
        section="collections",
    )


def _words_of(item: Item) -> str:
    return " ".join([item.note.text, *(item.entry.sentences if item.entry else ())])


def _for_clinicians(edition: Edition, connection, collection: Mapping[str, Any]) -> Page:
    title, intro = _head(collection, patients.DEFAULT)
    items = _items(edition, connection, collection)
    return Page(
        "collection.html",
        title.text,
        {
            "intro": intro,
            "items": items,
            "collection": collection,
            "share": share_plainly(edition, f"{ADDRESS}/{collection['slug']}"),
        },
        _data(edition, collection, items),
        description=intro.text,
        section="collections",
    )


def _items(edition: Edition, connection, collection: Mapping[str, Any], texts: Texts | None = None) -> list[Item]:
    """The studies in the order of the list, each with its plain-word summary if `texts` are given."""
    language = texts.language if texts else patients.DEFAULT
    ids = [find_id(connection, pmid=each["pmid"], doi=each["doi"]) for each in collection["studies"]]
    found = {study.row["id"]: study for study in load_studies(connection, edition, [id_ for id_ in ids if id_])}
    return [
        Item(
            each["pmid"],
            each["doi"],
            said(each["note"], language),
            study := found.get(id_),
            patients.entry_of(edition, texts, study) if texts and study else None,
        )
        for each, id_ in zip(collection["studies"], ids, strict=True)
    ]


def _summary(collection: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "address": f"{ADDRESS}/{collection['slug']}",
        "title": collection["title"],
        "intro": collection["intro"],
        "audience": collection["audience"],
        "studies": len(collection["studies"]),
    }


def _data(edition: Edition, collection: Mapping[str, Any], items: list[Item]) -> dict[str, Any]:
    return {
        **_summary(collection),
        "studies": [
            {
                "pmid": item.pmid,
                "doi": item.doi or None,
                "note": each["note"],
                "state": item.state or None,
                "study": study_summary(edition, item.study) if item.study else None,
            }
            for item, each in zip(items, collection["studies"], strict=True)
        ],
    }


_LANGUAGE = r"(?:/(?P<language>[a-z]{2}))?"
ROUTES = (
    Route(rf"{_LANGUAGE}{ADDRESS}(?P<form>\.json)?", build_list),
    Route(rf"{_LANGUAGE}{ADDRESS}/(?P<slug>[a-z0-9-]{{1,60}})(?P<form>\.json)?", build),
)
