"""The ledger says what was searched and what became of it, in the words of the reporting guidelines."""

from __future__ import annotations

import csv
import io

import pytest
from sqlite_utils import Database

from db import runs
from db.corrections import add_correction
from db.ledger import prisma_flow, prisma_flow_csv, prisma_s
from db.records import Correction, Layer, ModelInfo, PublicationType, Tag
from db.store import mark_withdrawn, save_records
from db.tags import save_model, save_tags
from db.topic import SearchStrategy, Topic
from tests.db.invented import invented

AT = "2026-01-02T03:04:05+00:00"
RETRACTED = (PublicationType("Retracted Publication", "D016441"),)


@pytest.fixture
def harvested(database: Database) -> Database:
    """One complete run of six hits: five records came, one was missing; one is withdrawn since; and other sources."""
    runs.save_topic(database, Topic("t", "T", "", SearchStrategy({}, ""), "", ""), at=AT)
    run_id = runs.start_run(database, kind="harvest", at=AT, topic_id="t", strategy="KET AND ALC", version="0.1.0")
    runs.save_blocks(
        database, run_id, [runs.Block("KET", "ketamin*[tiab]", 99), runs.Block("ALC", "alcohol*[tiab]", 7)]
    )
    runs.save_hits(database, run_id, range(1, 7))
    records = [invented(pmid=n, doi="", publication_types=RETRACTED if n == 1 else ()) for n in range(1, 6)]
    save_records(database, records, source="pubmed", run_id=run_id, at=AT)
    runs.set_outcome(database, run_id, [6], "missing")
    runs.describe_run(database, run_id, found=6, query_translation="translated")
    runs.finish_run(database, run_id, at=AT, watermark="2026-01-02")
    starter = [invented("starter-set", pmid=None, doi=f"10.5555/{n}") for n in (7, 8)]
    save_records(database, starter, source="starter", run_id=None, at=AT)
    # A file brings one that the harvest had, one that the starter set had, and one that nobody had.
    import_id = runs.start_run(database, kind="import", at=AT)
    files = [records[0], invented(pmid=None, doi="10.5555/8"), invented(pmid=None, doi="10.5555/9")]
    save_records(database, files, source="file", run_id=import_id, at=AT)
    mark_withdrawn(database, [5], run_id=None, at=AT)
    save_model(database, ModelInfo("m"), at=AT)
    labels = {1: "core", 2: "related", 3: "off_topic", 4: "off_topic", 5: "core"}
    tags = [
        (n, [Tag("relevance", value, 0.9, Layer.MODEL), Tag("study_design", "protocol", 0.9, Layer.MODEL)])
        for n, value in labels.items()
    ]
    save_tags(database, tags, model_id="m", at=AT)
    add_correction(database, Correction(4, "relevance", "off_topic", "A", "read", AT), vocabulary={})
    return database


def test_the_numbers_of_the_flow_add_up(harvested: Database) -> None:
    flow = prisma_flow(harvested)
    assert flow == {
        "as_of": AT,
        "runs": 1,
        "identified": {"pubmed": 6, "files": 1, "starter_set": 2, "other": 1},
        "removed_before_screening": {"duplicates": 1, "withdrawn_by_pubmed": 1, "not_retrieved": 1},
        "screened": 7,
        "excluded_off_topic": {"by_people": 1, "by_classifier": 1},
        "awaiting_a_person": 3,
        "included": {"core": 1, "related": 1, "retracted_among_them": 1, "by_study_design": {"protocol": 2}},
        "registers": {"records": 0, "trials": 0},
    }
    identified, removed = sum(flow["identified"].values()), sum(flow["removed_before_screening"].values())
    assert identified - removed == flow["screened"]
    excluded, included = (
        sum(flow["excluded_off_topic"].values()),
        flow["included"]["core"] + flow["included"]["related"],
    )
    assert flow["screened"] == excluded + flow["awaiting_a_person"] + included


def test_the_flow_as_csv_has_a_row_for_each_number(harvested: Database) -> None:
    rows = list(csv.reader(io.StringIO(prisma_flow_csv(prisma_flow(harvested)))))
    assert rows[0] == ["stage", "item", "number"]
    assert ["identified", "pubmed", "6"] in rows
    assert ["included", "by_study_design.protocol", "2"] in rows
    assert ["screened", "", "7"] in rows


def test_prisma_s_has_all_sixteen_items_with_strategy_blocks_and_runs(harvested: Database) -> None:
    text = prisma_s(harvested)
    assert [f"\n\n{n}. " in text for n in range(1, 17)] == [True] * 16
    for wanted in (
        "KET AND ALC",
        "translated",
        "KET: ketamin*[tiab]\n    found 99 records",
        "version 0.1.0",
        "2026-01-02",
    ):
        assert wanted in text
    assert f"{AT} harvest done: found 6, new 5, changed 0, unchanged 0, missing 0, failed 0" in text


def test_an_update_that_found_nothing_does_not_hide_what_the_whole_search_found(harvested: Database) -> None:
    update = runs.start_run(
        harvested,
        kind="harvest",
        at="2026-01-03T00:00:00+00:00",
        topic_id="t",
        strategy="KET AND ALC",
        since="2025-12-20",
    )
    runs.save_blocks(harvested, update, [runs.Block("main", "KET AND ALC AND a window of dates", 0)])
    runs.finish_run(harvested, update, at="2026-01-03T00:00:01+00:00", watermark="2026-01-03")
    text = prisma_s(harvested)
    assert "Each part alone, in all of PubMed, on 2026-01-02:" in text
    assert "KET: ketamin*[tiab]\n    found 99 records" in text
    assert "a window of dates" not in text
    assert "last complete search 2026-01-03" in text


def test_without_a_complete_run_there_is_nothing_to_report(database: Database) -> None:
    assert prisma_s(database).startswith("No harvest run is complete yet")
    assert prisma_flow(database)["as_of"] is None
