"""What leaves the house, and what never does."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from db import publish as publishing
from db import snapshot, snapshot_tables
from db.errors import EvidenceError
from db.publish import PublishSummary, publish
from db.runs import finish_run, start_run
from harvest.topics import load_topic
from tests.site.invented import TERMS, invented_database

AT = "2026-11-22T08:00:00Z"


@pytest.fixture
def working(tmp_path: Path) -> Database:
    return invented_database(tmp_path / "evidence.db", 60)


def publish_to(database: Database, folder: Path, **more: Any) -> PublishSummary:
    return publish(database, folder, topic=load_topic(), terms=TERMS, version="0.1.0", **{"at": AT, **more})


def rows(path: str | Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_the_summary_tells_what_was_published(working: Database, tmp_path: Path) -> None:
    summary = publish_to(working, tmp_path / "site")
    assert summary == PublishSummary(
        path=str(tmp_path / "site" / "evidence.db"),
        studies=60,
        trials=4,
        outcomes=rows(summary.path, "SELECT count(*) FROM outcomes")[0][0],
        bytes=(tmp_path / "site" / "evidence.db").stat().st_size,
        published_at=AT,
    )
    assert [path.name for path in (tmp_path / "site").iterdir()] == ["evidence.db"]


def test_reading_a_file_is_not_told_as_a_search_of_pubmed(working: Database, tmp_path: Path) -> None:
    asked = "SELECT value FROM snapshot WHERE key = 'last_harvest'"
    with working.conn:
        searched = working.execute("SELECT max(finished_at) FROM harvest_runs").fetchone()[0]
        imported = start_run(working, kind="import", at=AT)
        finish_run(working, imported, at=AT)
    assert rows(publish_to(working, tmp_path / "site").path, asked) == [(searched,)]
    with working.conn:
        working.execute("UPDATE harvest_runs SET kind = 'import'")
    assert rows(publish_to(working, tmp_path / "other").path, asked) == [("",)]


def test_no_private_word_is_in_any_byte_of_the_snapshot(working: Database, tmp_path: Path) -> None:
    """Names of reviewers, their reasons, affiliations and raw records stay in the working database."""
    with working.conn:
        working.conn.execute(
            "INSERT INTO raw_records (article_id, form, sha256, body, received_at) VALUES (1, 'x', 'y', ?, 'z')",
            [b"Secret raw record"],
        )
        working.conn.execute("UPDATE harvest_runs SET message = 'Secret message'")
        working.conn.execute('UPDATE articles SET details = \'{"note": "Secret details"}\'')
    published = Path(publish_to(working, tmp_path / "site").path).read_bytes()
    assert b"Secret" in (tmp_path / "evidence.db").read_bytes()
    assert re.findall(rb"(?i)secret[ \w]*", published) == []


def test_the_snapshot_has_only_the_tables_it_names(working: Database, tmp_path: Path) -> None:
    path = publish_to(working, tmp_path / "site").path
    found = {name for (name,) in rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    named = set(re.findall(r"CREATE (?:VIRTUAL )?TABLE (\w+)", snapshot_tables.TABLES))
    assert {name for name in found if not name.startswith(("sqlite_", "studies_fts_"))} == named


def test_a_correction_stands_above_a_tag_in_the_snapshot(working: Database, tmp_path: Path) -> None:
    path = publish_to(working, tmp_path / "site").path
    assert rows(
        path,
        "SELECT l.value, l.source, l.at, s.design, s.checked FROM labels AS l JOIN studies AS s ON s.id = l.study_id"
        " WHERE s.pmid = 99000001 AND l.field = 'study_design'",
    ) == [('"randomised_trial"', "person", "2026-11-21", "randomised_trial", "person")]


def test_statuses_follow_links_in_order_of_gravity(working: Database, tmp_path: Path) -> None:
    with working.conn:
        working.conn.execute("INSERT INTO article_links VALUES (3, 1, 'ErratumIn', NULL, '', '')")
        working.conn.execute("UPDATE articles SET withdrawn_at = '2026-11-01' WHERE id = 7")
        working.conn.execute("UPDATE articles SET missing_since = '2026-11-01' WHERE id = 8")
    path = publish_to(working, tmp_path / "site").path
    found = rows(path, "SELECT pmid - 99000000, status FROM studies WHERE status <> '' ORDER BY pmid")
    assert found == [
        (3, "retracted"),
        (4, "notice"),
        (5, "corrected"),
        (6, "concern"),
        (7, "withdrawn"),
        (8, "missing"),
    ]


def test_quotes_only_means_no_abstract_anywhere(working: Database, tmp_path: Path) -> None:
    summary = publish_to(working, tmp_path / "site", abstracts="quotes")
    published = Path(summary.path).read_bytes()
    assert b"did not change" in published
    assert b"This invented record tests" not in published
    assert rows(summary.path, "SELECT count(*) FROM studies_fts WHERE studies_fts MATCH 'tests'") == [(0,)]
    assert rows(summary.path, "SELECT count(*) > 0 FROM studies_fts WHERE studies_fts MATCH 'change'") == [(1,)]


def test_ids_are_places_in_newest_first_order(working: Database, tmp_path: Path) -> None:
    path = publish_to(working, tmp_path / "site").path
    dates = [date for (date,) in rows(path, "SELECT published FROM studies ORDER BY id")]
    assert dates == sorted(dates, reverse=True)


def test_bitmaps_hold_each_study_of_a_value(working: Database, tmp_path: Path) -> None:
    path = publish_to(working, tmp_path / "site").path
    for value, count, bits in rows(path, "SELECT value, studies, bits FROM facets WHERE facet = 'design'"):
        number = int.from_bytes(bits, "little")
        members = {n for n in range(number.bit_length()) if number >> n & 1}
        assert members == {n for n, design in rows(path, "SELECT id, design FROM studies") if design == value}
        assert len(members) == count


def test_papers_of_one_trial_share_a_unit(working: Database, tmp_path: Path) -> None:
    path = publish_to(working, tmp_path / "site").path
    shared = rows(
        path, "SELECT main_id, count(DISTINCT unit) FROM studies JOIN study_trials ON study_id = id GROUP BY 1"
    )
    assert {count for _, count in shared} == {1}
    assert rows(path, "SELECT main_id FROM trials WHERE registry_id = 'NCT99000004'") == [("NCT99000001",)]


def test_what_can_not_be_checked_is_not_published(
    working: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old snapshot stays, byte for byte, and nothing half-made is left beside it."""
    before = Path(publish_to(working, tmp_path / "site").path).read_bytes()
    monkeypatch.setattr(publishing, "_write_through", _fails)
    with pytest.raises(EvidenceError, match="The old snapshot still stands"):
        publish_to(working, tmp_path / "site", at="2026-11-23T08:00:00Z")
    monkeypatch.undo()
    monkeypatch.setitem(snapshot.__dict__, "LABELS", f"{snapshot.LABELS} AND missing_column")
    with pytest.raises(EvidenceError, match="The old snapshot still stands"):
        publish_to(working, tmp_path / "site")
    monkeypatch.undo()
    monkeypatch.setitem(publishing._MUST_AGREE, "trials", "articles")
    with pytest.raises(EvidenceError, match="has 4 trials where the working database has 60"):
        publish_to(working, tmp_path / "site")
    assert (tmp_path / "site" / "evidence.db").read_bytes() == before
    assert [path.name for path in (tmp_path / "site").iterdir()] == ["evidence.db"]


def _fails(_: Path) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_write_permission_is_told_in_one_line(working: Database, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir(mode=0o500)
    with pytest.raises(EvidenceError, match="Could not publish"):
        publish_to(working, folder)


def test_a_file_where_the_folder_should_be_is_told_in_one_line(working: Database, tmp_path: Path) -> None:
    (tmp_path / "site").write_text("not a folder")
    with pytest.raises(EvidenceError, match="Could not publish to"):
        publish_to(working, tmp_path / "site")


def test_an_unknown_setting_and_a_database_in_memory_are_refused(working: Database, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="'full' or 'quotes'"):
        publish_to(working, tmp_path / "site", abstracts="some")
    with pytest.raises(EvidenceError, match="Only a database in a file"):
        publish_to(Database(memory=True), tmp_path / "site")


def test_an_empty_database_is_a_snapshot_too(tmp_path: Path) -> None:
    summary = publish_to(invented_database(tmp_path / "evidence.db", 0), tmp_path / "site")
    assert (summary.studies, summary.outcomes) == (0, 0)


def test_citations_are_made_once_and_hold_no_abstract(working: Database, tmp_path: Path) -> None:
    path = publish_to(working, tmp_path / "site").path
    (text,) = rows(path, "SELECT forms FROM citations JOIN studies ON id = study_id WHERE pmid = 99000001")[0]
    forms = json.loads(text)
    assert set(forms) == {"ris", "nbib", "bibtex", "vancouver", "apa"}
    assert "This invented record" not in text
