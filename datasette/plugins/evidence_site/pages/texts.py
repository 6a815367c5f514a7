"""About, accessibility, privacy and robots.txt."""

from __future__ import annotations

from evidence_site import plain_text
from evidence_site.asks import Ask, File, Page, Route


def build(edition, connection, ask: Ask) -> Page:
    ask.only()
    name = ask.matched["name"]
    texts = edition.pages.get("en", {})
    titles = {"about": "About this site", "accessibility": "Accessibility", "privacy": "Privacy"}
    return Page(
        f"{name}.html",
        titles[name],
        {
            "texts": {key: plain_text.blocks(text) for key, text in texts.items() if isinstance(text, str)},
        },
        {"title": titles[name], "texts": texts if name == "about" else {}},
        section=name,
    )


def robots(edition, connection, ask: Ask) -> File:
    """Views of the table are endless; search engines need its first page and the studies."""
    lines = ["User-agent: *", "Disallow: /studies?", "Disallow: /*.json", f"Sitemap: {edition.address}/sitemap.xml"]
    return File(("\n".join(lines) + "\n").encode(), "text/plain; charset=utf-8")


ROUTES = (
    Route(r"/(?P<name>about|accessibility|privacy)(?P<form>\.json)?", build),
    Route(r"/robots(?P<form>\.txt)", robots, forms=("txt",)),
)
