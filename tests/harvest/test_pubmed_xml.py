"""Streams of PubMed XML: what is read, what is refused and with which words."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import BadInput
from db.records import RecordKind, SourceRecord
from harvest.pubmed_xml import DeletedPmids, parse_articles
from tests.harvest.invented import DOCTYPE, document, read, read_one, record
from tests.harvest.mutations import check, mutate
from tests.harvest.rich import RICH


def test_a_stream_gives_articles_books_and_deletions_in_order() -> None:
    first, second, book, deleted = read(RICH)
    assert isinstance(first, SourceRecord)
    assert isinstance(second, SourceRecord)
    assert isinstance(book, SourceRecord)
    assert [entry.article.pmid for entry in (first, second, book)] == [90000001, 90000002, 90000008]
    assert deleted == DeletedPmids((90000003, 90000004))


def test_a_chapter_has_its_book_as_journal_and_no_editor_among_its_authors() -> None:
    chapter = read(RICH)[2].article  # type: ignore[union-attr]
    assert (chapter.kind, chapter.title, chapter.journal, chapter.publisher) == (
        RecordKind.BOOK,
        "A chapter",
        "A Made-up Handbook",
        "Invented Press",
    )
    assert [author.last_name for author in chapter.authors] == ["Writer"]
    assert (chapter.published.value, chapter.electronic.value, chapter.created) == (
        "2020-01",
        "2021-02-03",
        "2021-02-04",
    )


def test_raw_is_the_records_own_xml_and_reads_the_same_again() -> None:
    for entry in read(RICH)[:3]:
        assert isinstance(entry, SourceRecord)
        assert entry.raw.startswith((b"<PubmedArticle>", b"<PubmedBookArticle>"))
        assert read(entry.raw) == [entry]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_the_encoding_may_be_any_that_the_file_declares(encoding: str) -> None:
    text = document(record(title="<ArticleTitle>Größe: 5 µg</ArticleTitle>")).decode()
    named = encoding.removesuffix("-sig").upper()
    (entry,) = read(text.replace("UTF-8", named, 1).encode(encoding))
    assert isinstance(entry, SourceRecord)
    assert entry.article.title == "Größe: 5 µg"
    assert "Größe".encode() in entry.raw


def test_an_empty_set_has_no_records() -> None:
    assert read(document(head=DOCTYPE)) == []


def test_small_pieces_of_a_stream_make_no_difference() -> None:
    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(7)

    assert list(parse_articles(Dripping(RICH))) == read(RICH)


def test_a_record_inside_something_else_is_not_the_files_own() -> None:
    wrapped = document(f"<Wrapper>{record()}</Wrapper>", record(pmid="<PMID>5</PMID>"))
    assert [entry.article.pmid for entry in read(wrapped)] == [5]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "nothing in it"),
        (b" \n", "nothing in it"),
        (b"<!DOCTYPE html><html><body>Bad gateway</body></html>", "a web page"),
        (b"<html><head><title>Error</title></head></html>", "a web page"),
        (b"<?xml version='1.0'?>\n<!-- x --><html xmlns='x'/>", "a web page"),
        (b'{"error":"API rate limit exceeded","api-key":"SECRET","count":"4"}', "This is JSON"),
        (b"PMID,Title", "not XML"),
        (b"\x89PNG\r\n", "not XML"),
        (b"<eFetchResult><ERROR>Empty id list</ERROR></eFetchResult>", r"error \(Empty id list\)"),
        (b"<ERROR>Search Backend failed for 0123456789abcdef0123456789abcdef01 at 10.0.0.1</ERROR>", "for … at …"),
        (b"<eFetchResult/>", "it gave no reason"),
        (b"<eLinkResult><LinkSet/></eLinkResult>", "This is <eLinkResult>, not PubMed records"),
        (b"<PubmedArticleSet><PubmedArticle>", "cut off"),
        (b"<PubmedArticleSet", "no whole element"),
        (b"<PubmedArticleSet></Wrong>", "damaged at line 1"),
        (b"<<<", "no whole element"),
        (b"<a b><c>", "not well-formed XML"),
        (b"<PubmedArticleSet>\xff</PubmedArticleSet>", "damaged at line 1"),
        (b"<PubmedArticleSet><PubmedArticle/></PubmedArticleSet>", "no usable PMID"),
        (b"<PubmedBookArticleSet><PubmedBookArticle/></PubmedBookArticleSet>", "no usable PMID"),
        (b"<PubmedArticleSet><DeleteCitation><PMID>x</PMID></DeleteCitation></PubmedArticleSet>", "is no PMID"),
        (
            b"<PubmedArticle><MedlineCitation><PMID>5</PMID></MedlineCitation></PubmedArticle>",
            "record 5 has no Article",
        ),
        (b"<?xml version='1.0'?>" + b" " * (3 << 20), "no element in the first megabyte"),
    ],
)
def test_what_is_no_pubmed_xml_is_refused_with_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words) as refusal:
        read(content)
    assert "SECRET" not in str(refusal.value)


def test_records_before_the_damage_are_whole_and_the_damage_is_told() -> None:
    stream = parse_articles(io.BytesIO(RICH[: RICH.index(b"90000008")]))
    assert [next(stream), next(stream)] == read(RICH)[:2]
    with pytest.raises(BadInput, match="cut off"):
        next(stream)


# 16: hostile documents


BOMB = '<!DOCTYPE PubmedArticleSet [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "bomb": f"{BOMB}]>",
    "file": '<!DOCTYPE PubmedArticleSet [<!ENTITY i SYSTEM "file:///etc/hostname">]>',
    "address": '<!DOCTYPE PubmedArticleSet [<!ENTITY i SYSTEM "http://127.0.0.1:9/">]>',
    "parameter": '<!DOCTYPE PubmedArticleSet [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>',
    "beside a DTD": DOCTYPE.replace(">", ' [<!ENTITY i "x">]>'),
}


@pytest.mark.parametrize("head", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_with_entities_of_its_own_is_refused_unread(head: str, encoding: str) -> None:
    text = document(record(title="<ArticleTitle>&i;</ArticleTitle>"), head=head).decode()
    with pytest.raises(BadInput, match="entities of its own"):
        read(text.replace("UTF-8", encoding.upper()).encode(encoding))


def test_a_dtd_is_never_opened_even_where_it_could_be(tmp_path: Path) -> None:
    """If it were, the entity that it declares would stand in the title."""
    dtd = tmp_path / "pubmed_260101.dtd"
    dtd.write_text('<!ENTITY secret "the content of a file">')
    head = f'<!DOCTYPE PubmedArticleSet SYSTEM "{dtd.as_uri()}">'
    with pytest.raises(BadInput, match="refers to an entity"):
        read(document(record(title="<ArticleTitle>&secret;</ArticleTitle>"), head=head))
    assert read_one(record()).title == "An invented trial of nothing."
    assert len(read(document(record(), head=head))) == 1


# Properties

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(lambda text: " ".join(text.split(" ")))


@given(texts)
def test_any_text_comes_back_as_it_was_written(text: str) -> None:
    from xml.sax.saxutils import escape

    expected = " ".join(part for part in text.split(" ") if part)
    xml = escape(text)
    article = read_one(
        record(
            title=f"<ArticleTitle>{xml}</ArticleTitle>",
            article=f"<Abstract><AbstractText><i>{xml}</i></AbstractText></Abstract>",
        )
    )
    assert (article.title, article.abstract) == (expected, expected)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    check(content)


def test_damaged_documents_never_crash_nor_give_half_a_record() -> None:
    """A sample; benchmarks/fuzz_parser.py runs ten thousand."""
    chance = random.Random(20260101)
    for _ in range(500):
        check(mutate(RICH, chance))
