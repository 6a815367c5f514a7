"""What a share panel holds: a page's whole address, a mail that carries it, and its QR code. Says nothing of the reader."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from evidence_site import qr
from evidence_site.edition import Edition

#: Longer addresses (a search of many words) make codes too fine for a phone's camera.
LONGEST_CODED = 600


@dataclass(frozen=True)
class Share:
    """`address` is whole; `code` is an SVG element, "" where the site has no address of its own or this one is long."""

    address: str
    mail: str
    code: Markup | str


def share(edition: Edition, path: str, subject: str, code_title: str) -> Share:
    """The panel of the page at `path`, an encoded address on this site that may have a query."""
    address = f"{edition.address}{path}"
    mail = f"mailto:?subject={quote(subject)}&body={quote(address, safe='')}"
    has_code = bool(edition.address) and len(address) <= LONGEST_CODED
    return Share(address, mail, qr.svg(address, code_title) if has_code else "")


def share_plainly(edition: Edition, path: str) -> Share:
    """The panel of a page for clinicians."""
    return share(edition, path, f"{edition.info['topic_name']}: evidence", "QR code with the address of this page")
