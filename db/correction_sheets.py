"""Corrections as CSV, out and in: a review sheet for a spreadsheet, and the whole history as a backup or for sharing."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TextIO

from sqlite_utils import Database

from db.corrections import ReviewItem, Vocabulary, add_corrections, check_value, find_article, format_value, parse_value
from db.csv_cells import safe_row, unsafe_cell
from db.errors import BadInput
from db.records import Correction
from db.tags import json_value

COLUMNS = ("pmid", "doi", "title", "field", "label", "probability", "quote", "value", "by", "reason", "at", "source")
_NEEDED = ("field", "value")


def write_review_sheet(items: Iterable[ReviewItem], stream: TextIO) -> int:
    """A sheet with a row for each label to review: fill in `value`, `by` and `reason`; rows left empty are passed over."""
    rows = (
        {
            "pmid": item.pmid or "",
            "doi": item.doi,
            "title": item.title,
            "field": item.field,
            "label": format_value(_decoded(item.value)),
            "probability": f"{item.probability:.3f}",
            "quote": item.quote,
        }
        for item in items
    )
    return _write(stream, rows)


def write_corrections(database: Database, stream: TextIO, *, source: str = "person") -> int:
    """Every correction of one source ("person" or "curated"), oldest first, in the form that `read_corrections` reads."""
    rows = (
        {
            **row,
            "pmid": row["pmid"] or "",
            "label": format_value(_decoded(row["old"])) if row["old"] is not None else "",
            "value": format_value(_decoded(row["value"])),
        }
        for row in database.query(_HISTORY, [source])
    )
    return _write(stream, rows)


_HISTORY = (
    "SELECT a.pmid, coalesce(a.doi, '') AS doi, a.title, c.field, c.old, c.value, c.quote, c.by, c.reason, c.at, c.source "
    "FROM corrections AS c JOIN articles AS a ON a.id = c.article_id WHERE c.source = ? ORDER BY c.id"
)


def _write(stream: TextIO, rows: Iterable[dict[str, Any]]) -> int:
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        writer.writerow(safe_row(row.get(name, "") for name in COLUMNS))
        count += 1
    return count


def _decoded(text: str) -> Any:
    return json.loads(text)


@dataclass(frozen=True, slots=True)
class SheetCounts:
    """Rows of a sheet: `added` as corrections, `known` already, `empty` without a value."""

    added: int
    known: int
    empty: int


def read_corrections(
    database: Database, stream: TextIO, *, vocabulary: Vocabulary, at: str, by: str = "", reason: str = ""
) -> SheetCounts:
    """Takes in a sheet: all its rows or none. `by`, `reason` and `at` fill cells that are empty.

    Raises BadInput that names the first row that can't be used. A row that is already in the history is passed over,
    so a sheet may be read twice.
    """
    found, empty = [], 0
    for number, row in _rows(stream):
        if not row["value"].strip():
            empty += 1
            continue
        try:
            found.append(_correction(database, row, vocabulary, {"at": at, "by": by, "reason": reason}))
        except BadInput as error:
            raise BadInput(f"Row {number}: {error} Nothing was taken in.") from error
    known = _known(database)
    fresh = [item for item in dict.fromkeys(map(_Key.of, found)) if item not in known]
    added = add_corrections(database, [key.correction() for key in fresh], vocabulary=vocabulary)
    return SheetCounts(len(added), len(found) - len(added), empty)


def _rows(stream: TextIO) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows with the line number a person sees, header checked."""
    reader = csv.DictReader(stream, restval="")
    try:
        # A spreadsheet may have put a byte order mark before the first name.
        names = [name.removeprefix("\ufeff").strip().lower() for name in reader.fieldnames or []]
        missing = [name for name in _NEEDED if name not in names] or ([] if {"pmid", "doi"} & set(names) else ["pmid"])
        if missing:
            raise BadInput(f"The sheet has no column {missing[0]!r}. Columns: {', '.join(COLUMNS)}.")
        reader.fieldnames = names
        for row in reader:
            if None in row:
                raise BadInput(f"Row {reader.line_num}: more cells than columns. Nothing was taken in.")
            yield reader.line_num, {name: unsafe_cell(cell) for name, cell in row.items()}
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadInput(f"The sheet is not CSV in UTF-8 ({error}).") from error


def _correction(
    database: Database, row: dict[str, str], vocabulary: Vocabulary, defaults: dict[str, str]
) -> Correction:
    field = row["field"].strip()
    value = parse_value(field, row["value"])
    check_value(field, value, vocabulary)
    by = row.get("by", "").strip() or defaults["by"].strip()
    reason = row.get("reason", "").strip() or defaults["reason"].strip()
    if not by or not reason:
        raise BadInput("a correction needs a name (by) and a reason.")
    return Correction(
        article_id=find_article(database, row.get("pmid", "").strip() or row.get("doi", "")),
        field=field,
        value=value,
        by=by,
        reason=reason,
        at=row.get("at", "").strip() or defaults["at"],
        # A review sheet shows the classifier's quote beside the label; only a history row carries a person's own.
        quote=row.get("quote", "") if row.get("at", "").strip() else "",
    )


@dataclass(frozen=True, slots=True)
class _Key:
    """What makes two rows the same decision. The value as JSON, because lists can't be compared in a set."""

    article_id: int
    field: str
    value: str
    by: str
    reason: str
    at: str
    quote: str

    @classmethod
    def of(cls, item: Correction) -> _Key:
        return cls(item.article_id, item.field, json_value(item.value), item.by, item.reason, item.at, item.quote)

    def correction(self) -> Correction:
        return Correction(
            self.article_id, self.field, _decoded(self.value), self.by, self.reason, self.at, quote=self.quote
        )


def _known(database: Database) -> set[_Key]:
    rows = database.conn.execute("SELECT article_id, field, value, by, reason, at, quote FROM corrections")
    return {_Key(*row) for row in rows}
