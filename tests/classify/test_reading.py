"""Outcomes and facts read from invented abstracts. All texts here are made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.reading import Reader
from db.records import TaggableRecord
from harvest.topics import load_topic

READER = Reader(load_topic())
TITLE = "Ketamine for alcohol use disorder: a randomised trial (invented)"


def read(abstract: str, title: str = TITLE, design: str = "randomised_trial") -> dict[str, object]:
    record = TaggableRecord(id="1", title=title, abstract=abstract)
    tags = READER.read(record, study_design=design, relevance="core")
    for tag in tags:
        assert tag.quote in title or tag.quote in abstract
    return {tag.field: tag.value for tag in tags}


@pytest.mark.parametrize(
    ("sentence", "field", "direction"),
    [
        ("Ketamine reduced craving for alcohol compared with placebo (p = 0.01).", "craving", "favours_ketamine"),
        ("Craving for alcohol did not differ between groups (p = 0.60).", "craving", "no_clear_difference"),
        (
            "Alcohol craving was higher in the ketamine group than in the placebo group (p = 0.02).",
            "craving",
            "favours_comparator",
        ),
        ("Days abstinent from alcohol increased with ketamine (p = 0.003).", "alcohol_use", "favours_ketamine"),
        (
            "Alcohol relapse was lower in the midazolam group than in the ketamine group (p = 0.03).",
            "alcohol_use",
            "favours_comparator",
        ),
        ("No serious adverse events occurred.", "safety", "favours_ketamine"),
        ("Ketamine was well tolerated.", "safety", "favours_ketamine"),
        ("Ketamine increased gamma power.", "brain_mechanism", "not_reported"),
    ],
)
def test_a_sentence_gives_its_domain_a_direction(sentence: str, field: str, direction: str) -> None:
    abstract = f"METHODS: Forty adults were randomised. RESULTS: {sentence} CONCLUSIONS: More work is needed."
    assert read(abstract)[f"outcomes.{field}"] == direction


@pytest.mark.parametrize(
    ("sentence", "field", "direction"),
    [
        # "NS" is a nasal spray, not a test that found nothing.
        (
            "Depressive symptoms improved with esketamine NS compared with placebo (p = 0.01).",
            "mood",
            "favours_ketamine",
        ),
        # "At least" is no decrease.
        ("Depression was rated on at least two days.", "mood", "not_reported"),
        # An effect that is named in passing is no finding.
        ("The antidepressant ketamine was given to patients with depression.", "mood", "not_reported"),
        ("Ketamine did not achieve statistical significance for depression scores.", "mood", "no_clear_difference"),
        # No increase in harms is no difference; it does not say that there were none.
        ("There was no increase in adverse events between groups.", "safety", "no_clear_difference"),
        ("Length of hospital stay fell without depression.", "mood", "not_reported"),
        (
            "Depression scores differed by -1.00 points (difference -1.00, 95% CI -3.23 to 1.73).",
            "mood",
            "no_clear_difference",
        ),
    ],
)
def test_words_that_once_misled(sentence: str, field: str, direction: str) -> None:
    abstract = f"METHODS: Forty adults were randomised. RESULTS: {sentence} CONCLUSIONS: More work is needed."
    assert read(abstract).get(f"outcomes.{field}") == direction


def test_satisfaction_with_sedation_and_days_after_surgery_are_no_outcomes() -> None:
    found = read("RESULTS: Satisfaction scores were higher with ketamine on POD 1. Two patients dropped out.")
    assert not [field for field in found if field.startswith("outcomes.")]


@pytest.mark.parametrize(
    ("conclusion", "doubts"),
    [
        ("Ketamine reduced craving for alcohol.", []),
        ("More work is needed.", ["results and conclusions don't both say so"]),
    ],
)
def test_a_benefit_that_one_part_alone_states_is_doubted(conclusion: str, doubts: list[str]) -> None:
    record = TaggableRecord(
        id="1",
        title=TITLE,
        abstract=f"RESULTS: Ketamine reduced craving for alcohol (p = 0.01). CONCLUSIONS: {conclusion}",
    )
    tags = READER.read(record, study_design="randomised_trial", relevance="core")
    (tag,) = (tag for tag in tags if tag.field == "outcomes.craving")
    assert (tag.why["doubts"], tag.abstained) == (doubts, bool(doubts))


@pytest.mark.parametrize(
    ("title", "sentence", "doubts"),
    [
        (
            "Ketamine versus zelaxin for alcohol craving",
            "Ketamine reduced craving for alcohol.",
            ['against another treatment: "versus"'],
        ),
        ("Ketamine versus placebo for alcohol craving", "Ketamine reduced craving for alcohol.", []),
        (
            "Zelaxin augments ketamine for alcohol craving",
            "Ketamine reduced craving for alcohol.",
            ["something else is done with the drug"],
        ),
        ("Ketamine added to therapy for alcohol craving", "Ketamine reduced craving for alcohol.", []),
        (
            "Ketamine for alcohol craving",
            "Craving for alcohol was reduced by zelaxin more than by ketamine.",
            ["the drug is what another is compared with"],
        ),
        (
            "Alcohol and ketamine: a bibliometric analysis",
            "Ketamine reduced craving for alcohol.",
            ['about what was written: "bibliometric"'],
        ),
    ],
)
def test_a_benefit_that_may_be_anothers_is_doubted(title: str, sentence: str, doubts: list[str]) -> None:
    """A trial of a new drug against ketamine that found the new one better was once shown as a benefit of ketamine."""
    record = TaggableRecord(id="1", title=title, abstract=f"RESULTS: {sentence} CONCLUSIONS: {sentence}")
    tags = READER.read(record, study_design="randomised_trial", relevance="core")
    (tag,) = (tag for tag in tags if tag.field == "outcomes.craving")
    assert tag.why["doubts"] == doubts
    assert tag.abstained or not doubts


def test_co_primary_outcomes_that_disagree_are_mixed() -> None:
    """More abstinent days, relapse no different: both are alcohol use."""
    abstract = (
        "METHODS: The primary outcomes were days abstinent and alcohol relapse. RESULTS: Days abstinent were greater with ketamine"
        " than with placebo (p = 0.01). There was no significant difference in alcohol relapse between groups."
    )
    found = read(abstract)
    assert (found["outcomes.alcohol_use"], found["overall_direction"]) == ("mixed", "mixed")


def test_a_protocol_reports_no_direction() -> None:
    abstract = "METHODS: The primary outcome is alcohol relapse at 6 months. Craving will be assessed weekly."
    found = read(abstract, design="protocol")
    assert (found["outcomes.alcohol_use"], found["overall_direction"]) == ("not_reported", "not_reported")


def test_a_notice_has_no_tags() -> None:
    assert read("Ketamine was well tolerated.", design="notice") == {}


def test_facts_are_read_with_their_numbers() -> None:
    abstract = (
        "METHODS: In this double-blind trial, ninety-six patients with alcohol use disorder were randomised to three weekly"
        " infusions of ketamine (0.8 mg/kg i.v.) or placebo. RESULTS: Ketamine was well tolerated at 6-month follow-up."
        " REGISTRATION: ClinicalTrials.gov NCT00000001."
    )
    found = read(abstract)
    wanted = (
        "n_participants",
        "dose",
        "route",
        "sessions",
        "comparator",
        "follow_up",
        "blinding",
        "registry_ids",
        "conditions",
    )
    assert {field: found[field] for field in wanted} == {
        "n_participants": 96,
        "dose": "0.8 mg/kg",
        "route": "intravenous",
        "sessions": 3,
        "comparator": "placebo",
        "follow_up": "6 months",
        "blinding": "double-blind",
        "registry_ids": ["NCT00000001"],
        "conditions": ["aud"],
    }


def test_another_drugs_dose_is_not_the_studied_drugs() -> None:
    abstract = "METHODS: Adults received midazolam (0.045 mg/kg) or ketamine (0.5 mg/kg)."
    assert read(abstract)["dose"] == "0.5 mg/kg"


def test_what_the_text_does_not_say_has_no_tag() -> None:
    found = read("RESULTS: Ketamine was well tolerated.")
    assert not found.keys() & {"n_participants", "dose", "sessions", "blinding", "registry_ids"}


def test_a_conclusion_that_outruns_the_primary_result_is_flagged_with_both_sentences() -> None:
    abstract = (
        "METHODS: The primary outcome was alcohol craving. RESULTS: Alcohol craving did not differ between groups (p = 0.40)."
        " CONCLUSIONS: Ketamine reduced alcohol craving."
    )
    assert read(abstract)["claims_more"] is True


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    read(f"RESULTS: Ketamine {text}")


def quotes(abstract: str, design: str = "randomised_trial") -> dict[str, str]:
    record = TaggableRecord(id="1", title=TITLE, abstract=abstract)
    return {tag.field: tag.quote for tag in READER.read(record, study_design=design, relevance="core")}


@pytest.mark.parametrize(
    ("results", "shown"),
    [
        pytest.param(
            "Ketamine may have reduced craving. Ketamine reduced alcohol craving at one week (p = 0.01).",
            "Ketamine reduced alcohol craving at one week (p = 0.01).",
            id="a sentence without a hedge before a hedged one",
        ),
        pytest.param(
            "Craving for alcohol predicted age. Ketamine lowered alcohol craving, sleep and mood. Alcohol craving was lower.",
            "Ketamine lowered alcohol craving, sleep and mood.",
            id="the drug's own effect before a predictor",
        ),
        pytest.param(
            "Alcohol craving fell with ketamine (responders: n = 15; others: n = 17; p = 0.01).",
            "Alcohol craving fell with ketamine (responders: n = 15; others: n = 17; p = 0.01).",
            id="the whole sentence, brackets and all",
        ),
    ],
)
def test_the_sentence_that_speaks_most_plainly_is_shown(results: str, shown: str) -> None:
    assert quotes(f"METHODS: Adults took part. RESULTS: {results}")["outcomes.craving"] == shown


@pytest.mark.parametrize(
    ("methods", "design", "field", "value"),
    [
        ("Of the 65 volunteers, 41 were women. A total of 53 volunteers (82%) finished.", "randomised_trial", "n_participants", 65),
        ("Adults with pain (n = 30) and without (n = 17) took ketamine.", "nonrandomised_trial", "n_participants", None),
        ("On day 5 of each treatment period, subjects received ketamine.", "randomised_trial", "n_participants", None),
        ("Adults (mean age 40, 17 female) with pain received ketamine.", "nonrandomised_trial", "n_participants", None),
        ("1360 patients were assessed, and 672 were randomised to ketamine.", "randomised_trial", "n_participants", None),
        ("Two experiments with volunteers were performed; all received ketamine.", "randomised_trial", "n_participants", None),
        ("She received four ketamine infusions at an outpatient clinic.", "observational", "n_participants", None),
        ("Ketamine nasal spray plus an oral antidepressant was given.", "randomised_trial", "route", "intranasal"),
        ("Blood held ketamine in all drivers, 100% (n = 47) of the cases.", "observational", "n_participants", None),
        ("In the first study, healthy adults (n = 15) sorted cards. In the second study, adults (n = 22) were given ketamine.",
         "nonrandomised_trial", "n_participants", 22),
        ("We included nine studies (192 patients with depression and 34 patients with mania). Four trials of sedation were included.",
         "meta_analysis", "n_participants", None),
        ("We included nine studies (192 patients with depression and 34 patients with mania). Four trials of sedation were included.",
         "meta_analysis", "n_studies", None),
        ("Ketamine (0.9 mg/kg) was given as a bolus of 0.3 mg/kg ketamine and an infusion of ketamine at 0.6 mg/kg.",
         "randomised_trial", "dose", "0.9 mg/kg"),
        ("All took ketamine 60 mg per day, then ketamine 30 mg or 60 mg.", "randomised_trial", "dose", "30 mg; 60 mg"),
        ("She had nine ketamine infusions and recalled that oral ketamine had felt odd.", "case_report", "route", None),
        ("Adults were given ketamine (0.5 mg/kg) or saline placebo.", "randomised_trial", "comparator", "placebo; saline"),
        ("A man had ketamine over the course of 6 weeks and felt well on day 35.", "case_report", "follow_up", "6 weeks"),
        ("Relapse was rated at one week (one-week visit).", "randomised_trial", "follow_up", "one week"),
        ("Adults had ketamine and, four to six hours post-infusion, were randomised.", "randomised_trial", "follow_up", None),
    ],
)  # fmt: skip
def test_a_fact_is_what_the_text_states_or_nothing(methods: str, design: str, field: str, value: object) -> None:
    assert read(f"METHODS: {methods}", design=design).get(field) == value


def test_what_the_title_adds_the_drug_to_is_no_comparator() -> None:
    abstract = (
        "METHODS: Group A received ketamine 4 mg/kg and 0.5 mg/kg midazolam and group B ketamine 8 mg/kg and midazolam."
    )
    assert "comparator" not in read(abstract, title="Two doses of ketamine added to 0.5 mg/kg midazolam (invented)")


def test_a_measure_named_without_the_subjects_word_is_still_the_primary_outcome() -> None:
    """ "Confirmed alcohol relapse" in the methods is "relapse rate" in the results; so the co-primary outcomes disagree."""
    abstract = (
        "METHODS: The primary outcomes were days abstinent and confirmed alcohol relapse. RESULTS: There were more days"
        " abstinent with ketamine than with placebo (p = 0.02). There was no significant difference in relapse rate between"
        " the groups. CONCLUSIONS: Ketamine was followed by more days abstinent."
    )
    found = read(abstract)
    assert (found["outcomes.alcohol_use"], found["claims_more"]) == ("mixed", True)


@pytest.mark.parametrize(
    ("results", "conclusion"),
    [
        pytest.param(
            "Alcohol craving did not differ between groups.",
            "Ketamine did not reach significance, yet reduced alcohol craving in some.",
            id="the conclusion owns to it",
        ),
        pytest.param(
            "Alcohol craving fell with ketamine. At a later visit alcohol craving was lower still (p = 0.13).",
            "Ketamine reduced alcohol craving.",
            id="a p value alone may belong to another time",
        ),
    ],
)
def test_an_honest_conclusion_claims_no_more(results: str, conclusion: str) -> None:
    abstract = f"METHODS: The primary outcome was alcohol craving. RESULTS: {results} CONCLUSIONS: {conclusion}"
    assert "claims_more" not in read(abstract)
