"""Citations: every form whole, escaped, and honest about retractions."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from Bio import Medline
from hypothesis import given
from hypothesis import strategies as st

from db.bibtex import bibtex, escape
from db.citations import apa, citation_formats, ris, vancouver
from db.names import page_range
from db.nbib import nbib
from db.records import ArticleLink, Author, MeshHeading, MeshQualifier, PartialDate, RecordKind, RegistryId
from tests.db.invented import ARTICLE


def test_ris_has_every_author_the_group_the_doi_and_its_end() -> None:
    assert ris(replace(ARTICLE, abstract="One.\nTwo."), "retracted").split("\r\n") == [
        "TY  - JOUR",
        "AU  - Invento, Ida",
        "AU  - Muster, Max, Jr",
        "AU  - Invented Study Group",
        "AU  - Ficta, Fee",
        "TI  - An invented trial of ketamine in an invented town.",
        "T2  - Journal of Invented Results",
        "J2  - J Invent Results",
        "PY  - 2021",
        "DA  - 2021/05",
        "VL  - 1",
        "IS  - 2",
        "SP  - 3",
        "EP  - 9",
        "DO  - 10.5555/invented.1",
        "AN  - 90000001",
        "N1  - Retracted publication",
        "AB  - One. Two.",
        "LA  - eng",
        "KW  - Ketamine",
        "UR  - https://pubmed.ncbi.nlm.nih.gov/90000001/",
        "DB  - PubMed",
        "ER  - ",
        "",
    ]


def test_nbib_is_read_back_by_biopython() -> None:
    article = replace(
        ARTICLE,
        abstract="METHODS: One.\nRESULTS: Two.",
        mesh_headings=(MeshHeading("Ketamine", "", False, (MeshQualifier("therapeutic use", "", True),)),),
        registry_ids=(RegistryId("ClinicalTrials.gov", "NCT99999999"), RegistryId("ISRCTN", "ISRCTN1", "text")),
        links=(ArticleLink("RetractionIn", 90000002, "J Invent. 2022."),),
        authors=(*ARTICLE.authors[:1], replace(ARTICLE.authors[1], orcid="0000-0000-0000-0000", affiliations=("A.",))),
        created="2021-05-04",
    )
    (record,) = Medline.parse(io.StringIO(nbib(article)))
    wanted = {
        "PMID": "90000001",
        "TI": ARTICLE.title,
        "AB": "METHODS: One. RESULTS: Two.",
        "FAU": ["Invento, Ida", "Muster, Max, Jr"],
        "AU": ["Invento I", "Muster M Jr"],
        "AUID": ["ORCID: 0000-0000-0000-0000"],
        "AD": ["A."],
        "DP": "2021 May",
        "LR": "20210601",
        "JT": "Journal of Invented Results",
        "AID": ["10.5555/invented.1 [doi]"],
        "PT": ["Journal Article"],
        "MH": ["Ketamine/*therapeutic use"],
        "SI": ["ClinicalTrials.gov/NCT99999999"],
        "RIN": ["J Invent. 2022. PMID: 90000002"],
        "CRDT": ["2021/05/04 00:00"],
    }
    assert {name: record[name] for name in wanted} == wanted


def test_a_date_that_is_no_plain_date_keeps_pubmeds_words() -> None:
    article = replace(ARTICLE, published=PartialDate("2020", text="2020 Nov-Dec"))
    assert "DP  - 2020 Nov-Dec\n" in nbib(article)


def test_bibtex_escapes_tex_and_keeps_groups_whole() -> None:
    article = replace(
        ARTICLE,
        title=r"50% of {A&B} cost $5_\x ~ #1^2",
        authors=(Author("van der Müster", "Max", "M", "Jr"), Author(collective_name="Trial and Error & Co")),
    )
    lines = bibtex(article, "retracted").splitlines()
    assert lines[:3] == [
        "@article{vanderMuster2021_90000001,",
        r"  author = {van der Müster, Jr, Max and {Trial and Error \& Co}},",
        r"  title = {{50\% of \{A\&B\} cost \$5\_\textbackslash{}x \textasciitilde{} \#1\textasciicircum{}2}},",
    ]
    assert "  note = {Retracted publication}," in lines
    assert "  pages = {3--9}," in lines
    assert lines[-1] == "}"


@given(st.text())
def test_braces_of_an_escaped_text_balance_whatever_it_holds(text: str) -> None:
    bare = re.sub(r"\\[{}]", "", escape(text).replace(r"\textbackslash{}", ""))
    assert bare.count("{") == bare.count("}")
    assert "\n" not in escape(text)


@pytest.mark.parametrize("form", ["ris", "nbib"])
@given(title=st.text(min_size=1), abstract=st.text())
def test_no_text_can_break_out_of_its_field(form: str, title: str, abstract: str) -> None:
    article = replace(ARTICLE, title=title + "\nER  - \r\nTY  - JOUR\x0bPMID- 1", abstract=abstract + "\n\nAU  - X")
    plain = citation_formats(replace(ARTICLE, title="T", abstract="A"))[form]
    assert fields(citation_formats(article)[form]) == fields(plain)


def fields(text: str) -> list[str]:
    """The tag of each field, in order; a line that begins with a blank goes on with the one before."""
    return [line[:4] for line in text.splitlines() if not line.startswith(" ")]


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ("153-62", ("153", "162")),
        ("S12-9", ("S12", "S19")),
        ("12-S15", ("12", "S15")),
        ("e123", ("e123", "")),
        ("99-101", ("99", "101")),
        ("1-3, 7", ("1-3, 7", "")),
        ("", ("", "")),
    ],
)
def test_page_ranges_are_written_out(pages: str, expected: tuple[str, str]) -> None:
    assert page_range(pages) == expected


def test_vancouver_and_apa_say_it_in_words() -> None:
    assert vancouver(ARTICLE, "retracted") == (
        "Invento I, Muster M Jr, Invented Study Group, Ficta F. An invented trial of ketamine in an invented town "
        "[Retracted publication]. J Invent Results. 2021 May;1(2):3-9. doi: 10.5555/invented.1. PMID: 90000001."
    )
    assert apa(ARTICLE) == (
        "Invento, I., Muster, M., Jr, Invented Study Group, & Ficta, F. (2021). An invented trial of ketamine in an "
        "invented town. Journal of Invented Results, 1(2), 3–9. https://doi.org/10.5555/invented.1"
    )


def test_long_author_lists_are_cut_as_each_style_asks() -> None:
    many = replace(ARTICLE, authors=tuple(Author(f"Name{n}", "", "A") for n in range(1, 23)))
    assert vancouver(many).startswith("Name1 A, Name2 A, Name3 A, Name4 A, Name5 A, Name6 A, et al. An invented")
    assert "Name19, A., … Name22, A. (2021)." in apa(many)


def test_a_record_with_hardly_anything_still_makes_a_citation() -> None:
    bare = replace(
        ARTICLE,
        kind=RecordKind.BOOK,
        pmid=None,
        authors=(),
        published=PartialDate(),
        journal="",
        pages="",
        doi="10.5/x",
    )
    forms = citation_formats(bare, abstract="")
    assert forms["ris"].startswith("TY  - BOOK\r\nTI  - ")
    assert forms["ris"].endswith("UR  - https://doi.org/10.5/x\r\nER  - \r\n")
    assert forms["bibtex"].startswith("@book{Anonymous_105x,\n")
    assert forms["apa"].startswith("[No authors listed] (n.d.). An invented")
    assert "AB  - " not in forms["nbib"]


def test_authors_of_whom_only_the_first_are_known_end_in_et_al() -> None:
    some = replace(ARTICLE, authors=(*ARTICLE.authors[:1], Author(collective_name="et al.")))
    assert "author = {Invento, Ida and others}" in bibtex(some)
    assert ris(some).count("AU  - ") == 1
    assert vancouver(some).startswith("Invento I, et al. An invented")
    assert apa(some).startswith("Invento, I., et al. (2021).")
