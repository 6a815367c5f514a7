"""Training on a handful of invented records: reproducible, and nothing of a test record in training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from classify.datasets import Example, identities
from classify.evaluation import evaluate, leaks
from classify.evaluation_text import report_text
from classify.sources import load_collections
from classify.tagger import Tagger
from classify.training import prepare, train
from classify.validation import FOLDS, folds_of
from harvest.topics import load_topic

KINDS = {
    "randomised_trial": "adults were randomly assigned to zelaxin or placebo",
    "preclinical": "male rats received zelaxin into the cage",
    "observational": "we followed a cohort of people with hiccups",
}


def _labels(folder: Path) -> Path:
    path = folder / "labels.jsonl"
    rows = [
        {"id": f"{kind}{n}", "title": f"Invented record number {n} about {kind}", "abstract": f"Here {text}. Word {n}.",
         "study_design": kind, "relevance": "off_topic"}
        for kind, text in KINDS.items() for n in range(20)
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def test_the_same_labels_and_seed_give_the_same_file_and_it_tags(tmp_path: Path) -> None:
    labels = _labels(tmp_path)
    first, second = tmp_path / "a" / "m.skops", tmp_path / "b" / "m.skops"
    told = [train(tmp_path, path) for path in (first, second)]
    assert first.read_bytes() == second.read_bytes()
    assert told[0] == told[1]
    report = evaluate(labels, Tagger(load_topic(), first))
    assert (report["records"], report["in_training"]) == (60, 60)
    assert report["study_design"]["accuracy"]["value"] == 1.0
    assert "taught the model" in report_text(report)


def test_no_record_is_in_training_and_test(tmp_path: Path) -> None:
    _labels(tmp_path)
    prepared = prepare(tmp_path)
    fold_of = folds_of(prepared.examples, 0)
    for fold in range(FOLDS):
        held = fold_of == fold
        used = ~prepared.clashes(held)
        trained = [prepared.examples[place] for place in np.flatnonzero(used)]
        assert leaks(trained, [prepared.examples[place] for place in np.flatnonzero(held)]) == []


def test_no_real_record_is_in_training_and_test(shared: Path) -> None:
    """PMID, DOI or normalised title; the collections share records with each other."""
    found = load_collections(shared / "labels", leave_out=["unlabelled", "publication_types"])
    examples: list[Example] = [example for part in found.examples.values() for example in part]
    fold_of = folds_of(examples, 0)
    for fold in range(FOLDS):
        held = [example for example, place in zip(examples, fold_of, strict=True) if place == fold]
        taken = frozenset().union(*map(identities, held))
        trained = [e for e, place in zip(examples, fold_of, strict=True) if place != fold and not identities(e) & taken]
        assert trained
        assert leaks(trained, held) == []
