"""The search check tells which known studies the strategy finds, and which block loses the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sqlite_utils import Database

from db.connect import open_database
from db.errors import EvidenceError
from harvest.importing import import_files
from harvest.query import parse
from harvest.run import run_harvest
from harvest.search_check import StudyCheck, check_at_pubmed, check_harvested, losing_blocks, wilson
from harvest.topics import load_topic
from tests.emulator.answers import articles_xml
from tests.emulator.invented import INVENTED, article_xml, invented_corpus
from tests.emulator.server import Emulator
from tests.harvest.running import client_of

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def row(pmid: str = "", doi: str = "", title: str = "", must_find: str = "Y") -> dict[str, str]:
    return {"pmid": pmid, "doi": doi, "title": title, "must_find": must_find}


KNOWN = (
    row("90000001", title="by PMID"),
    row(doi="10.5555/INVENTED.2", title="by DOI"),
    row(title="Ketamine and alcohol: season of publication only (invented)."),
    row("90000018", title="adjacent"),
    row("90000020", title="children"),
    row("90000021", title="naltrexone"),
    row("99999999", title="nowhere"),
    row("90000002", title="not asked for", must_find="N"),
)
TOPIC = replace(load_topic(), known_studies=KNOWN)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "evidence.db")
    yield opened
    opened.close()


def test_known_studies_are_looked_up_by_pmid_doi_and_title() -> None:
    with Emulator(invented_corpus()) as emulator, client_of(emulator.url) as client:
        check = check_at_pubmed(TOPIC, client)
    assert check.studies == (
        StudyCheck("by PMID", 90000001, "", True, "main"),
        StudyCheck("by DOI", 90000002, "10.5555/INVENTED.2", True, "main"),
        StudyCheck(KNOWN[2]["title"], 90000023, "", True, "main"),
        StudyCheck("adjacent", 90000018, "", True, "adjacent"),
        StudyCheck("children", 90000020, "", True, "", ("ALC", "WDR")),
        StudyCheck("naltrexone", 90000021, "", True, "", ("KET",)),
        StudyCheck("nowhere", None, "", False),
    )
    assert (check.found, check.expected, [study.title for study in check.absent]) == (4, 6, ["nowhere"])
    assert str(check) == "4 of 6 known studies found: recall 66.7% (95% CI 30.0% to 90.3%)."


def test_what_was_harvested_is_checked_without_the_network(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "children.xml"
    path.write_bytes(articles_xml([article_xml(INVENTED[19])], "pubmed_260101"))
    import_files(database, TOPIC, [path], keep_all=True, now=NOW)
    with Emulator(invented_corpus()) as emulator, client_of(emulator.url) as client:
        run_harvest(database, TOPIC, client, now=NOW)
    check = check_harvested(database, TOPIC)
    assert [(study.title, study.line, study.lost_by) for study in check.missed] == [
        ("children", "", ("ALC", "WDR")),
        ("naltrexone", "", ()),
        ("nowhere", "", ()),
    ]
    assert check.found == 3 + 0 + 0


def test_a_topic_without_known_studies_is_told_what_to_do(database: Database) -> None:
    with pytest.raises(EvidenceError, match="must_find = Y"):
        check_harvested(database, replace(TOPIC, known_studies=()))


@pytest.mark.parametrize(
    ("line", "truth", "losing"),
    [
        ("A AND (B OR C)", {"A": True, "B": True, "C": False}, ()),
        ("A AND (B OR C)", {"A": True, "B": False, "C": False}, ("B", "C")),
        ("A AND (B OR C)", {"A": False, "B": False, "C": True}, ("A",)),
        ("A NOT B", {"A": True, "B": True, "C": False}, ("B",)),
        ("A NOT (B AND C)", {"A": True, "B": True, "C": True}, ("B", "C")),
        ("A NOT (B AND C)", {"A": True, "B": True, "C": False}, ()),
    ],
)
def test_the_blocks_that_lose_a_study_are_named(line: str, truth: dict[str, bool], losing: tuple[str, ...]) -> None:
    assert losing_blocks(parse(line, "ABC"), truth) == losing


@given(st.integers(1, 400).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_the_interval_is_wilsons(counts: tuple[int, int]) -> None:
    hits, total = counts
    theirs = binomtest(hits, total).proportion_ci(method="wilson")
    assert wilson(hits, total) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
