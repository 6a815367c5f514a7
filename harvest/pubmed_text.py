"""Text of PubMed's XML elements, whole and with blanks tidied, and a count of the elements we don't know."""

from __future__ import annotations

import logging
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.etree import _Element

logger = logging.getLogger(__name__)

_BLANKS = re.compile(r"[ \t\r\n]+")
#: Elements that may stand inside a title or an abstract; all of their text counts.
_INLINE = frozenset(
    {"b", "i", "sub", "sup", "u", "DispFormula", "{http://www.w3.org/1998/Math/MathML}math"},
)


class UnknownElements:
    """Counts the elements that this version does not know. Each name is logged once per stream, as a warning.

    `counts` maps "parent/element" to how often it was met.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, element: _Element) -> None:
        parent = element.getparent()
        name = f"{parent.tag!s}/{element.tag!s}" if parent is not None else str(element.tag)
        if not self.counts[name]:
            logger.warning("PubMed XML has an element that this version does not know: %s. Carrying on.", name)
        self.counts[name] += 1


def tidy(text: str) -> str:
    """The text without blanks around it and with single blanks inside.

    Only XML's own white space is meant, which pretty-printing adds; typographic spaces are the authors'.
    """
    # Nearly every text is one clean line, and this is the quickest way to know it.
    if "\n" in text or "  " in text or "\t" in text or "\r" in text:
        text = _BLANKS.sub(" ", text)
    return text.strip(" ")


def inner_text(element: _Element, unknown: UnknownElements) -> str:
    """All text inside the element, that of markup and formulas included."""
    if not len(element):
        return tidy(element.text or "")
    for child in element:
        if child.tag not in _INLINE:
            unknown.add(child)
    return tidy("".join(element.itertext()))


def texts_by_tag(element: _Element) -> dict[Any, str]:
    """The element's children as a mapping from tag to text, for small groups of plain values such as a date."""
    return {child.tag: (child.text or "").strip() for child in element}
