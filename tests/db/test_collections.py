"""A collection's file is read whole or refused with every fault named; no study on it is lost from sight."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from db.collections import (
    Collection,
    CollectionEntry,
    CollectionError,
    Standing,
    collection_files,
    read_collection,
    read_collections,
    standings,
)
from db.records import ArticleLink
from db.store import save_records
from harvest.topics import load_topic
from tests.conftest import ROOT
from tests.db.invented import invented

GOOD = """
title = "Invented list"
intro.en = "Two invented studies."
intro.es = "Dos estudios   inventados."
audience = "patients"
[[studies]]
pmid = 90000001
note = "Invented note."
[[studies]]
doi = "10.5555/Invented.2"
note.en = "Another."
note.es = "Otra."
"""


def written(folder: Path, text: str, name: str = "first-list.toml") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_becomes_a_collection_named_as_the_file(tmp_path: Path) -> None:
    assert read_collection(written(tmp_path, GOOD)) == Collection(
        slug="first-list",
        title={"en": "Invented list"},
        intro={"en": "Two invented studies.", "es": "Dos estudios inventados."},
        audience="patients",
        studies=(
            CollectionEntry(90000001, "", {"en": "Invented note."}),
            CollectionEntry(None, "10.5555/invented.2", {"en": "Another.", "es": "Otra."}),
        ),
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            ("audience", "audiense"),
            "the file has the unknown key 'audiense'. Known keys: title, intro, audience, studies.",
        ),
        (('"patients"', '"everyone"'), "audience must be one of: patients, clinicians."),
        (
            ("pmid = 90000001", 'pmid = "12a"'),
            "[[studies]] number 1: the PMID '12a' is not a number of at most 9 digits.",
        ),
        (("pmid = 90000001", "pmid = 0"), "[[studies]] number 1: the PMID 0 is not a number of at most 9 digits."),
        (
            ("pmid = 90000001", 'doi = "10.5555/INVENTED.2"'),
            "[[studies]] number 2 names 10.5555/invented.2 a second time (first in number 1). Take one out.",
        ),
        (
            ('"10.5555/Invented.2"', '"https://doi.org/10.5555/x"'),
            (
                "[[studies]] number 2: 'https://doi.org/10.5555/x' is no DOI. "
                "Write it as 10.1234/abcd, without https://doi.org/."
            ),
        ),
        (
            ("pmid = 90000001", 'pmid = 90000001\ndoi = "10.5555/x"'),
            "[[studies]] number 1 needs a pmid (or a doi, where PubMed has none), not both.",
        ),
        (('"Invented note."', '" "'), "[[studies]] number 1 note must be a text that is not empty."),
        (("note.en", "note.fr"), "[[studies]] number 2 note needs a text in 'en', beside its other languages."),
        (
            ("note.es", "note.spanish"),
            (
                "[[studies]] number 2 note: 'spanish' is no language. "
                "Write two small letters, for example [[studies]] number 2 note.es."
            ),
        ),
        (('"Invented list"', "7"), "title must be a text that is not empty."),
    ],
)
def test_each_fault_is_told_in_one_line_that_says_what_to_do(
    change: tuple[str, str], problem: str, tmp_path: Path
) -> None:
    with pytest.raises(CollectionError) as error:
        read_collection(written(tmp_path, GOOD.replace(*change)))
    assert problem in error.value.problems
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["First.toml", "first_list.toml", "-first.toml", f"{'a' * 61}.toml", "é.toml"])
def test_a_file_name_that_is_no_address_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="the file's name is the address"):
        read_collection(written(tmp_path, GOOD, name))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"title = ", "is not valid TOML"),
        (b"\xff", "is not UTF-8 text. Save it as UTF-8."),
        (b"", "title must be a text that is not empty."),
        (b"studies = 3", "write each study as [[studies]] with its pmid and a note; at least one is needed."),
    ],
)
def test_a_file_that_is_no_collection_is_refused(text: bytes, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_bytes(text)
    with pytest.raises(CollectionError) as error:
        read_collection(path)
    assert any(problem in each for each in error.value.problems)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match=r"can't be read \(No such file or directory\). Check the path"):
        read_collection(tmp_path / "none.toml")


@given(st.binary(max_size=200))
def test_no_bytes_at_all_make_anything_but_a_collection_error(
    tmp_path_factory: pytest.TempPathFactory, text: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "list.toml"
    path.write_bytes(text)
    with pytest.raises(CollectionError):
        read_collection(path)


def test_a_file_of_the_data_folder_stands_above_the_topics_of_the_same_name(tmp_path: Path) -> None:
    for folder in ("topic", "data"):
        written(tmp_path / folder, GOOD)
    other = written(tmp_path / "topic", GOOD, "another.toml")
    written(tmp_path / "data", GOOD, ".first-list.toml")
    assert collection_files([tmp_path / "topic", None, tmp_path / "data", tmp_path / "nowhere"]) == [
        other,
        tmp_path / "data" / "first-list.toml",
    ]


def test_one_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    good, broken = written(tmp_path, GOOD), written(tmp_path, "x = 1", "broken.toml")
    collections, errors = read_collections([broken, good])
    assert ([each.slug for each in collections], [each.path for each in errors]) == (["first-list"], [broken])


def test_missing_and_retracted_studies_are_named(database: Database, tmp_path: Path) -> None:
    collection = read_collection(written(tmp_path, GOOD))
    assert standings(database, collection) == [Standing(entry, "missing") for entry in collection.studies]
    records = [
        invented(pmid=90000001, links=(ArticleLink("RetractionIn", 90000009, "J Invent Results. 2026"),)),
        invented(pmid=90000002, doi="10.5555/invented.2"),
    ]
    save_records(database, records, source="pubmed", run_id=None, at="2026-11-01T06:00:00Z")
    assert [each.state for each in standings(database, collection)] == ["retracted", ""]


def test_the_collections_that_travel_with_a_topic_name_only_known_studies() -> None:
    topic = load_topic()
    known = {row["pmid"] for row in topic.known_studies} | {row["doi"].lower() for row in topic.known_studies}
    collections, errors = read_collections(collection_files([topic.collections_folder]))
    assert errors == []
    assert [each.slug for each in collections] == ["where-to-start"]
    for collection in collections:
        assert {str(entry.pmid or entry.doi) for entry in collection.studies} <= known
        languages = {frozenset(text) for entry in collection.studies for text in (entry.note, collection.title)}
        assert languages == {frozenset({"en", "es"})}


def test_the_example_in_the_docs_can_be_used_as_it_stands(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "patients.md").read_text(encoding="utf-8")
    example = text.partition("```toml\n")[2].partition("```")[0]
    assert [entry.name for entry in read_collection(written(tmp_path, example)).studies] == [
        "PMID 35012326",
        "DOI 10.1176/appi.ajp.2019.19070684",
    ]
