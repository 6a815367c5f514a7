"""The QR code of a page of this site, as a picture."""

from __future__ import annotations

import re

from evidence_site import qr
from evidence_site.asks import Ask, File, Problem, Route, Way
from evidence_site.sharing import can_be_coded

#: An encoded address on this site; two slashes would begin the name of another.
_PATH = re.compile(r"/(?![/\\\\])[!-~]*")


def build(edition, connection, ask: Ask) -> File:
    path = ask.only("of").get("of", "")
    if not _PATH.fullmatch(path) or not can_be_coded(edition, path):
        raise Problem(400, "No code for this", "A code can be made for a page of this site.", (Way("Home", "/"),))
    return File(qr.picture(edition.address + path), "image/svg+xml")


ROUTES = (Route(r"/code\.svg", build, ("html",)),)
