"""What is kept comes back as it was, whole records included."""

from __future__ import annotations

import dataclasses
import string
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from db.connect import open_database
from db.reading import read_articles
from db.records import (
    AbstractSection,
    Article,
    ArticleLink,
    Author,
    Grant,
    Granularity,
    MeshHeading,
    MeshQualifier,
    OtherAbstract,
    PartialDate,
    PublicationType,
    RegistryId,
    SourceRecord,
)
from db.store import save_records
from tests.db.invented import invented

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def many(of: Any, **parts: Any) -> Any:
    return st.lists(st.builds(of, **parts), max_size=3).map(tuple)


qualifiers = many(MeshQualifier, name=text, ui=text, major=st.booleans())
article = st.builds(
    Article,
    title=text,
    pmid=st.integers(1, 10**8),
    pmid_version=st.integers(1, 3),
    doi=st.just("") | st.text(string.ascii_lowercase + "./", min_size=1),
    abstract=text,
    sections=many(AbstractSection, text=text, label=text, category=text),
    other_abstracts=many(OtherAbstract, text=text, language=text, kind=text),
    published=st.builds(PartialDate, st.just("2020-11"), st.sampled_from(Granularity), text),
    revised=text,
    authors=many(Author, last_name=text, collective_name=text, affiliations=st.lists(text, max_size=2).map(tuple)),
    investigators=many(Author, last_name=text, suffix=text, orcid=text),
    languages=st.lists(text, max_size=2).map(tuple),
    publication_types=many(PublicationType, name=text, ui=text),
    mesh_headings=many(MeshHeading, name=text, ui=text, major=st.booleans(), qualifiers=qualifiers),
    substances=st.lists(st.tuples(text, text), max_size=2).map(tuple),
    keywords=st.lists(text, max_size=2).map(tuple),
    links=many(ArticleLink, kind=text, pmid=st.none() | st.integers(1, 9), reference=text, note=text),
    registry_ids=many(RegistryId, registry=text, number=text),
    grants=many(Grant, agency=text, number=text, country=text),
    notes=st.lists(text, max_size=2).map(tuple),
    conflict_of_interest=text,
)


def canonical(item: Article) -> Article:
    """One registration for each number, in order: the only thing the store tidies."""
    numbers = {found.number: found for found in reversed(item.registry_ids)}
    return dataclasses.replace(item, registry_ids=tuple(numbers[number] for number in sorted(numbers)))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(article)
def test_any_article_is_read_back_as_it_was_saved(item: Article) -> None:
    database = open_database(Path(":memory:"))
    save_records(database, [SourceRecord(item, b"raw", "pubmed-xml")], source="pubmed", run_id=None, at="2026")
    (stored,) = read_articles(database, [1])
    database.conn.close()
    assert stored.article == canonical(item)


def test_articles_come_in_the_order_asked_for_and_unknown_ids_are_passed_over(database: Database) -> None:
    records = [invented(), invented(pmid=None, doi="10.5555/a")]
    save_records(database, records, source="x", run_id=None, at="2026")
    assert [item.address for item in read_articles(database, [2, 9, 1])] == ["/study/doi/10.5555/a", "/study/90000001"]
