"""Atom feeds (RFC 4287). Ids are tag: URIs, so that an entry stays the same when the site moves."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from evidence_site import words
from evidence_site.asks import File

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def of_changes(edition, entries) -> File:
    """One entry per change, newest first."""
    info = edition.info
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _text(feed, "title", f"{info['topic_name']}: what is new")
    _text(feed, "id", f"tag:evidence-tracker,2026:{info['topic_id']}:changes")
    _text(feed, "updated", moment(entries[0]["at"] if entries else info["published_at"]))
    _text(SubElement(feed, "author"), "name", f"{info['topic_name']}: evidence tracker")
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{edition.address}/changes.atom"})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": f"{edition.address}/changes"})
    for change in entries:
        entry = SubElement(feed, "entry")
        text = words.change(change, edition)
        _text(entry, "title", f"{text[:1].upper()}{text[1:]}: {change['title']}")
        _text(entry, "id", f"tag:evidence-tracker,2026:{info['topic_id']}:change:{change['id']}")
        _text(entry, "updated", moment(change["at"]))
        SubElement(entry, "link", {"rel": "alternate", "href": f"{edition.address}{change['path']}"})
        _text(entry, "summary", f"{change['authors_short']} {text}".strip())
    return File(
        b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed, encoding="utf-8"),
        "application/atom+xml; charset=utf-8",
    )


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _NOT_XML.sub("", text)


def moment(at: str) -> str:
    """An RFC 3339 time; a bare date is taken as its midnight UTC."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", at):
        return f"{at}T00:00:00Z"
    return at if re.search(r"(Z|[+-]\d{2}:\d{2})$", at) else f"{at}Z"
