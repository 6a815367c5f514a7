"""Our own readings: every label is one of the guideline's, no text travels with them, quotes are places in the abstract."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from classify.datasets import Example
from classify.readings import DRUG, OTHER_DRUGS_PATH, PATH, key_of, read_other_drugs, read_readings
from classify.sources import load_collections
from classify.taxonomy import ids
from db.records import TaggableRecord

LINES = [json.loads(line) for line in PATH.read_text(encoding="utf-8").splitlines()]
OTHERS = [json.loads(line) for line in OTHER_DRUGS_PATH.read_text(encoding="utf-8").splitlines()]


def test_the_readings_are_as_many_as_the_docs_say() -> None:
    assert Counter((bool(line.get("held_out")), bool(line.get("in_text"))) for line in LINES) == {
        (False, False): 992,
        (True, False): 251,
        (False, True): 96,
        (True, True): 85,
    }
    assert Counter(bool(line.get("held_out")) for line in OTHERS) == {False: 1149, True: 994}


@pytest.mark.parametrize("lines", [LINES, OTHERS], ids=["ketamine", "other drugs"])
def test_every_reading_is_known_once_and_uses_the_guidelines_classes(lines: list[dict[str, Any]]) -> None:
    assert len({line["record"] for line in lines}) == len(lines)
    assert {line["study_design"] for line in lines} <= set(ids("study_design"))
    assert {line["overall_direction"] for line in lines} <= {*ids("direction"), None}  # None where two readers differ
    pairs = [pair for line in lines for pair in line["outcomes"]]
    assert {pair["domain"] for pair in pairs} <= set(ids("outcome_domain"))
    assert {pair["direction"] for pair in pairs} <= set(ids("direction"))
    for line in lines:
        domains = [pair["domain"] for pair in line["outcomes"]]
        assert len(set(domains)) == len(domains)
        assert not set(domains) & set(line.get("disputed", ()))


@pytest.mark.parametrize("lines", [LINES, OTHERS], ids=["ketamine", "other drugs"])
def test_no_text_of_an_abstract_travels_with_the_readings(lines: list[dict[str, Any]]) -> None:
    """Values are names, numbers and short facts; the longest is a list of comparators."""
    texts = [value for line in lines for value in line.values() if isinstance(value, str)]
    assert max(map(len, texts)) < 160
    assert all(set(pair) <= {"domain", "direction", "quote"} for line in lines for pair in line["outcomes"])
    assert all(isinstance(place, int) for line in lines for pair in line["outcomes"] for place in pair.get("quote", ()))


def test_another_drug_takes_ketamines_name_in_the_text_and_in_the_quotes() -> None:
    line = next(
        line for line in OTHERS if line["drug"] == "mdma" and line["outcomes"] and "quote" in line["outcomes"][0]
    )
    start, end = line["outcomes"][0]["quote"]
    abstract = f"{'x' * (start - 1)} {'MDMA helped.'.ljust(end - start, 'y')} amdma Mdma-assisted"
    title = "3,4-Methylenedioxymethamphetamine (MDMA), invented"
    record = TaggableRecord(id="x", title=title, abstract=abstract, pmid=int(line["record"]))
    (found,) = read_other_drugs([Example(record, {}, "unlabelled", "10.1/x")])
    assert found.record.title == f"{DRUG} ({DRUG}), invented"
    assert found.record.abstract.endswith(f" amdma {DRUG}-assisted")
    assert found.labels["outcomes"][0]["quote"].startswith(f"{DRUG} helped.")
    assert (found.source, found.doi, found.record.pmid) == ("other_drugs", "10.1/x", record.pmid)
    assert read_other_drugs([Example(replace(record, pmid=None), {}, "unlabelled")]) == []


def test_every_other_drug_has_names() -> None:
    named = tomllib.loads(OTHER_DRUGS_PATH.with_suffix(".toml").read_text(encoding="utf-8"))
    assert {line["drug"] for line in OTHERS} == set(named)
    assert all(name == name.lower() for names in named.values() for name in names)


def test_other_drugs_teach_from_no_record_that_people_labelled_or_that_judges(shared: Path) -> None:
    found = load_collections(shared / "labels")
    others = found.examples.pop("other_drugs")
    judging = [example for example in found.judging if example.source == "other_drugs"]
    assert (len(others), len(judging)) == (1149, 994)
    others += judging
    taken = {example.labels["record"] for example in others}
    assert len(taken) == len(OTHERS)
    own = [example for example in found.judging if example.source == "readings"]
    elsewhere = [example for part in [*found.examples.values(), own] for example in part]
    assert not taken & {key_of(example.record.pmid, example.record.title) for example in elsewhere}
    named = [example for example in others if DRUG in f"{example.record.title} {example.record.abstract}".lower()]
    assert len(named) / len(others) > 0.99
    quotes = [(pair["quote"], example.record.abstract) for example in others for pair in example.labels["outcomes"]]
    assert all(quote in abstract for quote, abstract in quotes)


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
    assert len(found["readings"]) == 992 + 96
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
