"""No table that is published holds personal data: each text column is read, on invented and on real records."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from classify.taxonomy import ids
from db.connect import open_database
from db.corrections import add_corrections
from db.public_text import COLUMNS, LEFT_OUT, without_addresses
from db.publish import publish
from db.records import Author, Correction, SourceRecord
from db.snapshot_tables import TABLES
from db.store import save_records
from harvest.files import read_file
from harvest.topics import load_topic
from tests.db.invented import invented
from tests.site.invented import TERMS

AT = "2026-11-22T08:00:00Z"
MAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,}")
ORCID = re.compile(r"\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b")
VOCABULARY = {kind: ids(kind) for kind in ("relevance", "study_design", "direction", "outcome_domain")}


def texts(path: str) -> Iterator[tuple[str, str]]:
    """Every text of every column of every table, with where it stands."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        cursor = connection.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        for row in cursor:
            yield from (
                (f"{table}.{name}", value) for name, value in zip(names, row, strict=True) if isinstance(value, str)
            )
    connection.close()


def published(database: Database, folder: Path) -> list[tuple[str, str]]:
    summary = publish(database, folder, topic=load_topic(), terms=TERMS, at=AT, version="0.1.0")
    return list(texts(summary.path))


def personal(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What looks like an e-mail address or an ORCID, outside the texts that the site's own makers wrote."""
    return [
        (place, match[0])
        for place, text in found
        if not place.startswith("snapshot.")
        for match in (MAIL.search(text) or ORCID.search(text),)
        if match
    ]


def test_people_stay_in_the_house(database: Database, tmp_path: Path) -> None:
    """Affiliations, ORCIDs, investigators, addresses, and the names and reasons of those who correct labels."""
    record = invented(
        authors=(
            Author(
                "Invento",
                "Ina",
                "I",
                affiliations=("Secret Hospital, ina@secret.example",),
                orcid="0000-0002-1825-0097",
            ),
        ),
        investigators=(Author("Hidden", "Hal", "H"),),
        abstract="We invented this. Write to ina.invento@mail.secret.example for more.",
        conflict_of_interest="None. Contact: ina@secret.example.",
    )
    save_records(database, [record], source="pubmed", run_id=None, at=AT)
    given = [("study_design", "randomised_trial"), ("outcomes.craving", "mixed")]
    add_corrections(
        database,
        [Correction(1, field, value, "Rita Reviewer", "rita@clinic.example told me", AT) for field, value in given],
        vocabulary=VOCABULARY,
    )
    found = published(database, tmp_path / "site")
    whole = "\n".join(text for _, text in found)
    assert personal(found) == []
    assert [word for word in ("Secret", "secret", "Hidden", "Rita", "rita", "told me") if word in whole] == []
    assert "Invento I" in whole
    assert f"Write to {LEFT_OUT} for more." in whole


def test_real_records_are_published_without_any_address(shared: Path, tmp_path: Path) -> None:
    every = [item for item in read_file(shared / "data" / "pubmed_records.xml.gz") if isinstance(item, SourceRecord)]
    records = every[:300] + [
        item for item in every[300:] if "@" in item.article.abstract + item.article.conflict_of_interest
    ]
    database = open_database(tmp_path / "evidence.db")
    save_records(database, records, source="file", run_id=None, at=AT)
    found = published(database, tmp_path / "site")
    database.conn.close()
    assert len(found) > 10_000
    assert personal(found) == []


def test_every_column_that_holds_somebody_elses_words_is_cleaned() -> None:
    """A new text column of these tables must be thought of here too."""
    written = {
        table: set(re.findall(r"^    (\w+) TEXT", body, re.MULTILINE))
        for table, body in re.findall(r"CREATE TABLE (\w+) \(\n(.*?)\n\)", TABLES, re.DOTALL)
    }
    ours = {
        "studies": {
            "path",
            "doi",
            "pmcid",
            "authors_short",
            "journal",
            "journal_abbreviation",
            "issn",
            "volume",
            "issue",
        }
        | {
            "pages",
            "published",
            "published_text",
            "languages",
            "publication_types",
            "mesh",
            "source",
            "status",
            "species",
        }
        | {"relevance", "design", "checked", "revised", "first_seen", "updated"},
        "labels": {"field", "source", "layer", "at"},
        "outcomes": {"domain", "direction", "source", "layer", "at"},
        "links": {"kind"},
        "trials": {"registry_id", "registry", "main_id", "status", "relevance", "follow_up", "checked_at"},
        "changes": {"at", "kind", "field"},
    }
    for table, columns in ours.items():
        assert written[table] - columns == set(COLUMNS[table]), table


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Write to a.b+c@mail.example.org.", f"Write to {LEFT_OUT}."),
        ("605mAh@1.4V", "605mAh@1.4V"),
        ("doi:10.1234/part@b.example", "doi:10.1234/part@b.example"),
        ("five @ home", "five @ home"),
        ("(x@y.zz; u@v.ww)", f"({LEFT_OUT}; {LEFT_OUT})"),
    ],
)
def test_addresses_are_told_from_what_only_looks_like_one(text: str, cleaned: str) -> None:
    assert without_addresses(text) == cleaned


@given(st.text())
def test_a_text_without_an_at_stays_as_it_is(text: str) -> None:
    if "@" not in text:
        assert without_addresses(text) == text
