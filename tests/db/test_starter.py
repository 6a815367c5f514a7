"""The starter set stands before any harvest, gives way to PubMed's data and keeps its labels."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from sqlite_utils import Database

from classify.taxonomy import ids
from db.corrections import add_correction
from db.errors import BadInput
from db.labels import labels_of
from db.records import Correction
from db.starter import StarterCounts, load_starter_set
from db.store import save_records
from db.topic import Topic
from harvest.topics import load_topic
from tests.db.invented import invented

AT = "2026-01-02T03:04:05+00:00"
LATER = "2026-02-03T04:05:06+00:00"
VOCABULARY = {kind: ids(kind) for kind in ("relevance", "study_design", "direction", "outcome_domain")}
ROW = {
    "pmid": "90000001",
    "doi": "10.5555/Invented.1",
    "registry_id": "NCT99999999",
    "title": "An invented trial.",
    "authors_short": "Invento I, van Muster M, Ficta F, et al.",
    "journal": "J Invent Results",
    "year": "2021",
    "relevance": "core",
    "study_design": "randomised_trial",
    "population": "Invented adults",
    "n_participants": "40",
    "comparator": "saline",
    "alcohol_use_direction": "mixed",
    "craving_direction": "",
    "finding": "Nothing was found.",
    "source": "invented",
}


def topic(*rows: dict[str, str]) -> Topic:
    return dataclasses.replace(
        load_topic(), known_studies=rows, known_studies_provenance="# Invented set (2026-11-22)\nText of 2020-01-01"
    )


def values(database: Database, article_id: int = 1) -> dict[str, Any]:
    return {field: label.value for field, label in labels_of(database, [article_id])[article_id].items()}


def test_the_shipped_starter_set_loads_whole_and_only_once(database: Database) -> None:
    first = load_starter_set(database, load_topic(), at=AT, vocabulary=VOCABULARY)
    assert (first.articles, first.trials) == (75, 22)
    before = "\n".join(database.conn.iterdump())
    assert load_starter_set(database, load_topic(), at=LATER, vocabulary=VOCABULARY) == StarterCounts(0, 0, 0)
    assert "\n".join(database.conn.iterdump()) == before
    assert database.execute("SELECT count(*) FROM articles WHERE pmid IS NOT NULL").fetchone() == (54,)
    assert database.execute("SELECT count(*) FROM changes WHERE kind <> 'new'").fetchone() == (0,)


def test_two_registrations_of_one_trial_point_to_each_other_by_the_words_of_the_data(database: Database) -> None:
    load_starter_set(database, load_topic(), at=AT)
    linked = database.execute("SELECT registry_id, same_as FROM trials WHERE same_as IS NOT NULL").fetchall()
    assert linked == [("2015-000222-11", "NCT02649231")]
    statuses = dict(database.execute("SELECT registry_id, status || ' ' || checked_at FROM trials").fetchall())
    assert statuses["NCT06090422"] == "not yet recruiting 2024-09-19"
    assert statuses["NCT05421065"] == "active, not recruiting 2025-11-17"
    assert statuses["NCT02823977"] == " 2026-11-22", "where the row says nothing, the status is unknown as of that day"


def test_a_row_becomes_an_article_with_curated_labels(database: Database) -> None:
    load_starter_set(database, topic(ROW), at=AT, vocabulary=VOCABULARY)
    (article,) = database["articles"].rows
    kept = ("pmid", "doi", "authors_short", "year", "source", "form")
    assert [article[name] for name in kept] == [
        90000001,
        "10.5555/invented.1",
        "Invento I, van Muster M, Ficta F, et al.",
        2021,
        "starter",
        "starter-set",
    ]
    assert values(database) == {
        "relevance": "core",
        "study_design": "randomised_trial",
        "n_participants": 40,
        "comparator": "saline",
        "registry_ids": ["NCT99999999"],
        "population": "Invented adults",
        "finding": "Nothing was found.",
        "outcomes.alcohol_use": "mixed",
        "outcomes.craving": None,
    }
    label = labels_of(database, [1])[1]["relevance"]
    assert (label.source, label.by, label.reason) == ("curated", "starter set", "verified 2026-11-22; invented")


def test_a_record_that_was_not_read_says_nothing_of_outcomes(database: Database) -> None:
    load_starter_set(database, topic({**ROW, "alcohol_use_direction": ""}), at=AT)
    assert not [field for field in values(database) if field.startswith("outcomes.")]


def test_a_harvest_completes_a_row_and_the_set_never_overrides_it(database: Database) -> None:
    load_starter_set(database, topic(ROW), at=AT)
    save_records(database, [invented()], source="pubmed", run_id=None, at=AT)
    load_starter_set(database, topic({**ROW, "title": "Another title."}), at=LATER)
    (article,) = database["articles"].rows
    assert (article["title"], article["form"]) == ("An invented trial of ketamine in an invented town.", "pubmed-xml")
    assert values(database)["study_design"] == "randomised_trial"
    assert [(row["number"], row["source"]) for row in database["registry_ids"].rows] == [("NCT99999999", "curated")]


def test_a_newer_set_appends_and_the_old_value_stays_in_the_history(database: Database) -> None:
    load_starter_set(database, topic(ROW), at=AT)
    assert load_starter_set(database, topic({**ROW, "n_participants": "44"}), at=LATER) == StarterCounts(0, 0, 1)
    rows = database.execute("SELECT old, value, at FROM corrections WHERE field = 'n_participants'").fetchall()
    assert rows == [(None, "40", AT), ("40", "44", LATER)]


def test_a_persons_word_stands_above_a_newer_set(database: Database) -> None:
    load_starter_set(database, topic(ROW), at=AT)
    add_correction(database, Correction(1, "n_participants", 41, "A. Person", "read the paper", AT), vocabulary={})
    load_starter_set(database, topic({**ROW, "n_participants": "44"}), at=LATER)
    assert values(database)["n_participants"] == 41


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"pmid": "PMC12"}, "row 3: pmid must be a whole number"),
        ({"doi": "doi:10.1"}, "row 3: doi must begin with 10"),
        ({"title": ""}, "row 3: needs a title"),
        ({"pmid": "", "doi": "", "registry_id": ""}, "row 3: needs a pmid, a doi or a registry_id"),
        ({"year": "in press"}, "row 3: year must be a whole number"),
        ({"relevance": "very"}, "row 3: relevance can't be 'very'"),
        ({"alcohol_use_direction": "up"}, "row 3: outcomes.alcohol_use can't be 'up'"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_nothing_is_loaded(
    database: Database, wrong: dict[str, str], message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        load_starter_set(database, topic(ROW, {**ROW, **wrong}), at=AT, vocabulary=VOCABULARY)
    assert database["articles"].count == 0


def test_a_trial_described_by_its_register_keeps_that(database: Database) -> None:
    row = {**ROW, "pmid": "", "doi": "", "journal": "ClinicalTrials.gov"}
    load_starter_set(database, topic(row), at=AT)
    database.execute("UPDATE trials SET status = 'completed', source = 'clinicaltrials.gov'")
    load_starter_set(database, topic({**row, "title": "New"}), at=LATER)
    (trial,) = database["trials"].rows
    assert (trial["title"], trial["status"]) == ("An invented trial.", "completed")
    assert json.loads(trial["outcomes"]) == {"alcohol_use": "mixed"}
