"""Corrections: checked, append-only, above every tag, and the same after a round trip through a spreadsheet."""

from __future__ import annotations

import csv
import io
import sqlite3
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from classify.taxonomy import ids
from db.agreement import Agreement, cohen_kappa, reviewer_agreement
from db.correction_sheets import SheetCounts, read_corrections, write_corrections, write_review_sheet
from db.corrections import (
    add_correction,
    correction_history,
    find_article,
    format_value,
    parse_value,
    review_queue,
)
from db.csv_cells import safe_cell, unsafe_cell
from db.errors import BadInput
from db.labels import labels_of
from db.records import Correction, Layer, ModelInfo, Tag
from db.store import save_records
from db.tags import save_model, save_tags
from tests.db.invented import invented

AT = "2026-01-02T03:04:05+00:00"
VOCABULARY = {kind: ids(kind) for kind in ("relevance", "study_design", "direction", "outcome_domain")}


@pytest.fixture
def tagged(database: Database) -> Database:
    """Two articles: one tagged as on topic with some doubt, one known by DOI alone."""
    records = [invented(), invented(pmid=None, doi="10.5555/invented.2", title="=HYPERLINK(1)")]
    save_records(database, records, source="x", run_id=None, at=AT)
    save_model(database, ModelInfo("m"), at=AT)
    tags = [
        Tag("relevance", "core", 0.9, Layer.MODEL),
        Tag("study_design", "observational", 0.4, Layer.MODEL, abstained=True),
        Tag("outcomes.craving", "mixed", 0.6, Layer.RULES, quote="Nobody drank."),
        Tag("dose", "1 mg/kg", 0.1, Layer.RULES),
    ]
    save_tags(
        database, [(1, tags), (2, [Tag("relevance", "off_topic", 0.7, Layer.MODEL), *tags[1:]])], model_id="m", at=AT
    )
    return database


def correct(database: Database, field: str, value: Any, by: str = "A. Person", article_id: int = 1) -> int:
    return add_correction(database, Correction(article_id, field, value, by, "read it", AT), vocabulary=VOCABULARY)


def test_a_correction_outranks_a_newer_models_tag(tagged: Database) -> None:
    correct(tagged, "study_design", "randomised_trial")
    save_tags(tagged, [(1, [Tag("study_design", "other", 1.0, Layer.MODEL)])], model_id="m", at=AT)
    label = labels_of(tagged, [1])[1]["study_design"]
    assert (label.value, label.source, label.by) == ("randomised_trial", "person", "A. Person")


def test_the_newest_correction_stands_and_all_are_kept(tagged: Database) -> None:
    correct(tagged, "study_design", "protocol")
    correct(tagged, "study_design", "other", by="B. Person")
    history = correction_history(tagged, 1, "study_design")
    assert [(row["old"], row["value"], row["by"]) for row in history] == [
        ('"observational"', '"protocol"', "A. Person"),
        ('"protocol"', '"other"', "B. Person"),
    ]
    relabelled = tagged.execute("SELECT old, new FROM changes WHERE kind = 'relabelled'").fetchall()
    assert relabelled == [('"observational"', '"protocol"'), ('"protocol"', '"other"')]


def test_confirming_a_label_is_kept_but_no_change(tagged: Database) -> None:
    correct(tagged, "relevance", "core")
    assert tagged.execute("SELECT count(*) FROM changes WHERE kind = 'relabelled'").fetchone() == (0,)
    assert labels_of(tagged, [1])[1]["relevance"].source == "person"


@pytest.mark.parametrize("statement", ["DELETE FROM corrections", "UPDATE corrections SET value = '1'"])
def test_nobody_can_rewrite_the_history(tagged: Database, statement: str) -> None:
    correct(tagged, "relevance", "core")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        tagged.execute(statement)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("colour", "red", "There is no field 'colour'"),
        ("relevance", "very", "relevance can't be 'very'. Choose from: core, related, off_topic"),
        ("relevance", None, "relevance needs a value"),
        ("outcomes.hair", "mixed", "outcome domain can't be 'hair'"),
        ("outcomes.mood", "up", "outcomes.mood can't be 'up'"),
        ("n_participants", "40", "n_participants can't be '40'"),
        ("n_participants", -1, "n_participants can't be -1"),
        ("claims_more", 1, "claims_more can't be 1"),
        ("dose", " ", "dose can't be ' '"),
        ("conditions", "aud", "conditions can't be 'aud'"),
    ],
)
def test_a_value_outside_the_vocabulary_is_refused(tagged: Database, field: str, value: Any, message: str) -> None:
    with pytest.raises(BadInput) as error:
        correct(tagged, field, value)
    assert message in str(error.value)


def test_a_correction_needs_a_name_and_a_reason(tagged: Database) -> None:
    with pytest.raises(BadInput, match="needs a name"):
        correct(tagged, "relevance", "core", by=" ")


def test_an_article_is_found_by_pmid_or_doi(tagged: Database) -> None:
    assert [find_article(tagged, text) for text in ("90000001", "10.5555/INVENTED.2")] == [1, 2]
    with pytest.raises(BadInput, match="No article with the PMID or DOI '7'"):
        find_article(tagged, "7")


def test_the_queue_is_least_certain_first_and_leaves_out_what_people_decided(tagged: Database) -> None:
    asked = [(item.article_id, item.field) for item in review_queue(tagged)]
    assert asked == [(1, "study_design"), (1, "outcomes.craving"), (2, "relevance"), (1, "relevance")]
    correct(tagged, "study_design", "protocol")
    assert [(item.article_id, item.field) for item in review_queue(tagged, limit=1)] == [(1, "outcomes.craving")]
    assert [item.field for item in review_queue(tagged, fields=["dose"])] == ["dose"]


def sheet(
    *rows: dict[str, str], header: tuple[str, ...] = ("pmid", "doi", "field", "value", "by", "reason")
) -> io.StringIO:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, header)
    writer.writeheader()
    writer.writerows(rows)
    return io.StringIO(stream.getvalue())


GOOD = {"pmid": "90000001", "field": "n_participants", "value": "40", "by": "A", "reason": "read"}


def take_in(database: Database, stream: io.StringIO, **more: str) -> SheetCounts:
    return read_corrections(database, stream, vocabulary=VOCABULARY, at=AT, **more)


def test_a_review_sheet_comes_back_filled_in(tagged: Database) -> None:
    stream = io.StringIO()
    assert write_review_sheet(review_queue(tagged), stream) == 4
    rows = list(csv.DictReader(io.StringIO(stream.getvalue())))
    assert rows[2]["title"] == "'=HYPERLINK(1)", "a spreadsheet must show it, not run it"
    rows[0]["value"], rows[2]["value"] = "protocol", "core"
    filled = sheet(*rows, header=tuple(rows[0]))
    assert take_in(tagged, filled, by="A", reason="screened") == SheetCounts(2, 0, 2)
    assert labels_of(tagged, [2])[2]["relevance"].value == "core"


def test_the_history_survives_a_round_trip_and_is_taken_in_once(tagged: Database) -> None:
    for field, value in (
        ("conditions", ["aud", "ptsd"]),
        ("outcomes.mood", None),
        ("claims_more", True),
        ("dose", "=1"),
    ):
        correct(tagged, field, value, article_id=2)
    stream = io.StringIO()
    assert write_corrections(tagged, stream) == 4
    assert take_in(tagged, io.StringIO(stream.getvalue())) == SheetCounts(0, 4, 0)
    assert take_in(tagged, io.StringIO("\ufeff" + stream.getvalue().replace("A. Person", "B"))) == SheetCounts(4, 0, 0)
    values = {row["field"]: row["value"] for row in tagged["corrections"].rows_where("by = 'B'")}
    assert values == {"conditions": '["aud","ptsd"]', "outcomes.mood": "null", "claims_more": "true", "dose": '"=1"'}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({**GOOD, "pmid": "5"}, "Row 3: No article with the PMID or DOI '5'"),
        ({**GOOD, "value": "many"}, "Row 3: n_participants must be a whole number"),
        ({**GOOD, "field": "hair"}, "Row 3: There is no field 'hair'"),
        ({**GOOD, "by": ""}, "Row 3: a correction needs a name"),
    ],
)
def test_a_bad_row_is_named_and_no_row_is_taken_in(tagged: Database, row: dict[str, str], message: str) -> None:
    with pytest.raises(BadInput) as error:
        take_in(tagged, sheet(GOOD, row))
    assert message in str(error.value)
    assert "Nothing was taken in." in str(error.value)
    assert tagged["corrections"].count == 0


def test_a_sheet_without_the_needed_columns_is_refused(tagged: Database) -> None:
    with pytest.raises(BadInput, match="no column 'field'"):
        take_in(tagged, io.StringIO("a,b\n1,2\n"))
    with pytest.raises(BadInput, match="Row 2: more cells than columns"):
        take_in(tagged, io.StringIO("pmid,field,value\n1,2,3,4\n"))


@given(st.text())
def test_cells_come_back_as_they_were(text: str) -> None:
    assert unsafe_cell(safe_cell(text)) == text
    assert not str(safe_cell(text)).startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("n_participants", 0), ("claims_more", False), ("registry_ids", ["NCT1", "X"]), ("dose", "1; 2"), ("route", None)],
)
def test_values_read_back_as_they_were_written(field: str, value: Any) -> None:
    assert parse_value(field, format_value(value)) == value


@pytest.mark.parametrize(("field", "text"), [("sessions", "-1"), ("sessions", "³"), ("claims_more", "maybe")])
def test_a_typed_value_of_the_wrong_kind_is_refused(field: str, text: str) -> None:
    with pytest.raises(BadInput):
        parse_value(field, text)


def test_kappa_of_a_textbook_table() -> None:
    """Fleiss's teaching example: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no gives 0.4."""
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert cohen_kappa(pairs) == pytest.approx(0.4)
    assert cohen_kappa([]) is None
    assert cohen_kappa([("y", "y")] * 3) is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1))
def test_kappa_is_at_most_one_and_does_not_depend_on_who_is_first(pairs: list[tuple[str, str]]) -> None:
    kappa = cohen_kappa(pairs)
    other = cohen_kappa([(b, a) for a, b in pairs])
    assert (kappa is None and other is None) or (kappa == pytest.approx(other) and kappa <= 1)


def test_agreement_between_two_reviewers_by_field(tagged: Database) -> None:
    for by, design, mood in (("A", "protocol", "mixed"), ("B", "other", "mixed"), ("B", "protocol", "mixed")):
        correct(tagged, "study_design", design, by=by)
        correct(tagged, "outcomes.mood", mood, by=by)
    correct(tagged, "study_design", "other", by="A", article_id=2)
    correct(tagged, "study_design", "protocol", by="B", article_id=2)
    correct(tagged, "relevance", "core", by="A")
    assert reviewer_agreement(tagged, "A", "B") == [
        Agreement("outcomes", 1, 1, None),
        Agreement("study_design", 2, 1, 0.0),
    ]
