"""Why a label stands: what the classifier noted is told, a guess and a person's name are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from evidence_site.reasons import Reason, reasons
from evidence_site.studies import Label, Outcome, Study

from db.publish import publish
from db.records import Layer, ModelInfo, Tag
from db.tags import save_model, save_tags
from harvest.topics import load_topic
from tests.site.conftest import AT, running
from tests.site.invented import TERMS, invented_database


class Terms:
    """The one thing that reasons ask of an edition."""

    class term:
        def __init__(self, kind: str, name: str) -> None:
            self.name = f"{kind} {name}"


def study(labels: list[Label], outcomes: list[Outcome]) -> Study:
    return Study(row=None, labels={label.field: label for label in labels}, outcomes=outcomes)


def outcome(*, shown: bool) -> Outcome:
    return Outcome("craving", "favours_ketamine", "tag", 0.96, shown, "rules", "Craving fell.", "", domain="craving")


@pytest.mark.parametrize(
    ("why", "expected"),
    [
        ({"cues": ["Randomized Controlled Trial"]}, ("cues: Randomized Controlled Trial",)),
        (
            {"cues": [], "terms": [["placebo", 0.378], ["survey", -0.21]]},
            ("words that weighed most: placebo (+0.4), survey (-0.2)",),
        ),
        ({"rule": "the conclusion", "cue": "fell", "doubts": []}, ("cues: fell", "rule: the conclusion")),
        (
            {"quotes": {"aud": "alcoholism", "mdd": "alcoholism"}, "note": "Not in English"},
            ("found: “alcoholism”", "Not in English"),
        ),
    ],
)
def test_what_weighed_is_told_in_words(why: dict[str, Any], expected: tuple[str, ...]) -> None:
    label = Label("study_design", "randomised_trial", "tag", 0.97, True, "pubmed", "An invented trial.")
    assert reasons(Terms, study([label], []), {"study_design": why}) == [
        Reason("Study design", "PubMed’s own publication types and MeSH", expected, "An invented trial.")
    ]


def test_of_a_reading_that_is_not_sure_enough_only_the_doubts_are_told() -> None:
    why = {"outcomes.craving": {"rule": "the conclusion", "cue": "fell", "doubts": ["it is hedged"]}}
    assert reasons(Terms, study([], [outcome(shown=False)]), why) == [
        Reason("outcome_domain craving", "rules", ("not sure enough: it is hedged",), "")
    ]
    assert reasons(Terms, study([], [outcome(shown=False)]), {}) == []


def test_a_persons_label_has_no_reason_and_design_comes_before_outcomes_and_facts() -> None:
    labels = [
        Label("dose", "0.5 mg/kg", "tag", 0.9, True, "rules", "0.5 mg/kg"),
        Label("route", "iv", "person", 1.0, True, "", "", "2026-01-01"),
        Label("study_design", "protocol", "tag", 0.9, True, "model"),
    ]
    found = reasons(Terms, study(labels, [outcome(shown=True)]), {"study_design": {"cues": ["protocol"]}})
    assert [reason.label for reason in found] == ["Study design", "outcome_domain craving", "Dose"]


def test_a_page_shows_both_sentences_of_a_conclusion_that_may_claim_more(tmp_path: Path) -> None:
    database = invented_database(tmp_path / "evidence.db", 12)
    why = {"result": "Craving was <no> different.", "conclusion": "It helps greatly."}
    flag = Tag("claims_more", True, 0.75, Layer.RULES, quote=why["conclusion"], why=why)
    [(article_id, pmid)] = database.conn.execute("SELECT id, pmid FROM articles WHERE pmid IS NOT NULL LIMIT 1")
    save_model(database, ModelInfo("invented-model"), at=AT)
    save_tags(database, [(article_id, [flag])], model_id="invented-model", at=AT)
    publish(database, tmp_path / "site", topic=load_topic(), terms=TERMS, at=AT, version="0.1.0")
    with running(tmp_path / "site") as address:
        page = httpx.get(f"{address}/study/{pmid}").text
    assert "May claim more than it shows." in page
    assert "<q>Craving was &lt;no&gt; different.</q>" in page
    assert page.count("<q>It helps greatly.</q>") == 1
