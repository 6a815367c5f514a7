"""Files are stored whole or not at all, and by default only what belongs to the topic."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from db.connect import open_database
from db.errors import BadInput
from harvest.importing import FileSummary, ImportSummary, import_files
from harvest.run import run_harvest
from harvest.topics import load_topic
from tests.emulator.answers import articles_xml
from tests.emulator.invented import INVENTED, Invented, article_xml, invented_corpus
from tests.emulator.server import Emulator
from tests.harvest.running import client_of, pmids_of, state_of

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TOPIC = load_topic()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "evidence.db")
    yield opened
    opened.close()


def written(path: Path, records: list[Invented], *, deleted: tuple[int, ...] = (), cut: int | None = None) -> Path:
    extra = "".join(f'<PMID Version="1">{pmid}</PMID>' for pmid in deleted)
    body = articles_xml(
        map(article_xml, records), "pubmed_260101", f"<DeleteCitation>{extra}</DeleteCitation>" * bool(extra)
    )
    path.write_bytes((gzip.compress(body) if path.suffix == ".gz" else body)[:cut])
    return path


def test_an_import_keeps_exactly_what_a_harvest_would_bring(database: Database, tmp_path: Path) -> None:
    path = written(tmp_path / "records.xml.gz", INVENTED)
    summary = import_files(database, TOPIC, [path], now=NOW)
    harvested = open_database(tmp_path / "harvested.db")
    with Emulator(invented_corpus()) as emulator, client_of(emulator.url) as client:
        run_harvest(harvested, TOPIC, client, now=NOW)
    assert pmids_of(database) == pmids_of(harvested)
    lines = "SELECT pmid, line FROM hits ORDER BY pmid"
    assert database.conn.execute(lines).fetchall() == harvested.conn.execute(lines).fetchall()
    harvested.close()
    assert summary == ImportSummary(1, (FileSummary(str(path), 30, 27, 27, 0, 0, 0, 0),))
    assert str(summary) == "30 records read, 27 kept: 27 new, 0 changed, 0 unchanged."


def test_all_keeps_every_record_and_a_second_time_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = written(tmp_path / "records.xml", INVENTED)
    import_files(database, TOPIC, [path], keep_all=True, now=NOW)
    state = state_of(database)
    again = import_files(database, TOPIC, [path], keep_all=True, now=NOW)
    assert len(pmids_of(database)) == 30
    assert (again.total("unchanged"), state_of(database)) == (30, state)


@pytest.mark.parametrize("suffix", [".xml", ".xml.gz"])
def test_a_broken_file_changes_nothing_and_files_before_it_stay(
    suffix: str, database: Database, tmp_path: Path
) -> None:
    good = written(tmp_path / f"good{suffix}", INVENTED[:3])
    broken = written(tmp_path / f"broken{suffix}", [*INVENTED[3:]] * 20, deleted=(90000001,), cut=-200)
    with pytest.raises(BadInput, match="broken"):
        import_files(database, TOPIC, [good, broken], now=NOW)
    assert pmids_of(database) == {90000001, 90000002, 90000003}
    assert database.conn.execute("SELECT count(*) FROM articles WHERE withdrawn_at IS NOT NULL").fetchone() == (0,)
    assert database.conn.execute("SELECT status, new FROM harvest_runs").fetchall() == [("failed", 3)]


def test_records_that_nlm_deleted_are_marked_as_withdrawn_and_kept(database: Database, tmp_path: Path) -> None:
    import_files(database, TOPIC, [written(tmp_path / "a.xml", INVENTED)], now=NOW)
    update = written(tmp_path / "b.xml", [], deleted=(90000005, 12345))
    summary = import_files(database, TOPIC, [update], now=NOW)
    assert summary.total("withdrawn") == 1
    withdrawn = database.conn.execute("SELECT pmid FROM articles WHERE withdrawn_at IS NOT NULL").fetchall()
    assert withdrawn == [(90000005,)]
    assert str(summary) == "0 records read, 0 kept: 0 new, 0 changed, 0 unchanged, 1 withdrawn by NLM."


def test_a_newer_version_of_a_stored_record_is_taken_even_if_it_matches_no_more(
    database: Database, tmp_path: Path
) -> None:
    import_files(database, TOPIC, [written(tmp_path / "a.xml", INVENTED[8:9])], now=NOW)
    renamed = Invented(90000009, "An invented record that has lost its words.", revised="2025/01/01")
    import_files(database, TOPIC, [written(tmp_path / "b.xml", [renamed])], now=NOW)
    assert database.conn.execute("SELECT title FROM articles").fetchall() == [(renamed.title,)]


def test_every_real_record_imports_and_damaged_files_are_refused(shared: Path, database: Database) -> None:
    files = sorted((shared / "data" / "pubmed_xml").glob("*.xml"))
    summaries, refused = [], []
    for path in files:
        try:
            summaries.append(import_files(database, TOPIC, [path], keep_all=True, now=NOW))
        except BadInput:
            refused.append(path.name)
    # One has a tag that is never closed, the other is no record but an answer of elink.
    assert refused == ["JabRef__MedlineImporterTestMalformedEntry.xml", "metapub__sample_related_pmids_result.xml"]
    assert sum(summary.total("skipped") for summary in summaries) == 0
    stored = sum(summary.total("new") for summary in summaries)
    assert database.conn.execute("SELECT count(*) FROM articles").fetchone() == (stored,)
