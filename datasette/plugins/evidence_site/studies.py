"""Reads studies from the snapshot, with their labels and outcomes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from evidence_site import words
from evidence_site.edition import NOT_CHECKED, Edition
from evidence_site.words import CLOSE, OPEN


# Not frozen: a page makes some hundred of these, and a frozen one takes several times as long.
@dataclass(slots=True)
class Label:
    """What stands for one field. `source` is person, curated or tag; `shown` is False below the threshold."""

    field: str
    value: Any
    source: str
    probability: float
    shown: bool
    layer: str = ""
    quote: str = ""
    at: str = ""

    @property
    def by_person(self) -> bool:
        return self.source != "tag"

    @property
    def who(self) -> str:
        """Who says so, in words."""
        if self.source == "person":
            return f"a person, {words.day(self.at)}" if self.at else "a person"
        if self.source == "curated":
            return "curated starter set"
        if not self.shown:
            return "classifier not sure enough"
        return f"classifier, {words.percent(self.probability)} sure"

    @property
    def text(self) -> str:
        return words.as_text(self.value)


@dataclass(slots=True)
class Outcome(Label):
    """One outcome domain of a study; `value` is the direction as tagged, `direction` what may be shown."""

    domain: str = ""

    @property
    def direction(self) -> str:
        return self.value if self.shown else NOT_CHECKED

    @property
    def glyph(self) -> str:
        return words.GLYPHS.get(self.direction, "○")


@dataclass
class Study:
    """A row of `studies` with what belongs to it. `row` has the columns by name."""

    row: sqlite3.Row
    labels: dict[str, Label] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    trials: list[str] = field(default_factory=list)
    title_marked: str = ""
    snippet: str = ""

    def __getattr__(self, name: str) -> Any:
        try:
            return self.row[name]
        except IndexError as error:
            raise AttributeError(name) from error

    def said(self, name: str) -> Any:
        """A label's value where it may be shown, else None."""
        label = self.labels.get(name)
        return label.value if label and label.shown else None

    @property
    def authors_list(self) -> list[str]:
        return json.loads(self.row["authors"])

    @property
    def source_line(self) -> str:
        """Journal and year; the journal's short name where PubMed gives one."""
        journal = self.row["journal_abbreviation"] or self.row["journal"]
        return " · ".join(part for part in (journal.rstrip("."), str(self.row["year"] or "")) if part)

    @property
    def given(self) -> str:
        """Dose, route and sessions in one line, or the curated intervention, "" where none is known."""
        if intervention := self.said("intervention"):
            return str(intervention)
        sessions = self.said("sessions")
        parts = [self.said("dose"), self.said("route")]
        parts.append(words.plural(sessions, "session") if isinstance(sessions, int) else None)
        return " · ".join(str(part) for part in parts if part)


def load_studies(
    connection: sqlite3.Connection, edition: Edition, ids: Sequence[int], expression: str = ""
) -> list[Study]:
    """The studies with these ids, in this order. With an expression, titles and snippets have its matches marked."""
    wanted = json.dumps(list(ids))
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    found = {
        row["id"]: Study(row)
        for row in cursor.execute("SELECT * FROM studies WHERE id IN (SELECT value FROM json_each(?))", [wanted])
    }
    _add_labels(connection, found, wanted)
    _add_outcomes(connection, edition, found, wanted)
    for study_id, trial in connection.execute(
        "SELECT study_id, main_id FROM study_trials WHERE study_id IN (SELECT value FROM json_each(?))", [wanted]
    ):
        found[study_id].trials.append(trial)
    if expression:
        _add_marks(connection, found, expression)
    return [found[study_id] for study_id in ids if study_id in found]


def _add_labels(connection: sqlite3.Connection, found: dict[int, Study], wanted: str) -> None:
    for study_id, name, value, *rest in connection.execute(
        "SELECT study_id, field, value, source, probability, shown, layer, quote, at FROM labels"
        " WHERE study_id IN (SELECT value FROM json_each(?))",
        [wanted],
    ):
        found[study_id].labels[name] = _label(Label, name, value_of(value), *rest)


def _add_outcomes(connection: sqlite3.Connection, edition: Edition, found: dict[int, Study], wanted: str) -> None:
    order = edition.terms.get("outcome_domain", {})
    for study_id, domain, value, *rest in connection.execute(
        "SELECT study_id, domain, direction, source, probability, shown, layer, quote, at FROM outcomes"
        " WHERE study_id IN (SELECT value FROM json_each(?))",
        [wanted],
    ):
        found[study_id].outcomes.append(_label(Outcome, domain, value, *rest, domain=domain))
    for study in found.values():
        study.outcomes.sort(key=lambda outcome: order[outcome.domain].position if outcome.domain in order else 999)


def _label(kind, name, value, source, probability, shown, layer, quote, at, **more):
    return kind(name, value, source, probability, bool(shown), layer, quote, at, **more)


@lru_cache(maxsize=2048)
def value_of(text: str) -> Any:
    """A label's JSON value. Most labels have one of a few hundred values; nobody changes a list that comes from here."""
    return json.loads(text)


def _add_marks(connection: sqlite3.Connection, found: dict[int, Study], expression: str) -> None:
    for study_id in found:
        row = connection.execute(
            "SELECT highlight(studies_fts, 0, ?, ?), snippet(studies_fts, 1, ?, ?, ' … ', 34) FROM studies_fts"
            " WHERE studies_fts MATCH ? AND rowid = ?",
            [OPEN, CLOSE, OPEN, CLOSE, expression, study_id],
        ).fetchone()
        if row:
            found[study_id].title_marked = row[0].strip() if OPEN in row[0] else ""
            found[study_id].snippet = row[1] if OPEN in row[1] else ""


def citations_of(connection: sqlite3.Connection, study_id: int) -> dict[str, str]:
    """A study's citation in every form, by the form's name, without its abstract."""
    row = connection.execute("SELECT forms FROM citations WHERE study_id = ?", [study_id]).fetchone()
    return json.loads(row[0]) if row else {}


def find_id(connection: sqlite3.Connection, *, pmid: int | None = None, doi: str = "", path: str = "") -> int | None:
    """The snapshot id of the study with this PMID, DOI or address."""
    if pmid is not None:
        row = connection.execute("SELECT id FROM studies WHERE pmid = ?", [pmid]).fetchone()
    elif doi:
        row = connection.execute(
            "SELECT id FROM studies WHERE doi = ? AND doi <> '' ORDER BY status = 'notice', pmid IS NULL, id LIMIT 1",
            [doi.lower()],
        ).fetchone()
    else:
        row = connection.execute("SELECT id FROM studies WHERE path = ?", [path]).fetchone()
    return row[0] if row else None


def siblings(connection: sqlite3.Connection, edition: Edition, study: Study) -> list[Study]:
    """Other papers of the same trial, newest first."""
    rows = connection.execute(
        "SELECT DISTINCT b.study_id FROM study_trials AS a JOIN study_trials AS b USING (main_id)"
        " WHERE a.study_id = ? AND b.study_id <> a.study_id ORDER BY 1 LIMIT 20",
        [study.row["id"]],
    )
    return load_studies(connection, edition, [row[0] for row in rows])
