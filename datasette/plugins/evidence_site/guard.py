"""What stands around every answer, Datasette's own included: which requests come in, which headers go out."""

from __future__ import annotations

import re
import sqlite3
import sys
from urllib.parse import unquote_to_bytes

SECURITY = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "permissions-policy": "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "microphone=(), payment=(), usb=(), browsing-topics=(), interest-cohort=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
}
_SECURITY = [(name.encode(), value.encode()) for name, value in SECURITY.items()]
_DROPPED = {b"set-cookie", b"vary", b"server", *(name for name, _ in _SECURITY)}

LONGEST_ADDRESS = 16_384
#: 64 MB per value and 512 MB in all: no query of ours comes near, a query of somebody else's stops here.
LONGEST_VALUE = 64 * 1024 * 1024

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


def limit(connection: sqlite3.Connection) -> None:
    """SQL from outside is refused everywhere; should a way in be found, it can neither write nor fill the memory."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA hard_heap_limit = 536870912")
    connection.execute("PRAGMA mmap_size = 268435456")


def wrapper(datasette):
    def wrap(app):
        async def guarded(scope, receive, send):
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            outgoing = _Outgoing(send, scope["method"] == "HEAD")
            refusal = _refusal(scope)
            try:
                if refusal:
                    await outgoing.plain(*refusal)
                else:
                    await app(_incoming(scope), receive, outgoing)
            except Exception as error:
                # Whatever went wrong below, the reader gets headers and no internals; the log gets the kind of error.
                print(f"evidence: {type(error).__name__} at {scope['path'][:200]!r}: {error}", file=sys.stderr)
                if outgoing.started:
                    raise
                await outgoing.plain(500, "Something went wrong on our side. Please try again.")

        return guarded

    return wrap


def _refusal(scope):
    """Status and message for a request that no page could answer, None for the rest."""
    if scope["method"] not in {"GET", "HEAD"}:
        return 405, "This site can only be read: use GET."
    raw = scope.get("raw_path") or scope["path"].encode()
    query = scope.get("query_string", b"")
    if len(raw) + len(query) > LONGEST_ADDRESS:
        return 414, "This address is too long."
    for part in (raw, query):
        try:
            text = unquote_to_bytes(part)
            part.decode("ascii")
            text.decode("utf-8")
        except UnicodeDecodeError:
            return 400, "This address is not valid: it holds letters that are not UTF-8. Start from the home page: /"
        if _CONTROL.search(text):
            return 400, "This address is not valid: it holds control characters. Start from the home page: /"
    return None


def _incoming(scope):
    """No cookie, no credentials and no foreign host name reach a page, so none can change or come back in one."""
    dropped = {b"cookie", b"authorization", b"host", b"x-forwarded-host", b"x-forwarded-proto"}
    headers = [(k, v) for k, v in scope["headers"] if k.lower() not in dropped]
    return {**scope, "headers": [*headers, (b"host", b"localhost")]}


class _Outgoing:
    """Sends what the application sends, with our headers on it."""

    def __init__(self, send, head):
        self.send = send
        self.head = head
        self.started = False

    async def __call__(self, message):
        if message["type"] == "http.response.start":
            self.started = True
            headers = [(k, v) for k, v in message.get("headers", []) if k.lower() not in _DROPPED]
            message = {**message, "headers": [*headers, *_SECURITY, (b"vary", b"accept-encoding")]}
        elif message["type"] == "http.response.body" and self.head:
            message = {**message, "body": b""}
        await self.send(message)

    async def plain(self, status, text):
        body = f"{text}\n".encode()
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        headers.append((b"cache-control", b"no-store"))
        if status == 405:
            headers.append((b"allow", b"GET, HEAD"))
        await self({"type": "http.response.start", "status": status, "headers": headers})
        await self({"type": "http.response.body", "body": body})
