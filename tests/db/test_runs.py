"""A run's state survives a kill, and its watermark moves only when everything is stored."""

from __future__ import annotations

import dataclasses

import pytest
from sqlite_utils import Database

from db import runs
from db.errors import BadInput
from db.topic import SearchStrategy, Topic

AT = "2026-01-02T03:04:05+00:00"
TOPIC = Topic("invented", "Invented", "", SearchStrategy({}, ""), "text", "hash")


def begin(database: Database, strategy: str = "KET AND ALC") -> int:
    runs.save_topic(database, TOPIC, at=AT)
    return runs.start_run(database, kind="harvest", at=AT, topic_id="invented", strategy=strategy)


def test_a_data_folder_tracks_one_topic(database: Database) -> None:
    begin(database)
    with pytest.raises(BadInput, match=r"tracks the topic 'invented', not 'other'\. Use another folder with --data"):
        runs.save_topic(database, dataclasses.replace(TOPIC, id="other"), at=AT)


def test_a_changed_topic_file_is_recorded(database: Database) -> None:
    begin(database)
    runs.save_topic(database, dataclasses.replace(TOPIC, text="new", sha256="other"), at="2027")
    assert list(database["topics"].rows) == [
        {"id": "invented", "name": "Invented", "sha256": "other", "text": "new", "loaded_at": "2027"}
    ]


def test_the_watermark_of_a_finished_run_is_the_next_ones_start(database: Database) -> None:
    runs.finish_run(database, begin(database), at=AT, watermark="2026-01-02")
    runs.fail_run(database, begin(database), at=AT, message="PubMed gave 3 of 5 records.")
    runs.finish_run(database, begin(database), at=AT, status=runs.FAILED, watermark="2026-09-09")
    assert runs.last_watermark(database, topic_id="invented", strategy="KET AND ALC") == "2026-01-02"


def test_another_strategy_starts_from_the_beginning(database: Database) -> None:
    runs.finish_run(database, begin(database), at=AT, watermark="2026-01-02")
    assert runs.last_watermark(database, topic_id="invented", strategy="KET AND (ALC OR WDR)") == ""


def test_a_killed_run_can_be_resumed_with_the_hits_that_are_left(database: Database) -> None:
    run_id = begin(database)
    runs.save_hits(database, run_id, [3, 1, 2])
    runs.save_hits(database, run_id, [3, 4], line="adjacent")
    runs.set_outcome(database, run_id, [1], "missing")
    assert runs.resumable_run(database, topic_id="invented", strategy="KET AND ALC") is None, "it may still run"
    assert runs.close_killed_runs(database, at=AT) == 1
    run = runs.resumable_run(database, topic_id="invented", strategy="KET AND ALC")
    assert run is not None
    assert (run["id"], run["status"]) == (run_id, "interrupted")
    assert runs.pending_hits(database, run_id) == [2, 3, 4]
    assert [(row["pmid"], row["line"]) for row in database["hits"].rows] == [
        (1, "main"),
        (2, "main"),
        (3, "main"),
        (4, "adjacent"),
    ]


def test_what_is_learnt_on_the_way_is_kept_and_the_rest_left_alone(database: Database) -> None:
    run_id = begin(database)
    runs.describe_run(database, run_id, expected=7, query_translation="all")
    runs.describe_run(database, run_id, found=6, requests=3)
    runs.save_blocks(database, run_id, [runs.Block("KET", "ketamin*[tiab]", 9)])
    runs.interrupt_run(database, run_id, at=AT, message="Stopped.")
    (run,) = runs.list_runs(database, statuses=["interrupted"])
    kept = ("expected", "found", "requests", "query_translation", "message")
    assert [run[name] for name in kept] == [7, 6, 3, "all", "Stopped."]
    assert list(database["run_blocks"].rows) == [
        {"run_id": 1, "block": "KET", "query": "ketamin*[tiab]", "count": 9, "query_translation": ""}
    ]
