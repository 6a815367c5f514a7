"""About, accessibility, privacy, robots.txt and the sitemap."""

from __future__ import annotations

from xml.sax.saxutils import escape

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


def sitemap(edition, connection, ask: Ask) -> File:
    """Every page and every relevant study; the form allows 50,000 addresses."""
    ask.only()
    fixed = ["/", "/questions", "/studies", "/trials", "/changes", "/methods", "/about", "/accessibility", "/privacy"]
    fixed += [f"/question/{question['id']}" for question in edition.questions]
    studies = connection.execute(
        "SELECT path, updated FROM studies WHERE relevance <> 'off_topic' ORDER BY id LIMIT 49000"
    )
    entries = [f"<url><loc>{escape(edition.address + path)}</loc></url>" for path in fixed]
    entries += [
        f"<url><loc>{escape(edition.address + path)}</loc><lastmod>{updated}</lastmod></url>" for path, updated in studies
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return File(f"{head}{chr(10).join(entries)}\n</urlset>\n".encode(), "application/xml; charset=utf-8")


ROUTES = (
    Route(r"/(?P<name>about|accessibility|privacy)(?P<form>\.json)?", build),
    Route(r"/robots(?P<form>\.txt)", robots, forms=("txt",)),
    Route(r"/sitemap(?P<form>\.xml)", sitemap, forms=("xml",)),
)
