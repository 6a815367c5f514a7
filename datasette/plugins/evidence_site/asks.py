"""What a reader asks for and what a page answers, as plain data between `dispatch` and the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Ask:
    """One request. `pairs` are the decoded query parameters in order; `form` is "html", "json", "csv", …"""

    path: str
    form: str = "html"
    pairs: tuple[tuple[str, str], ...] = ()
    matched: Mapping[str, str] = field(default_factory=dict)

    def only(self, *known: str) -> dict[str, str]:
        """The parameters as a mapping; raises Problem for one that this page does not know."""
        for name, _ in self.pairs:
            if name not in known:
                raise Problem.unknown_parameter(name, self.path)
        return dict(self.pairs)


@dataclass(frozen=True)
class Page:
    """A page for people (`template`, `context`) and the same facts for machines (`data`, made only when asked for)."""

    template: str
    title: str
    context: Mapping[str, Any]
    data: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None = None
    description: str = ""
    status: int = 200
    section: str = ""
    indexed: bool = True


@dataclass(frozen=True)
class File:
    """A body that is not a page: an export, a feed, robots.txt."""

    body: bytes
    content_type: str
    filename: str = ""


@dataclass(frozen=True)
class Elsewhere:
    """The reader is sent on. `location` is an address on this site."""

    location: str
    status: int = 301


@dataclass(frozen=True)
class Way:
    """A link that helps a reader on."""

    text: str
    href: str


@dataclass
class Problem(Exception):
    """A request that can't be answered as asked; it becomes a page that says why and where to go."""

    status: int
    title: str
    message: str
    ways: tuple[Way, ...] = ()
    details: tuple[str, ...] = ()

    @classmethod
    def not_found(cls, what: str, *ways: Way) -> Problem:
        return cls(404, "Not found", what, ways)

    @classmethod
    def unknown_parameter(cls, name: str, path: str) -> Problem:
        shown = name if len(name) <= 40 else f"{name[:40]}…"
        return cls(
            400,
            "This address has a part we don't know",
            f"“{shown}” is not something that this page can be asked for.",
            (Way("The same page without it", path),),
        )


Builder = Callable[..., "Page | File | Elsewhere"]


@dataclass(frozen=True)
class Route:
    """An address pattern (a regular expression on the decoded path), the forms it comes in, and who builds it."""

    pattern: str
    build: Builder
    forms: tuple[str, ...] = ("html", "json")
