"""Exports: the articles that pass the filters, as CSV, JSON lines, RIS, MEDLINE (.nbib) or BibTeX, as a stream."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TextIO

from sqlite_utils import Database

from db.citations import FORMS
from db.corrections import format_value
from db.csv_cells import safe_row
from db.errors import BadInput
from db.labels import Label, outcomes_of
from db.reading import StoredArticle, read_articles
from db.records import FIELDS, OUTCOME_PREFIX
from db.selection import Filters, select_articles

FULL, QUOTES = "full", "quotes"

#: Columns of the CSV that come from the record; one for each field and one for the outcomes follow.
_RECORD_COLUMNS = (
    "pmid",
    "doi",
    "pmcid",
    "title",
    "authors",
    "journal",
    "year",
    "volume",
    "issue",
    "pages",
    "publication_types",
    "mesh",
    "retraction_state",
    "abstract",
)
CSV_COLUMNS = (*_RECORD_COLUMNS, *FIELDS, "outcomes", "not_yet_checked", "checked_by_people")


def export(
    database: Database,
    stream: TextIO,
    form: str,
    *,
    filters: Filters | None = None,
    abstracts: str = FULL,
    bom: bool = False,
) -> int:
    """Writes the articles that pass `filters` to `stream` and returns how many they were.

    `form` is csv, jsonl, ris, nbib or bibtex. `abstracts` "quotes" gives only the sentences that labels rest on, for
    those who may not pass on publishers' text. `bom` puts a byte order mark before a CSV, without which Excel garbles
    every letter outside ASCII; other programs are better off without it. Open files with newline="".
    Raises BadInput for an unknown form or a search text that can't be read.
    """
    writer = _WRITERS.get(form)
    if writer is None:
        raise BadInput(f"There is no export format {form!r}. Choose from: {', '.join(_WRITERS)}.")
    if abstracts not in (FULL, QUOTES):
        raise BadInput(f"abstracts can be {FULL} or {QUOTES}, not {abstracts!r}.")
    ids = select_articles(database, filters or Filters())
    if bom and form == "csv":
        stream.write("\ufeff")
    writer(stream, read_articles(database, ids), abstracts)
    return len(ids)


def abstract_of(stored: StoredArticle, abstracts: str) -> str:
    """The abstract, or with "quotes" only the pieces of it that the labels rest on, in the abstract's order."""
    text = stored.article.abstract
    if abstracts == FULL:
        return text
    quotes = {label.quote for label in stored.labels.values() if label.quote and label.quote in text}
    return " […] ".join(sorted(quotes, key=text.index))


def _citation_writer(form: str) -> Callable[[TextIO, Iterable[StoredArticle], str], None]:
    def write(stream: TextIO, articles: Iterable[StoredArticle], abstracts: str) -> None:
        for stored in articles:
            stream.write(FORMS[form](stored.article, stored.retraction_state, abstract_of(stored, abstracts)))

    return write


def _write_csv(stream: TextIO, articles: Iterable[StoredArticle], abstracts: str) -> None:
    writer = csv.writer(stream)
    writer.writerow(CSV_COLUMNS)
    for stored in articles:
        row = _csv_row(stored, abstracts)
        writer.writerow(safe_row(row.get(name) for name in CSV_COLUMNS))


def _csv_row(stored: StoredArticle, abstracts: str) -> dict[str, Any]:
    article, labels = stored.article, stored.labels
    shown = {name: label for name, label in labels.items() if not label.abstained}
    outcomes = outcomes_of(shown)
    return {
        **{field: format_value(shown[field].value) for field in FIELDS if _has_value(shown.get(field))},
        "pmid": article.pmid,
        "doi": article.doi,
        "pmcid": article.pmcid,
        "title": article.title,
        "authors": stored.authors_short,
        "journal": article.journal,
        "year": article.year,
        "volume": article.volume,
        "issue": article.issue,
        "pages": article.pages,
        "publication_types": "; ".join(kind.name for kind in article.publication_types),
        "mesh": "; ".join(heading.name for heading in article.mesh_headings),
        "retraction_state": stored.retraction_state,
        "abstract": abstract_of(stored, abstracts),
        "outcomes": "; ".join(f"{domain}: {label.value}" for domain, label in sorted(outcomes.items())),
        "not_yet_checked": "; ".join(sorted(name for name, label in labels.items() if label.abstained)),
        "checked_by_people": "; ".join(sorted(name for name, label in labels.items() if label.is_checked)),
    }


def _has_value(label: Label | None) -> bool:
    return label is not None and label.value is not None


def _write_jsonl(stream: TextIO, articles: Iterable[StoredArticle], abstracts: str) -> None:
    for stored in articles:
        stream.write(json.dumps(label_record(stored, abstracts=abstracts), ensure_ascii=False) + "\n")


def label_record(stored: StoredArticle, *, abstracts: str = FULL) -> dict[str, Any]:
    """The article under the keys that `tag --input` and `evaluate --labels` read.

    Beside them: identifiers, `retraction_state`, `confidence`, `abstained` and `label_sources` (who gave which).
    """
    article, labels = stored.article, stored.labels
    return {
        "id": str(article.pmid or article.doi),
        "title": article.title,
        "abstract": abstract_of(stored, abstracts),
        "pmid": article.pmid,
        "doi": article.doi,
        "authors": stored.authors_short,
        "journal": article.journal,
        "year": article.year,
        "publication_types": [kind.name for kind in article.publication_types],
        "mesh": [heading.name for heading in article.mesh_headings],
        "retraction_state": stored.retraction_state,
        **{field: labels[field].value for field in FIELDS if field in labels},
        "outcomes": [
            {"domain": domain, "direction": label.value, "quote": label.quote}
            for domain, label in sorted(outcomes_of(labels).items())
        ],
        "confidence": {name: label.probability for name, label in _confident(labels)},
        "abstained": sorted(name for name, label in labels.items() if label.abstained),
        "label_sources": {name: label.source for name, label in labels.items()},
    }


def _confident(labels: dict[str, Label]) -> Iterator[tuple[str, Label]]:
    for name, label in labels.items():
        if name in ("relevance", "study_design", "overall_direction") or name.startswith(OUTCOME_PREFIX):
            yield name, label


_WRITERS: dict[str, Callable[[TextIO, Iterable[StoredArticle], str], None]] = {
    "csv": _write_csv,
    "jsonl": _write_jsonl,
    "ris": _citation_writer("ris"),
    "nbib": _citation_writer("nbib"),
    "bibtex": _citation_writer("bibtex"),
}
