"""A record's raw bytes are its own, whatever stands around it. Every record here is invented."""

from __future__ import annotations

import gzip
import io
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import harvest.pubmed_xml
from db.errors import BadInput
from db.records import MeshHeading, MeshQualifier, SourceRecord
from harvest.files import read_file
from harvest.pubmed_text import UnknownElements
from harvest.pubmed_xml import DeletedPmids, parse_articles


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
    "a bracket in a comment": PLAIN.replace(b"<Article>", b"<!-- > --><Article>", 1),
    "another encoding": PLAIN.decode().replace("utf-8", "iso-8859-1").encode("iso-8859-1"),
    "two bytes a letter": PLAIN.decode().replace("utf-8", "utf-16").encode("utf-16"),
    "a name space from the root": PLAIN.replace(
        b"<PubmedArticleSet>", b'<PubmedArticleSet xmlns:m="http://x.invalid/m">'
    ).replace(b"An invented record", b"<m:math>1</m:math>", 1),
    "a blank in an end tag": PLAIN.replace(b"</PubmedArticle>", b"</PubmedArticle >"),
    "a blank in the first end tag": PLAIN.replace(b"</PubmedArticle>", b"</PubmedArticle >", 1),
    "an attribute on a record": PLAIN.replace(b"<PubmedArticle>", b'<PubmedArticle cut="">', 1),
    "a record inside a record": PLAIN.replace(b"<Article>", RECORDS[2].encode() + b"<Article>", 1),
}


@pytest.mark.parametrize("name", AWKWARD)
def test_raw_reads_back_as_the_same_article_from_an_awkward_file(name: str) -> None:
    found = read(AWKWARD[name])
    assert [each.article.pmid for each in found] == [90000001, 90000002, 90000003]
    assert all(earlier.raw != later.raw for earlier, later in pairwise(found))
    assert [again(each.raw).article for each in found] == [each.article for each in found]


@pytest.mark.parametrize("harmless", [b"<?pmcsd ?>", b"<!-- checked -->", b"<!---->"])
def test_an_instruction_that_hides_no_tag_stays_in_the_record(harmless: bytes) -> None:
    """PubMed's own files hold <?pmcsd ?> and <?nihms ?>."""
    marked = PLAIN.replace(b"<Article>", harmless + b"<Article>")
    found = read(marked)
    assert [each.raw for each in found] == [
        text.encode().replace(b"<Article>", harmless + b"<Article>") for text in RECORDS
    ]
    assert [each.article for each in found] == [each.article for each in read(PLAIN)]


def test_a_doctype_does_not_stand_in_the_way() -> None:
    doctype = (
        b'<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2026//EN" "pubmed_260101.dtd">'
    )
    document = PLAIN.replace(b"<PubmedArticleSet>", doctype + b"\n<PubmedArticleSet>")
    assert [each.raw for each in read(document)] == [text.encode() for text in RECORDS]


def test_what_nlm_withdrew_comes_in_its_place_between_records() -> None:
    withdrawn = b"</PubmedArticle><DeleteCitation><PMID>90000009</PMID></DeleteCitation>"
    parts = list(parse_articles(io.BytesIO(PLAIN.replace(b"</PubmedArticle>", withdrawn, 1))))
    assert [getattr(part, "pmids", None) for part in parts] == [None, (90000009,), None, None]
    assert isinstance(parts[1], DeletedPmids)


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        (PLAIN.replace(b"90000002</PMID>", b"90000002</PMD>"), 6),
        (PLAIN.replace(b"</PubmedArticleSet>", b"</PubmedArticlesSet>"), 10),
    ],
)
def test_a_damaged_file_is_refused_with_the_line_of_the_file(wrong: bytes, line: int) -> None:
    with pytest.raises(BadInput, match=f"damaged at line {line} "):
        read(wrong)


HEADING = (
    b'<MeshHeading><DescriptorName UI="D007649" MajorTopicYN="N">Ketamine</DescriptorName>'
    b'<QualifierName UI="Q000627" MajorTopicYN="Y">therapeutic use</QualifierName></MeshHeading>'
)
KETAMINE = MeshHeading("Ketamine", "D007649", False, (MeshQualifier("therapeutic use", "Q000627", True),))


def with_headings(inside: bytes) -> bytes:
    headings = b"<MeshHeadingList>" + inside + b"</MeshHeadingList>"
    return PLAIN.replace(b"</Article></MedlineCitation>", b"</Article>" + headings + b"</MedlineCitation>", 1)


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (HEADING, (KETAMINE,)),
        (b"\n " + HEADING + b"\n " + HEADING + b"\n", (KETAMINE, KETAMINE)),
        (
            HEADING.replace(b"Ketamine", b"Ket&amp;mine"),
            (MeshHeading("Ket&mine", "D007649", False, KETAMINE.qualifiers),),
        ),
        (HEADING.replace(b"</MeshHeading>", b"<New>1</New></MeshHeading>"), (KETAMINE,)),
        (b"<MeshHeading/>" + HEADING, (MeshHeading(""), KETAMINE)),
        (b"", ()),
    ],
)
def test_mesh_headings_are_what_the_record_says(inside: bytes, expected: tuple[MeshHeading, ...]) -> None:
    assert read(with_headings(inside))[0].article.mesh_headings == expected


def test_an_unknown_part_of_a_heading_is_counted_each_time() -> None:
    unknown = UnknownElements()
    strange = HEADING.replace(b"</MeshHeading>", b"<New>1</New></MeshHeading>")
    list(parse_articles(io.BytesIO(with_headings(strange + strange)), unknown))
    assert unknown.counts == {"MeshHeading/New": 2}


def test_a_damaged_heading_is_refused_with_the_line_of_the_file() -> None:
    with pytest.raises(BadInput, match="damaged at line 6 "):
        read(with_headings(HEADING + b"\n\n<MeshHeading><Descriptor</MeshHeading>"))


def test_real_records_read_the_same_cut_or_not(shared: Path, tmp_path: Path) -> None:
    """A comment before the root makes the reader take the careful way for the whole file."""
    compared = 0
    for path in sorted((shared / "data").rglob("*.xml*")):
        content = path.read_bytes()
        document = gzip.decompress(content) if path.suffix == ".gz" else content
        root = document.find(b"<PubmedArticleSet")
        if root < 0:
            continue
        careful = tmp_path / "careful.xml"
        careful.write_bytes(document[:root] + b"<!-- careful -->" + document[root:])
        found = parts_of(path)
        assert found == parts_of(careful)
        compared += len(found)
    assert compared > 2000


def parts_of(path: Path) -> list[object]:
    """The articles and deletions up to the end or to where the file is refused."""
    parts: list[object] = []
    try:
        parts += (getattr(part, "article", part) for part in read_file(path))
    except BadInput:
        parts.append("refused")
    return parts
