"""Answers every address: finds the page, builds it in a database thread, and sends it in the form that was asked for.

Datasette tries a plugin's routes before its own, and the last of ours matches everything. So its stock pages, its table
JSON and its database download can't be reached, whatever the settings say.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import sys
import threading
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from datasette.utils.asgi import Response

from evidence_site import render, routes, statics
from evidence_site.asks import Ask, Elsewhere, File, Page, Problem, Way
from evidence_site.edition import load_edition
from evidence_site.kept import Answers

DATABASE = "evidence"
#: Words that mailers and messengers hang on shared links; they say nothing about the page.
_TRACKING = ("utm_", "fbclid", "gclid", "mc_", "msclkid")
#: Never part of one of our pages: somebody asks for Datasette's own, which is closed.
_CLOSED = re.compile(r"^/(-/|evidence(/|\.|$)|_memory|_internal|:memory:|.*\.db$)")
_TYPES = {"html": "text/html; charset=utf-8", "json": "application/json; charset=utf-8"}


def datasette_routes():
    return [(r"^/static/(?P<name>[a-z0-9.-]+)$", static_file), (r"^(?P<everything>.*)$", answer)]


async def prepare(datasette):
    """Loads the snapshot before the first request, and opens every thread's connection to it.

    Connections are opened now, because one opened after the next publish would see the next snapshot.
    """
    database = datasette.get_database(DATABASE)
    folder = Path(datasette.config_dir)
    address = (datasette.plugin_config("evidence-site") or {}).get("address", "")
    facts = Path(database.path).stat()
    stamp = f"{facts.st_mtime_ns} {facts.st_size}"
    datasette.edition = await database.execute_fn(lambda c: load_edition(c, address, folder, stamp))
    datasette.pages = render.environment(datasette.jinja_env)
    datasette.kept = Answers()
    threads = datasette.setting("num_sql_threads")
    barrier = threading.Barrier(threads)

    def touch(connection):
        connection.execute("SELECT count(*) FROM snapshot").fetchone()
        barrier.wait(timeout=10)

    await asyncio.gather(*(database.execute_fn(touch) for _ in range(threads)))


async def static_file(datasette, request):
    file = statics.find(Path(datasette.config_dir) / "static", request.url_vars["name"])
    if file is None:
        return await answer(datasette, request)
    return _send(request, file.body, file.content_type, "public, max-age=31536000, immutable", file.tag)


async def answer(datasette, request):
    edition = datasette.edition
    tag = f'W/"{edition.tag}"'
    if request.headers.get("if-none-match") == tag and _is_known(request.path):
        return Response(b"", status=304, headers={"ETag": tag, "Cache-Control": "public, max-age=60"})
    key = (request.path, request.query_string, _takes_gzip(request))
    if (ready := datasette.kept.find(key)) is not None:
        return ready
    database = datasette.get_database(DATABASE)
    made = await database.execute_fn(lambda connection: respond(datasette.pages, edition, connection, request))
    datasette.kept.keep(key, made)
    return made


def _takes_gzip(request):
    return "gzip" in request.headers.get("accept-encoding", "")


def _is_known(path):
    """True for an address whose answer can't be an error; errors carry no tag."""
    return path == "/" or routes.find(unquote(path)) is not None


def respond(pages, edition, connection, request):
    """The whole answer: built, rendered and compressed in one thread, so that a request changes threads only once."""
    try:
        try:
            built = build(edition, connection, unquote(request.path), request.query_string)
        except Problem as problem:
            return _problem(pages, edition, request, problem)
        return _sent(pages, edition, request, *built)
    except Exception as error:
        # The log names the kind of error and the address; the reader gets a page without internals.
        print(f"evidence: {type(error).__name__} at {request.path[:200]!r}: {error}", file=sys.stderr)
        problem = Problem(500, "Something went wrong on our side", "The page could not be made. Please try again.")
        return _problem(pages, edition, request, problem)


def build(edition, connection, path, query):
    """The form that was asked for and the answer. Raises Problem."""
    found = routes.find(path)
    pairs = _pairs(query, path)
    if any(name == "sql" or name.startswith("_") for name, _ in pairs) or (found is None and _CLOSED.match(path)):
        raise Problem(
            403,
            "Not open to the public",
            "The tables behind this site can't be queried or downloaded here. The evidence table has filters, "
            "and every view of it can be exported.",
            (Way("Evidence table", "/studies"), Way("How to get the data", "/methods#data")),
        )
    if found is None:
        raise routes.not_found(path)
    route, matched = found
    form = (matched.pop("form", None) or ".html")[1:]
    return form, route.build(edition, connection, Ask(path, form, pairs, matched))


def _pairs(query, path):
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=200, errors="strict")
    except ValueError as error:
        raise Problem(
            400, "This address can't be read", "It has too many parts.", (Way("The page itself", path),)
        ) from error
    return tuple((name, value) for name, value in pairs if value and not name.startswith(_TRACKING))


def _sent(pages, edition, request, form, built):
    if isinstance(built, Elsewhere):
        return Response("", status=built.status, headers={"Location": built.location, "Cache-Control": "no-store"})
    if isinstance(built, File):
        headers = {"Content-Disposition": f'attachment; filename="{built.filename}"'} if built.filename else {}
        return _send(request, built.body, built.content_type, "public, max-age=60", f'W/"{edition.tag}"', **headers)
    if form == "json":
        data = built.data() if callable(built.data) else built.data or {}
        body = json.dumps({**_credit(edition), **data}, ensure_ascii=False).encode()
    else:
        body = render.page(pages, edition, built, request.path)
    ok = built.status == 200
    return _send(
        request,
        body,
        _TYPES["json" if form == "json" else "html"],
        "public, max-age=60" if ok else "no-store",
        f'W/"{edition.tag}"' if ok else "",
        status=built.status,
    )


def _problem(pages, edition, request, problem):
    if request.path.endswith(".json"):
        body = json.dumps({"error": problem.title, "message": problem.message, "details": problem.details}).encode()
        return _send(request, body, _TYPES["json"], "no-store", "", status=problem.status)
    page = Page(
        "error.html",
        problem.title,
        {"problem": problem},
        status=problem.status,
        indexed=False,
    )
    return _send(request, render.page(pages, edition, page, ""), _TYPES["html"], "no-store", "", status=problem.status)


def _credit(edition):
    return {
        "topic": edition.info["topic_name"],
        "published_at": edition.info["published_at"],
        "source": "PubMed, U.S. National Library of Medicine, and labels of this site; see /methods",
    }


def _send(request, body, content_type, cache, tag, status=200, **headers):
    if tag:
        headers["ETag"] = tag
    headers["Cache-Control"] = cache
    if len(body) > 1000 and _takes_gzip(request):
        body = gzip.compress(body, 4, mtime=0)
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    return Response(body, status=status, headers=headers, content_type=content_type)
