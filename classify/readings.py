"""Our own readings: labels of abstracts that name ketamine in their title, by the labels guideline, without any text.

Each was read by a language-model annotator that saw neither the classifier's answer nor other readings, as the gold set
was; 126 by two, where a pair on which they disagree is `disputed`. The file holds what tells the record (PMID or a hash
of its title), labels, and each quote as places in the abstract; the texts are read in place. Records that are `held_out`
teach nothing: they judge.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from classify.datasets import Example, read_lines

SOURCE = "readings"
PATH = Path(str(files("classify") / "readings.jsonl"))


def key_of(pmid: object, title: str) -> str:
    """The PMID; where a record has none, a hash of its title's letters."""
    letters = re.sub(r"[^a-z0-9]", "", title.lower())
    return str(pmid) if pmid else "t" + hashlib.sha256(letters.encode()).hexdigest()[:12]


def read_readings(examples: Iterable[Example], *, held_out: bool = False) -> list[Example]:
    """The readings whose record is among `examples`, with its text; the held-out ones or the others, in the file's order."""
    wanted = {
        line.content["record"]: line.content
        for line in read_lines(PATH)
        if bool(line.content.get("held_out")) == held_out
    }
    records: dict[str, Example] = {}
    for example in examples:
        key = key_of(example.record.pmid, example.record.title)
        if key in wanted:
            records.setdefault(key, example)
    return [_with_quotes(records[key], labels) for key, labels in wanted.items() if key in records]


def _with_quotes(example: Example, labels: Mapping[str, Any]) -> Example:
    abstract = example.record.abstract
    outcomes = [
        {**pair, "quote": abstract[slice(*pair["quote"])] if "quote" in pair else ""} for pair in labels["outcomes"]
    ]
    return Example(example.record, {**labels, "outcomes": outcomes}, SOURCE, example.doi)
