"""A record's raw bytes are its own, whatever stands around it. Every record here is invented."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import harvest.pubmed_xml
from db.records import SourceRecord
from harvest.pubmed_xml import parse_articles


def record(pmid: int, title: str = "An invented record") -> str:
    return (
        f'<PubmedArticle>\n <MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID><Article><Journal>'
        f"<Title>Invented Journal</Title></Journal><ArticleTitle>{title}</ArticleTitle></Article></MedlineCitation>\n"
        "</PubmedArticle>"
    )


def read(document: bytes) -> list[SourceRecord]:
    return [part for part in parse_articles(io.BytesIO(document)) if isinstance(part, SourceRecord)]


def again(raw: bytes) -> SourceRecord:
    [one] = read(raw)
    return one


RECORDS = [record(90000001), record(90000002, "Dose &lt; 1 &amp; <i>Täter</i>"), record(90000003)]
PLAIN = f'<?xml version="1.0" encoding="utf-8"?>\n<PubmedArticleSet>\n{"".join(RECORDS)}\n</PubmedArticleSet>'.encode()


def test_raw_is_what_the_file_holds_to_the_byte() -> None:
    assert [each.raw for each in read(PLAIN)] == [text.encode() for text in RECORDS]


@given(size=st.integers(1, len(PLAIN)))
def test_it_does_not_matter_where_the_stream_is_cut(size: int) -> None:
    before = harvest.pubmed_xml._CHUNK
    harvest.pubmed_xml._CHUNK = size
    try:
        assert [each.raw for each in read(PLAIN)] == [text.encode() for text in RECORDS]
    finally:
        harvest.pubmed_xml._CHUNK = before


AWKWARD = {
    "a comment that holds a whole record": PLAIN.replace(
        b"</PubmedArticle>", b"</PubmedArticle><!-- <PubmedArticle></PubmedArticle> -->", 1
    ),
    "a comment inside a record": PLAIN.replace(b"<Article>", b"<!-- </PubmedArticle> --><Article>", 1),
    "a CDATA section": PLAIN.replace(b"An invented record", b"<![CDATA[</PubmedArticle>]]>", 1),
    "a processing instruction": PLAIN.replace(b"<Article>", b"<?x </PubmedArticle>?><Article>", 1),
    "another encoding": PLAIN.decode().replace("utf-8", "iso-8859-1").encode("iso-8859-1"),
    "two bytes a letter": PLAIN.decode().replace("utf-8", "utf-16").encode("utf-16"),
    "a name space from the root": PLAIN.replace(
        b"<PubmedArticleSet>", b'<PubmedArticleSet xmlns:m="http://x.invalid/m">'
    ).replace(b"An invented record", b"<m:math>1</m:math>", 1),
    "a record inside a record": PLAIN.replace(b"<Article>", RECORDS[2].encode() + b"<Article>", 1),
}


@pytest.mark.parametrize("name", AWKWARD)
def test_raw_reads_back_as_the_same_article_from_an_awkward_file(name: str) -> None:
    found = read(AWKWARD[name])
    assert [each.article.pmid for each in found] == [90000001, 90000002, 90000003]
    assert all(earlier.raw != later.raw for earlier, later in pairwise(found))
    assert [again(each.raw).article for each in found] == [each.article for each in found]


def test_a_doctype_does_not_stand_in_the_way() -> None:
    doctype = (
        b'<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2026//EN" "pubmed_260101.dtd">'
    )
    document = PLAIN.replace(b"<PubmedArticleSet>", doctype + b"\n<PubmedArticleSet>")
    assert [each.raw for each in read(document)] == [text.encode() for text in RECORDS]
