"""What RFC 4287 asks of an Atom feed, and RFC 4151 of its tag: ids, checked by hand.

The validators on the package index are unmaintained, so each rule that a feed of ours could break stands here, with the
section of the RFC that it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
_TAG = re.compile(r"tag:[a-z0-9][a-z0-9.-]*,\d{4}(-\d{2}){0,2}:[\w./:+%~-]+", re.ASCII)
_PERSON = {"name": (1, 1), "uri": (0, 1), "email": (0, 1)}
#: Child elements with how often each must and may stand (4.1.1 and 4.1.2).
_FEED = {
    "id": (1, 1),
    "title": (1, 1),
    "updated": (1, 1),
    "author": (1, 9),
    "link": (0, 9),
    "subtitle": (0, 1),
    "generator": (0, 1),
    "entry": (0, 1000),
}
_ENTRY = {
    "id": (1, 1),
    "title": (1, 1),
    "updated": (1, 1),
    "author": (0, 9),
    "link": (0, 9),
    "summary": (0, 1),
    "content": (0, 1),
    "published": (0, 1),
    "category": (0, 99),
}


def feed_problems(body: bytes | str) -> list[str]:
    """Every rule that the feed breaks; [] for a valid one."""
    feed = etree.fromstring(body.encode() if isinstance(body, str) else body)
    return list(_problems(feed))


def _problems(feed: etree._Element) -> Iterator[str]:
    if feed.tag != f"{{{ATOM}}}feed":
        yield f"4.1.1: the root is {feed.tag}"
    if not feed.get(_XML_LANG):
        yield "2: no xml:lang"
    entries = feed.findall(f"{{{ATOM}}}entry")
    yield from _node_problems("feed", feed, _FEED)
    for number, entry in enumerate(entries):
        yield from _node_problems(f"entry {number}", entry, _ENTRY)
        if not _links(entry, "alternate") and entry.find(f"{{{ATOM}}}content") is None:
            yield f"4.1.2: entry {number} has neither an alternate link nor content"
    ids = [_text(entry, "id") for entry in entries]
    if len(set(ids)) != len(ids):
        yield "4.1.1: two entries have one id"
    if _text(feed, "id") in ids:
        yield "4.2.6: the feed and an entry have one id"
    if len(_links(feed, "self")) > 1:
        yield "4.1.1: more than one self link"
    times = [datetime.fromisoformat(_text(entry, "updated")) for entry in entries]
    if times and datetime.fromisoformat(_text(feed, "updated")) < max(times):
        yield "4.2.15: the feed is older than an entry of it"


def _node_problems(place: str, node: etree._Element, known: dict[str, tuple[int, int]]) -> Iterator[str]:
    names = [etree.QName(child).localname for child in node]
    if any(etree.QName(child).namespace != ATOM for child in node):
        yield f"6: {place} has an element of another namespace"
    for name in set(names) - set(known):
        yield f"4: {place} has the unknown element {name}"
    for name, (least, most) in known.items():
        if not least <= names.count(name) <= most:
            yield f"4: {place} has {names.count(name)} of {name}"
    for child in node:
        yield from _child_problems(place, child)
    shown = [(link.get("type"), link.get("hreflang")) for link in _links(node, "alternate")]
    if len(set(shown)) != len(shown):
        yield f"4.1: {place} has two alternate links of one type and language"


def _child_problems(place: str, child: etree._Element) -> Iterator[str]:
    name, text = etree.QName(child).localname, child.text or ""
    if name in {"updated", "published"} and not _TIME.fullmatch(text):
        yield f"3.3: {place} has the time {text!r}"
    if name == "id" and not _TAG.fullmatch(text):
        yield f"4.2.6: {place} has the id {text!r}"
    if name == "title" and not text.strip():
        yield f"4.2.14: {place} has an empty title"
    if name in {"title", "summary", "content"} and (len(child) or child.get("type", "text") not in {"text", "html"}):
        yield f"3.1: {place} has markup in {name}"
    if name == "author":
        yield from _author_problems(place, child)
    if name == "link":
        where = urlsplit(child.get("href", ""))
        if where.scheme not in {"http", "https"} or not where.netloc:
            yield f"4.2.7: {place} links to {child.get('href')!r}"
        if child.get("rel") not in {"self", "alternate", "related", "via", "enclosure"}:
            yield f"4.2.7.2: {place} has the relation {child.get('rel')!r}"


def _author_problems(place: str, author: etree._Element) -> Iterator[str]:
    names = [etree.QName(child).localname for child in author]
    for name, (least, most) in _PERSON.items():
        if not least <= names.count(name) <= most:
            yield f"3.2: the author of {place} has {names.count(name)} of {name}"
    if not _text(author, "name").strip():
        yield f"3.2.1: the author of {place} has no name"


def _links(node: etree._Element, relation: str) -> list[etree._Element]:
    return [link for link in node.findall(f"{{{ATOM}}}link") if link.get("rel", "alternate") == relation]


def _text(node: etree._Element, name: str) -> str:
    return node.findtext(f"{{{ATOM}}}{name}") or ""
