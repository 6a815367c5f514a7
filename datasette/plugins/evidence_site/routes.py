"""Every address of the site, and where a wrong one leads on. A new page is a module with ROUTES, named here."""

from __future__ import annotations

import re

from evidence_site.asks import Problem, Route, Way
from evidence_site.pages import (
    changes,
    codes,
    collections,
    feeds,
    home,
    methods,
    patients,
    questions,
    sitemap,
    studies_page,
    study_page,
    texts,
    trials,
)

#: In the order of the menu.
PAGES = (
    home,
    questions,
    studies_page,
    study_page,
    trials,
    changes,
    feeds,
    methods,
    collections,
    patients,
    texts,
    sitemap,
    codes,
)

#: The main menu: address, text, and the name of the section that a page says it belongs to.
NAVIGATION = tuple(entry for page in PAGES for entry in getattr(page, "NAVIGATION", ()))


def navigation(edition) -> list[tuple[str, str, str]]:
    """The menu without what this snapshot has none of: collections, pages for patients."""
    has = {"collections": bool(edition.collections), "patients": bool(patients.languages_of(edition))}
    return [entry for entry in NAVIGATION if has.get(entry[2], True)]


_ROUTES: tuple[tuple[re.Pattern[str], Route], ...] = tuple(
    (re.compile(route.pattern), route) for page in PAGES for route in page.ROUTES
)


def find(path: str) -> tuple[Route, dict[str, str]] | None:
    """The route of a decoded path with the named parts of the address, or None."""
    for pattern, route in _ROUTES:
        if match := pattern.fullmatch(path):
            matched = match.groupdict()
            if (matched.get("form") or ".html")[1:] in route.forms:
                return route, matched
    return None


#: Words in mistyped or once usual addresses, and the page that is likely meant.
_MEANT = {
    "question": ("Questions", "/questions"),
    "trial": ("Trials", "/trials"),
    "feed": ("The Atom feed", "/changes.atom"),
    "rss": ("The Atom feed", "/changes.atom"),
    "new": ("What’s new", "/changes"),
    "list": ("Reading lists", "/collections"),
    "collection": ("Reading lists", "/collections"),
    "method": ("Methods", "/methods"),
    "export": ("Studies, with exports at the foot of each view", "/studies"),
}
_OLD_WORDS = re.compile("|".join(_MEANT))


def not_found(path: str) -> Problem:
    """Old and mistyped addresses: a guess at what was meant, and the ways that always help."""
    ways = []
    if path != "/" and path.endswith("/") and find(path.rstrip("/")):
        ways.append(Way("The page without the / at its end", path.rstrip("/")))
    lower = path.lower().rstrip("/")
    if lower != path and find(lower):
        ways.append(Way("The page in small letters", lower))
    if number := re.search(r"(?<!\d)\d{6,8}(?!\d)", path):
        ways.append(Way(f"Look for PMID {number[0]}", f"/study/{number[0]}"))
    if found := _OLD_WORDS.search(lower):
        ways.append(Way(*_MEANT[found[0]]))
    return Problem(
        404,
        "There is no such page",
        "The address may be mistyped, or the page has moved.",
        (*ways, Way("All studies", "/studies"), Way("Home page", "/")),
    )
