"""CSV cells that a spreadsheet shows instead of running: a title may begin with "=" (OWASP, "CSV injection")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: Any) -> Any:
    """The value, with an apostrophe before a text that a spreadsheet would take for a formula."""
    if isinstance(value, str) and _looks_dangerous(value):
        return f"'{value}"
    return value


def _looks_dangerous(text: str) -> bool:
    """Also where apostrophes already stand before it, so that taking one away gives back exactly what was there."""
    return text.lstrip("'").startswith(_DANGEROUS)


def safe_row(values: Iterable[Any]) -> list[Any]:
    """`safe_cell` for each value; None becomes an empty cell."""
    return ["" if value is None else safe_cell(value) for value in values]


def unsafe_cell(text: str | None) -> str:
    """Undoes `safe_cell` on the way in."""
    text = text or ""
    return text[1:] if text.startswith("'") and _looks_dangerous(text) else text
