"""Registration numbers are found in text however authors write them. All numbers here are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.records import RegistryId
from db.registries import databank_registry_ids, find_registry_ids, unique_registry_ids


@pytest.mark.parametrize(
    ("text", "registry", "number"),
    [
        ("ClinicalTrials.gov: NCT00000001.", "ClinicalTrials.gov", "NCT00000001"),
        ("(nct-00000001)", "ClinicalTrials.gov", "NCT00000001"),
        ("NCT 00000001", "ClinicalTrials.gov", "NCT00000001"),
        ("ISRCTN00000001", "ISRCTN", "ISRCTN00000001"),
        ("EudraCT number 2015-000001-11", "EudraCT", "2015-000001-11"),
        ("EUCTR2015-000001-11-GB", "EudraCT", "2015-000001-11"),
        ("2015\u2013000001\u201311", "EudraCT", "2015-000001-11"),
        ("EU CT 2023-500001-12-00", "CTIS", "2023-500001-12"),
        ("ChiCTR1800000001", "ChiCTR", "ChiCTR1800000001"),
        ("ChiCTR-IOR-15000001", "ChiCTR", "ChiCTR-IOR-15000001"),
        ("chictr-trc-15000001", "ChiCTR", "ChiCTR-TRC-15000001"),
        ("PROSPERO (CRD 42020000001)", "PROSPERO", "CRD42020000001"),
        ("ACTRN12600000000001p", "ANZCTR", "ACTRN12600000000001"),
        ("DRKS-ID: DRKS00000001", "DRKS", "DRKS00000001"),
        ("UMIN-CTR: UMIN000000001", "UMIN CTR", "UMIN000000001"),
        ("jRCTs031180001", "jRCT", "jRCTs031180001"),
        ("JapicCTI-000001", "JapicCTI", "JapicCTI-000001"),
        ("IRCT20180000000001N1", "IRCT", "IRCT20180000000001N1"),
        ("CTRI/2018/04/000001", "CTRI", "CTRI/2018/04/000001"),
        ("NTR 1234", "NTR", "NTR1234"),
        ("TCTR20180000001", "TCTR", "TCTR20180000001"),
        ("PACTR201800000000001", "PACTR", "PACTR201800000000001"),
        ("KCT0000001", "CRiS", "KCT0000001"),
        ("RBR-6fjdxv", "ReBec", "RBR-6fjdxv"),
        ("RPCEC00000001", "RPCEC", "RPCEC00000001"),
        ("SLCTR/2013/001", "SLCTR", "SLCTR/2013/001"),
        ("LBCTR2018000001", "LBCTR", "LBCTR2018000001"),
        ("PER-001-12", "REPEC", "PER-001-12"),
    ],
)
def test_every_registry_is_known_by_its_numbers(text: str, registry: str, number: str) -> None:
    assert list(find_registry_ids(text)) == [RegistryId(registry, number, "text")]


@pytest.mark.parametrize(
    "text",
    [
        "NCT0000001 has seven digits",
        "NCT000000012 has nine",
        "XNCT00000001",
        "a control of 123456 cells",
        "between 2015-2016 and 2020",
        "ISSN 1234-5678, phone 2015-00001-11",
        "NTR2B receptors",
    ],
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert list(find_registry_ids(text)) == []


@given(st.integers(0, 99_999_999), st.text(" .,;()-:ab", max_size=20), st.text(" .,;()", max_size=20))
def test_a_number_is_found_in_any_company(number: int, before: str, after: str) -> None:
    text = f"{before} NCT{number:08}{after}"
    assert [entry.number for entry in find_registry_ids(text)] == [f"NCT{number:08}"]


def test_data_banks_that_are_no_registries_hold_no_registrations() -> None:
    assert list(databank_registry_ids("GENBANK", "AB000001")) == []
    assert list(databank_registry_ids("ISRCTN", "ISRCTN 00000001")) == [RegistryId("ISRCTN", "ISRCTN00000001")]
    assert list(databank_registry_ids("NTR", "NL-OMON1")) == [RegistryId("NTR", "NL-OMON1")]
    assert list(databank_registry_ids("ClinicalTrials.gov", "")) == []


def test_the_first_mention_of_a_number_stands() -> None:
    listed, mentioned = RegistryId("ISRCTN", "ISRCTN00000001"), RegistryId("ISRCTN", "ISRCTN00000001", "text")
    assert unique_registry_ids([listed, mentioned]) == (listed,)
