"""PubMed's CSV export, with invented rows."""

from __future__ import annotations

import io

import pytest

from db.errors import BadInput
from db.records import Article, Author, Granularity, PartialDate
from harvest.pubmed_csv import parse_pubmed_csv

HEADER = "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,NIHMS ID,DOI\r\n"
ROW = (
    '90000001,"An invented trial, with a comma.","Example AB, King M Jr; Invented Study Group.",'
    '"J Invent. 2020 Nov 3;12(3):1-9. doi: 10.9999/INVENTED.1. Epub 2020 Oct 9.",Example AB,J Invent,2020,2020/10/10,'
    "PMC0000001,NIHMS1,10.9999/INVENTED.1\r\n"
)


def read(text: str) -> list[Article]:
    return [entry.article for entry in parse_pubmed_csv(io.BytesIO(text.encode()))]


def test_every_column_has_its_place() -> None:
    assert read(f"\ufeff{HEADER}{ROW}") == [
        Article(
            pmid=90000001,
            title="An invented trial, with a comma.",
            doi="10.9999/invented.1",
            pmcid="PMC0000001",
            journal_abbreviation="J Invent",
            volume="12",
            issue="3",
            pages="1-9",
            published=PartialDate("2020-11-03", Granularity.DAY),
            created="2020-10-10",
            authors=(
                Author("Example", initials="AB"),
                Author("King", initials="M", suffix="Jr"),
                Author(collective_name="Invented Study Group"),
            ),
            other_ids=(("mid", "NIHMS1"),),
        )
    ]


def test_raw_reads_the_same_again() -> None:
    (entry,) = parse_pubmed_csv(io.BytesIO(f"{HEADER}{ROW}".encode()))
    assert list(parse_pubmed_csv(io.BytesIO(entry.raw))) == [entry]


def test_columns_may_be_missing_and_a_citation_may_be_odd() -> None:
    (article,) = read("PMID,Title,Citation,Publication Year\n5,T,Who knows,2001\n")
    assert article == Article(pmid=5, title="T", published=PartialDate("2001", Granularity.YEAR))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("PMID,Name\n1,x\n", "no columns PMID and Title"),
        (f"{HEADER}x,T\n", "ends at line 2 has no usable PMID"),
        (f'{HEADER}1,"' + "x" * 200_000, "damaged at line"),
    ],
)
def test_what_is_not_pubmeds_csv_is_refused_with_what_to_do(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read(text)


def test_another_encoding_is_refused() -> None:
    with pytest.raises(BadInput, match="not UTF-8"):
        list(parse_pubmed_csv(io.BytesIO(HEADER.encode() + "1,café".encode("latin-1"))))
