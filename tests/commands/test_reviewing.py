"""`evidence review` and `evidence correct`: what a person decides is kept, and what can't be kept is said."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.conftest import Evidence
from tests.emulator.server import Emulator

#: Of the starter set.
PMID = "35012326"
BY = ("--by", "A. Reader", "--reason", "read it")


@pytest.fixture
def queue(evidence: Evidence, starter: Path) -> Callable[..., list[dict[str, object]]]:
    """The review queue of the starter set, as `--json` tells it."""
    return lambda *options: list(json.loads(evidence("review", "--json", *options).stdout)["queue"])


Queue = Callable[..., list[dict[str, object]]]


def test_the_queue_begins_with_the_least_certain_and_can_be_narrowed(evidence: Evidence, queue: Queue) -> None:
    chances = [item["probability"] for item in queue("--limit", 500)]
    assert chances == sorted(chances, key=float)  # type: ignore[arg-type]
    assert {item["field"] for item in queue("--field", "overall_direction")} == {"overall_direction"}
    assert all(str(item["field"]).startswith("outcomes.") for item in queue("--field", "outcomes"))
    lines = evidence("review", "--limit", "2").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [f"{float(str(chance)):.2f}" for chance in chances[:2]]


def test_a_field_that_does_not_exist_is_named(evidence: Evidence, queue: Queue) -> None:
    result = evidence("review", "--field", "colour")
    assert (result.exit_code, "There is no field 'colour'" in result.stderr) == (65, True)


def test_keys_accept_change_and_skip_and_each_answer_is_kept_at_once(evidence: Evidence, queue: Queue) -> None:
    first, second, third = queue("--field", "overall_direction", "--limit", 3)
    keys = "a\nc\nwrong\n1\nthe table says so\ns\n"
    result = evidence("review", "--field", "overall_direction", "--limit", "3", "--by", "A. Reader", input=keys)
    assert result.exit_code == 0
    assert "Not kept: overall_direction can't be 'wrong'" in result.stderr
    assert "1 favours_ketamine" in result.stdout
    assert "2 of 3 decided" in result.stderr
    left = queue("--field", "overall_direction", "--limit", 500)
    assert [item in left for item in (first, second, third)] == [False, False, True]
    history = evidence("export", "--format", "jsonl").stdout
    (record,) = [
        row for row in map(json.loads, history.splitlines()) if row["pmid"] == second["pmid"] and row["doi"] == second["doi"]
    ]  # fmt: skip
    assert record["overall_direction"] == "favours_ketamine"


def test_the_sentence_that_a_label_rests_on_is_marked(evidence: Evidence, pubmed: Emulator) -> None:
    evidence("up", "--no-serve", "--eutils-url", pubmed.url)
    items = json.loads(evidence("review", "--json", "--limit", 500).stdout)["queue"]
    place = next(n for n, item in enumerate(items) if item["quote"] and item["quote"] in item["abstract"])
    shown = evidence("review", "--limit", 500, "--by", "A. Reader", input="s\n" * place + "s\nq\n").stdout
    marked = [line for line in shown.splitlines() if "»" in line]
    assert any(items[place]["quote"] in line for line in marked)


def test_quitting_keeps_what_was_decided_and_an_empty_queue_says_so(evidence: Evidence, queue: Queue) -> None:
    assert "0 of 50 decided" in evidence("review", "--by", "A. Reader", input="q\n").stderr
    everything = len(queue("--field", "relevance", "--limit", 500))
    evidence("review", "--field", "relevance", "--limit", 500, "--by", "A. Reader", input="a\n" * everything)
    result = evidence("review", "--field", "relevance", "--by", "A. Reader")
    assert result.stdout == "Nothing waits for a person.\n"


def test_a_sheet_goes_out_is_filled_in_and_comes_back_whole(evidence: Evidence, queue: Queue, tmp_path: Path) -> None:
    assert evidence("review", "--field", "overall_direction", "--limit", 2, "--csv-out", "q.csv").exit_code == 0
    with (tmp_path / "q.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[0] |= {"value": "mixed", "by": "B. Reader", "reason": "two measures"}
    # Excel puts a byte order mark first.
    with (tmp_path / "q.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    counts = json.loads(evidence("review", "--csv-in", "q.csv", "--json").stdout)
    assert counts == {"added": 1, "known": 0, "empty": 1}
    assert rows[0]["title"] not in {item["title"] for item in queue("--field", "overall_direction", "--limit", 500)}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "Can't read q.csv"),
        ("pmid,field,value,by,reason\r\n35012326,study_design,rct,A,x\r\n", "can't be 'rct'"),
        ("pmid,field,value,by,reason\r\n1,study_design,protocol,A,x\r\n", "No article"),
        ("pmid,field\r\n", "no column 'value'"),
        (b"pmid,field,value\n\xff\xfe", "not UTF-8"),
    ],
)
def test_a_sheet_that_cannot_be_used_is_refused_whole(
    body: str | bytes | None, said: str, evidence: Evidence, queue: Queue, tmp_path: Path
) -> None:
    before = queue("--limit", 500)
    if body is not None:
        (tmp_path / "q.csv").write_bytes(body.encode() if isinstance(body, str) else body)
    result = evidence("review", "--csv-in", "q.csv")
    assert (result.exit_code, said in result.stderr) == (65, True), result.stderr
    assert queue("--limit", 500) == before


def test_two_reviewers_agreement_is_told_as_kappa(evidence: Evidence, queue: Queue) -> None:
    assert "have not decided" in evidence("review", "--agreement", "A", "B").stdout
    pmids = sorted(
        {str(item["pmid"]) for item in queue("--field", "overall_direction", "--limit", 500) if item["pmid"]}
    )[:4]
    for pmid, ours, theirs in zip(pmids, "mmff", "mmfm", strict=True):
        for name, letter in (("A", ours), ("B", theirs)):
            value = {"m": "mixed", "f": "favours_ketamine"}[letter]
            evidence("correct", pmid, "overall_direction", value, "--by", name, "--reason", "read")
    (told,) = json.loads(evidence("review", "--agreement", "A", "B", "--json").stdout)["agreement"]
    assert (told["field"], told["n"], told["alike"], round(told["kappa"], 2)) == ("overall_direction", 4, 3, 0.5)
    assert "kappa 0.50" in evidence("review", "--agreement", "A", "B").stdout


def test_a_correction_is_kept_with_name_and_reason_and_survives_tagging(evidence: Evidence, queue: Queue) -> None:
    told = json.loads(evidence("correct", PMID, "study_design", "protocol", *BY, "--json").stdout)
    assert (told["pmid"], told["field"], told["value"]) == (PMID, "study_design", "protocol")
    evidence("tag", "--all")
    rows = [json.loads(line) for line in evidence("export", "--format", "jsonl").stdout.splitlines()]
    (row,) = [row for row in rows if row["id"] == PMID]
    assert (row["study_design"], row["label_sources"]["study_design"]) == ("protocol", "person")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("99", "study_design", "protocol"), "No article"),
        ((PMID, "study_design", "rct"), "Choose from"),
        ((PMID, "colour", "red"), "There is no field"),
        ((PMID, "outcomes.hair", "mixed"), "outcome domain can't be"),
        ((PMID, "n_participants", "many"), "whole number"),
        ((PMID, "relevance", "null"), "needs a value"),
    ],
)
def test_a_correction_that_cannot_stand_is_refused(
    arguments: tuple[str, ...], said: str, evidence: Evidence, queue: Queue
) -> None:
    result = evidence("correct", *arguments, *BY)
    assert (result.exit_code, said in result.stderr) == (65, True), result.stderr
