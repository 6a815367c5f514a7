"""The sitemap: every page, every relevant study, and its patient page with the same page in other languages."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from evidence_site.asks import Ask, File, Route
from evidence_site.edition import Edition
from evidence_site.pages import collections, patients

#: A sitemap may have 50,000 addresses; the newest studies come first.
MOST_STUDIES = 25_000
MOST_PATIENT_PAGES = 20_000
_FIXED = ("/", "/questions", "/studies", "/trials", "/changes", "/methods", "/about", "/accessibility", "/privacy")
_NAMES = {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9", "xmlns:xhtml": "http://www.w3.org/1999/xhtml"}

_STUDIES = "SELECT path, updated FROM studies WHERE relevance <> 'off_topic' ORDER BY id LIMIT ?"
#: What `patients.build` lets search engines keep.
_FOR_PATIENTS = """
SELECT path, updated FROM studies WHERE relevance NOT IN ('off_topic') AND design NOT IN ('not_checked', 'notice')
AND status NOT IN ('retracted', 'withdrawn', 'notice') ORDER BY id LIMIT ?
"""


def build(edition: Edition, connection, ask: Ask) -> File:
    ask.only()
    root = Element("urlset", _NAMES)
    for path in (*_FIXED, *(f"/question/{question['id']}" for question in edition.questions)):
        _add(root, edition, path)
    for path, updated in connection.execute(_STUDIES, [MOST_STUDIES]):
        _add(root, edition, path, updated)
    for path, updated, languages in _in_languages(edition, connection):
        for language in languages:
            _add(root, edition, patients.address_in(language, path), updated, _others(path, languages))
    return File(
        b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8"),
        "application/xml; charset=utf-8",
    )


def _in_languages(edition: Edition, connection) -> Iterator[tuple[str, str, list[str]]]:
    """Addresses without language, when each page last changed ("" if unknown), and the languages it is in."""
    languages = patients.languages_of(edition)
    lists = [("/patients", "")] if languages else []
    if edition.collections:
        lists.append((collections.ADDRESS, ""))
    for path, updated in lists:
        yield path, updated, languages or [patients.DEFAULT]
    for collection in edition.collections:
        is_plain = collections.is_plain(edition, collection)
        yield f"{collections.ADDRESS}/{collection['slug']}", "", languages if is_plain else [patients.DEFAULT]
    if languages:
        for path, updated in connection.execute(_FOR_PATIENTS, [MOST_PATIENT_PAGES // len(languages)]):
            yield f"/patients{path.removeprefix('/study')}", updated, languages


def _others(path: str, languages: list[str]) -> dict[str, str]:
    """The page in each language, itself included as the form asks for; nothing where there is only one."""
    return {language: patients.address_in(language, path) for language in languages} if len(languages) > 1 else {}


def _add(root: Element, edition: Edition, path: str, updated: str = "", others: dict[str, str] | None = None) -> None:
    url = SubElement(root, "url")
    SubElement(url, "loc").text = _whole(edition, path)
    if updated:
        SubElement(url, "lastmod").text = updated
    for language, other in (others or {}).items():
        SubElement(url, "xhtml:link", {"rel": "alternate", "hreflang": language, "href": _whole(edition, other)})


def _whole(edition: Edition, path: str) -> str:
    return f"{edition.address}{quote(path, safe='/')}"


ROUTES = (Route(r"/sitemap(?P<form>\.xml)", build, forms=("xml",)),)
