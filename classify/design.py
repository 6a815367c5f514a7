"""The study design of a record from all layers: PubMed's word, rules that leave no doubt, and the trained model.

The model reads the text. PubMed's publication types and check tags then weigh in as evidence with known errors: a
planned trial is often filed as the trial, and animals as "Randomized Controlled Trial".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from classify.design_rules import Guess, Reading, pubmed_design
from classify.features import Floats
from classify.model import DesignModel
from classify.taxonomy import ids
from db.records import Layer, Tag, TaggableRecord

#: Below this chance a design that rests on rules alone (no model at hand) is left to a person.
RULES_THRESHOLD = 0.8

#: In a tag's `why`: the chance, from the text alone, that people were allocated at random.
RANDOMISED = "randomised_from_text"

#: Where PubMed's word is wrong, what the record is instead, as shares; what is not named shares the rest evenly.
_INSTEAD: dict[str, dict[str, float]] = {
    "randomised_trial": {"protocol": 0.35, "preclinical": 0.25, "nonrandomised_trial": 0.15, "observational": 0.1},
    "nonrandomised_trial": {"randomised_trial": 0.4, "observational": 0.25, "protocol": 0.15, "preclinical": 0.05},
    "observational": {"nonrandomised_trial": 0.3, "qualitative": 0.15, "protocol": 0.15, "case_report": 0.1},
    "case_report": {"observational": 0.4, "narrative_review": 0.2, "commentary": 0.15},
    "meta_analysis": {"systematic_review": 0.5, "protocol": 0.2, "observational": 0.1},
    "systematic_review": {"meta_analysis": 0.6, "narrative_review": 0.15, "protocol": 0.15},
    "narrative_review": {"systematic_review": 0.4, "meta_analysis": 0.2, "guideline": 0.1, "observational": 0.1},
    "commentary": {"narrative_review": 0.25, "observational": 0.2, "case_report": 0.15, "notice": 0.1},
    "preclinical": {"other": 0.3, "narrative_review": 0.2, "observational": 0.1},
}


def design_tags(records: Sequence[TaggableRecord], readings: Sequence[Reading], model: DesignModel | None) -> list[Tag]:
    """One tag of study design per record. Without a model the rules alone decide."""
    if model is None:
        return [_ruled(record, reading) for record, reading in zip(records, readings, strict=True)]
    rows = model.rows(readings)
    chances = model.probabilities(rows)
    tags = [
        _modelled(record, reading, row, model) for record, reading, row in zip(records, readings, chances, strict=True)
    ]
    # A rule may give a design that the model has never seen; its tag shows no terms anyway.
    places = [model.classes.index(tag.value) if tag.value in model.classes else 0 for tag in tags]
    told = zip(tags, model.top_terms(rows, places), model.random_chances(rows).tolist(), strict=True)
    for tag, terms, random in told:
        tag.why[RANDOMISED] = round(random, 4)
        if tag.layer is not Layer.RULES:
            tag.why["terms"] = [list(term) for term in terms]
    return tags


def _modelled(record: TaggableRecord, reading: Reading, chances: Floats, model: DesignModel) -> Tag:
    rule = reading.ruled
    if reading.notice:
        return _tag(rule, Layer.RULES, model.threshold)
    said = pubmed_design(record)
    if said is None and reading.empty:
        return _by_title(rule, chances, model)
    cues = list(rule.because) if rule.design == model.classes[int(chances.argmax())] else []
    if said is None or said.design not in model.classes:
        return _tag(_best(chances, model, cues), Layer.MODEL, model.threshold)
    posterior = chances * np.array([likelihood(said, design) for design in model.classes], np.float32)
    guess = _best(posterior / posterior.sum(), model, [])
    agrees = guess.design == said.design
    because = said.because if agrees else tuple(cues)
    return _tag(Guess(guess.design, guess.chance, because), Layer.PUBMED if agrees else Layer.MODEL, model.threshold)


def _by_title(rule: Guess, chances: Floats, model: DesignModel) -> Tag:
    """A title alone decides only where a rule and the model agree: untyped records without abstract taught nothing."""
    guess = _best(chances, model, [])
    if rule.design == guess.design and rule.chance >= RULES_THRESHOLD:
        return _tag(Guess(guess.design, guess.chance, rule.because), Layer.MODEL, model.threshold)
    if rule.chance >= RULES_THRESHOLD:
        return _tag(rule, Layer.RULES, model.threshold)
    unsure = Guess("other", 0.3, ()) if not rule.because else Guess(rule.design, min(rule.chance, 0.6), rule.because)
    return _tag(unsure, Layer.RULES, model.threshold)


def _best(chances: Floats, model: DesignModel, cues: list[str]) -> Guess:
    place = int(chances.argmax())
    return Guess(model.classes[place], float(chances[place]), tuple(cues))


def likelihood(said: Guess, design: str) -> float:
    """How likely PubMed says `said` of a record that is a `design`, up to a factor that is the same for all designs."""
    if design == said.design:
        return said.chance
    instead = _INSTEAD.get(said.design, {})
    rest = (1 - sum(instead.values())) / (len(ids("study_design")) - 1 - len(instead))
    return (1 - said.chance) * instead.get(design, rest)


def _ruled(record: TaggableRecord, reading: Reading) -> Tag:
    pubmed, text = pubmed_design(record), reading.ruled
    if pubmed is None or _outranks(text, pubmed):
        return _tag(text, Layer.RULES, RULES_THRESHOLD)
    if text.design == pubmed.design:
        agreed = 1 - (1 - pubmed.chance) * (1 - text.chance)
        return _tag(Guess(pubmed.design, agreed, pubmed.because + text.because), Layer.PUBMED, RULES_THRESHOLD)
    return _tag(pubmed, Layer.PUBMED, RULES_THRESHOLD)


def _outranks(text: Guess, pubmed: Guess) -> bool:
    # Plans, animals and notices win over the design that is planned, mimicked or corrected (labels guideline).
    wins = {"protocol", "preclinical", "notice", "meta_analysis", "systematic_review", "qualitative"}
    return text.chance > pubmed.chance or (text.design in wins and text.chance >= 0.85 and pubmed.design not in wins)


def _tag(guess: Guess, layer: Layer, threshold: float) -> Tag:
    chance = round(float(guess.chance), 4)
    return Tag("study_design", guess.design, chance, layer, chance < threshold, why={"cues": list(guess.because)})


def secondary_tag(reading: Reading) -> Tag:
    """Whether the record re-uses data that were gathered for another stated purpose."""
    words = reading.text.get("secondary analysis") or reading.text.get("data of another study")
    return Tag(
        "secondary_analysis", bool(words), 0.85 if words else 0.92, Layer.RULES, why={"cues": [words] if words else []}
    )
