"""Fits the classifier from label files. The same files and seed give the same artifact, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from classify.artifact import save_artifact
from classify.datasets import identity_marks
from classify.design_training import Prepared, Progress, fit_design, prepare
from classify.direction_training import add_directions
from classify.fact_model import facts_to_content
from classify.fact_training import TrainedFacts, has_facts, train_facts
from classify.model import to_content
from classify.outcome_model import outcomes_to_content
from classify.outcome_training import TrainedOutcomes, has_outcomes, train_outcomes
from classify.reading import Reader
from classify.sources import prompt_files
from classify.taxonomy import ids
from classify.validation import HeldOut, calibrate, cross_validate, figures
from db.topic import Topic


def train(
    labels: Path,
    output: Path,
    *,
    topic: Topic | None = None,
    corrections: Iterable[Mapping[str, Any]] = (),
    leave_out: Sequence[str] = (),
    seed: int = 0,
    progress: Progress = lambda message: None,
) -> dict[str, Any]:
    """Fits, calibrates and stores the classifier; returns its metadata, with cross-validated figures.

    `labels` is a folder of label files or one such file, `corrections` what people decided in the working database,
    `topic` the one whose outcomes the labels are about; without it outcomes are left to the rules.
    Raises BadInput for a bad label file, an unknown source, or a folder without labels.
    """
    from threadpoolctl import threadpool_limits

    # More threads would add up numbers in another order, and the last digits would differ from run to run.
    with threadpool_limits(limits=1):
        prepared = prepare(labels, leave_out, seed, progress, corrections)
        held_out = cross_validate(prepared, seed, progress)
        settings = calibrate(prepared, held_out)
        progress("Fitting on everything.")
        model = fit_design(prepared, np.ones(len(prepared.examples), bool))
        outcomes = _train_outcomes(prepared, held_out, topic, progress) if topic else None
        facts = _train_facts(prepared, held_out, topic, progress) if topic else None
    model.temperature, model.threshold = settings.temperature, settings.threshold
    model.calibrate_random(*settings.random)
    metadata: dict[str, Any] = {
        "training_sha256": prepared.training_sha256,
        "seed": seed,
        "left_out": sorted(leave_out),
        "messages": prepared.messages,
        "sources": _source_counts(prepared),
        "thresholds": {"study_design": settings.threshold},
        "temperature": settings.temperature,
        "metrics": figures(prepared, held_out, settings),
    }
    content: dict[str, Any] = {"design": to_content(model), "trained_on": _trained_on(prepared)}
    if outcomes:
        content["outcomes"] = outcomes_to_content(outcomes.model)
        metadata["metrics"]["outcomes"] = outcomes.figures
        metadata["thresholds"]["outcomes"] = dict(outcomes.model.certain)
    if facts and facts.models:
        content["facts"] = facts_to_content(facts.models)
        metadata["metrics"]["facts"] = facts.figures
        metadata["thresholds"]["facts"] = {field: model.certain for field, model in facts.models.items()}
    progress("Learning directions from sentences.")
    add_directions(content, metadata, prompt_files(labels, leave_out), seed)
    digest = save_artifact(output, content, metadata)
    return {**metadata, "artifact_sha256": digest}


def _train_outcomes(prepared: Prepared, held_out: HeldOut, topic: Topic, progress: Progress) -> TrainedOutcomes | None:
    """The model of outcomes, from designs that a model gave which never saw the record: users get no better ones."""
    progress("Learning to weigh what the rules read of outcomes.")
    places = [place for place, example in enumerate(prepared.examples) if has_outcomes(example)]
    examples, designs = [prepared.examples[place] for place in places], _designs(prepared, held_out, places)
    return train_outcomes(examples, designs, held_out.fold[places], Reader(topic)) if places else None


def _train_facts(prepared: Prepared, held_out: HeldOut, topic: Topic, progress: Progress) -> TrainedFacts | None:
    """The models of facts, from the same designs."""
    progress("Learning to weigh what may be a record's facts.")
    places = [place for place, example in enumerate(prepared.examples) if has_facts(example)]
    examples, designs = [prepared.examples[place] for place in places], _designs(prepared, held_out, places)
    return train_facts(examples, designs, held_out.fold[places], Reader(topic)) if places else None


def _designs(prepared: Prepared, held_out: HeldOut, places: Sequence[int]) -> list[str]:
    """The design of each example by a model that never saw it, or what announces itself."""
    designs = np.array(ids("study_design"))[held_out.scores[places].argmax(1)] if places else []
    return [
        prepared.readings[place].ruled.design if prepared.readings[place].announced else str(design)
        for place, design in zip(places, designs, strict=True)
    ]


def _trained_on(prepared: Prepared) -> str:
    """Hashed identities of every record that gave the model a label, for the warning of `evaluate`."""
    pairs = zip(prepared.examples, prepared.labels, strict=True)
    used = (example for example, label in pairs if label is not None or has_outcomes(example) or has_facts(example))
    return "\n".join(sorted(frozenset().union(*(identity_marks(example) for example in used))))


def _source_counts(prepared: Prepared) -> dict[str, dict[str, int]]:
    """Per source how many records it has and how many of them gave a design."""
    counts: dict[str, dict[str, int]] = {}
    for example, label in zip(prepared.examples, prepared.labels, strict=True):
        count = counts.setdefault(example.source, {"records": 0, "used": 0})
        count["records"] += 1
        count["used"] += label is not None
    return counts
