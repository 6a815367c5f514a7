"""A view of the evidence table as a file: CSV, JSON lines, RIS, .nbib, BibTeX."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from evidence_site.asks import File, Problem, Way
from evidence_site.machine import study_summary
from evidence_site.studies import Study, citations_of, load_studies

NAMES = {"csv": "CSV (spreadsheet)", "ris": "RIS", "nbib": "PubMed .nbib", "bib": "BibTeX", "jsonl": "JSON lines"}
FORMATS = tuple(NAMES)
MOST = 10_000

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "nbib": "application/nbib; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
}


def of_view(edition, connection, form: str, ids: Sequence[int]) -> File:
    """Raises Problem where a view is too large for one file."""
    if len(ids) > MOST:
        raise Problem(
            400,
            "This view is too large for one file",
            f"It holds {len(ids):,} studies; a file holds at most {MOST:,}. Narrow the view, by years for example.",
            (Way("All studies", "/studies"),),
        )
    studies = _in_batches(edition, connection, ids)
    body = _csv(edition, studies) if form == "csv" else "".join(_lines(edition, connection, form, studies))
    return File(body.encode(), _TYPES[form], _filename(form, ids))


def _filename(form: str, ids: Sequence[int]) -> str:
    return f"{'study' if len(ids) == 1 else 'studies'}.{form}"


def _in_batches(edition, connection, ids: Sequence[int]) -> Iterator[Study]:
    for start in range(0, len(ids), 500):
        yield from load_studies(connection, edition, ids[start : start + 500])


def _lines(edition, connection, form: str, studies: Iterable[Study]) -> Iterator[str]:
    for study in studies:
        if form == "jsonl":
            yield json.dumps(study_summary(edition, study), ensure_ascii=False) + "\n"
        elif text := citations_of(connection, study.row["id"]).get({"bib": "bibtex"}.get(form, form)):
            end = "\n" if form == "nbib" else "\r\n"
            yield _with_abstract(form, text.rstrip(), " ".join(abstract_of(study).split())) + end * 2


def abstract_of(study: Study) -> str:
    """The abstract as far as this site publishes it, else the sentences that labels rest on."""
    sections = json.loads(study.row["sections"])
    if sections:
        return "\n".join(": ".join(p for p in (s.get("label", ""), s["text"]) if p) for s in sections)
    return " … ".join(dict.fromkeys(o.quote for o in study.outcomes if o.quote and o.shown))


def _with_abstract(form: str, text: str, abstract: str) -> str:
    """RIS ends with an ER line that must stay the last; a MEDLINE record takes one more line anywhere."""
    if not abstract or form == "bib":
        return f"{text} " if form == "ris" else text
    if form == "ris":
        return f"{text.removesuffix('ER  -').rstrip()}\r\nAB  - {abstract}\r\nER  - "
    return f"{text}\n{_folded(abstract)}"


def _folded(abstract: str) -> str:
    """As PubMed breaks long fields: between words, continued by six spaces."""
    return textwrap.fill(
        f"AB  - {abstract}", 88, subsequent_indent=" " * 6, break_long_words=False, break_on_hyphens=False
    )


def _csv(edition, studies: Iterable[Study]) -> str:
    domains = list(edition.terms.get("outcome_domain", {}))
    single = (
        "relevance", "study_design", "n_participants", "dose", "route", "sessions", "comparator", "follow_up",
        "blinding", "overall_direction",
    )  # fmt: skip
    head = ["address", "pmid", "doi", "title", "authors", "journal", "year", "status", "trials", *single]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*head, "labels_by", *(f"outcome_{domain}" for domain in domains)])
    for study in studies:
        row = study.row
        outcomes = {outcome.domain: outcome.direction for outcome in study.outcomes}
        cells = [
            row["path"], row["pmid"], row["doi"], row["title"], row["authors_short"], row["journal"], row["year"],
            row["status"], "; ".join(study.trials), *(_value(study, name) for name in single), row["checked"],
            *(outcomes.get(domain, "") for domain in domains),
        ]  # fmt: skip
        writer.writerow([_safe(cell) for cell in cells])
    return out.getvalue()


def _value(study: Study, name: str) -> object:
    label = study.labels.get(name)
    if label is None or label.value is None:
        return ""
    return label.value if label.shown else "not_checked"


def _safe(cell: object) -> object:
    """A spreadsheet takes a text that starts with = + - @ for a formula; a quotation mark in front stops it."""
    if isinstance(cell, list):
        cell = "; ".join(str(item) for item in cell)
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell[:1] else cell
