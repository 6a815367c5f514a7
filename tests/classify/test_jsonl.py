"""Tagging records in files. Every text here is invented."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from classify.jsonl import tag_file
from classify.tagger import FOREIGN_NOTE, LONG_NOTE, Tagger
from db.errors import BadInput
from harvest.topics import load_topic


def test_each_record_comes_back_with_the_keys_of_the_design(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": "a", "title": "Ketamine for alcohol use disorder", "unknown": 1}\n', encoding="utf-8")
    assert tag_file(source, target, Tagger(load_topic())) == 1
    given = json.loads(target.read_text(encoding="utf-8"))
    assert (given["id"], given["relevance"], given["outcomes"], given["registry_ids"]) == ("a", "core", [], [])
    assert {"confidence", "abstained", "model", "study_design", "overall_direction"} <= given.keys()


def test_a_bad_line_leaves_the_old_output_as_it_was(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    target.write_text("old")
    source.write_text('{"id": "a"}\n{"id": "a"}\n')
    with pytest.raises(BadInput, match="line 2"):
        tag_file(source, target, Tagger(load_topic()))
    assert [target.read_text(), sorted(path.name for path in tmp_path.iterdir())] == ["old", ["in.jsonl", "out.jsonl"]]


def test_records_that_are_hardly_readable_are_tagged_and_say_so(tmp_path: Path) -> None:
    """Empty, in another language, endless, with control characters: each gets its tags, and nothing is lost."""
    rows = [
        {"id": "empty", "title": "", "abstract": ""},
        {"id": "foreign", "title": "Ketamine for alcohol dependence", "abstract": "Nous avons étudié des patients. " * 12},
        {"id": "endless", "title": "Ketamine", "abstract": ("The patients were given ketamine in the ward. " * 4000)[:100_000]},
        {"id": "control", "title": "Ketamine\x00\x07", "abstract": "Adults with alcohol\x1b[31m use disorder\u2028 took it."},
    ]  # fmt: skip
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert tag_file(source, target, Tagger(load_topic())) == 4
    given = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    notes = {row["id"]: row.get("note") for row in given}
    assert notes == {"empty": None, "foreign": FOREIGN_NOTE, "endless": LONG_NOTE, "control": None}
    assert "study_design" in given[0]["abstained"]
    assert {row["relevance"] for row in given[1:]} <= {"core", "related", "off_topic"}


def test_a_new_record_says_how_sure_its_text_alone_is_of_random_allocation(tmp_path: Path) -> None:
    text = "Forty adults were randomly assigned to ketamine or placebo, double-blind."
    rows = [
        {"id": "trial", "title": "Ketamine: a randomised controlled trial", "abstract": text},
        {"id": "rats", "title": "Ketamine in rats", "abstract": "Rats received ketamine."},
    ]
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    tag_file(source, target, Tagger(load_topic()))
    chances = [json.loads(line)["confidence"]["randomised_from_text"] for line in target.read_text().splitlines()]
    assert chances[0] > 0.8 > 0.2 > chances[1]
