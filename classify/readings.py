"""Our own readings: labels of abstracts by the labels guideline, without any text.

Each was read by a language-model annotator that saw neither the classifier's answer nor other readings, as the gold set
was; 126 by two, where a pair on which they disagree is `disputed`. The files hold what tells the record (PMID or a hash
of its title), labels, and each quote as places in the abstract; the texts are read in place. `readings.jsonl` has records
on ketamine; in `other_drugs.jsonl` another drug or treatment was read as if it stood in ketamine's place, and so does its
name when the text is read. Those that are `held_out` teach nothing: they judge.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from classify.datasets import Example, read_lines

SOURCE = "readings"
PATH = Path(str(files("classify") / "readings.jsonl"))

#: The same of records on other drugs and treatments.
OTHER_DRUGS = "other_drugs"
OTHER_DRUGS_PATH = Path(str(files("classify") / "other_drugs.jsonl"))
#: The name that takes the place of theirs.
DRUG = "ketamine"


def key_of(pmid: object, title: str) -> str:
    """The PMID; where a record has none, a hash of its title's letters."""
    letters = re.sub(r"[^a-z0-9]", "", title.lower())
    return str(pmid) if pmid else "t" + hashlib.sha256(letters.encode()).hexdigest()[:12]


def read_readings(examples: Iterable[Example], *, held_out: bool = False) -> list[Example]:
    """The readings whose record is among `examples`, with its text; the held-out ones or the others, in the file's order."""
    return [_with_quotes(example, labels) for example, labels in _found(examples, PATH, held_out)]


def read_other_drugs(examples: Iterable[Example], *, held_out: bool = False) -> list[Example]:
    """The same of other drugs, with texts in which the drug is called ketamine."""
    return [_renamed(_with_quotes(example, labels)) for example, labels in _found(examples, OTHER_DRUGS_PATH, held_out)]


def _found(examples: Iterable[Example], path: Path, held_out: bool) -> Iterator[tuple[Example, Mapping[str, Any]]]:
    """Each record of the file that is among the examples, with its labels, in the order of the file."""
    wanted = {
        line.content["record"]: line.content
        for line in read_lines(path)
        if bool(line.content.get("held_out")) == held_out
    }
    records: dict[str, Example] = {}
    for example in examples:
        key = key_of(example.record.pmid, example.record.title)
        if key in wanted:
            records.setdefault(key, example)
    return ((records[key], labels) for key, labels in wanted.items() if key in records)


def _with_quotes(example: Example, labels: Mapping[str, Any]) -> Example:
    abstract = example.record.abstract
    outcomes = [
        {**pair, "quote": abstract[slice(*pair["quote"])] if "quote" in pair else ""} for pair in labels["outcomes"]
    ]
    return Example(example.record, {**labels, "outcomes": outcomes}, SOURCE, example.doi)


def _renamed(example: Example) -> Example:
    names, labels = _names(example.labels["drug"]), example.labels
    record = replace(
        example.record,
        title=names.sub(DRUG, example.record.title),
        abstract=names.sub(DRUG, example.record.abstract),
        sections=(),
    )
    outcomes = [{**pair, "quote": names.sub(DRUG, pair["quote"])} for pair in labels["outcomes"]]
    return Example(record, {**labels, "outcomes": outcomes}, OTHER_DRUGS, example.doi)


@cache
def _names(drug: str) -> re.Pattern[str]:
    """The words for a drug or treatment in `other_drugs.toml`."""
    document = tomllib.loads((files("classify") / "other_drugs.toml").read_text(encoding="utf-8"))
    return re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, document[drug]))})(?![a-z])", re.IGNORECASE)
