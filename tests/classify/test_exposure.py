"""Is the drug what a record studies? Texts are invented; the cases are kinds of records that a search finds."""

from __future__ import annotations

import pytest

from classify.reading import Reader
from db.records import Tag, TaggableRecord
from harvest.topics import load_topic

READER = Reader(load_topic())


def studied(abstract: str, design: str, title: str = "An invented record", relevance: str = "off_topic") -> bool:
    document = READER.document(TaggableRecord("1", title, abstract), study_design=design, relevance=relevance)
    assert document is not None
    return document.studied


@pytest.mark.parametrize(
    ("abstract", "design"),
    [
        # One finding is enough, and it need not be the title's subject.
        ("RESULTS: Of fourteen trials, intravenous ketamine reduced suicidality most.", "systematic_review"),
        ("METHODS: Rats were given the solvent or ketamine at 10 mg/kg. RESULTS: Both swam longer.", "preclinical"),
        ("METHODS: Adults received placebo or ketamine before surgery. RESULTS: Pain was less.", "randomised_trial"),
        # In a review of many drugs, where everything may stand before the first heading.
        ("Esketamine, mdma and psilocybin are new treatments. We review them.", "narrative_review"),
        ("BACKGROUND: Ketamine, magnesium and others prevent pain. CONCLUSIONS: Few are used.", "narrative_review"),
    ],
)
def test_a_drug_that_is_given_or_reviewed_is_studied(abstract: str, design: str) -> None:
    assert studied(abstract, design)


@pytest.mark.parametrize(
    ("abstract", "design"),
    [
        ("METHODS: Rats were anaesthetised with ketamine. RESULTS: The lipid helped.", "preclinical"),
        ("BACKGROUND: Ketamine is known to act fast. RESULTS: Lamotrigine reduced symptoms.", "randomised_trial"),
        ("RESULTS: Cocaine, ketamine and mdma use was associated with age.", "observational"),
        ("METHODS: Adults. EXCLUSION CRITERIA: treatment with ketamine. RESULTS: Sleep improved.", "protocol"),
        ("RESULTS: Lamotrigine reduced ketamine-induced symptoms.", "randomised_trial"),
    ],
)
def test_a_drug_that_is_a_tool_a_background_or_one_of_many_in_use_is_not(abstract: str, design: str) -> None:
    assert not studied(abstract, design)


def test_the_title_and_the_topic_decide_first() -> None:
    abstract = "BACKGROUND: Ketamine is known to act fast. RESULTS: Lamotrigine reduced symptoms."
    assert studied(abstract, "randomised_trial", title="Ketamine and others")
    assert studied(abstract, "randomised_trial", relevance="related")


def test_that_a_record_makes_no_claim_about_the_drug_is_left_to_a_person() -> None:
    """Of 61 such records that people would read, four did make one: a finding must not be hidden as certain."""
    record = TaggableRecord(
        "1", "Lipids in rats", "METHODS: Rats were anaesthetised with ketamine. RESULTS: It helped."
    )
    tags: dict[str, Tag] = {
        tag.field: tag for tag in READER.read(record, study_design="preclinical", relevance="off_topic")
    }
    overall = tags["overall_direction"]
    assert (overall.value, overall.abstained, overall.probability) == ("not_reported", True, 0.93)
    assert not [field for field in tags if field.startswith("outcomes.")]
