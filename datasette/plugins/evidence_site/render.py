"""Turns a Page into HTML with our own templates."""

from __future__ import annotations

import json
from urllib.parse import quote

from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from evidence_site import routes, words


def environment(datasette_environment):
    """Datasette's template folders with stricter rules, and without async: a page has all its data before it starts."""
    pages = datasette_environment.overlay(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, enable_async=False, auto_reload=False
    )
    pages.filters.update(
        quoted=lambda text: quote(str(text), safe=""),
        number=words.number,
        day=words.day,
        marked=marked,
        percent=words.percent,
        jsonld=jsonld,
    )
    pages.globals.update(words=words, once=once)
    return pages


def once(macro, study, edition):
    """What a macro makes of a study alone, kept for the next list that holds the study."""
    return edition.fragments.get((macro.name, study.row["id"]), lambda: macro(study, edition))


def page(pages, edition, built, path):
    canonical = f"{edition.address}{path}" if edition.address and path else ""
    return (
        pages.get_template(built.template)
        .render(
            edition=edition,
            info=edition.info,
            title=built.title,
            description=built.description,
            section=built.section,
            indexed=built.indexed and built.status == 200,
            canonical=canonical,
            path=path,
            navigation=routes.navigation(edition),
            **built.context,
        )
        .encode()
    )


def marked(text):
    """Escaped text with the matches of a search in <mark>."""
    return Markup(str(escape(text)).replace(words.OPEN, "<mark>").replace(words.CLOSE, "</mark>"))  # noqa: S704 - escaped above


def jsonld(data):
    """JSON that can stand inside a script element: no character in it can end the element."""
    text = json.dumps(data, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704
