"""The topic's starter set: verified studies and registered trials that stand in the database before any harvest.

Its bibliographic data gives way to a harvest's; its labels are curated corrections, below a person's and above the
classifier's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from db.connect import write_transaction
from db.corrections import Vocabulary, add_corrections, check_value, find_article
from db.errors import BadInput
from db.records import OUTCOME_PREFIX, Article, Author, Correction, Granularity, PartialDate, SourceRecord
from db.registers import is_registry_only, registry_name, save_trials
from db.runs import save_topic
from db.store import save_records
from db.tags import json_value
from db.topic import Topic

FORM = "starter-set"
CURATOR = "starter set"
_DIRECTION = "_direction"
_TEXT_FIELDS = ("comparator", "follow_up", "population", "intervention", "finding")


@dataclass(frozen=True, slots=True)
class StarterCounts:
    """What loading the set has added: articles, trials, and curated labels that were not there yet."""

    articles: int
    trials: int
    labels: int


def load_starter_set(
    database: Database, topic: Topic, *, at: str, vocabulary: Vocabulary | None = None
) -> StarterCounts:
    """Loads the topic's known studies, all or none; loading again adds only what a newer file says otherwise.

    Raises BadInput with the row's number where a row can't be used. With a `vocabulary` the labels are checked.
    """
    verified = _verified_on(topic.known_studies_provenance)
    published: list[tuple[Mapping[str, str], SourceRecord]] = []
    registered: list[Mapping[str, str]] = []
    for number, row in enumerate(topic.known_studies, 2):
        try:
            if is_registry_only(row):
                registered.append(_checked(row, vocabulary))
            else:
                published.append((_checked(row, vocabulary), _record(row)))
        except BadInput as error:
            raise BadInput(f"Known studies of the topic {topic.id!r}, row {number}: {error}") from error
    with write_transaction(database):
        save_topic(database, topic, at=at)
        records = [record for _, record in published]
        new = save_records(database, records, source="starter", run_id=None, at=at).new
        labels = sum(_curate(database, row, verified, at) for row, _ in published)
        trials = save_trials(database, registered, checked_at=verified)
    return StarterCounts(new, trials, labels)


def _verified_on(provenance: str) -> str:
    """The date in the provenance's heading, "" where it has none."""
    found = re.search(r"\d{4}-\d{2}-\d{2}", provenance.partition("\n")[0])
    return found.group() if found else ""


def _checked(row: Mapping[str, str], vocabulary: Vocabulary | None) -> Mapping[str, str]:
    pmid, doi = row.get("pmid", ""), row.get("doi", "")
    if not pmid and not doi and not row.get("registry_id"):
        raise BadInput("needs a pmid, a doi or a registry_id.")
    for name in ("pmid", "year", "n_participants"):
        if row.get(name) and not row[name].isdecimal():
            raise BadInput(f"{name} must be a whole number, not {row[name]!r}.")
    if doi and not doi.startswith("10."):
        raise BadInput(f"doi must begin with 10., not {doi!r}.")
    if not row.get("title"):
        raise BadInput("needs a title.")
    if vocabulary is not None:
        for field, value in _labels(row).items():
            check_value(field, value, vocabulary)
    return row


def _record(row: Mapping[str, str]) -> SourceRecord:
    article = Article(
        title=row["title"],
        pmid=int(row["pmid"]) if row.get("pmid") else None,
        doi=row.get("doi", "").lower(),
        journal=row.get("journal", ""),
        journal_abbreviation=row.get("journal", ""),
        published=PartialDate(row["year"], Granularity.YEAR) if row.get("year") else PartialDate(),
        authors=_authors(row.get("authors_short", "")),
    )
    return SourceRecord(article, json.dumps(dict(row), ensure_ascii=False, sort_keys=True).encode(), FORM)


def _authors(short: str) -> tuple[Author, ...]:
    """People of 'Grabski M, McAndrew A, et al.'; the "et al." stays as a name, so that nobody takes the list for whole."""
    names = [name.strip() for name in short.split(",") if name.strip()]
    return tuple(_person(name) for name in names)


def _person(name: str) -> Author:
    last, _, initials = name.rpartition(" ")
    if last and re.fullmatch(r"[A-Z]{1,4}", initials):
        return Author(last_name=last, initials=initials)
    return Author(collective_name=name)


def _labels(row: Mapping[str, str]) -> dict[str, Any]:
    """The curated labels of a row by field. An empty cell says nothing, but for outcomes of a record that was read.

    A row with at least one direction was read to its end, so an empty direction there means "does not report on it".
    """
    labels: dict[str, Any] = {name: row[name] for name in ("relevance", "study_design", *_TEXT_FIELDS) if row.get(name)}
    if row.get("n_participants"):
        labels["n_participants"] = int(row["n_participants"])
    if row.get("registry_id"):
        labels["registry_ids"] = [row["registry_id"]]
    directions = {name.removesuffix(_DIRECTION): value for name, value in row.items() if name.endswith(_DIRECTION)}
    if any(directions.values()):
        labels |= {f"{OUTCOME_PREFIX}{domain}": value or None for domain, value in directions.items()}
    return labels


def _curate(database: Database, row: Mapping[str, str], verified: str, at: str) -> int:
    """Appends the curated labels that differ from the newest curated ones. Returns how many."""
    article_id = find_article(database, row.get("pmid") or row["doi"])
    if row.get("registry_id"):
        database.conn.execute(
            "INSERT OR IGNORE INTO registry_ids (article_id, number, registry, source) VALUES (?, ?, ?, 'curated')",
            [article_id, row["registry_id"], registry_name(row["registry_id"])],
        )
    standing = dict(database.conn.execute(_CURATED, [article_id]).fetchall())
    reason = "; ".join(part for part in (f"verified {verified}" if verified else "", row.get("source", "")) if part)
    fresh = [
        Correction(article_id, field, value, CURATOR, reason or "the topic's known studies", at, source="curated")
        for field, value in _labels(row).items()
        if standing.get(field) != json_value(value)
    ]
    return len(add_corrections(database, fresh, vocabulary=None))


_CURATED = "SELECT field, value FROM corrections WHERE article_id = ? AND source = 'curated' ORDER BY id"  # the last one stands
