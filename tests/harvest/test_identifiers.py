"""Identifiers lose their decoration and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.identifiers import bare_doi, bare_orcid, bare_pmcid, pmid_number


@pytest.mark.parametrize(
    "text",
    [
        "10.9999/ABC.1",
        " https://doi.org/10.9999/abc.1\n",
        "http://dx.doi.org/10.9999/abc.1",
        "doi: 10.9999/abc.1",
        "10.9999/ abc.1",
    ],
)
def test_a_doi_is_bare_and_lower_case(text: str) -> None:
    assert bare_doi(text) == "10.9999/abc.1"


@pytest.mark.parametrize("text", ["", "S0000-1", "0.1016/x", "10.9999", "514"])
def test_what_is_no_doi_is_none(text: str) -> None:
    assert bare_doi(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "0000-0001-0002-000X",
        "http://orcid.org/0000-0001-0002-000x",
        "https://orcid.org/0000-0001-0002-000X",
        "0000 0001 0002 000X",
        "000000010002000X",
        "ORCID: 0000-0001-0002-000X",
    ],
)
def test_an_orcid_is_bare_and_hyphenated(text: str) -> None:
    assert bare_orcid(text) == "0000-0001-0002-000X"


def test_a_misprinted_orcid_identifies_nobody() -> None:
    assert [bare_orcid(text) for text in ("0000-0001-0002-000", "0000-0001-0002-00011", "")] == ["", "", ""]


def test_a_pmcid_has_no_version_and_no_note() -> None:
    assert [bare_pmcid(text) for text in ("PMC12.1", "pmc12", "PMC12 [Available on 01/02/30]", "12")] == [
        "PMC12"
    ] * 3 + [""]


@pytest.mark.parametrize("text", ["", "0", "000", "x1", "1.0", "-1", "٣", "12345678901", "1 2"])
def test_what_is_no_pmid_is_none(text: str) -> None:
    assert pmid_number(text) is None


@given(st.integers(1, 9_999_999_999))
def test_every_pmid_comes_back(pmid: int) -> None:
    assert pmid_number(f" {pmid}\n") == pmid
