"""QR codes as SVG that stands in the page itself, so that no picture has to be fetched."""

from __future__ import annotations

import segno
from markupsafe import Markup


def svg(address: str, title: str) -> Markup:
    """An SVG element that shows `address`; dark on light in every colour scheme, because cameras need it so."""
    code = segno.make(address, error="m", micro=False)
    # segno escapes the title and draws from numbers only.
    return Markup(  # noqa: S704
        code.svg_inline(
            title=title, svgclass="qr", lineclass=None, omitsize=True, dark="#000", light="#fff", border=3
        ).replace("<svg ", '<svg role="img" ', 1)
    )
