"""Facets: who was studied, and what went with the drug. All texts here are made up."""

from __future__ import annotations

import pytest

from classify.reading import Reader
from db.records import TaggableRecord
from harvest.topics import load_topic

READER = Reader(load_topic())


@pytest.mark.parametrize(
    ("methods", "design", "title", "field", "wanted"),
    [
        (
            "Women undergoing caesarean delivery were randomised to ketamine to prevent postpartum depression (PPD).",
            "randomised_trial",
            "Ketamine and postpartum depression among women with caesarean delivery (invented)",
            "conditions",
            None,
        ),
        (
            "Adults with treatment-resistant depression received ketamine.",
            "observational",
            "Effect of ketamine on suicidality in adults with treatment-resistant depression (invented)",
            "conditions",
            ["depression"],
        ),
        (
            "We compared chronic ketamine users (n = 20) with others.",
            "observational",
            "Brains of those who take ketamine (invented)",
            "conditions",
            ["other_sud"],
        ),
        (
            "Adults received three ketamine sessions.",
            "protocol",
            "A pilot trial of ketamine-assisted psychotherapy (invented)",
            "co_treatments",
            ["psychotherapy"],
        ),
        ("Rats received it.", "preclinical", "(R)-(-)-Ketamine in rats (invented)", "formulation", ["arketamine"]),
    ],
)
def test_facets_say_who_was_studied_and_with_what(
    methods: str, design: str, title: str, field: str, wanted: list[str] | None
) -> None:
    record = TaggableRecord(id="1", title=title, abstract=f"METHODS: {methods}")
    tags = READER.read(record, study_design=design, relevance="core")
    assert {tag.field: tag.value for tag in tags}.get(field) == wanted
