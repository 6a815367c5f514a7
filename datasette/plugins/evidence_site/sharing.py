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
    """`address` is whole. `code` is an SVG element, `picture` the address of one; both are "" where there can be none."""

    address: str
    mail: str
    code: Markup | str = ""
    picture: str = ""


def share(edition: Edition, path: str, subject: str, code_title: str) -> Share:
    """The panel of a page for patients at `path`, an encoded address on this site; its code stands in the page."""
    address, mail = _ways(edition, path, subject)
    return Share(address, mail, code=qr.svg(address, code_title) if can_be_coded(edition, path) else "")


def share_plainly(edition: Edition, path: str) -> Share:
    """The panel of a page for clinicians at `path`, which may have a query.

    Its code is fetched when it comes into view: drawing one takes as long as a third of the page, for the few who want it.
    """
    address, mail = _ways(edition, path, f"{edition.info['topic_name']}: evidence")
    picture = f"/code.svg?of={quote(path, safe='/')}" if can_be_coded(edition, path) else ""
    return Share(address, mail, picture=picture)


def can_be_coded(edition: Edition, path: str) -> bool:
    """Whether the site has an address of its own that is short enough with this path."""
    return bool(edition.address) and len(edition.address) + len(path) <= LONGEST_CODED


def _ways(edition: Edition, path: str, subject: str) -> tuple[str, str]:
    address = f"{edition.address}{path}"
    return address, f"mailto:?subject={quote(subject)}&body={quote(address, safe='')}"
