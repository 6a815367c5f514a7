"""Facts on our own readings: `python -m benchmarks.facts LABEL_FOLDER`, which holds their texts.

The rules were mended on errors in the development part; of the test part (`facts_unseen`) only figures were looked at.
Study design and relevance are the classifier's own. Compared leniently: the same value in another form counts.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from classify.evaluation import FACT_FIELDS
from classify.numerals import NUMBER, to_int
from classify.readings import SOURCE as READINGS
from classify.sources import load_collections
from classify.tagger import Tagger
from harvest.search_check import wilson
from harvest.topics import load_topic

_DAYS = {"min": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 30}


def main(folder: Path) -> None:
    found = load_collections(folder)
    readings = [*found.examples.get(READINGS, []), *found.judging]
    for title, unseen in (("development", False), ("test", True)):
        examples = [example for example in readings if bool(example.labels.get("facts_unseen")) == unseen]
        tagged = Tagger(load_topic()).tag([example.record for example in examples])
        given = [{tag.field: tag.value for tag in tags} for tags in tagged]
        print(f"{title}, {len(examples)} records; right of given, found of stated (95 % Wilson), leniently compared")
        for field in FACT_FIELDS:
            both = [(tags, e.labels) for tags, e in zip(given, examples, strict=True) if field in e.labels]
            said = [plain_value(field, tags.get(field)) for tags, _ in both]
            true = [plain_value(field, labels[field]) for _, labels in both]
            hits = sum(len(s & t) for s, t in zip(said, true, strict=True))
            print(f"{field:16}{_share(hits, sum(map(len, said)))}  {_share(hits, sum(map(len, true)))}")


def _share(hits: int, total: int) -> str:
    low, high = wilson(hits, total) if total else (0.0, 1.0)
    return f"{hits:4} of {total:3} ({low:.2f}-{high:.2f})"


def plain_value(field: str, value: Any) -> frozenset[str]:
    """A fact in a form that is the same for the same thing: empty where none is stated, ids one by one."""
    if value is None or value == []:
        return frozenset()
    if field == "registry_ids":
        return frozenset(re.sub(r"\W", "", str(item)).lower() for item in value)
    text = str(value).lower().replace("‐", "-").replace("–", "-").replace("−", "-")
    form = {"dose": _dose, "follow_up": _time, "comparator": _drug}.get(field, _letters)
    return frozenset([";".join(sorted({form(part) for part in text.split(";")}))])


def _letters(text: str) -> str:
    return re.sub(r"[\s-]+", "", text)


def _dose(text: str) -> str:
    """ "0.5 mg kg(-1)", ".5 mg/kg" and "0.50 mg per kilogram" are one."""
    text = re.sub(r"µ|mc(?=g)|u(?=g)|micro ?(?=g)", "μ", text).replace("kilogram", "kg").replace("·", ".")
    text = re.sub(r"(?<=g)[ .x×-]*kg ?\(?-1\)?", "/kg", text.replace(" per ", "/"))
    text = re.sub(r"(?<=g)[ .]*(h|min) ?\(?-1\)?", r"/\1", text).replace("hour", "h").replace("/hr", "/h")
    text = re.sub(r"([\d.]+) ?mg/kg (?:to|-) ([\d.]+)", r"\1-\2", text).replace(" to ", "-").replace("minute", "min")
    text = re.sub(r"(?<!\d)\.(\d)", r"0.\1", re.sub(r"(\d)-(?=mg)", r"\1", text))
    return re.sub(r"(\.\d*?)0+(?!\d)", lambda end: end[1].rstrip("."), re.sub(r"\s", "", text))


def _time(text: str) -> str:
    """Its length in days, where it is one number of one unit: "day 14", "two weeks", "14 days after treatment"."""
    text = re.sub(r"post-?\w*|after .*|following .*|later|follow-?up|up to|study|\b(?:at|of|the)\b", "", text)
    text = re.sub(rf"\b{NUMBER}\b", lambda number: str(to_int(number[0])) if len(number[0]) > 2 else number[0], text)
    text = re.sub(r"\b(day|week|month|year) ?(\d+)", r"\2 \1", text)
    text = re.sub(r"\b(?:hrs?|h)\b|(?<=\d)h\b", "hour", text)
    match = re.fullmatch(r"(?:.*\D)?([\d.]+)[ -]*(min|hour|day|week|month)(?:ute)?s?", text.strip(" -"))
    return f"{float(match[1]) * _DAYS[match[2]]:g} d" if match else _letters(text)


def _drug(text: str) -> str:
    """A drug without what surrounds its name; a placebo and the saline that serves as one are the same."""
    text = re.sub(r"\(.*?\)", "", text).strip()
    surrounding = r"\b(?:normal|sodium|extended release|group|alone|controls?|hydrochloride|0\.9 ?%|active|infusion|intravenous|solution)\b"
    name = _letters(text if text in ("control", "controls") else re.sub(surrounding, "", text))
    if name in ("saline", "salineplacebo", "placebosaline"):
        return "placebo"
    return {"ect": "electroconvulsivetherapy", "controls": "control"}.get(name, name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
