"""Staff check their lists before they publish; a broken list is told and hides nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Evidence

LIST = """
title = "Invented list"
intro = "Two studies."
audience = "clinicians"
[[studies]]
pmid = 35012326
note = "Here."
[[studies]]
pmid = 11111111
note = "Not here."
"""


@pytest.fixture
def listed(evidence: Evidence, tmp_path: Path) -> Path:
    """A published data folder with a list of its own."""
    folder = tmp_path / "data" / "collections"
    folder.mkdir(parents=True)
    (folder / "of-ours.toml").write_text(LIST, encoding="utf-8")
    assert evidence("up", "--offline", "--no-serve").exit_code == 0
    return folder


def test_a_missing_study_is_named_and_is_no_failure(evidence: Evidence, listed: Path) -> None:
    result = evidence("collections", "check", listed / "of-ours.toml")
    assert (result.exit_code, result.stdout.splitlines()) == (
        0,
        [
            f"{listed / 'of-ours.toml'}: good, 2 studies, /collections/of-ours",
            "  PMID 11111111: missing; the page will say so",
        ],
    )


def test_a_broken_file_is_bad_input_and_every_file_is_reported(evidence: Evidence, listed: Path) -> None:
    (listed / "broken.toml").write_text("title = 3", encoding="utf-8")
    result = evidence("collections", "check", "--json")
    files = json.loads(result.stdout)["files"]
    assert result.exit_code == 65
    assert "1 of 3 collection files can't be used" in result.stderr
    assert [(Path(each["file"]).name, bool(each["problems"])) for each in files] == [
        ("broken.toml", True),
        ("of-ours.toml", False),
        ("where-to-start.toml", False),
    ]
    assert files[1]["standings"] == {"PMID 11111111": "missing"}


def test_files_can_be_checked_before_there_is_a_database(evidence: Evidence, tmp_path: Path) -> None:
    (tmp_path / "of-ours.toml").write_text(LIST, encoding="utf-8")
    result = evidence("collections", "check", tmp_path / "of-ours.toml")
    assert (result.exit_code, "only the files themselves were checked" in result.stderr) == (0, True)


def test_everything_else_is_published_and_the_broken_list_makes_the_command_fail(
    evidence: Evidence, listed: Path
) -> None:
    (listed / "broken.toml").write_text("title = 3", encoding="utf-8")
    result = evidence("publish", "--json")
    published = json.loads(result.stdout)
    assert (result.exit_code, published["studies"], published["collections"]) == (65, 75, ["of-ours", "where-to-start"])
    assert "broken.toml" in published["unusable_collections"][0]


def test_the_list_tells_each_address(evidence: Evidence, listed: Path) -> None:
    result = evidence("collections", "list")
    assert result.stdout.splitlines() == [
        "/collections/of-ours: Invented list (2 studies, for clinicians)",
        "/collections/where-to-start: Where to start (6 studies, for patients)",
    ]
