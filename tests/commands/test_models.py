"""`evidence train` and `evidence evaluate`: label files and corrections in, a model with its card and figures out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.conftest import Evidence

#: Invented sentences, one kind of study each.
KINDS = {
    "randomised_trial": "adults were randomly assigned to zelaxin or placebo",
    "preclinical": "male rats received zelaxin into the cage",
    "observational": "we followed a cohort of people with hiccups",
}
#: Of the starter set; the abstract is not there without a harvest, so the title stands for the record.
STARTER_PMID = "35012326"


def invented_labels(path: Path, per_kind: int = 12) -> Path:
    rows = [
        {"id": f"{kind}{n}", "title": f"Invented record number {n} about {kind}", "abstract": f"Here {text}. Word {n}.",
         "study_design": kind}
        for kind, text in KINDS.items() for n in range(per_kind)
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return invented_labels(tmp_path / "labels.jsonl")


def correct(evidence: Evidence, value: str) -> None:
    result = evidence("correct", STARTER_PMID, "study_design", value, "--by", "A. Reader", "--reason", "read it")
    assert result.exit_code == 0, result.stderr


def test_a_correction_joins_the_next_training_and_the_next_tagging_uses_that_model(
    evidence: Evidence, starter: Path, labels: Path, tmp_path: Path
) -> None:
    correct(evidence, "observational")
    trained = json.loads(evidence("train", "--labels", labels, "--json").stdout)
    assert trained["sources"] == {"corrections": {"records": 1, "used": 1}, "own": {"records": 36, "used": 36}}
    card = (tmp_path / "data/model/card.md").read_text(encoding="utf-8")
    assert "| study designs corrected by people in the working database | 1 | 1 |" in card
    tagged = json.loads(evidence("tag", "--json").stdout)
    assert tagged["model"].startswith(f"model-{trained['artifact_sha256'][:12]}-")
    assert tagged["tagged"] > 0
    # The correction still stands above the new model's tag.
    exported = [json.loads(line) for line in evidence("export", "--format", "jsonl").stdout.splitlines()]
    (record,) = [record for record in exported if record["id"] == STARTER_PMID]
    assert (record["study_design"], record["label_sources"]["study_design"]) == ("observational", "person")


def test_a_correction_replaces_what_label_files_say_of_the_same_record(
    evidence: Evidence, starter: Path, labels: Path, tmp_path: Path
) -> None:
    correct(evidence, "observational")
    with labels.open("a", encoding="utf-8") as lines:
        lines.write("\n" + json.dumps({"id": "same", "pmid": STARTER_PMID, "title": "x", "study_design": "notice"}))
    trained = json.loads(evidence("train", "--labels", labels, "--json").stdout)
    assert trained["sources"]["own"] == {"records": 36, "used": 36}
    assert trained["sources"]["corrections"] == {"records": 1, "used": 1}


def test_corrections_can_be_left_out_and_the_starter_set_is_no_correction(
    evidence: Evidence, starter: Path, labels: Path
) -> None:
    without = json.loads(evidence("train", "--labels", labels, "--output", "a", "--json").stdout)
    assert without["sources"] == {"own": {"records": 36, "used": 36}}
    correct(evidence, "observational")
    left_out = json.loads(
        evidence("train", "--labels", labels, "--output", "b", "--leave-out", "corrections", "--json").stdout
    )
    assert left_out["left_out"] == ["corrections"]
    assert left_out["artifact_sha256"] == without["artifact_sha256"]


def test_the_same_training_gives_the_same_file_and_a_card_that_says_how(
    evidence: Evidence, labels: Path, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        result = evidence("train", "--labels", labels, "--output", name, "--seed", "7")
        assert result.exit_code == 0
        assert "Corrections used: 0." in result.stdout
    assert (tmp_path / "a/classifier.skops").read_bytes() == (tmp_path / "b/classifier.skops").read_bytes()
    card = (tmp_path / "a/card.md").read_text(encoding="utf-8")
    assert "evidence train --labels LABEL_FOLDER --seed 7 --output model" in card


def test_evaluate_tells_every_figure_as_text_and_as_json(evidence: Evidence, labels: Path) -> None:
    evidence("train", "--labels", labels, "--output", "model")
    asked = ("evaluate", "--labels", labels, "--model", "model/classifier.skops")
    design = json.loads(evidence(*asked, "--json").stdout)["study_design"]
    assert (design["n"], design["accuracy"]["value"]) == (36, 1.0)
    assert {"macro_f1", "weighted_f1", "accuracy", "classes", "confusion", "calibration", "coverage", "shown"} <= set(
        design
    )
    assert design["classes"]["preclinical"]["f1"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    text = evidence(*asked).stdout
    for part in ("macro F1", "weighted F1", "Brier", "accuracy", "reliability", "coverage", "confusion"):
        assert part in text, part


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"id": "1", "title": "x", "study_design": "rct"}, "unknown class 'rct'"),
        ({"id": "randomised_trial0", "title": "x"}, "again"),
        ({"title": "x", "study_design": "notice"}, "has no 'id'"),
        ({"id": "1", "title": ["x"]}, "must be a text"),
        ("words", "is not an object"),
    ],
)
@pytest.mark.parametrize("command", [("train",), ("evaluate",)])
def test_a_bad_label_file_is_refused_with_its_line_and_no_model_is_touched(
    command: tuple[str, ...], line: object, said: str, evidence: Evidence, labels: Path, tmp_path: Path
) -> None:
    with labels.open("a", encoding="utf-8") as lines:
        lines.write("\n" + json.dumps(line))
    result = evidence(*command, "--labels", labels)
    assert result.exit_code == 65
    assert said in result.stderr.splitlines()[-1]
    assert "line 37" in result.stderr
    assert not (tmp_path / "data/model").exists()


def test_a_label_file_that_is_not_there_and_an_unknown_source_are_named(evidence: Evidence, labels: Path) -> None:
    missing = evidence("evaluate", "--labels", "none.jsonl")
    assert (missing.exit_code, "none.jsonl" in missing.stderr) == (65, True)
    assert evidence("train", "--labels", "none.jsonl").exit_code == 65
    unknown = evidence("train", "--labels", labels, "--leave-out", "hearsay")
    assert unknown.exit_code == 65
    assert "Known: gold" in unknown.stderr


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda folder: (folder / "classifier.skops").write_bytes(b"something else"), "changed or damaged"),
        (lambda folder: (folder / "classifier.json").unlink(), "Can't read"),
        (lambda folder: (folder / "classifier.json").write_text("{"), "is not JSON"),
        (
            lambda folder: (folder / "classifier.json").write_text(
                (folder / "classifier.json").read_text().replace('"format": ', '"format": 9')
            ),
            "this version reads format",
        ),
    ],
)
def test_a_model_of_another_version_or_tampered_with_is_refused_and_labels_stay(
    break_it: Callable[[Path], object],
    said: str,
    evidence: Evidence,
    starter: Path,
    labels: Path,
    tmp_path: Path,
) -> None:
    before = evidence("export", "--format", "jsonl").stdout
    evidence("train", "--labels", labels)
    break_it(tmp_path / "data/model")
    for command in (("tag",), ("up", "--offline", "--no-serve"), ("evaluate", "--labels", labels)):
        result = evidence(*command)
        assert result.exit_code == 65, command
        assert said in result.stderr.splitlines()[-1]
    assert evidence("export", "--format", "jsonl").stdout == before
