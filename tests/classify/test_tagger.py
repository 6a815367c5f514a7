"""The tagger as a whole, with the model that travels with the package. Every text here is invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.tagger import FOREIGN_NOTE, Tagger
from db.records import Tag, TaggableRecord
from harvest.topics import load_topic


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger(load_topic())


def _tags(tagger: Tagger, record: TaggableRecord) -> dict[str, Tag]:
    return {tag.field: tag for tag in tagger.tag([record])[0]}


def test_a_trial_is_named_with_the_layer_and_the_words_behind_it(tagger: Tagger) -> None:
    text = "Forty adults with alcohol use disorder were randomly assigned to ketamine or midazolam, double-blind."
    tag = _tags(tagger, TaggableRecord("1", "Ketamine for alcohol use disorder: a randomised trial", text))[
        "study_design"
    ]
    assert (tag.value, tag.abstained) == ("randomised_trial", False)
    assert tag.why["terms"]


def test_an_empty_record_is_left_to_a_person(tagger: Tagger) -> None:
    assert _tags(tagger, TaggableRecord("1", ""))["study_design"].abstained


def test_a_title_alone_never_says_that_something_was_not_reported(tagger: Tagger) -> None:
    """Without the abstract nobody knows what the record reports; only what the title tells may stand."""
    tags = _tags(tagger, TaggableRecord("1", "Ketamine and alcohol craving: a randomised trial"))
    assert [field for field, tag in tags.items() if tag.value in (None, [])] == []
    assert [tag.field for tag in tags.values() if tag.value == "not_reported" and not tag.abstained] == []


def test_an_abstract_in_another_language_is_left_unread_and_says_so(tagger: Tagger) -> None:
    german = "Wir untersuchten vierzig Patienten mit Alkoholabhängigkeit, die Ketamin oder Kochsalz erhielten. " * 4
    tags = _tags(tagger, TaggableRecord("1", "Ketamine for alcohol dependence", german))
    assert {tag.why.get("note") for tag in tags.values()} == {FOREIGN_NOTE}


def test_a_record_is_tagged_alike_alone_and_in_a_batch(tagger: Tagger) -> None:
    records = [
        TaggableRecord(str(n), title, "Rats received ketamine." * n)
        for n, title in enumerate(["Ketamine in rats", "", "A review of ketamine", "Erratum"])
    ]
    assert tagger.tag(records) == [tagger.tag([record])[0] for record in records]


@settings(max_examples=40, deadline=None)
@given(title=st.text(max_size=200), abstract=st.text(max_size=600))
def test_any_text_gets_its_tags_and_quotes_are_verbatim(tagger: Tagger, title: str, abstract: str) -> None:
    [tags] = tagger.tag([TaggableRecord("1", title, "Ketamine and alcohol. " + abstract)])
    assert {"relevance", "study_design", "secondary_analysis"} <= {tag.field for tag in tags}
    assert all(0 <= tag.probability <= 1 for tag in tags)


def test_a_very_long_abstract_is_tagged(tagger: Tagger) -> None:
    assert _tags(tagger, TaggableRecord("1", "Ketamine", "patients received ketamine " * 3800))["study_design"]
