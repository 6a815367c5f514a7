"""QR codes as SVG: one that stands in the page itself, so that no picture has to be fetched, or one for a file."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import segno
from markupsafe import Markup

#: One of the eight patterns that spread dark and light. Trying all of them takes five times as long (15 ms for the
#: address of a view with four filters, 3 ms with one), and cameras read each of them.
_MASK = 3


@lru_cache(maxsize=500)
def svg(address: str, title: str) -> Markup:
    """An SVG element that shows `address`; dark on light in every colour scheme, because cameras need it so."""
    # segno escapes the title and draws from numbers only.
    return Markup(  # noqa: S704
        _code(address).svg_inline(**_LOOK, title=title, svgclass="qr").replace("<svg ", '<svg role="img" ', 1)
    )


@lru_cache(maxsize=500)
def picture(address: str) -> bytes:
    """The same as a file of its own."""
    out = BytesIO()
    _code(address).save(out, kind="svg", **_LOOK)
    return out.getvalue()


_LOOK = {"lineclass": None, "omitsize": True, "dark": "#000", "light": "#fff", "border": 3}


def _code(address: str) -> segno.QRCode:
    return segno.make(address, error="m", micro=False, mask=_MASK)
