"""Training on a handful of invented records: reproducible, and nothing of a test record in training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from classify.datasets import Example, identities
from classify.design_training import fit_design, prepare
from classify.evaluation import evaluate, leaks
from classify.evaluation_text import report_text
from classify.sources import load_collections
from classify.tagger import Tagger
from classify.training import train
from classify.validation import FOLDS, folds_of
from db.errors import BadInput
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


def test_records_teach_by_their_titles_alone_as_well(tmp_path: Path) -> None:
    """The kind stands in each title here, so a title without abstract is as telling as the whole record."""
    _labels(tmp_path)
    prepared = prepare(tmp_path)
    assert prepared.title_rows.shape == prepared.rows.shape
    model = fit_design(prepared, np.ones(len(prepared.examples), bool))
    said = model.probabilities(prepared.title_rows)
    truth = [model.classes.index(example.labels["study_design"]) for example in prepared.examples]
    assert said.argmax(1).tolist() == truth
    assert said.max(1).min() > 0.6


def test_no_record_is_in_training_and_test(tmp_path: Path) -> None:
    _labels(tmp_path)
    prepared = prepare(tmp_path)
    fold_of = folds_of(prepared.examples, 0)
    for fold in range(FOLDS):
        held = fold_of == fold
        used = ~prepared.clashes(held)
        trained = [prepared.examples[place] for place in np.flatnonzero(used)]
        assert leaks(trained, [prepared.examples[place] for place in np.flatnonzero(held)]) == []


def test_a_correction_is_never_in_training_while_its_record_is_tested(tmp_path: Path) -> None:
    """By PMID or DOI, too, when the titles differ; and the label files' word on the record goes."""
    path = _labels(tmp_path)
    with path.open("a", encoding="utf-8") as lines:
        for key, value in (("pmid", 90000001), ("doi", "10.5555/Invented.2")):
            lines.write("\n" + json.dumps({"id": key, key: value, "title": f"By {key}", "study_design": "notice"}))
    corrections = [
        {"id": "90000001", "pmid": 90000001, "title": "Another title", "study_design": "protocol",
         "label_sources": {"study_design": "person"}},
        {"id": "x", "doi": "10.5555/invented.2", "title": "One more title", "study_design": "protocol",
         "label_sources": {"study_design": "person"}},
        {"id": "y", "title": "A starter record", "study_design": "protocol", "label_sources": {"study_design": "curated"}},
    ]  # fmt: skip
    prepared = prepare(tmp_path, corrections=corrections)
    taught = [
        (e.source, e.record.id) for e in prepared.examples if e.record.id in {"pmid", "doi", "90000001", "x", "y"}
    ]
    assert taught == [("corrections", "90000001"), ("corrections", "x")]
    for fold in range(FOLDS):
        held = folds_of(prepared.examples, 0) == fold
        used = [prepared.examples[place] for place in np.flatnonzero(~prepared.clashes(held))]
        assert leaks(used, [prepared.examples[place] for place in np.flatnonzero(held)]) == []


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


def test_two_designs_without_a_trial_are_enough_and_one_is_too_few(tmp_path: Path) -> None:
    rows = [
        {"id": f"{kind}{n}", "title": f"Invented record number {n} about {kind}", "abstract": f"Here {KINDS[kind]}. Word {n}.",
         "study_design": kind}
        for kind in ("preclinical", "observational") for n in range(20)
    ]  # fmt: skip
    path = tmp_path / "labels.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    train(tmp_path, tmp_path / "m" / "m.skops")
    report = evaluate(path, Tagger(load_topic(), tmp_path / "m" / "m.skops"))
    assert report["study_design"]["accuracy"]["value"] == 1.0
    path.write_text("\n".join(map(json.dumps, rows[:20])), encoding="utf-8")
    with pytest.raises(BadInput, match="fewer than two study designs"):
        train(tmp_path, tmp_path / "m" / "m.skops")
    path.write_text("\n".join(map(json.dumps, rows[19:21])), encoding="utf-8")
    with pytest.raises(BadInput, match="too few records"):
        train(tmp_path, tmp_path / "m" / "m.skops")
