"""A digest as an Atom feed (RFC 4287), one entry for each article."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from db.digest import Digest, DigestItem

_ATOM = "http://www.w3.org/2005/Atom"
#: Characters that XML 1.0 can't hold in any form.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class FeedStyle(Protocol):
    """What the feed needs to know of the digest's style."""

    @property
    def topic_id(self) -> str: ...
    @property
    def topic_name(self) -> str: ...
    @property
    def made_at(self) -> str: ...
    @property
    def address(self) -> str: ...
    def link(self, item: DigestItem) -> str: ...


def atom(digest: Digest, style: FeedStyle, *, title: str, line: Callable[..., str]) -> str:
    """The feed. `line` gives an article's summary.

    Ids are tag: URIs (RFC 4151), so that an entry keeps its id when the site moves. A file has no address of its own,
    so there is no "self" link without the site's address.
    """
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    mark = f"tag:evidence-tracker,2026:{style.topic_id}"
    _text(feed, "title", title)
    _text(feed, "id", f"{mark}:digest:{digest.since[:10]}:{digest.until[:10]}")
    _text(feed, "updated", style.made_at)
    _text(SubElement(feed, "author"), "name", f"{style.topic_name}: evidence tracker")
    if style.address:
        SubElement(
            feed, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{style.address}/changes.atom"}
        )
        SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": f"{style.address}/changes"})
    for item in digest.items:
        entry = SubElement(feed, "entry")
        _text(entry, "title", f"{item.group.capitalize()}: {item.title}")
        _text(entry, "id", f"{mark}:digest:{item.article_id}:{item.group}:{item.at}")
        _text(entry, "updated", item.at)
        # Without a link an entry must hold its content (RFC 4287, 4.1.2).
        if link := style.link(item):
            SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": link})
            _text(entry, "summary", line(item, style))
        else:
            _text(entry, "content", line(item, style))
    indent(feed, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed, encoding="unicode") + "\n"


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _NOT_XML.sub("", text)
