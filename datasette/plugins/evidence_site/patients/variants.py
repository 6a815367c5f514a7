"""Which wording fits a paper: a trial in people reads differently from a plan, a review or a study in mice."""

from __future__ import annotations

from evidence_site.patients.study import PatientStudy

_BY_DESIGN = {
    "randomised_trial": "people",
    "nonrandomised_trial": "people",
    "observational": "people",
    "qualitative": "people",
    "case_report": "case",
    "meta_analysis": "review",
    "systematic_review": "review",
    "narrative_review": "review",
    "guideline": "review",
    "protocol": "protocol",
    "preclinical": "animals",
    "commentary": "opinion",
    "notice": "notice",
}
DESIGNS = (*_BY_DESIGN, "other")
VARIANTS = (*dict.fromkeys(_BY_DESIGN.values()), "other", "unknown", "retracted", "off_topic")
#: A paper that was taken back: what it found is not told any more.
TAKEN_BACK = frozenset({"retracted", "withdrawn"})


def design_of(study: PatientStudy) -> str:
    """The study design, "unknown" where no label may be told; a notice is one whatever else it is tagged as."""
    if study.status == "notice":
        return "notice"
    design = study.value("study_design")
    return design if design in DESIGNS else "unknown"


def variant_of(study: PatientStudy) -> str:
    """The kind of wording. What a reader must know first decides: withdrawn, then about something else."""
    if study.status in TAKEN_BACK:
        return "retracted"
    design = design_of(study)
    if design == "notice":
        return "notice"
    if study.value("relevance") == "off_topic":
        return "off_topic"
    return _BY_DESIGN.get(design, design)


def tells_results(variant: str) -> bool:
    """False for the papers that have no result, or none that may be told."""
    return variant not in {"retracted", "off_topic", "notice", "protocol"}


def wording_of_results(variant: str) -> str:
    """The set of sentences for results. Where it can't be told what a paper is, its results are called its view."""
    return variant if variant in {"people", "case", "animals"} else "review"
