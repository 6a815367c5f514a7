"""Exports: the right articles, each whole, in forms that other programs read back."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from Bio import Medline
from sqlite_utils import Database

from db.corrections import add_correction
from db.errors import BadInput
from db.exports import CSV_COLUMNS, export
from db.records import ArticleLink, Correction, Layer, ModelInfo, PartialDate, PublicationType, Tag
from db.selection import Filters, select_articles
from db.store import mark_withdrawn, save_records
from db.tags import save_model, save_tags
from tests.db.invented import ARTICLE, invented

AT = "2026-01-02T03:04:05+00:00"


@pytest.fixture
def library(database: Database) -> Database:
    """1: core trial with outcomes; 2: related, direction open; 3: off topic and retracted; 4: DOI alone, unlabelled."""
    records = [
        invented(),
        invented(pmid=2, doi="", title='=1+1 "quoted", in 2019', published=PartialDate("2019")),
        invented(pmid=3, doi="", title="Unrelated.", publication_types=(PublicationType("Retracted Publication"),)),
        invented(pmid=None, doi="10.5555/4", title="Known by DOI.", published=PartialDate("")),
    ]
    save_records(database, records, source="x", run_id=None, at=AT)
    save_model(database, ModelInfo("m"), at=AT)
    save_tags(
        database,
        [
            (
                1,
                [
                    tag("relevance", "core"),
                    tag("study_design", "randomised_trial"),
                    tag("overall_direction", "mixed"),
                    tag("outcomes.alcohol_use", "favours_ketamine", quote="Nobody drank."),
                    tag("outcomes.craving", "mixed", quote="Forty invented people"),
                    tag("outcomes.mood", None),
                    tag("n_participants", 40),
                    tag("dose", None),
                    tag("conditions", ["aud"]),
                ],
            ),
            (2, [tag("relevance", "related", abstained=True), tag("overall_direction", "mixed", abstained=True)]),
            (3, [tag("relevance", "off_topic"), tag("study_design", "randomised_trial", abstained=True)]),
        ],
        model_id="m",
        at=AT,
    )
    return database


def tag(field: str, value: Any, **more: Any) -> Tag:
    return Tag(field, value, 0.75, Layer.RULES, **more)


def written(database: Database, form: str, **options: Any) -> str:
    stream = io.StringIO(newline="")
    export(database, stream, form, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), [1, 3, 2, 4]),
        (Filters(relevance=("core", "related")), [1, 2]),
        (Filters(relevance=("none_such",)), []),
        (Filters(study_designs=("randomised_trial",)), [1]),
        (Filters(domains=("mood",)), []),
        (Filters(domains=("mood", "craving")), [1]),
        (Filters(domains=("craving",), directions=("favours_ketamine",)), []),
        (Filters(domains=("craving", "alcohol_use"), directions=("favours_ketamine",)), [1]),
        (Filters(directions=("mixed",)), [1]),
        (Filters(year_from=2020), [1, 3]),
        (Filters(year_to=2020), [2]),
        (Filters(query="unrelated OR doi"), [3, 4]),
        (Filters(query='"invented town" NOT unrelated'), [1]),
        (Filters(query="nothinglikethis"), []),
        (Filters(retraction_states=("retracted",)), [3]),
        (Filters(retraction_states=("",)), [1, 2, 4]),
        (Filters(checked=True), []),
    ],
)
def test_filters_select_what_they_say_and_an_empty_result_stays_empty(
    library: Database, filters: Filters, expected: list[int]
) -> None:
    assert select_articles(library, filters) == expected


@pytest.mark.parametrize("query", ['"open', "AND", "colour:red", "(", "*", "a^b("])
def test_a_broken_search_explains_itself(library: Database, query: str) -> None:
    with pytest.raises(BadInput, match="can't be read"):
        select_articles(library, Filters(query=query))


def test_filters_follow_corrections(library: Database) -> None:
    add_correction(library, Correction(3, "relevance", "core", "A", "read", AT), vocabulary={})
    assert select_articles(library, Filters(relevance=("core",))) == [1, 3]
    assert select_articles(library, Filters(checked=True)) == [3]


def test_a_withdrawn_record_is_left_out_but_a_retracted_one_is_not(library: Database) -> None:
    mark_withdrawn(library, [2], run_id=None, at=AT)
    assert select_articles(library, Filters()) == [1, 3, 4]


def test_csv_holds_every_field_and_runs_no_formula(library: Database) -> None:
    rows = list(csv.DictReader(io.StringIO(written(library, "csv"))))
    assert tuple(rows[0]) == CSV_COLUMNS
    first = {name: value for name, value in rows[0].items() if value}
    assert first == {
        "pmid": "90000001",
        "doi": "10.5555/invented.1",
        "title": ARTICLE.title,
        "authors": "Invento I, Muster M Jr, Invented Study Group, et al.",
        "journal": ARTICLE.journal,
        "year": "2021",
        "volume": "1",
        "issue": "2",
        "pages": "3-9",
        "publication_types": "Journal Article",
        "mesh": "Ketamine",
        "abstract": ARTICLE.abstract,
        "relevance": "core",
        "study_design": "randomised_trial",
        "overall_direction": "mixed",
        "n_participants": "40",
        "conditions": "aud",
        "outcomes": "alcohol_use: favours_ketamine; craving: mixed",
    }
    assert rows[2]["title"] == """'=1+1 "quoted", in 2019"""
    assert (rows[2]["relevance"], rows[2]["not_yet_checked"]) == ("", "overall_direction; relevance")


def test_csv_for_excel_begins_with_a_byte_order_mark(library: Database) -> None:
    assert written(library, "csv", bom=True).startswith("\ufeffpmid,doi,")
    assert written(library, "csv").startswith("pmid,doi,")


def test_jsonl_uses_the_keys_of_label_files(library: Database) -> None:
    records = [json.loads(line) for line in written(library, "jsonl").splitlines()]
    assert [record["id"] for record in records] == ["90000001", "3", "2", "10.5555/4"]
    first = records[0]
    assert {key: first[key] for key in ("pmid", "year", "publication_types", "mesh", "relevance", "dose")} == {
        "pmid": 90000001,
        "year": 2021,
        "publication_types": ["Journal Article"],
        "mesh": ["Ketamine"],
        "relevance": "core",
        "dose": None,
    }
    assert first["outcomes"] == [
        {"domain": "alcohol_use", "direction": "favours_ketamine", "quote": "Nobody drank."},
        {"domain": "craving", "direction": "mixed", "quote": "Forty invented people"},
    ]
    assert records[2]["abstained"] == ["overall_direction", "relevance"]
    assert records[2]["label_sources"]["relevance"] == "tag"


def test_nbib_and_ris_hold_every_article(library: Database) -> None:
    parsed = list(Medline.parse(io.StringIO(written(library, "nbib"))))
    assert [record.get("PMID") for record in parsed] == ["90000001", "3", "2", None]
    exported = written(library, "ris")
    assert exported.count("TY  - JOUR\r\n") == exported.count("ER  - \r\n") == 4
    assert "N1  - Retracted publication\r\n" in exported
    assert written(library, "bibtex").count("@article{") == 4


def test_with_quotes_only_no_export_passes_on_an_abstract(library: Database) -> None:
    for form in ("csv", "jsonl", "ris", "nbib", "bibtex"):
        text = written(library, form, abstracts="quotes")
        assert "took part" not in text
        assert "Forty invented people […] Nobody drank." in text


@pytest.mark.parametrize(("form", "abstracts"), [("docx", "full"), ("csv", "none")])
def test_an_unknown_form_or_setting_is_refused(library: Database, form: str, abstracts: str) -> None:
    with pytest.raises(BadInput, match=r"can be full or quotes|Choose from: csv, jsonl, ris, nbib, bibtex"):
        written(library, form, abstracts=abstracts)


def test_retraction_notices_are_exported_with_their_link(library: Database) -> None:
    notice = invented(pmid=9, doi="", links=(ArticleLink("RetractionOf", 2, "J Invent. 2019"),))
    save_records(library, [notice], source="x", run_id=None, at=AT)
    assert "ROF - J Invent. 2019 PMID: 2\n" in written(library, "nbib")
