"""Label files: what is read, and what is refused with its line. Every text here is invented."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from classify.datasets import Example, identities, read_labels, without
from classify.sources import load_collections
from db.errors import BadInput
from db.records import TaggableRecord


def _file(folder: Path, *lines: object) -> Path:
    path = folder / "labels.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([{"id": "a", "study_design": "rct"}], "line 1: study_design has the unknown class 'rct'"),
        ([{"id": "a"}, {"id": "a"}], "line 2 has the id 'a' of line 1 again"),
        ([{"id": "a"}, "{"], "line 2 is not JSON"),
        ([{"title": "x"}], "line 1 has no 'id'"),
        (["[1]"], "line 1 is not an object"),
        ([{"id": "a", "outcomes": [{"domain": "mood", "direction": "up"}]}], "direction has the unknown class 'up'"),
        ([{"id": "a", "title": 5}], "'title' must be a text"),
    ],
)
def test_a_bad_line_is_named_by_its_number(tmp_path: Path, lines: list[object], message: str) -> None:
    with pytest.raises(BadInput, match=message.replace("(", r"\(")):
        read_labels(_file(tmp_path, *lines))


def test_missing_sources_are_told_and_own_labels_are_read(tmp_path: Path) -> None:
    _file(tmp_path, {"id": "a", "title": "Zelaxin", "study_design": "protocol"})
    found = load_collections(tmp_path, leave_out=["psynamic"])
    assert list(found.examples) == ["own"]
    assert len(found.messages) == 8


def test_a_folder_without_labels_and_an_unknown_source_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No label files"):
        load_collections(tmp_path)
    with pytest.raises(BadInput, match="no such source"):
        load_collections(tmp_path, leave_out=["nothing"])


def test_one_record_is_known_again_by_pmid_doi_or_title() -> None:
    def example(title: str, pmid: int | None = None, doi: str = "") -> Example:
        return Example(TaggableRecord("x", title, pmid=pmid), {}, "own", doi)

    test = [example("Zelaxin for hiccups in older adults", 7, "10.1/a")]
    same = [example("ZELAXIN for hiccups: in older adults."), example("B", 7), example("C", doi="10.1/a")]
    assert without([*same, example("D", 8)], test) == [example("D", 8)]
    assert identities(example("Letter")) == frozenset()
