"""Biopython and our reader agree on every real record that Biopython can read."""

from __future__ import annotations

import gzip
import io
from dataclasses import replace
from pathlib import Path

import pytest

from db.records import Article, RecordKind
from harvest.pubmed_xml import DeletedPmids, parse_articles
from tests.harvest.second_reader import Reading, our_reading, raw_records, read_second, same_day

#: Not PubMed records: a file that is broken on purpose, and links in another XML.
NO_RECORDS = {"JabRef__MedlineImporterTestMalformedEntry.xml", "metapub__sample_related_pmids_result.xml"}


def our_articles(document: bytes) -> list[Article]:
    return [entry.article for entry in parse_articles(io.BytesIO(document)) if not isinstance(entry, DeletedPmids)]


def explained(article: Article, second: Reading) -> Reading:
    """Our reading, with each difference that we mean to have put back to what the record says.

    1. A publication type without UI is looked up by its name, so that "JOURNAL ARTICLE" is found as D016428.
    2. A date in free text or a season is held against the second reader by its year (see `same_day`).
    3. Data banks are compared below, since registries and other banks go to different fields.
    """
    ours = our_reading(article)
    kinds = tuple(
        theirs if not theirs[1] and mine[0].lower() == theirs[0].lower() else mine
        for mine, theirs in zip(ours.publication_types, second.publication_types, strict=True)
    )
    return replace(ours, publication_types=kinds, date=second.date, accessions=second.accessions)


def assert_agreement(document: bytes) -> tuple[int, int]:
    """How many records there are and how many of them Biopython could read; all of these agree."""
    articles = our_articles(document)
    raw = list(raw_records(document))
    seconds = read_second(raw)
    assert len(articles) == len(raw)
    for article, second in zip(articles, seconds, strict=True):
        if second is None:
            continue
        assert explained(article, second) == second
        assert same_day(article, second), (article.pmid, article.published, second.date)
        numbers = {entry.number for entry in article.registry_ids} | {value for _, value in article.other_ids}
        assert {number for _, number in second.accessions} <= numbers
    return len(raw), sum(second is not None for second in seconds)


def test_every_record_of_the_large_file_is_read_alike(shared: Path) -> None:
    with gzip.open(shared / "data" / "pubmed_records.xml.gz") as stream:
        assert assert_agreement(stream.read()) == (2541, 2541)


def test_every_single_odd_record_is_read_alike(shared: Path) -> None:
    """Of the 117, Biopython can't place one record's formulas, one with every element there is, and a book without a Book."""
    found = [
        assert_agreement(path.read_bytes())
        for path in sorted((shared / "data" / "pubmed_xml").glob("*.xml"))
        if path.name not in NO_RECORDS
    ]
    assert (sum(total for total, _ in found), sum(readable for _, readable in found)) == (117, 114)


@pytest.mark.parametrize("name", sorted(NO_RECORDS))
def test_files_without_records_stay_outside(shared: Path, name: str) -> None:
    with pytest.raises(Exception, match=r"damaged|not PubMed records"):
        our_articles((shared / "data" / "pubmed_xml" / name).read_bytes())


def test_books_are_books(shared: Path) -> None:
    document = (shared / "data" / "pubmed_xml" / "JabRef__MedlineImporterTestBookArticleSet.xml").read_bytes()
    chapter, book = our_articles(document)[:2]
    assert {chapter.kind, book.kind} == {RecordKind.BOOK}
    assert (chapter.doi, chapter.published.value, chapter.electronic.value) == ("10.3275/8949", "2009-02", "2012-03-27")
