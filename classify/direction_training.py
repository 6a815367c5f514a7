"""Trains the reader of directions from intervention-comparator-outcome prompts, and tells how good it is on unseen articles.

Articles are kept whole: no article, by PMID, PMC number or normalised title, is in training and test.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classify.contrast_signs import signs_of
from classify.contrasts import Prompt, read_contrast
from classify.datasets import normalised_title, read_lines
from classify.direction_model import (
    CLASSES,
    DECREASED,
    INCREASED,
    NO_DIFFERENCE,
    DirectionModel,
    fit,
    to_content,
)
from classify.features import Floats
from classify.scores import calibration, class_report
from db.errors import BadInput

FOLDS = 5
#: How much a prompt counts, by source. Exhaustive ICO asks about every pair of arms and every time: two thirds are "no
#: difference", and many prompts share one sentence.
WEIGHTS: Mapping[str, float] = {"evidence_inference": 1.0, "exhaustive_ico": 0.3}
_LABELS = {
    "increased": INCREASED,
    "decreased": DECREASED,
    "no difference": NO_DIFFERENCE,
    "significantly increased": INCREASED,
    "significantly decreased": DECREASED,
    "no significant difference": NO_DIFFERENCE,
}
_TITLE = re.compile(r"TITLE:\s*(.+?)\n")


@dataclass(frozen=True, slots=True)
class Question:
    """A labelled prompt: `marks` tell its article, `split` its part of the source (empty where there are none)."""

    prompt: Prompt
    label: str
    source: str
    marks: tuple[str, ...]
    split: str = ""


def read_questions(paths: Mapping[str, Path]) -> list[Question]:
    """Every prompt with a sentence in the files, by source. Raises BadInput with the line for one that can't be read."""
    return [question for source in WEIGHTS if source in paths for question in _of_file(paths[source], source)]


def _of_file(path: Path, source: str) -> Iterator[Question]:
    for number, content in read_lines(path):
        label = _LABELS.get(str(content.get("label")).lower())
        if label is None:
            raise BadInput(f"{path} line {number} has the unknown label {content.get('label')!r}.")
        text = _evidence(content.get("evidence"))
        if not text:
            continue
        arms = [str(content.get(key) or "") for key in ("intervention", "comparator")]
        if source == "exhaustive_ico":
            arms.reverse()  # there the label says what the second arm did against the first
        abstract = str(content.get("abstract") or "")
        prompt = Prompt(text, arms[0], arms[1], str(content.get("outcome") or ""), abstract)
        yield Question(prompt, label, source, _marks(content, abstract), str(content.get("split") or ""))


def _evidence(told: Any) -> str:
    """The marked sentences, each once; one that stands inside another is left out."""
    pieces = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    distinct = list(dict.fromkeys(str(piece).strip() for piece in pieces))
    kept = [piece for piece in distinct if not any(piece != other and piece in other for other in distinct)]
    return " . ".join(piece for piece in kept if piece)


def _marks(content: Mapping[str, Any], abstract: str) -> tuple[str, ...]:
    titled = _TITLE.match(abstract)
    title = normalised_title(titled[1]) if titled else ""
    told = [f"{key} {content[key]}" for key in ("pmid", "pmcid") if content.get(key)]
    return tuple([*told, f"title {title}"] if len(title) > 25 else told)


def articles(questions: Sequence[Question]) -> list[str]:
    """A name for each question's article: questions that share a mark, or share one with a third, have the same."""
    parent: dict[str, str] = {}

    def first(mark: str) -> str:
        while parent.setdefault(mark, mark) != mark:
            mark = parent[mark]
        return mark

    for question in questions:
        for mark in question.marks:
            one, other = sorted((first(question.marks[0]), first(mark)))
            parent[other] = one
    return [first(question.marks[0]) if question.marks else f"row {row}" for row, question in enumerate(questions)]


@dataclass(slots=True)
class PreparedQuestions:
    """Questions, read; with the article of each."""

    questions: list[Question]
    signs: list[dict[str, list[str]]]
    article: list[str]

    def fit(self, places: Sequence[int]) -> DirectionModel:
        """A model from the questions at these places."""
        chosen = [self.questions[place] for place in places]
        return fit(
            [self.signs[place] for place in places],
            [question.label for question in chosen],
            [WEIGHTS[question.source] for question in chosen],
        )


def prepare_questions(paths: Mapping[str, Path]) -> PreparedQuestions:
    """Reads the files and turns every prompt into signs."""
    questions = read_questions(paths)
    signs = [signs_of(read_contrast(question.prompt)) for question in questions]
    return PreparedQuestions(questions, signs, articles(questions))


def held_out(prepared: PreparedQuestions, seed: int = 0) -> Floats:
    """What models say of Evidence Inference's prompts without having seen their articles; shape (questions, 3), zero
    elsewhere."""
    folds = [_fold(name, seed) for name in prepared.article]
    chances = np.zeros((len(folds), len(CLASSES)), np.float32)
    for fold in range(FOLDS):
        training = [place for place, of in enumerate(folds) if of != fold]
        test = [p for p, of in enumerate(folds) if of == fold and prepared.questions[p].source == "evidence_inference"]
        if test:
            chances[test] = prepared.fit(training).of_signs([prepared.signs[place] for place in test])
    return chances


def _fold(article: str, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed} {article}".encode()).digest()[:4], "big") % FOLDS


def official(prepared: PreparedQuestions) -> tuple[list[int], Floats]:
    """The places of the validation split, and what a model says of them that saw no article of it."""
    test = [place for place, question in enumerate(prepared.questions) if question.split == "validation"]
    taken = {prepared.article[place] for place in test}
    training = [place for place, name in enumerate(prepared.article) if name not in taken]
    if not test or not training:
        return [], np.zeros((0, len(CLASSES)), np.float32)
    return test, prepared.fit(training).of_signs([prepared.signs[place] for place in test])


def report(prepared: PreparedQuestions, places: Sequence[int], chances: Floats) -> dict[str, Any]:
    """Per class and together, with intervals, and how honest the probabilities are."""
    truth = [prepared.questions[place].label for place in places]
    said = [CLASSES[best] for best in chances.argmax(axis=1).tolist()]
    right = [true == told for true, told in zip(truth, said, strict=True)]
    return {**class_report(truth, said), "calibration": calibration(chances.max(axis=1).tolist(), right)}


def train_directions(paths: Mapping[str, Path], seed: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
    """The model's content for the artifact, and its metadata: sources, fingerprint, figures on unseen articles.

    Both are empty without Evidence Inference, which alone has arms, outcome and sentence for trials of every kind.
    """
    if "evidence_inference" not in paths:
        return {}, {}
    prepared = prepare_questions(paths)
    asked = [p for p, question in enumerate(prepared.questions) if question.source == "evidence_inference"]
    test, official_chances = official(prepared)
    figures = {"cross_validated": report(prepared, asked, held_out(prepared, seed)[asked])}
    if test:
        figures["validation_split"] = report(prepared, test, official_chances)
    model = prepared.fit(range(len(prepared.questions)))
    digest = hashlib.sha256(repr(prepared.questions).encode()).hexdigest()
    counts = {source: sum(question.source == source for question in prepared.questions) for source in paths}
    return to_content(model), {"training_sha256": digest, "prompts": counts, "metrics": figures}


def add_directions(content: dict[str, Any], metadata: dict[str, Any], paths: Mapping[str, Path], seed: int) -> None:
    """Puts the model into an artifact's content as "directions" and its figures into the metadata; nothing without prompts."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):  # the same file from the same prompts, as in `training.train`
        directions, told = train_directions(paths, seed)
    if directions:
        content["directions"] = directions
        metadata["metrics"]["direction_given_sentence"] = told.pop("metrics")
        metadata["directions"] = told
