"""A view of the evidence table as data: what its address says, and the address that says it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from urllib.parse import quote_plus

from evidence_site.asks import Problem, Way
from evidence_site.edition import NOT_CHECKED, Edition

PAGE_SIZE = 25


@dataclass(frozen=True)
class Facet:
    """One group of filters: its name in addresses, in the snapshot, its title, and whose terms name its values."""

    param: str
    facet: str
    title: str
    kind: str
    open: bool = True


FACETS = (
    Facet("design", "design", "Study design", "study_design"),
    Facet("outcome", "outcome", "Outcome", "outcome_domain"),
    Facet("direction", "direction", "Direction of effect", "direction"),
    Facet("species", "species", "Studied in", "species"),
    Facet("status", "status", "Notices", "status"),
    Facet("condition", "conditions", "Who was studied", "conditions", open=False),
    Facet("treatment", "co_treatments", "Given together with", "co_treatments", open=False),
    Facet("formulation", "formulation", "Form of ketamine", "formulation", open=False),
    Facet("route", "route", "Route", "route", open=False),
    Facet("checked", "checked", "Who labelled it", "checked", open=False),
    Facet("access", "access", "Access", "access", open=False),
    Facet("trial", "trial", "Registration", "trial", open=False),
    Facet("relevance", "relevance", "Relevance", "relevance", open=False),
)
BY_PARAM = {facet.param: facet for facet in FACETS}

SORTS = {
    "relevance": "Best match",
    "newest": "Newest first",
    "oldest": "Oldest first",
    "design": "Study design",
    "participants": "Most participants",
}

#: What the table shows when the address does not say: off-topic records are one click away.
RELEVANT = ("core", "related", NOT_CHECKED)


@dataclass(frozen=True)
class View:
    """`chosen` maps a facet's param to the values that are wanted (any of them)."""

    search: str = ""
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None
    sort: str = ""
    page: int = 1

    def values(self, param: str) -> tuple[str, ...]:
        return self.chosen.get(param, ())

    @property
    def order(self) -> str:
        """The sort that applies: best match where there is a search, else newest."""
        return self.sort or ("relevance" if self.search else "newest")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The address in its one form: facets in our order, values sorted, defaults left out."""
        pairs = [("q", self.search)] if self.search else []
        for facet in FACETS:
            pairs += [(facet.param, value) for value in sorted(self.values(facet.param))]
        if self.year_from is not None:
            pairs.append(("from", str(self.year_from)))
        if self.year_to is not None:
            pairs.append(("to", str(self.year_to)))
        if self.sort:
            pairs.append(("sort", self.sort))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return pairs

    def href(self, path: str = "/studies") -> str:
        return _address(path, self._parts)

    @cached_property
    def _parts(self) -> dict[str, list[str]]:
        """The address cut up by parameter, in order."""
        parts: dict[str, list[str]] = {name: [] for name in _ORDER}
        for name, value in self.pairs:
            parts[name].append(_encoded(name, value))
        return parts

    def href_toggled(self, param: str, value: str) -> str:
        """The address of `toggled`, without making that view: a page holds some fifty of these."""
        parts, part = {**self._parts, "page": []}, _encoded(param, value)
        have = parts[param]
        parts[param] = [p for p in have if p != part] if part in have else sorted([*have, part])
        return _address("/studies", parts)

    def with_only(self, param: str, values: Iterable[str]) -> View:
        chosen = {name: wanted for name, wanted in self.chosen.items() if name != param}
        wanted = tuple(dict.fromkeys(values))
        if wanted:
            chosen[param] = wanted
        return replace(self, chosen=chosen, page=1)

    def toggled(self, param: str, value: str) -> View:
        """This view with one value of a facet more, or less."""
        have = self.values(param)
        return self.with_only(param, [v for v in have if v != value] if value in have else [*have, value])

    def sorted_by(self, sort: str) -> View:
        return replace(self, sort="" if sort == ("relevance" if self.search else "newest") else sort, page=1)

    def without_search(self) -> View:
        return replace(self, search="", sort="" if self.sort == "relevance" else self.sort, page=1)

    def without_years(self) -> View:
        return replace(self, year_from=None, year_to=None, page=1)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or self.chosen or self.year_from is not None or self.year_to is not None)


_ORDER = ("q", *BY_PARAM, "from", "to", "sort", "page")


def _address(path: str, parts: dict[str, list[str]]) -> str:
    query = "&".join(part for some in parts.values() for part in some)
    return f"{path}?{query}" if query else path


@lru_cache(maxsize=512)
def _encoded(name: str, value: str) -> str:
    """One part of an address. A page holds some hundred addresses made of the same few parts."""
    return f"{name}={quote_plus(value)}"


def view_of(pairs: Sequence[tuple[str, str]], edition: Edition) -> View:
    """Reads an address. Raises Problem (400) that names each part that can't be read and offers the rest."""
    view = View()
    problems: list[str] = []
    for name, value in pairs:
        if name in BY_PARAM:
            if value in _known_values(edition, BY_PARAM[name]):
                view = _added(view, name, value)
            else:
                problems.append(f"{BY_PARAM[name].title}: there is no “{_short(value)}”.")
        else:
            view = _single(view, name, value, problems)
    view = _shortest(view)
    if problems:
        raise Problem(
            400,
            "Part of this view is not known",
            "The address asks for something that this table does not have.",
            (Way("The view without that part", replace(view, page=1).href()), Way("The whole table", "/studies")),
            tuple(problems[:8]),
        )
    return view


def _shortest(view: View) -> View:
    """The same view said in one way: years in order, and nothing named that would apply anyway."""
    if view.year_from and view.year_to and view.year_from > view.year_to:
        view = replace(view, year_from=view.year_to, year_to=view.year_from)
    if set(view.values("relevance")) == set(RELEVANT):
        view = replace(view, chosen={name: v for name, v in view.chosen.items() if name != "relevance"})
    return replace(view, sort="") if view.sort == replace(view, sort="").order else view


def _added(view: View, name: str, value: str) -> View:
    if value in view.values(name):
        return view
    return replace(view, chosen={**view.chosen, name: (*view.values(name), value)})


def _single(view: View, name: str, value: str, problems: list[str]) -> View:
    if name == "q":
        return replace(view, search=" ".join(value.split()))
    if name == "sort" and value in SORTS:
        return replace(view, sort=value)
    if name in {"from", "to"} and re.fullmatch(r"[0-9]{4}", value):
        return replace(view, **{f"year_{name}": int(value)})
    if name == "page" and re.fullmatch(r"[0-9]{1,7}", value) and int(value) > 0:
        return replace(view, page=int(value))
    expected = {
        "sort": f"Sort is one of {', '.join(SORTS)}",
        "from": "The year is four digits",
        "to": "The year is four digits",
        "page": "The page is a whole number from 1",
    }
    if name in expected:
        problems.append(f"{expected[name]}, not “{_short(value)}”.")
    else:
        problems.append(f"There is no filter “{_short(name)}”.")
    return view


def _known_values(edition: Edition, facet: Facet) -> set[str]:
    """Values that have studies, and values that have a name though no study has them yet."""
    return set(edition.facets.get(facet.facet, {})) | set(edition.terms.get(facet.kind, {}))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
