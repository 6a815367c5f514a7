"""Atom feeds (RFC 4287). Ids are tag: URIs (RFC 4151), so that an entry stays the same when the site moves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from evidence_site import words
from evidence_site.asks import File

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Feed:
    """A feed's own address and that of the page with the same news; `id` is what makes it the same feed for ever."""

    id: str
    name: str
    path: str
    page: str


def of_changes(edition, feed: Feed, entries, told: Mapping[str, str]) -> File:
    """One entry per change, newest first. `told` gives a study's design and findings in words, by its address.

    A change has the same id in every feed, so that a reader who follows several sees it once.
    """
    info = edition.info
    mark = f"tag:evidence-tracker,2026:{info['topic_id']}"
    root = Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _text(root, "title", f"{info['topic_name']}: {feed.name}")
    _text(root, "id", f"{mark}:{feed.id}")
    _text(root, "updated", moment(entries[0]["at"] if entries else info["published_at"]))
    _text(SubElement(root, "author"), "name", f"{info['topic_name']}: evidence tracker")
    _link(root, "self", "application/atom+xml", f"{edition.address}{feed.path}")
    _link(root, "alternate", "text/html", f"{edition.address}{feed.page}")
    for change in entries:
        _entry(root, f"{mark}:change:{change['id']}", edition, change, told.get(change["path"], ""))
    return File(
        b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="utf-8"),
        "application/atom+xml; charset=utf-8",
    )


def _entry(root: Element, id_: str, edition, change: Mapping[str, Any], told: str) -> None:
    entry = SubElement(root, "entry")
    text = words.change(change, edition)
    text = f"{text[:1].upper()}{text[1:]}"
    _text(entry, "title", f"{text}: {change['title']}")
    _text(entry, "id", id_)
    _text(entry, "updated", moment(change["at"]))
    _link(entry, "alternate", "text/html", f"{edition.address}{change['path']}")
    _text(entry, "summary", ". ".join(part for part in (change["authors_short"].rstrip("."), told, text) if part))


def _link(parent: Element, relation: str, kind: str, href: str) -> None:
    SubElement(parent, "link", {"rel": relation, "type": kind, "href": href})


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _NOT_XML.sub("", text)


def moment(at: str) -> str:
    """An RFC 3339 time; a bare date is taken as its midnight UTC."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", at):
        return f"{at}T00:00:00Z"
    return at if re.search(r"(Z|[+-]\d{2}:\d{2})$", at) else f"{at}Z"
