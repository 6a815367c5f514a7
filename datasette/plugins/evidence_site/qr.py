"""QR codes as SVG that stands in the page itself, so that no picture has to be fetched."""

from __future__ import annotations

from functools import lru_cache

import segno
from markupsafe import Markup

#: One of the eight patterns that spread dark and light. Trying all of them takes five times as long (15 ms for the
#: address of a view with four filters, 3 ms with one), and cameras read each of them.
_MASK = 3


@lru_cache(maxsize=500)
def svg(address: str, title: str) -> Markup:
    """An SVG element that shows `address`; dark on light in every colour scheme, because cameras need it so."""
    code = segno.make(address, error="m", micro=False, mask=_MASK)
    # segno escapes the title and draws from numbers only.
    return Markup(  # noqa: S704
        code.svg_inline(
            title=title, svgclass="qr", lineclass=None, omitsize=True, dark="#000", light="#fff", border=3
        ).replace("<svg ", '<svg role="img" ', 1)
    )
