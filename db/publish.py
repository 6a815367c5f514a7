"""Builds the public snapshot from the working database and swaps it in.

A reader sees the old snapshot or the new one, never half of one: the new file is built beside the old one, checked,
written through to the disk, and renamed over it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from db import snapshot, snapshot_tables
from db.citations import citation_formats
from db.collections import Collection
from db.errors import EvidenceError
from db.public_text import remove_addresses
from db.reading import read_articles
from db.records import Article
from db.topic import Topic

SNAPSHOT_NAME = "evidence.db"
ABSTRACTS = ("full", "quotes")

#: Each public table and the private one whose rows it must hold, all of them.
_MUST_AGREE = {"studies": "articles", "changes": "changes", "runs": "harvest_runs", "links": "article_links"}


@dataclass(frozen=True, slots=True)
class PublishSummary:
    """What was published: how many of each, the size of the file in bytes, and where it lies."""

    path: str
    studies: int
    trials: int
    outcomes: int
    bytes: int
    published_at: str


def publish(
    database: Database,
    site_folder: Path,
    *,
    topic: Topic,
    terms: Sequence[Mapping[str, Any]],
    at: str,
    version: str,
    abstracts: str = "full",
    collections: Sequence[Collection] = (),
) -> PublishSummary:
    """Publishes everything in `database` to `site_folder`/evidence.db.

    `terms` are the taxonomy's (kind, id, name, patient_name, definition), in page order. `at` is the time in ISO 8601.
    `abstracts` is "full", or "quotes" for only the sentences that a label rests on. `collections` are published as they
    are; a study in one that is missing here is shown as missing. Raises EvidenceError if the folder can't be written or
    the new snapshot fails its check; the old snapshot then stays.
    """
    if abstracts not in ABSTRACTS:
        raise EvidenceError(f"abstracts must be 'full' or 'quotes', not {abstracts!r}.")
    final = site_folder / SNAPSHOT_NAME
    try:
        site_folder.mkdir(parents=True, exist_ok=True)
        with _new_file(site_folder) as draft:
            facts = {"published_at": at, "version": version, "abstracts": abstracts}
            counts = _check(draft, _build(database, draft, topic, terms, facts, collections))
            _write_through(draft)
            draft.replace(final)
            _write_through(site_folder)
    except (OSError, sqlite3.Error) as error:
        raise EvidenceError(f"Could not publish to {site_folder}: {error}. The old snapshot still stands.") from error
    return PublishSummary(
        path=str(final),
        studies=counts["studies"],
        trials=counts["trials"],
        outcomes=counts["outcomes"],
        bytes=final.stat().st_size,
        published_at=at,
    )


@contextmanager
def _new_file(folder: Path) -> Iterator[Path]:
    """A new, empty file in `folder` that is gone again unless it was renamed. Readable by the web server's user."""
    handle, name = tempfile.mkstemp(prefix=".evidence-", suffix=".draft", dir=folder)
    os.close(handle)
    draft = Path(name)
    draft.chmod(0o644)
    try:
        yield draft
    finally:
        for leftover in (draft, Path(f"{name}-journal")):
            with suppress(FileNotFoundError):
                leftover.unlink()


def _build(
    database: Database,
    draft: Path,
    topic: Topic,
    terms: Sequence[Mapping[str, Any]],
    facts: dict[str, str],
    collections: Sequence[Collection],
) -> dict[str, int]:
    """Fills the draft; returns how many rows each public table must have, counted in the same transaction."""
    abstracts = {"abstracts": facts["abstracts"]}
    connection = sqlite3.connect(draft, isolation_level=None)
    try:
        # The draft is thrown away if anything fails, so it needs no journal; it is written through at the end.
        connection.execute("PRAGMA main.journal_mode = OFF")
        connection.execute("PRAGMA main.synchronous = OFF")
        connection.execute("PRAGMA main.cache_size = -65536")
        connection.execute("ATTACH ? AS working", [_file_of(database)])
        connection.executescript(snapshot_tables.TABLES)
        connection.execute("BEGIN")
        _add_texts(connection, topic, terms, collections)
        _run(connection, snapshot.PLACES)
        connection.execute(snapshot.STUDIES, abstracts)
        _add_citations(database, connection)
        connection.execute(snapshot.LABELS)
        connection.execute(snapshot.OUTCOMES)
        _run(connection, snapshot.LABELLED)
        _run(connection, snapshot.REST)
        connection.execute(snapshot.SEARCH, abstracts)
        remove_addresses(connection)
        _add_facets(connection, {value.facet for value in topic.facets} | {"conditions", "co_treatments"})
        _add_facts(connection, topic, facts)
        expected = {public: _count(connection, f"working.{private}") for public, private in _MUST_AGREE.items()}
        connection.execute("INSERT INTO studies_fts (studies_fts) VALUES ('optimize')")
        connection.execute("COMMIT")
        connection.execute("DETACH working")
        connection.executescript(snapshot_tables.INDEXES)
        return expected
    finally:
        connection.close()


def _file_of(database: Database) -> str:
    """The path of the main database file; what was not yet committed there is not published."""
    path = next(row[2] for row in database.conn.execute("PRAGMA database_list") if row[1] == "main")
    if not path:
        raise EvidenceError("Only a database in a file can be published.")
    return str(path)


def _run(connection: sqlite3.Connection, script: str) -> None:
    """Runs statements inside the open transaction (`executescript` would commit it)."""
    for statement in script.split(";\n"):
        if statement.strip():
            connection.execute(statement)


def _add_texts(
    connection: sqlite3.Connection,
    topic: Topic,
    terms: Sequence[Mapping[str, Any]],
    collections: Sequence[Collection],
) -> None:
    rows = [
        (str(t["kind"]), str(t["id"]), n, str(t["name"]), str(t.get("patient_name", "")), str(t.get("definition", "")))
        for n, t in enumerate(terms)
    ]
    rows += [(v.facet, v.id, n, v.name, v.patient_name, "") for n, v in enumerate(topic.facets, len(rows))]
    connection.executemany("INSERT INTO terms VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.executemany(
        "INSERT INTO questions VALUES (?, ?, ?)",
        [(question.id, n, json.dumps(asdict(question))) for n, question in enumerate(topic.questions)],
    )
    connection.executemany(
        "INSERT INTO collections VALUES (?, ?, ?)",
        [(each.slug, n, json.dumps(each.as_json())) for n, each in enumerate(collections)],
    )


def _add_citations(database: Database, connection: sqlite3.Connection) -> None:
    """Every study's citation in every form, without the abstract: pages and exports add what may be shown of it."""
    places = dict(connection.execute("SELECT article_id, study_id FROM places ORDER BY study_id"))
    connection.executemany(
        "INSERT INTO citations (forms, study_id) VALUES (?, ?)",
        (
            (
                json.dumps(citation_formats(_public(a.article), retraction_state=a.retraction_state, abstract="")),
                places[a.id],
            )
            for a in read_articles(database, places, with_labels=False)
        ),
    )


def _public(article: Article) -> Article:
    """Without affiliations, which hold e-mail addresses, and without ORCIDs: of people, only authors' names go out."""
    names = tuple(replace(author, affiliations=(), orcid="") for author in article.authors)
    return replace(article, authors=names, investigators=())


def _add_facets(connection: sqlite3.Connection, listed: Iterable[str]) -> None:
    """Every value of every facet as a bitmap: bit n stands for study n (the lowest bit of the first byte for 0)."""
    size = (connection.execute("SELECT coalesce(max(id), 0) FROM studies").fetchone()[0] + 8) // 8
    for facet, query in snapshot.FACETS.items():
        _add_bitmaps(connection, facet, size, connection.execute(query))
    for field in sorted(set(listed)):
        _add_bitmaps(connection, field, size, connection.execute(snapshot.LIST_FACETS, {"field": field}))


def _add_bitmaps(connection: sqlite3.Connection, facet: str, size: int, rows: Iterable[tuple[int, str]]) -> None:
    bitmaps: dict[str, bytearray] = {}
    for study_id, value in rows:
        if value is not None:
            bits = bitmaps.setdefault(str(value), bytearray(size))
            bits[study_id >> 3] |= 1 << (study_id & 7)
    connection.executemany(
        "INSERT OR IGNORE INTO facets VALUES (?, ?, ?, ?)",
        [(facet, value, int.from_bytes(bits, "little").bit_count(), bytes(bits)) for value, bits in bitmaps.items()],
    )


def _add_facts(connection: sqlite3.Connection, topic: Topic, facts: dict[str, str]) -> None:
    last = connection.execute(
        # Reading a file is no search: the page would tell of one that never was.
        "SELECT max(finished_at) FROM runs WHERE status = 'done' AND kind <> 'import'"
    ).fetchone()[0]
    # An import carries no search, so the strategy shown is that of the topic file as it stands.
    rows = {
        **facts,
        "topic_id": topic.id,
        "topic_name": topic.name,
        "topic_summary": topic.summary,
        "strategy": json.dumps(asdict(topic.search)),
        "pages": json.dumps(topic.pages),
        "provenance": topic.known_studies_provenance,
        "last_harvest": str(last or ""),
    }
    connection.executemany("INSERT INTO snapshot VALUES (?, ?)", list(rows.items()))


def _check(draft: Path, expected: dict[str, int]) -> dict[str, int]:
    """Row counts of the draft. Raises EvidenceError if SQLite finds damage or a row is missing."""
    connection = sqlite3.connect(f"file:{draft}?mode=ro", uri=True)
    try:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise EvidenceError(f"The new snapshot is damaged ({verdict}); the old one still stands. Publish again.")
        counts = {name: _count(connection, name) for name in (*_MUST_AGREE, "trials", "outcomes", "labels")}
        for table, rows in expected.items():
            if counts[table] != rows:
                raise EvidenceError(
                    f"The new snapshot has {counts[table]} {table} where the working database has {rows}; "
                    "the old one still stands. Check the working database with `evidence status`."
                )
        return counts
    finally:
        connection.close()


def _count(connection: sqlite3.Connection, table: str) -> int:
    """Rows of one of this module's own table names."""
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


def _write_through(path: Path) -> None:
    """Asks the disk to keep what was written, so that a power cut after the rename can't leave an empty file."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
