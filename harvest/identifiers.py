"""Identifiers in their bare form: DOI, PMCID, ORCID and PMID, however a source decorates them."""

from __future__ import annotations

import re

_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{3,9}/\S+)", re.IGNORECASE | re.ASCII)
_ORCID = re.compile(r"(?<![0-9])([0-9]{4})[ -]?([0-9]{4})[ -]?([0-9]{4})[ -]?([0-9]{3}[0-9Xx])(?![0-9])")
_PMCID = re.compile(r"PMC[0-9]+", re.IGNORECASE)
_PMID = re.compile(r"[0-9]{1,10}")


def bare_doi(text: str) -> str:
    """The DOI in lower case without prefix or blanks ("10.1000/x"), or "" if the text is no DOI.

    DOIs are case-insensitive (DOI Handbook), so lower case makes equal ones equal.
    """
    match = _DOI.fullmatch("".join(text.split()))
    return match[1].lower() if match else ""


def bare_orcid(text: str) -> str:
    """The iD as 0000-0000-0000-000X from a bare, spaced or URL form, or "" if there is none."""
    match = _ORCID.search(text)
    return "-".join(match.groups()).upper() if match else ""


def bare_pmcid(text: str) -> str:
    """ "PMC" and digits, without a version or a note, or "" if there is none."""
    match = _PMCID.search(text)
    return match[0].upper() if match else ""


def pmid_number(text: str) -> int | None:
    """The PMID as a number, or None if the text is anything but a positive number of up to ten digits."""
    text = text.strip()
    return (int(text) or None) if _PMID.fullmatch(text) else None
