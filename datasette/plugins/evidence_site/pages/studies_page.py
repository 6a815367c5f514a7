"""The evidence table: search, filters, sort, pages, and the exports of a view."""

from __future__ import annotations

from dataclasses import dataclass, replace

from evidence_site import exports, words
from evidence_site.asks import Ask, File, Page, Problem, Route, Way
from evidence_site.filters import FACETS, PAGE_SIZE, RELEVANT, SORTS, View, view_of
from evidence_site.machine import study_summary
from evidence_site.pages.feeds import feeds_of
from evidence_site.search_syntax import SearchError, plain_words
from evidence_site.selection import Selection, everything, select
from evidence_site.sharing import share_plainly
from evidence_site.studies import load_studies

NAVIGATION = (("/studies", "Studies", "studies"),)


@dataclass(frozen=True)
class Choice:
    """One value of a facet: how many studies it would leave, and the address with it added or taken away."""

    param: str
    value: str
    name: str
    count: int
    chosen: bool
    href: str


@dataclass(frozen=True)
class Chip:
    """An active filter and the view without it."""

    text: str
    href: str


def build(edition, connection, ask: Ask) -> Page | File:
    view = view_of(ask.pairs, edition)
    try:
        selection = select(edition, connection, view)
        if ask.form in exports.FORMATS:
            return exports.of_view(edition, connection, ask.form, everything(edition, connection, view))
    except SearchError as error:
        return _broken_search(edition, view, error)
    pages = max(1, -(-selection.total // PAGE_SIZE))
    if view.page > pages:
        raise _no_such_page(view, pages)
    studies = load_studies(connection, edition, selection.ids, selection.expression)
    return Page(
        "studies.html",
        title_of(edition, view),
        {
            **context(edition, view, selection, studies, pages),
            "wider": wider(edition, connection, view) if not selection.total else (),
        },
        lambda: {
            "total": selection.total,
            "page": view.page,
            "pages": pages,
            "sort": view.order,
            "address": view.href(),
            "facets": selection.counts,
            "studies": [study_summary(edition, study) for study in studies],
        },
        description=f"{words.plural(selection.total, 'study', 'studies')} in the evidence table.",
        section="studies",
        indexed=not view.is_narrowed and view.page == 1,
    )


def title_of(edition, view: View) -> str:
    if view.search:
        return f"“{view.search[:60]}” in the studies"
    names = [edition.term(f.kind, v).name for f in FACETS for v in view.values(f.param)]
    return f"Studies: {', '.join(names[:3])}" if names else "Studies"


def context(edition, view: View, selection: Selection | None, studies, pages: int) -> dict:
    off_topic = selection.counts["relevance"].get("off_topic", 0) if selection else 0
    return {
        "view": view,
        "selection": selection,
        "studies": studies,
        "pages": pages,
        "facets": [(facet, choices(edition, view, selection, facet)) for facet in FACETS] if selection else [],
        "chips": chips(edition, view),
        "sorts": [(key, name) for key, name in SORTS.items() if key != "relevance" or view.search],
        "off_topic": off_topic if not view.values("relevance") else 0,
        "with_off_topic": view.with_only("relevance", (*RELEVANT, "off_topic")).href(),
        "wider": (),
        "hidden": [(k, v) for k, v in view.pairs if k not in {"q", "page", "sort"}],
        "earlier": replace(view, page=view.page - 1).href() if view.page > 1 else "",
        "later": replace(view, page=view.page + 1).href() if view.page < pages else "",
        "first": (view.page - 1) * PAGE_SIZE + 1,
        "share": share_plainly(edition, replace(view, page=1).href()),
        "feeds": feeds_of(edition, view),
        "exports": [(name, view_href(view, form)) for form, name in exports.NAMES.items()],
        "search_problem": "",
        "suggestion": "",
    }


def view_href(view: View, form: str) -> str:
    return replace(view, page=1).href(f"/studies.{form}")


def choices(edition, view: View, selection: Selection, facet) -> list[Choice]:
    """The values of a facet in the taxonomy's order; those without a study only where they are chosen."""
    counts = selection.counts[facet.param]
    chosen = view.values(facet.param)
    default = RELEVANT if facet.param == "relevance" and not chosen else ()
    order = edition.terms.get(facet.kind, {})
    values = [v for v in {**dict.fromkeys(order, 0), **counts} if counts.get(v) or v in chosen]
    return [
        Choice(
            facet.param,
            value,
            edition.term(facet.kind, value).name,
            counts.get(value, 0),
            value in chosen or value in default,
            view.with_only(
                "relevance", [v for v in default if v != value] if value in default else [*default, value]
            ).href()
            if default
            else view.href_toggled(facet.param, value),
        )
        for value in values
    ]


def chips(edition, view: View) -> list[Chip]:
    found = [Chip(f"“{view.search}”", view.without_search().href())] if view.search else []
    for facet in FACETS:
        found += [
            Chip(f"{facet.title}: {edition.term(facet.kind, value).name}", view.href_toggled(facet.param, value))
            for value in view.values(facet.param)
        ]
    if view.year_from is not None or view.year_to is not None:
        found.append(Chip(f"Year: {_years(view)}", view.without_years().href()))
    return found


def wider(edition, connection, view: View) -> list[Way]:
    """The views nearest to an empty one that hold something: each leaves out one filter; the smallest comes first."""
    views = [(f"“{view.search}”", view.without_search())] if view.search else []
    for facet in FACETS:
        views += [
            (f"{facet.title}: {edition.term(facet.kind, v).name}", view.toggled(facet.param, v))
            for v in view.values(facet.param)
        ]
        if len(view.values(facet.param)) > 1:
            views.append((f"any choice of {facet.title.lower()}", view.with_only(facet.param, ())))
    if view.year_from is not None or view.year_to is not None:
        views.append((f"Year: {_years(view)}", view.without_years()))
    counted = sorted((select(edition, connection, near).total, place) for place, (_, near) in enumerate(views[:12]))
    return [
        Way(f"Without {views[place][0]}: {words.plural(total, 'study', 'studies')}", views[place][1].href())
        for total, place in counted
        if total
    ][:6]


def _years(view: View) -> str:
    return f"{view.year_from or '…'} to {view.year_to or '…'}"


def _no_such_page(view: View, pages: int) -> Problem:
    return Problem(
        404,
        "There is no such page of this view",
        f"This view has {words.plural(pages, 'page')}.",
        (
            Way("Its last page", replace(view, page=pages).href()),
            Way("Its first page", replace(view, page=1).href()),
        ),
    )


def _broken_search(edition, view: View, error: SearchError) -> Page:
    """The table's own page with the search still in its box, and what is wrong with it."""
    words_only = plain_words(view.search)
    shown = replace(view, search=view.search[:500], page=1)
    return Page(
        "studies.html",
        "This search can't be read",
        {
            **context(edition, shown, None, [], 1),
            "search_problem": str(error),
            "suggestion": replace(view, search=words_only, page=1) if words_only else "",
        },
        {"error": "search", "message": str(error)},
        status=400,
        section="studies",
        indexed=False,
    )


_FORMS = "|".join(("json", *exports.FORMATS))
ROUTES = (Route(rf"/studies(?P<form>\.(?:{_FORMS}))?", build, forms=("html", "json", *exports.FORMATS)),)
