"""A digest tells each article once, in the gravest group, and proves that somebody looked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlite_utils import Database

from db.changes import Change, record_changes
from db.corrections import add_corrections
from db.digest import Digest, Finding, Relabelling, digest
from db.errors import BadInput
from db.records import ArticleLink, Correction, Layer, ModelInfo, Tag
from db.runs import fail_run, finish_run, start_run
from db.store import save_records
from db.tags import save_model, save_tags
from tests.db.invented import invented

WEEK = ("2026-11-16", "2026-11-23")
BEFORE, DURING, LATER = "2026-11-01T06:00:00Z", "2026-11-18T06:00:00Z", "2026-11-24T06:00:00Z"


def save(database: Database, at: str, **fields: Any) -> int:
    save_records(database, [invented(**fields)], source="pubmed", run_id=None, at=at)
    pmid = fields.get("pmid", 90000001)
    return int(database.conn.execute("SELECT id FROM articles WHERE pmid = ?", [pmid]).fetchone()[0])


def tag(database: Database, article_id: int, at: str, *tags: Tag) -> None:
    save_model(database, ModelInfo("model-1"), at=at)
    save_tags(database, [(article_id, tags)], model_id="model-1", at=at)


def told(found: Digest) -> list[tuple[str, int | None]]:
    return [(item.group, item.pmid) for item in found.items]


def test_new_changed_and_retracted_articles_are_told_gravest_first(database: Database) -> None:
    save(database, BEFORE, pmid=90000002, doi="10.5555/invented.2")
    save(database, BEFORE, pmid=90000003, doi="10.5555/invented.3")
    save(
        database,
        DURING,
        pmid=90000002,
        doi="10.5555/invented.2",
        title="A better invented title.",
        revised="2026-11-17",
    )
    save(
        database,
        DURING,
        pmid=90000003,
        doi="10.5555/invented.3",
        revised="2026-11-17",
        links=(ArticleLink("RetractionIn", 90000009, "J Invent Results. 2026"),),
    )
    save(database, DURING, pmid=90000004, doi="10.5555/invented.4")
    save(database, LATER, pmid=90000005, doi="10.5555/invented.5")
    found = digest(database, *WEEK)
    assert told(found) == [("retracted", 90000003), ("new", 90000004), ("changed", 90000002)]
    assert found.counts() == {"retracted": 1, "doubted": 0, "new": 1, "changed": 1, "relabelled": 0}
    assert "title" in found.group("changed")[0].fields


def test_the_period_holds_its_beginning_and_not_its_end(database: Database) -> None:
    article = save(database, BEFORE)
    for at in ("2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"):
        with database.conn:
            record_changes(database, [Change(article, "missing")], run_id=None, at=at)
    assert told(digest(database, *WEEK)) == [("changed", 90000001)]
    assert told(digest(database, "2026-11-17", "2026-11-23")) == []
    assert told(digest(database, "2026-11-23T00:00:00Z", "2026-11-24T01:00:00+02:00")) == [("changed", 90000001)]


def test_each_outcome_is_told_with_its_direction_and_only_above_the_threshold(database: Database) -> None:
    article = save(database, DURING)
    tag(
        database,
        article,
        DURING,
        Tag("study_design", "randomised_trial", 0.99, Layer.RULES),
        Tag("outcomes.alcohol_use", "favours_ketamine", 0.9, Layer.RULES),
        Tag("outcomes.mood", "mixed", 0.3, Layer.RULES, abstained=True),
    )
    add_corrections(
        database,
        [Correction(article, "outcomes.craving", "no_clear_difference", "Invented Reviewer", "read it", DURING)],
        vocabulary=None,
    )
    [item] = digest(database, *WEEK).items
    assert item.study_design == "randomised_trial"
    assert sorted(item.findings, key=lambda f: f.domain) == [
        Finding("alcohol_use", "favours_ketamine", False),
        Finding("craving", "no_clear_difference", True),
    ]
    assert item.relabelled == ()


def test_a_label_that_ends_as_it_began_is_no_news(database: Database) -> None:
    article = save(database, BEFORE)
    other = save(database, BEFORE, pmid=90000002, doi="10.5555/invented.2")
    with database.conn:
        for old, new in (("mixed", "favours_ketamine"), ("favours_ketamine", "mixed")):
            change = Change(article, "relabelled", "overall_direction", json.dumps(old), json.dumps(new))
            record_changes(database, [change], run_id=None, at=DURING)
        change = Change(other, "relabelled", "study_design", json.dumps("other"), json.dumps("protocol"))
        record_changes(database, [change], run_id=None, at=DURING)
    [item] = digest(database, *WEEK).items
    assert (item.group, item.pmid, item.relabelled) == (
        "relabelled",
        90000002,
        (Relabelling("study_design", "other", "protocol"),),
    )


def test_a_lifted_retraction_is_a_change(database: Database) -> None:
    link = (ArticleLink("RetractionIn", 90000009, "J Invent Results. 2026"),)
    save(database, BEFORE)
    save(database, DURING, links=link, revised="2026-11-17")
    save(database, "2026-11-20T06:00:00Z", links=(), revised="2026-11-19")
    [item] = digest(database, *WEEK).items
    assert (item.group, item.state) == ("changed", "")
    assert {"retracted", "reinstated"} <= set(item.kinds)


def test_what_is_about_something_else_is_counted_and_left_out(database: Database) -> None:
    article = save(database, DURING)
    tag(database, article, DURING, Tag("relevance", "off_topic", 0.99, Layer.RULES))
    found = digest(database, *WEEK)
    assert (told(found), found.off_topic) == ([], 1)
    assert told(digest(database, *WEEK, off_topic=True)) == [("new", 90000001)]


def test_the_receipt_knows_the_searches_of_the_period(database: Database) -> None:
    for at, end in ((BEFORE, finish_run), (DURING, finish_run), ("2026-11-20T06:00:00Z", fail_run)):
        run_id = start_run(database, kind="harvest", at=at)
        if end is finish_run:
            finish_run(database, run_id, at=at)
        else:
            fail_run(database, run_id, at=at, message="invented")
    run_id = start_run(database, kind="import", at="2026-11-21T06:00:00Z")
    finish_run(database, run_id, at="2026-11-21T06:00:00Z")
    found = digest(database, *WEEK)
    assert (found.searched_on, found.last_searched_on, found.searches, found.failed_searches) == (
        "2026-11-18",
        "2026-11-18",
        1,
        1,
    )
    earlier = digest(database, "2026-11-05", "2026-11-06")
    assert (earlier.searched_on, earlier.last_searched_on, earlier.searches) == ("", "2026-11-01", 0)


@pytest.mark.parametrize(
    ("since", "until", "problem"),
    [
        (
            "last week",
            "2026-11-23",
            "'last week' is not a day or time. Write it as 2026-11-25 or 2026-11-25T06:00:00Z.",
        ),
        ("2026-11-23", "2026-11-23", "A digest needs a beginning before its end, not 2026-11-23 to 2026-11-23."),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(database: Database, since: str, until: str, problem: str) -> None:
    with pytest.raises(BadInput) as error:
        digest(database, since, until)
    assert str(error.value) == problem
