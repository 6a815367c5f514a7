"""The reader of directions on invented prompts: learned, kept in the artifact, and no article in training and test."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from classify.artifact import load_artifact, save_artifact
from classify.contrasts import Prompt
from classify.direction_model import CLASSES, DirectionModel, from_content, to_content
from classify.direction_training import (
    FOLDS,
    PreparedQuestions,
    Question,
    articles,
    held_out,
    prepare_questions,
    read_questions,
    train_directions,
)
from classify.evaluation import evaluate
from classify.evaluation_text import report_text
from classify.model_card import write_card
from classify.sources import prompt_files
from classify.tagger import Tagger
from classify.training import train
from db.errors import BadInput
from harvest.topics import load_topic

SENTENCES = {
    "increased": "Zelaxin significantly increased {} compared with placebo (p = 0.01)",
    "decreased": "Zelaxin significantly reduced {} compared with placebo (p = 0.01)",
    "no difference": "There was no significant difference in {} between the groups (p = 0.4)",
}
THINGS = ("hiccups", "sneezes", "yawns", "burps", "winks", "nods", "hums", "sighs")


def _files(folder: Path) -> dict[str, Path]:
    rows = [
        {"pmid": str(n), "outcome": thing, "intervention": "zelaxin", "comparator": "placebo", "label": label,
         "evidence": [text.format(thing)], "abstract": f"TITLE: \nAn invented trial of zelaxin, number {n}\n\nText.",
         "split": "validation" if n < 2 else "train"}
        for n, thing in enumerate(THINGS) for label, text in SENTENCES.items()
    ]  # fmt: skip
    (folder / "evidence_inference.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    row = {"pmid": "3", "pmcid": "77", "outcome": "winks", "intervention": "Control", "comparator": "Zelaxin",
           "label": "Significantly increased", "evidence": "Winks were more frequent with zelaxin."}  # fmt: skip
    (folder / "exhaustive_ico.jsonl").write_text(json.dumps(row), encoding="utf-8")
    return prompt_files(folder)


def _model(folder: Path) -> DirectionModel:
    prepared = prepare_questions(_files(folder))
    return prepared.fit(range(len(prepared.questions)))


def test_it_reads_new_words_in_known_frames(tmp_path: Path) -> None:
    model = _model(tmp_path)
    for label, text in SENTENCES.items():
        told = model.predict_proba(text.format("shivers"), "zelaxin", "placebo", "shivers")
        assert max(told, key=lambda name: told[name]) == label.replace(" ", "_")
        assert sum(told.values()) == pytest.approx(1, abs=0.001)


def test_it_comes_back_from_the_artifact(tmp_path: Path) -> None:
    model = _model(tmp_path)
    save_artifact(tmp_path / "m.skops", {"directions": to_content(model)}, {})
    again = from_content(load_artifact(tmp_path / "m.skops").content["directions"])
    prompts = [Prompt(text.format("hiccups"), "zelaxin", "placebo", "hiccups") for text in SENTENCES.values()]
    assert np.abs(model.probabilities(prompts) - again.probabilities(prompts)).max() < 0.001


def test_a_broken_part_is_refused(tmp_path: Path) -> None:
    content = to_content(_model(tmp_path))
    with pytest.raises(BadInput, match="lacks a part"):
        from_content({key: value for key, value in content.items() if key != "bias"})
    with pytest.raises(BadInput, match="don't fit"):
        from_content({**content, "weights": content["weights"][:-1]})


def test_the_arms_of_exhaustive_ico_are_turned_round_and_evidence_told_once(tmp_path: Path) -> None:
    last = read_questions(_files(tmp_path))[-1]
    prompt = Prompt("Winks were more frequent with zelaxin.", "Zelaxin", "Control", "winks")
    assert last == Question(prompt, "increased", "exhaustive_ico", ("pmid 3", "pmcid 77"))


def test_an_unknown_label_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "evidence_inference.jsonl"
    path.write_text(json.dumps({"label": "sideways", "evidence": ["x"]}), encoding="utf-8")
    with pytest.raises(BadInput, match="line 1 has the unknown label 'sideways'"):
        read_questions({"evidence_inference": path})


def test_articles_are_one_by_any_shared_mark() -> None:
    marks: list[tuple[str, ...]] = [("pmid 1", "pmcid 5"), ("pmcid 5", "title x"), ("title x",), ("pmid 2",), ()]
    names = articles([Question(Prompt("", "", "", ""), "increased", "s", told) for told in marks])
    assert (len(set(names[:3])), len(set(names))) == (1, 3)


def test_no_article_is_in_training_and_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = prepare_questions(_files(tmp_path))
    seen: list[set[str]] = []
    original = PreparedQuestions.fit

    def fit(self: PreparedQuestions, places: list[int]) -> DirectionModel:
        seen.append({self.article[place] for place in places})
        return original(self, places)

    monkeypatch.setattr(PreparedQuestions, "fit", fit)
    chances = held_out(prepared)
    assert 1 < len(seen) <= FOLDS
    for name in set(prepared.article):
        assert sum(name not in taught for taught in seen) == 1  # each article is left out exactly once
    asked = [place for place, question in enumerate(prepared.questions) if question.source == "evidence_inference"]
    assert chances[asked].sum(axis=1) == pytest.approx(np.ones(len(asked)), abs=0.001)


def test_training_tells_figures_and_is_left_out_without_evidence_inference(tmp_path: Path) -> None:
    content, told = train_directions(_files(tmp_path))
    assert from_content(content).weights.shape[1] == len(CLASSES)
    assert told["prompts"] == {"evidence_inference": 24, "exhaustive_ico": 1}
    assert told["metrics"]["validation_split"]["n"] == 6
    assert train_directions(prompt_files(tmp_path, ["evidence_inference"])) == ({}, {})


def test_training_keeps_the_model_and_its_figures_beside_the_design_model(tmp_path: Path) -> None:
    _files(tmp_path)
    rows = [
        {"id": f"{kind}{n}", "title": f"Invented record {n} of {kind}", "abstract": text, "study_design": kind}
        for kind, text in (
            ("preclinical", "Rats got zelaxin."),
            ("observational", "We followed a cohort."),
            ("randomised_trial", "Adults were randomly assigned to zelaxin."),
        )
        for n in range(15)
    ]
    labels = tmp_path / "labels.jsonl"
    labels.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    artifact = tmp_path / "model" / "m.skops"
    told = train(tmp_path, artifact)
    assert told["directions"]["prompts"] == {"evidence_inference": 24, "exhaustive_ico": 1}
    assert from_content(load_artifact(artifact).content["directions"]).blocks.keys() == {
        "words", "events", "clause", "signs"
    }  # fmt: skip
    assert "### Direction of a result, given its sentence" in write_card(artifact, tmp_path / "card.md", "2026-01-01")
    report = evaluate(labels, Tagger(load_topic(), artifact))
    assert report["direction_given_sentence"] == told["metrics"]["direction_given_sentence"]
    assert "direction given the sentence, Evidence Inference, validation split" in report_text(report)
    train(tmp_path, artifact, leave_out=["evidence_inference", "exhaustive_ico"])
    assert "directions" not in load_artifact(artifact).content
