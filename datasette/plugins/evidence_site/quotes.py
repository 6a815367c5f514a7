"""Finds the sentences that labels rest on in the abstract, and marks them there."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """A run of text; `domains` are the outcomes whose labels rest on it (none for plain text)."""

    text: str
    domains: tuple[str, ...] = ()


def highlighted(sections, study) -> list[tuple[str, list[Piece]]]:
    """Each section's heading with its text cut into pieces."""
    wanted = [(o.quote, o.domain) for o in study.outcomes if o.quote and o.shown]
    return [(section.get("label", ""), pieces(section.get("text", ""), wanted)) for section in sections]


def pieces(text: str, wanted) -> list[Piece]:
    """Cuts `text` at the edges of all quotes. Quotes may overlap; white space may differ."""
    spans = [(start, end, domain) for quote, domain in wanted for start, end in _places(text, quote)]
    if not spans:
        return [Piece(text)] if text else []
    edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    cut = []
    for start, end in zip(edges, edges[1:], strict=False):
        domains = tuple(dict.fromkeys(d for s, e, d in spans if s <= start and end <= e))
        cut.append(Piece(text[start:end], domains))
    return cut


def _places(text: str, quote: str):
    """The first place of a quote in a text."""
    words = quote.split()
    if not words or len(quote) > 2000:
        return []
    match = re.search(r"\s+".join(re.escape(word) for word in words), text)
    return [match.span()] if match else []
