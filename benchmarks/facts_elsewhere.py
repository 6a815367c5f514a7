"""Participants and route on records that the rules were not written with: `python -m benchmarks.facts_elsewhere FOLDER`.

PsyNamic's people gave a range of numbers ("41-60") and a way of giving ("nasal"); FOLDER holds psynamic.jsonl and
gold_dev.jsonl, whose records are left out.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from classify.datasets import normalised_title
from classify.tagger import Tagger
from db.records import TaggableRecord
from harvest.search_check import wilson
from harvest.topics import load_topic


def main(folder: Path) -> None:
    gold = {normalised_title(entry["title"]) for entry in _lines(folder / "gold_dev.jsonl")}
    entries = [
        entry
        for entry in _lines(folder / "psynamic.jsonl")
        if "ketamin" in f"{entry['title']} {entry['abstract']}".lower() and normalised_title(entry["title"]) not in gold
    ]
    records = [TaggableRecord(id=str(i), title=e["title"], abstract=e["abstract"] or "") for i, e in enumerate(entries)]
    count: Counter[tuple[str, bool]] = Counter()
    for entry, tags in zip(entries, Tagger(load_topic()).tag(records), strict=True):
        labels = entry.get("labels", entry)
        for tag in tags:
            if tag.field == "n_participants" and (
                span := re.findall(r"\d+", json.dumps(labels.get("number_of_participants", "")))
            ):
                low, high = int(span[0]), int(span[-1]) if len(span) > 1 else sys.maxsize
                count["participants", low <= int(tag.value) <= high] += 1
            if tag.field == "route" and "Unknown" not in (
                said := json.dumps(labels.get("application_form", "Unknown"))
            ):
                count["route", all(_same(way, said.lower()) for way in str(tag.value).split("; "))] += 1
    for name in ("participants", "route"):
        right, given = count[name, True], count[name, True] + count[name, False]
        low_share, high_share = wilson(right, given)
        print(f"{name}: {right} of {given} right ({low_share:.2f}-{high_share:.2f})")


def _same(way: str, said: str) -> bool:
    usual = {"intranasal": "nasal"}.get(way, way)
    return usual in said or ("other" in said and way not in ("oral", "intravenous", "intranasal"))


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
