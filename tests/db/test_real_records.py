"""Real PubMed records, read in place: kept whole, found again, and unchanged by a second import."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.connect import open_database
from db.reading import read_articles
from db.records import Article, SourceRecord
from db.store import SaveCounts, save_records
from harvest.files import read_file


@pytest.fixture(scope="module")
def records(shared: Path) -> list[SourceRecord]:
    """The newest revision of each of the first thousand records."""
    every = (item for item in read_file(shared / "data" / "pubmed_records.xml.gz") if isinstance(item, SourceRecord))
    newest: dict[int | None, SourceRecord] = {}
    for record in itertools.islice(every, 1000):
        kept = newest.get(record.article.pmid)
        if kept is None or _revision(kept) <= _revision(record):
            newest[record.article.pmid] = record
    return list(newest.values())


def _revision(record: SourceRecord) -> tuple[int, str]:
    return (record.article.pmid_version, record.article.revised)


def _comparable(article: Article) -> Article:
    """The store keeps one registration for each number, in order, and DOIs in lower case."""
    numbers = {item.number: item for item in reversed(article.registry_ids)}
    by_number = tuple(numbers[number] for number in sorted(numbers))
    return dataclasses.replace(article, registry_ids=by_number, doi=article.doi.lower())


def test_real_records_come_back_as_they_were_and_a_second_import_changes_nothing(
    records: list[SourceRecord], tmp_path: Path
) -> None:
    database = open_database(tmp_path / "evidence.db")
    counts = save_records(database, records, source="file", run_id=None, at="2026")
    assert counts == SaveCounts(new=len(records))
    again = save_records(database, reversed(records), source="file", run_id=None, at="2027")
    assert again == SaveCounts(unchanged=len(records))
    stored = {item.article.pmid: item.article for item in read_articles(database, _ids(len(records)))}
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    database.conn.close()
    differing = [
        record.article.pmid
        for record in records
        if _comparable(stored[record.article.pmid]) != _comparable(record.article)
    ]
    assert differing == []


def _ids(count: int) -> Iterator[int]:
    return iter(range(1, count + 1))
