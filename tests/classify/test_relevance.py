"""Relevance by the topic's terms. Every text here is invented."""

from __future__ import annotations

from dataclasses import replace

import pytest

from classify.relevance import read_relevance
from classify.sections import split_sections
from db.records import TaggableRecord
from harvest.topics import load_topic


def _relevance(title: str, abstract: str = "") -> str:
    record = TaggableRecord("1", title, abstract)
    return str(read_relevance(record, split_sections(record), load_topic()).value)


@pytest.mark.parametrize(
    ("title", "abstract", "relevance"),
    [
        ("Ketamine for alcohol use disorder", "", "core"),
        ("Ketamine and mood", "We gave ketamine to 20 patients with alcohol dependence.", "core"),
        ("Ketamine for depression", "Patients with alcohol abuse were excluded.", "off_topic"),
        ("Ketamine for addiction", "Ketamine may help people with substance use disorders.", "related"),
        ("Party drugs", "Guests had taken alcohol, cocaine, MDMA, ketamine and GHB.", "off_topic"),
        ("Naltrexone for alcohol use disorder", "It reduced drinking.", "off_topic"),
        (
            "Ketamine for depression",
            "It worked. RESULTS: Family history of alcoholism moderated the effect.",
            "related",
        ),
    ],
)
def test_relevance_follows_the_part_that_drug_and_condition_play(title: str, abstract: str, relevance: str) -> None:
    assert _relevance(title, abstract) == relevance


def test_a_new_topic_works_untrained() -> None:
    topic = replace(load_topic(), exposure_terms=("zelaxin*",), subject_terms=("hiccup*",))
    record = TaggableRecord("1", "Zelaxin for hiccups")
    assert read_relevance(record, split_sections(record), topic).value == "core"
