"""MEDLINE text gives the same article as the XML would. The records are invented."""

from __future__ import annotations

import io

import pytest

from db.errors import BadInput
from db.records import (
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
    RecordKind,
    RegistryId,
)
from harvest.medline import parse_medline

RECORD = """\
PMID- 90000001
OWN - NLM
STAT- MEDLINE
DCOM- 20210102
LR  - 20220304
IS  - 0000-0000 (Electronic)
IS  - 0000-0001 (Linking)
VI  - 12
IP  - 3
DP  - 2020 Nov-Dec
TI  - An invented trial with a title so long that it has to go on
      in the next line.
PG  - 1-9
LID - 10.9999/INVENTED.1 [doi]
LID - e100 [pii]
AB  - BACKGROUND: Nothing is known. METHODS: We made it all up
      (ISRCTN00000002).
CI  - (c) 2020 Nobody.
FAU - Example, Ada B
AU  - Example AB
AUID- ORCID: 0000-0001-0000-0001
AD  - Department of Inventions, University of
      Nowhere.
AD  - A second place.
FAU - King, Martin Jr
AU  - King M Jr
CN  - Invented Study Group
LA  - eng
SI  - ClinicalTrials.gov/NCT00000001
SI  - GENBANK/AB000001
GR  - R01 AA000000/AA/NIAAA NIH HHS/United States
PT  - Journal Article
PT  - Randomized Controlled Trial
DEP - 20201009
TA  - J Invent
JT  - Journal of invented results
JID - 0000000
RN  - 0 (Placebos)
RN  - 690G0D6V8H (Ketamine)
CIN - J Invent. 2021 Jan;13(1):1. doi: 10.9999/comment. PMID: 90000002
EIN - J Invent. 2021 Feb;13(2):2.
MH  - Humans
MH  - Ketamine/*administration & dosage/adverse
      effects
MH  - *Alcoholism
PMC - PMC0000001
MID - NIHMS1
OAB - Publisher: Abstract available from the publisher.
OABL- spa
OAB - plain-language-summary: Plainly invented.
OABL- eng
OT  - *made-up keyword that is so long that it has to be continued in
      the next line
COIS- None.
FIR - Helper, Carl
IR  - Helper C
IRAD- Elsewhere.
FPS - Subject, Sam
GN  - NLM: A note.
CRDT- 2020/10/10 06:00
AID - e100 [pii]
AID - 10.9999/invented.1 [doi]
SO  - J Invent. 2020 Nov-Dec;12(3):1-9.
"""
SECOND = "PMID- 90000002\nTI  - A second record.\n"

EXPECTED = Article(
    pmid=90000001,
    title="An invented trial with a title so long that it has to go on in the next line.",
    doi="10.9999/invented.1",
    pmcid="PMC0000001",
    abstract="BACKGROUND: Nothing is known. METHODS: We made it all up (ISRCTN00000002).",
    other_abstracts=(OtherAbstract("Plainly invented.", "eng", "plain-language-summary"),),
    journal="Journal of invented results",
    journal_abbreviation="J Invent",
    issn="0000-0000",
    nlm_id="0000000",
    volume="12",
    issue="3",
    pages="1-9",
    published=PartialDate("2020", Granularity.TEXT, "2020 Nov-Dec"),
    electronic=PartialDate("2020-10-09", Granularity.DAY),
    created="2020-10-10",
    completed="2021-01-02",
    revised="2022-03-04",
    authors=(
        Author(
            "Example",
            "Ada B",
            "AB",
            orcid="0000-0001-0000-0001",
            affiliations=("Department of Inventions, University of Nowhere.", "A second place."),
        ),
        Author("King", "Martin", "M", "Jr"),
        Author(collective_name="Invented Study Group"),
    ),
    investigators=(Author("Helper", "Carl", "C", affiliations=("Elsewhere.",)),),
    languages=("eng",),
    publication_types=(
        PublicationType("Journal Article", "D016428"),
        PublicationType("Randomized Controlled Trial", "D016449"),
    ),
    mesh_headings=(
        MeshHeading("Humans"),
        MeshHeading(
            "Ketamine",
            qualifiers=(MeshQualifier("administration & dosage", major=True), MeshQualifier("adverse effects")),
        ),
        MeshHeading("Alcoholism", major=True),
    ),
    substances=(("Placebos", ""), ("Ketamine", "690G0D6V8H")),
    keywords=("made-up keyword that is so long that it has to be continued in the next line",),
    registry_ids=(
        RegistryId("ClinicalTrials.gov", "NCT00000001"),
        RegistryId("ISRCTN", "ISRCTN00000002", "text"),
    ),
    links=(
        ArticleLink("CommentIn", 90000002, "J Invent. 2021 Jan;13(1):1. doi: 10.9999/comment."),
        ArticleLink("ErratumIn", None, "J Invent. 2021 Feb;13(2):2."),
    ),
    grants=(Grant("NIAAA NIH HHS", "R01 AA000000", "United States"),),
    other_ids=(("pii", "e100"), ("mid", "NIHMS1"), ("GENBANK", "AB000001")),
    notes=("NLM: A note.",),
    personal_name_subjects=("Sam Subject",),
    conflict_of_interest="None.",
    status="MEDLINE",
)


def read(text: str | bytes) -> list[Article]:
    return [entry.article for entry in parse_medline(io.BytesIO(text.encode() if isinstance(text, str) else text))]


def test_every_field_has_its_place() -> None:
    (article,) = read(RECORD)
    assert article == EXPECTED


@pytest.mark.parametrize("between", ["\n", "\n\n\n", "\r\n\r\n"])
@pytest.mark.parametrize("start", ["", "\n", "\ufeff"])
def test_records_are_parted_by_blank_lines(between: str, start: str) -> None:
    assert [article.pmid for article in read(f"{start}{RECORD}{between}{SECOND}")] == [90000001, 90000002]


def test_windows_line_ends_make_no_difference() -> None:
    assert read(RECORD.replace("\n", "\r\n")) == [EXPECTED]


def test_raw_is_the_records_own_lines_and_reads_the_same_again() -> None:
    first, second = parse_medline(io.BytesIO(f"{RECORD}\n{SECOND}".encode()))
    assert (first.raw.decode(), second.raw.decode()) == (RECORD, SECOND)
    assert list(parse_medline(io.BytesIO(first.raw))) == [first]


def test_a_chapter_has_its_book_as_journal() -> None:
    (article,) = read(
        "PMID- 90000003\nBTI - A Made-up Handbook\nTI  - A chapter\nPB  - Invented Press\nISBN- 9780000000000\n"
        "FED - Editor, Eva\nED  - Editor E\nFAU - Writer, Wilma\nAU  - Writer W\n"
    )
    assert (article.kind, article.title, article.journal, article.publisher, article.other_ids) == (
        RecordKind.BOOK,
        "A chapter",
        "A Made-up Handbook",
        "Invented Press",
        (("isbn", "9780000000000"),),
    )
    assert article.authors == (Author("Writer", "Wilma", "W"),)


def test_old_records_with_short_names_only_have_authors_too() -> None:
    (article,) = read("PMID- 90000004\nAU  - Old Name AB\nAU  - Other C\nAU  - Plato\n")
    assert article.authors == (Author("Old Name", initials="AB"), Author("Other", initials="C"), Author("Plato"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"PMID- 1\nTI  - caf\xe9\n", "not UTF-8"),
        (b"TI  - No number\n", "no usable PMID"),
        (b"PMID- none\n", "no usable PMID"),
        (b"PMID- 1\nsomething else\n", "Line 2 is no MEDLINE field"),
        (b"      PMID- 1\n", "Line 1 is no MEDLINE field"),
    ],
)
def test_what_is_no_medline_text_is_refused_with_what_to_do(text: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read(text)
