"""When "no difference" and harm are plain enough to be shown. All texts here are made up."""

from __future__ import annotations

import pytest

from classify.comparisons import PLAINLY
from classify.reading import Reader
from db.records import Tag, TaggableRecord
from harvest.topics import load_topic

READER = Reader(load_topic())
TITLE = "Ketamine for alcohol use disorder: a randomised trial (invented)"
METHODS = "METHODS: Forty adults were randomised to ketamine or placebo."


def outcome(
    domain: str, results: str, title: str = TITLE, methods: str = METHODS, design: str = "randomised_trial"
) -> Tag:
    record = TaggableRecord(id="1", title=title, abstract=f"{methods} RESULTS: {results}")
    tags = READER.read(record, study_design=design, relevance="core")
    return next(tag for tag in tags if tag.field == f"outcomes.{domain}")


@pytest.mark.parametrize(
    ("domain", "sentence", "direction"),
    [
        ("craving", "Craving for alcohol did not differ between groups (p = 0.60).", "no_clear_difference"),
        ("craving", "There was no difference in alcohol craving from placebo.", "no_clear_difference"),
        ("safety", "Adverse events were similar in both groups.", "no_clear_difference"),
        ("safety", "Dizziness was more frequent with ketamine than with placebo.", "favours_comparator"),
    ],
)
def test_arms_compared_in_so_many_words_show_no_difference_and_harm(domain: str, sentence: str, direction: str) -> None:
    tag = outcome(domain, sentence)
    assert (tag.value, tag.abstained, tag.why["rule"], tag.quote) == (direction, False, PLAINLY, sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Craving for alcohol did not change.",  # compared with nothing
        "Craving for alcohol did not differ between groups at baseline.",
        "Craving for alcohol did not differ between groups except in women.",
        "Groups did not differ in the slope, with significantly lower craving for alcohol on ketamine.",
        "Craving for alcohol did not differ between groups. Craving for alcohol fell with ketamine (p = 0.01).",
        "Efficacy did not differ between groups.",  # of what?
    ],
)
def test_a_comparison_that_holds_for_a_part_is_left_to_a_person(sentence: str) -> None:
    record = TaggableRecord(id="1", title=TITLE, abstract=f"{METHODS} RESULTS: {sentence}")
    tags = READER.read(record, study_design="randomised_trial", relevance="core")
    assert all(tag.abstained for tag in tags if tag.field == "outcomes.craving")


@pytest.mark.parametrize(
    "title",
    [
        "Effect of ondansetron on craving after ketamine: a randomised trial",
        "Oral and intravenous ketamine for alcohol use disorder: a randomised trial",
        "Predictors of response to ketamine in alcohol use disorder: a randomised trial",
        "Attenuation of ketamine-induced craving by an invented drug: a randomised trial",
        "Ketamine in healthy volunteers: a randomised trial",
        "Two doses of ketamine for alcohol use disorder: a randomised trial",
        "An invented anaesthetic for alcohol use disorder: a randomised trial",
        "Inclusion of an invented drug in ketamine for alcohol use disorder: a randomised trial",
    ],
)
def test_where_the_arms_differ_in_something_else_nothing_is_shown(title: str) -> None:
    assert outcome("craving", "Craving for alcohol did not differ between groups (p = 0.60).", title).abstained


def test_groups_that_are_not_told_apart_show_no_difference_to_nobody() -> None:
    untold = "METHODS: Forty adults were randomised."
    assert outcome("craving", "Craving for alcohol did not differ between groups.", methods=untold).abstained
    # More harm "with ketamine than with placebo" tells by itself what was compared.
    assert not outcome(
        "safety", "Dizziness was more frequent with ketamine than with placebo.", methods=untold
    ).abstained


def test_only_designs_whose_arms_are_alike_count() -> None:
    sentence = "Craving for alcohol did not differ between groups (p = 0.60)."
    assert not outcome("craving", sentence, design="meta_analysis").abstained
    assert outcome("craving", sentence, design="observational").abstained


def test_well_tolerated_in_the_same_breath_leaves_harm_to_a_person() -> None:
    sentence = "Ketamine was well tolerated; dizziness was more frequent with ketamine than with placebo."
    assert outcome("safety", sentence).abstained


def test_harm_that_might_be_is_a_statement_of_its_own() -> None:
    """ "Did not reduce …, and might cause harm": the first is no difference, the second isn't."""
    sentence = "Ketamine did not reduce craving for alcohol, and might cause harm by bad dreams."
    assert outcome("safety", sentence).value == "favours_comparator"
