"""Tagging records in files. Every text here is invented."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from classify.jsonl import tag_file
from classify.tagger import Tagger
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
