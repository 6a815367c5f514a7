"""Says what a collection's own label means for our study designs, and how far to trust it.

No collection uses our fourteen classes. Where a label covers several of ours (StudyTypeTeller's "Remaining", PsyNamic's
"Other", PubMed's "Review"), phrases decide, and what they leave open is left out of training.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from classify.datasets import Example, human
from classify.design_rules import Guess, Reading, animals_only, pubmed_design, text_design


@dataclass(frozen=True, slots=True)
class WeakLabel:
    """A design and how much it counts in training, 1 for a label given by hand under our guideline."""

    design: str
    weight: float


_STUDY_TYPE_TELLER = {
    "Human-RCT-drug-intervention": "randomised_trial",
    "Human-RCT-non-drug-intervention": "randomised_trial",
    "Human-RCT-non-intervention": "randomised_trial",
    "Human-case-report": "case_report",
    "Animal-drug-intervention": "preclinical",
    "Animal-non-drug-intervention": "preclinical",
    "Animal-other": "preclinical",
    "In-vitro-study": "preclinical",
    "Clinical-study-protocol": "protocol",
}
_PSYNAMIC = {
    "Randomized-controlled trial (RCT)": "randomised_trial",
    "Real-world study": "observational",
    "Cohort study": "observational",
    "Study protocol": "protocol",
    "Case report": "case_report",
    "Case series": "case_report",
    "Qualitative Study": "qualitative",
}
_REVIEWS = {"meta_analysis", "systematic_review", "narrative_review"}
_OPINIONS = {"commentary", "guideline", "notice"}


def weak_label(example: Example, reading: Reading) -> WeakLabel | None:
    """The example's design in our classes, or None where its label doesn't decide it."""
    reader = {
        "study_type_teller": _from_study_type_teller,
        "psynamic": _from_psynamic,
        "publication_types": _from_publication_types,
        "evidence_inference": _from_evidence_inference,
    }.get(example.source, _from_own)
    return reader(example, reading)


def _from_own(example: Example, reading: Reading) -> WeakLabel | None:
    design = example.labels.get("study_design")
    return WeakLabel(design, 1.0) if isinstance(design, str) else None


def _from_study_type_teller(example: Example, reading: Reading) -> WeakLabel | None:
    label, guess = str(example.labels.get("label")), text_design(reading)
    if label in _STUDY_TYPE_TELLER:
        return WeakLabel(_STUDY_TYPE_TELLER[label], 0.7)
    if label == "Human-systematic-review":
        return WeakLabel(_pooled_or_not(reading), 0.7)
    if label == "Non-systematic-review":
        return WeakLabel(guess.design if guess.design in _OPINIONS else "narrative_review", 0.6)
    if label.startswith("Human-non-RCT"):
        return _given_or_observed(guess, reading)
    return _open_label(guess)


def _from_psynamic(example: Example, reading: Reading) -> WeakLabel | None:
    names = (example.labels.get("labels") or {}).get("study_type") or []
    guess = text_design(reading)
    for name in names:
        if name in _PSYNAMIC:
            return WeakLabel(_PSYNAMIC[name], 0.8)
        if name.startswith("Systematic review"):
            return WeakLabel(_pooled_or_not(reading), 0.8)
    if guess.design in {"randomised_trial", "protocol", "meta_analysis", "systematic_review", "case_report"}:
        return None  # a person said it is none of these
    return WeakLabel(guess.design, 0.5) if guess.chance >= 0.6 else None


def _from_evidence_inference(example: Example, reading: Reading) -> WeakLabel | None:
    """Trials all of them, but for a few plans, reviews and animals. They teach what random allocation reads like.

    Among fourteen designs they count for nothing: with them no design became better known, and some worse.
    """
    if text_design(reading).design in {"protocol", "preclinical", "notice", *_REVIEWS}:
        return None
    return WeakLabel("randomised_trial", 0.0)


def _from_publication_types(example: Example, reading: Reading) -> WeakLabel | None:
    said, guess = pubmed_design(example.record), text_design(reading)
    if said is None:
        return _from_check_tags(example, guess)
    if guess.design in {"notice", "protocol"} and guess.chance >= 0.9:
        return WeakLabel(guess.design, 0.5)
    if said.design == "narrative_review" and guess.design in _REVIEWS:
        return WeakLabel(guess.design, 0.5)
    if said.design == "commentary" and guess.design in {"case_report", "guideline", "notice"}:
        return None
    if said.design == "nonrandomised_trial" and "random" in reading.text:
        return WeakLabel("randomised_trial", 0.4) if "allocated at random" in reading.text else None
    return WeakLabel(said.design, 0.5)


def _from_check_tags(example: Example, guess: Guess) -> WeakLabel | None:
    if animals_only(example.record):
        return WeakLabel("preclinical", 0.4)
    if human(example) and guess.design in {"observational", "qualitative"} and guess.chance >= 0.7:
        return WeakLabel(guess.design, 0.3)
    if guess.design in {"protocol", "guideline", "notice", "qualitative"} and guess.chance >= 0.7:
        return WeakLabel(guess.design, 0.3)
    return None


def _pooled_or_not(reading: Reading) -> str:
    pooled = "meta-analysis" in reading.title or {"meta-analysis", "pooled"} <= reading.text.keys()
    return "meta_analysis" if pooled else "systematic_review"


def _given_or_observed(guess: Guess, reading: Reading) -> WeakLabel | None:
    looked_back = {
        "retrospective",
        "cross-sectional",
        "case-control",
        "survey",
        "registry data",
        "observational",
        "cohort",
    }
    if reading.text.keys() & looked_back:
        return WeakLabel("observational", 0.4)
    if guess.design in {"nonrandomised_trial", "qualitative", "case_report"}:
        return WeakLabel(guess.design, 0.5)
    return WeakLabel("nonrandomised_trial", 0.4) if "received a dose" in reading.text else None


def _open_label(guess: Guess) -> WeakLabel | None:
    """For "Remaining": studies of people without an intervention, opinions, methods and whatever fits nowhere."""
    if guess.design in {"observational", "qualitative", "preclinical", "guideline", "commentary", "notice"}:
        return WeakLabel(guess.design, 0.5)
    return WeakLabel("other", 0.2) if guess.design == "other" else None


def names_of(labels: Mapping[str, object]) -> list[str]:
    """The publication types in a source's own labels."""
    names = labels.get("publication_types")
    return [str(name) for name in names] if isinstance(names, list) else []
