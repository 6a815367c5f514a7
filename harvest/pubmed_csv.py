"""Reads the CSV that PubMed's "Save" button writes. It has no abstract and no MeSH: a way to bring a list of PMIDs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from db.errors import BadInput
from db.records import Article, Author, SourceRecord
from harvest.dates import date_from_text, iso_day
from harvest.identifiers import bare_doi, bare_pmcid, pmid_number
from harvest.medline_people import short_name

FORM = "csv"
#: The columns of PubMed's export; the last three may be missing in older ones.
COLUMNS = (
    "PMID",
    "Title",
    "Authors",
    "Citation",
    "First Author",
    "Journal/Book",
    "Publication Year",
    "Create Date",
    "PMCID",
    "NIHMS ID",
    "DOI",
)
_NEEDED = COLUMNS[:2]
_CITATION = re.compile(
    r".*?\. (?P<date>\d{4}[^;:.]*)(?:;(?P<volume>[^():.]*)(?:\((?P<issue>[^)]*)\))?)?(?::(?P<pages>[^.]*))?\."
)


def parse_pubmed_csv(stream: BinaryIO) -> Iterator[SourceRecord]:
    """Every row of PubMed's CSV export, in order; `raw` is the header and the row.

    Raises BadInput if the text is not UTF-8, the columns are not PubMed's, or a row has no PMID.
    """
    with io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        rows = csv.DictReader(text)
        try:
            if not set(_NEEDED) <= set(rows.fieldnames or ()):
                raise BadInput("This CSV has no columns PMID and Title. Save it from PubMed with format CSV.")
            for row in rows:
                yield _record(rows.line_num, {key: (row.get(key) or "").strip() for key in COLUMNS})
        except UnicodeDecodeError as error:
            raise BadInput("This CSV is not UTF-8. Save it from PubMed again; don't resave it elsewhere.") from error
        except csv.Error as error:
            raise BadInput(f"This CSV is damaged at line {rows.line_num}: {error}. Save it again.") from error


def _record(line: int, row: Mapping[str, str]) -> SourceRecord:
    pmid = pmid_number(row["PMID"])
    if pmid is None:
        raise BadInput(
            f"The CSV row that ends at line {line} has no usable PMID ({row['PMID'][:20]!r}). Mend that row."
        )
    return SourceRecord(_article(pmid, row), _raw(row), FORM)


def _article(pmid: int, row: Mapping[str, str]) -> Article:
    citation = _CITATION.match(row["Citation"])
    place = citation.groupdict(default="") if citation else {}
    year, month, day = [*row["Create Date"].split("/"), "", "", ""][:3]
    return Article(
        pmid=pmid,
        title=row["Title"],
        doi=bare_doi(row["DOI"]),
        pmcid=bare_pmcid(row["PMCID"]),
        journal_abbreviation=row["Journal/Book"],
        volume=place.get("volume", ""),
        issue=place.get("issue", ""),
        pages=place.get("pages", ""),
        published=date_from_text(place.get("date", "") or row["Publication Year"]),
        created=iso_day(year, month, day),
        authors=tuple(_authors(row["Authors"])),
        other_ids=(("mid", row["NIHMS ID"]),) if row["NIHMS ID"] else (),
    )


def _authors(text: str) -> Iterator[Author]:
    """Persons are parted by commas, groups by semicolons: "Doe J, Roe R; Example Study Group."."""
    for part in filter(None, (piece.strip() for piece in text.removesuffix(".").split(";"))):
        people = [short_name(name.strip()) for name in part.split(",")]
        if all(people):
            yield from filter(None, people)
        else:
            yield Author(collective_name=part)


def _raw(row: Mapping[str, str]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerow(row)
    return text.getvalue().encode()
