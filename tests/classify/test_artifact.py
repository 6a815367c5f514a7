"""The model's file: refused if changed, of another version, or holding anything but plain data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from classify.artifact import load_artifact, metadata_path, packaged_artifact, save_artifact
from db.errors import BadInput


def test_content_comes_back_and_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.skops", tmp_path / "b.skops"
    for path in (first, second):
        save_artifact(path, {"weights": np.arange(6, dtype=np.float32), "terms": "a\nb"}, {"seed": 0})
    assert first.read_bytes() == second.read_bytes()
    assert load_artifact(first).content["weights"].tolist() == [0, 1, 2, 3, 4, 5]


def test_a_changed_file_another_format_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.skops"
    save_artifact(path, {"terms": "a"}, {})
    body = path.read_bytes()
    path.write_bytes(body[:-1] + b"x")
    with pytest.raises(BadInput, match="changed or damaged"):
        load_artifact(path)
    path.write_bytes(body)
    told = json.loads(metadata_path(path).read_text())
    metadata_path(path).write_text(json.dumps({**told, "format": 99}))
    with pytest.raises(BadInput, match="format 99"):
        load_artifact(path)
    with pytest.raises(BadInput, match="Can't read"):
        load_artifact(tmp_path / "none.skops")


def test_the_packaged_model_is_small() -> None:
    path = packaged_artifact()
    assert path is not None
    assert path.stat().st_size < 20_000_000
