"""Study design by rules and by PubMed's word. Every text here is invented."""

from __future__ import annotations

import pytest

from classify.design import design_tags, likelihood
from classify.design_rules import Guess, pubmed_design, read_cues, text_design
from classify.sections import split_sections
from db.records import Layer, TaggableRecord


def _design(title: str, abstract: str = "") -> str:
    return text_design(read_cues(split_sections(TaggableRecord("1", title, abstract)))).design


@pytest.mark.parametrize(
    ("title", "abstract", "design"),
    [
        ("Zelaxin for hiccups", "Sixty adults were randomly assigned to zelaxin or placebo.", "randomised_trial"),
        ("Zelaxin in rats", "Male rats were randomly assigned to zelaxin or saline.", "preclinical"),
        ("Zelaxin for hiccups: study protocol for a randomised trial", "Adults will be randomised.", "protocol"),
        ("Zelaxin", "INTERVENTION: zelaxin 5 mg. CONDITION: Hiccups PRIMARY OUTCOME: hiccups a day.", "protocol"),
        ("Hiccups", "This review summarises randomized trials of zelaxin and other drugs.", "narrative_review"),
        ("Zelaxin: a systematic review", "We searched MEDLINE and included nine studies.", "systematic_review"),
        ("Zelaxin: a meta-analysis", "We pooled ten trials.", "meta_analysis"),
        ("Correction to: Zelaxin for hiccups", "", "notice"),
        ("'Zelaxin for hiccups': Corrigendum", "Reports an error in a randomised trial.", "notice"),
        ("Hiccups after lunch in one patient: a case report", "A 40-year-old man had hiccups.", "case_report"),
        ("Zelaxin users", "We did a retrospective cohort study of 900 patients' records.", "observational"),
        ("Living with hiccups: a qualitative study", "Semi-structured interviews were analysed.", "qualitative"),
        ("Zelaxin", "In this open-label trial twelve patients received zelaxin.", "nonrandomised_trial"),
        ("Zelaxin works", "In a non-randomised study patients received zelaxin, open-label.", "nonrandomised_trial"),
    ],
)
def test_phrases_tell_the_design_in_spite_of_the_usual_traps(title: str, abstract: str, design: str) -> None:
    assert _design(title, abstract) == design


@pytest.mark.parametrize(
    ("types", "mesh", "design"),
    [
        (("Journal Article", "Randomized Controlled Trial"), ("Humans",), "randomised_trial"),
        (("Randomized Controlled Trial",), ("Animals", "Rats"), "preclinical"),
        (("Review", "Meta-Analysis"), (), "meta_analysis"),
        (("Published Erratum",), (), "notice"),
        (("Journal Article",), ("Animals", "Humans*"), None),
        (("Journal Article",), (), None),
    ],
)
def test_publication_types_and_check_tags_tell_the_design(
    types: tuple[str, ...], mesh: tuple[str, ...], design: str | None
) -> None:
    guess = pubmed_design(TaggableRecord("1", "Zelaxin", publication_types=types, mesh=mesh))
    assert (guess.design if guess else None) == design


def test_pubmed_errs_towards_plans_and_animals_rather_than_towards_anything() -> None:
    said = Guess("randomised_trial", 0.93, ())
    assert likelihood(said, "randomised_trial") > likelihood(said, "protocol") > likelihood(said, "guideline") > 0


def test_without_a_model_the_layer_that_decides_is_named() -> None:
    record = TaggableRecord("1", "Zelaxin", "Adults were treated.", publication_types=("Meta-Analysis",))
    [tag] = design_tags([record], [read_cues(split_sections(record))], None)
    assert (tag.value, tag.layer, tag.why["cues"]) == ("meta_analysis", Layer.PUBMED, ["Meta-Analysis"])
