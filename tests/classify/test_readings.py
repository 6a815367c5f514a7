"""Our own readings: every label is one of the guideline's, no text travels with them, quotes are places in the abstract."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from classify.datasets import Example
from classify.readings import PATH, key_of, read_readings
from classify.sources import load_collections
from classify.taxonomy import ids
from db.records import TaggableRecord

LINES = [json.loads(line) for line in PATH.read_text(encoding="utf-8").splitlines()]


def test_every_reading_is_known_once_and_uses_the_guidelines_classes() -> None:
    assert len({line["record"] for line in LINES}) == len(LINES) == 1243
    assert Counter(bool(line.get("held_out")) for line in LINES) == {False: 992, True: 251}
    assert {line["study_design"] for line in LINES} <= set(ids("study_design"))
    pairs = [pair for line in LINES for pair in line["outcomes"]]
    assert {pair["domain"] for pair in pairs} <= set(ids("outcome_domain"))
    assert {pair["direction"] for pair in pairs} <= set(ids("direction"))
    for line in LINES:
        domains = [pair["domain"] for pair in line["outcomes"]]
        assert len(set(domains)) == len(domains)
        assert not set(domains) & set(line.get("disputed", ()))


def test_no_text_of_an_abstract_travels_with_the_readings() -> None:
    """Values are names, numbers and short facts; the longest is a list of comparators."""
    texts = [value for line in LINES for value in line.values() if isinstance(value, str)]
    assert max(map(len, texts)) < 160
    assert all(set(pair) <= {"domain", "direction", "quote"} for line in LINES for pair in line["outcomes"])
    assert all(isinstance(place, int) for line in LINES for pair in line["outcomes"] for place in pair.get("quote", ()))


def test_a_reading_gets_the_text_of_its_record() -> None:
    line = next(line for line in LINES if line["record"].isdecimal() and "quote" in line["outcomes"][0])
    start, end = line["outcomes"][0]["quote"]
    abstract = "".join(chr(97 + place % 26) for place in range(end + 10))
    record = TaggableRecord(id="x", title="Invented", abstract=abstract, pmid=int(line["record"]))
    held_out = bool(line.get("held_out"))
    (found,) = read_readings([Example(record, {}, "unlabelled")], held_out=held_out)
    assert found.labels["outcomes"][0]["quote"] == abstract[start:end]
    assert (found.source, found.labels["study_design"]) == ("readings", line["study_design"])
    assert read_readings([Example(record, {}, "unlabelled")], held_out=not held_out) == []


def test_a_record_without_pmid_is_known_by_the_letters_of_its_title() -> None:
    assert key_of(None, "Ketamine: an Invented Title.") == key_of("", "ketamine an invented title")
    assert key_of(17, "Ketamine") == "17"


def test_a_held_out_reading_is_in_no_other_source(shared: Path) -> None:
    found = load_collections(shared / "labels").examples
    held = {line["record"] for line in LINES if line.get("held_out")}
    by_hand = {key_of(example.record.pmid, example.record.title) for example in found.pop("psynamic")}
    taught = {key_of(example.record.pmid, example.record.title) for part in found.values() for example in part}
    assert len(found["readings"]) == 992
    assert not held & taught
    # Where people gave a study design, theirs stays and ours adds outcomes alone.
    beside = {
        key_of(example.record.pmid, example.record.title)
        for example in found["readings"]
        if example.labels["study_design"] is None
    }
    assert beside == by_hand & {line["record"] for line in LINES if not line.get("held_out")}
    assert len(beside) > 150
    for example in found["readings"]:
        for pair in example.labels["outcomes"]:
            assert pair["quote"] in example.record.abstract
