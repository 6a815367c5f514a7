"""People as MEDLINE text and PubMed's summaries write them: "Crooks, Gavin E" and "Crooks GE".

In MEDLINE text an author is a run of lines: FAU (full name), AU (short name), then the AUID and AD lines of that author.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from db.records import Author
from harvest.identifiers import bare_orcid

#: One field of a record: its tag and its text on one line.
Line = tuple[str, str]

_SUFFIX = r"(?P<suffix>Jr|Sr|[1-9](?:st|nd|rd|th)|I{2,3}|IV)"
_SHORT = re.compile(rf"(?P<last>.+?) (?P<initials>[^\W\d_a-z]{{1,6}})(?: {_SUFFIX}\.?)?")


def read_medline_authors(lines: Iterable[Line]) -> tuple[Author, ...]:
    """Authors and groups (CN) in order, with their identifiers and affiliations."""
    return tuple(_people(lines, full="FAU", short="AU", place="AD", group="CN"))


def read_investigators(lines: Iterable[Line]) -> tuple[Author, ...]:
    return tuple(_people(lines, full="FIR", short="IR", place="IRAD", group=""))


def short_name(text: str) -> Author | None:
    """The person behind "Crooks GE" or "King ML Jr"; None if the text has another form (a group, a mononym)."""
    match = _SHORT.fullmatch(text)
    return Author(match["last"], initials=match["initials"], suffix=match["suffix"] or "") if match else None


def _people(lines: Iterable[Line], *, full: str, short: str, place: str, group: str) -> Iterator[Author]:
    name: dict[str, str] = {}
    places: list[str] = []
    for tag, text in [*lines, (full, "")]:
        starts = tag == full or (tag == group and group) or (tag == short and "initials" in name)
        if starts and name:
            yield Author(**name, affiliations=tuple(places))
            name, places = {}, []
        if tag == full and text:
            last, _, fore = text.partition(", ")
            name = {"last_name": last, "fore_name": fore}
        elif tag == short:
            name = _with_short_name(name, text)
        elif tag == group and group:
            name = {"collective_name": text}
        elif tag == "AUID" and name and short == "AU":
            name["orcid"] = name.get("orcid") or bare_orcid(text)
        elif tag == place and name:
            places.append(text)


def _with_short_name(name: dict[str, str], text: str) -> dict[str, str]:
    """Adds the initials and the suffix, which only the short name shows for certain."""
    person = short_name(text)
    if person is None:
        return name or {"last_name": text}
    if not name:
        name = {"last_name": person.last_name}
    fore = name.get("fore_name", "")
    if person.suffix:
        fore = fore.removesuffix(".").removesuffix(person.suffix).rstrip(" ,")
    return name | {"fore_name": fore, "initials": person.initials, "suffix": person.suffix}
