"""Why a label stands: what the classifier noted is told, a guess and a person's name are not."""

from __future__ import annotations

from typing import Any

import pytest
from evidence_site.reasons import Reason, reasons
from evidence_site.studies import Label, Outcome, Study


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
            {"cues": [], "terms": [["“sank” in results", 0.378], ["decided favours_ketamine", -0.21]]},
            ("signs that weighed most: “sank” in results (+0.4), decided favours ketamine (-0.2)",),
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
