"""Tags are replaced whole, and a changed label is told only when what stands has changed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlite_utils import Database

from db.errors import EvidenceError
from db.records import AbstractSection, Layer, ModelInfo, Tag
from db.store import save_records
from db.tags import articles_to_tag, save_model, save_tags
from tests.db.invented import ARTICLE, invented

AT = "2026-01-02T03:04:05+00:00"


def tag(field: str, value: Any, **more: Any) -> Tag:
    return Tag(field, value, 0.9, Layer.RULES, **more)


@pytest.fixture
def article(database: Database) -> int:
    for model_id in ("m1", "m2"):
        save_model(database, ModelInfo(model_id), at=AT)
    save_records(database, [invented(sections=(AbstractSection("Text.", "A", "AIM"),))], source="x", run_id=None, at=AT)
    return 1


def relabelled(database: Database) -> list[tuple[Any, ...]]:
    return list(
        database.execute("SELECT field, old, new FROM changes WHERE kind = 'relabelled' ORDER BY id").fetchall()
    )


def test_the_classifier_sees_what_the_source_says_and_nothing_else(database: Database, article: int) -> None:
    ((key, record),) = articles_to_tag(database, "m1")
    assert (key, record.id, record.pmid, record.title, record.abstract, record.year) == (
        article,
        "1",
        90000001,
        ARTICLE.title,
        ARTICLE.abstract,
        2021,
    )
    assert (record.publication_types, record.mesh, record.languages) == (("Journal Article",), ("Ketamine",), ("eng",))
    assert record.sections == (AbstractSection("Text.", "A", "AIM"),)


def test_an_article_is_due_until_this_model_has_tagged_this_content(database: Database, article: int) -> None:
    def due(model_id: str, **more: bool) -> list[int]:
        return [key for key, _ in articles_to_tag(database, model_id, **more)]

    save_tags(database, [(article, [tag("relevance", "core")])], model_id="m1", at=AT)
    assert (due("m1"), due("m2"), due("m1", everything=True)) == ([], [1], [1])
    save_records(database, [invented(title="Revised.")], source="x", run_id=None, at=AT)
    assert due("m1") == [1]


def test_tags_are_replaced_and_only_real_changes_are_told(database: Database, article: int) -> None:
    first = [
        tag("relevance", "core"),
        tag("study_design", "other"),
        tag("route", None),
        tag("dose", "1", abstained=True),
    ]
    assert save_tags(database, [(article, first)], model_id="m1", at=AT) == 0
    second = [tag("relevance", "core"), tag("study_design", "protocol"), tag("outcomes.craving", "mixed")]
    assert save_tags(database, [(article, second)], model_id="m2", at=AT) == 1
    assert relabelled(database) == [("outcomes.craving", None, '"mixed"'), ("study_design", '"other"', '"protocol"')]
    assert [(row["field"], row["value"], row["model_id"]) for row in database["tags"].rows] == [
        ("outcomes.craving", '"mixed"', "m2"),
        ("relevance", '"core"', "m2"),
        ("study_design", '"protocol"', "m2"),
    ]


def test_a_tag_under_a_correction_changes_nothing_that_stands(database: Database, article: int) -> None:
    database["corrections"].insert(
        {"article_id": 1, "field": "relevance", "value": '"core"', "by": "A", "reason": "read", "at": AT}
    )
    for value in ("core", "off_topic"):
        save_tags(database, [(article, [tag("relevance", value)])], model_id="m1", at=AT)
    assert relabelled(database) == []
    assert [(row["value"], row["source"]) for row in database["labels"].rows] == [('"core"', "person")]


def test_tags_are_saved_all_or_none(database: Database, article: int) -> None:
    save_tags(database, [(article, [tag("relevance", "core")])], model_id="m1", at=AT)
    with pytest.raises(EvidenceError):
        save_tags(database, [(article, [tag("relevance", "related")]), (77, [tag("x", 1)])], model_id="m1", at=AT)
    assert [row["value"] for row in database["tags"].rows] == ['"core"']
