"""Compares the tagger's labels with a label file: the figures behind `evidence evaluate` and the model card.

The figures are honest only for records that the model was not trained on; `leaks` says which were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from classify.datasets import Example, identities, identity_marks, read_labels
from classify.fact_values import plain_value
from classify.scores import calibration, class_report, count_report, coverage
from classify.tagger import Tagger
from classify.taxonomy import ids
from db.errors import BadInput
from db.records import OUTCOME_PREFIX, Tag

CLASS_FIELDS = ("relevance", "study_design", "secondary_analysis", "overall_direction")
FACT_FIELDS = (
    "n_participants",
    "n_studies",
    "dose",
    "route",
    "sessions",
    "comparator",
    "follow_up",
    "blinding",
    "registry_ids",
)

Tags = Mapping[str, Tag]


def evaluate(path: Path, tagger: Tagger) -> dict[str, Any]:
    """Tags every record of a label file and compares; beside it what training measured of directions given a sentence.

    Raises BadInput if the file is bad or holds no labels."""
    examples = read_labels(path)
    if not examples:
        raise BadInput(f"{path} holds no records.")
    tagged = [{tag.field: tag for tag in tags} for tags in tagger.tag([example.record for example in examples])]
    seen = sum(bool(identity_marks(example) & tagger.trained_on) for example in examples)
    report = {"model": tagger.model.id, "records": len(examples), "in_training": seen, **compare(examples, tagged)}
    trained = tagger.model.metrics.get("direction_given_sentence")
    return {**report, "direction_given_sentence": trained} if trained else report


def compare(examples: Sequence[Example], tagged: Sequence[Tags]) -> dict[str, Any]:
    """The figures for records and the tags that they got, field by field; fields that nobody labelled are left out."""
    report: dict[str, Any] = {}
    for field in CLASS_FIELDS:
        pairs = [
            (e.labels[field], tags[field])
            for e, tags in zip(examples, tagged, strict=True)
            if _has(e, field) and field in tags
        ]
        if pairs:
            report[field] = class_field(pairs)
    outcomes = compare_outcomes(examples, tagged)
    if outcomes:
        report["outcomes"] = outcomes
    facts = {field: _fact(field, examples, tagged) for field in FACT_FIELDS if any(field in e.labels for e in examples)}
    if facts:
        report["facts"] = facts
    return report


def _has(example: Example, field: str) -> bool:
    return example.labels.get(field) is not None


def class_field(pairs: Sequence[tuple[Any, Tag]]) -> dict[str, Any]:
    """Figures of a field with one class per record: agreement, honesty of the probabilities, and what is shown as certain."""
    truth, given = [str(true) for true, _ in pairs], [str(tag.value) for _, tag in pairs]
    right = [true == said for true, said in zip(truth, given, strict=True)]
    chances = [tag.probability for _, tag in pairs]
    shown = [hit for hit, (_, tag) in zip(right, pairs, strict=True) if not tag.abstained]
    return {
        **class_report(truth, given),
        "calibration": calibration(chances, right),
        "coverage": coverage(chances, right),
        "shown": {
            "n": len(shown),
            "share": round(len(shown) / len(pairs), 4),
            "accuracy": round(sum(shown) / len(shown), 4) if shown else None,
        },
    }


def compare_outcomes(examples: Sequence[Example], tagged: Sequence[Tags]) -> dict[str, Any]:
    """Figures of outcome domains, directions, quotes and what is shown as certain; empty where nobody labelled outcomes."""
    labelled = [
        (e, tags) for e, tags in zip(examples, tagged, strict=True) if isinstance(e.labels.get("outcomes"), list)
    ]
    return _outcomes(labelled) if labelled else {}


def _outcomes(labelled: Sequence[tuple[Example, Tags]]) -> dict[str, Any]:
    true = [{pair["domain"]: pair["direction"] for pair in example.labels["outcomes"]} for example, _ in labelled]
    said = [_given_outcomes(example, tags) for example, tags in labelled]
    both = list(zip(true, said, strict=True))
    directions = {
        direction: count_report(
            [sum(t.get(domain) == way == direction for domain, way in s.items()) for t, s in both],
            [sum(way == direction for way in s.values()) for _, s in both],
            [sum(way == direction for way in t.values()) for t, _ in both],
        )
        for direction in ids("direction")
    }
    sizes = [len(s) for s in said], [len(t) for t in true]
    present = [figures["f1"]["value"] for figures in directions.values() if figures["true"]]
    return {
        "domain": count_report([len(t.keys() & s.keys()) for t, s in both], *sizes),
        "domain_and_direction": count_report([len(t.items() & s.items()) for t, s in both], *sizes),
        "directions": directions,
        "macro_f1_over_directions": round(sum(present) / len(present), 4) if present else None,
        "domains": {
            domain: count_report(
                [domain in t and domain in s for t, s in both],
                [domain in s for _, s in both],
                [domain in t for t, _ in both],
            )
            for domain in ids("outcome_domain")
        },
        "quotes": _quotes(labelled),
        "shown": _shown_outcomes(labelled),
        "calibration": _calibration(labelled),
    }


def _calibration(labelled: Sequence[tuple[Example, Tags]]) -> dict[str, Any]:
    """Whether domain and direction together are right as often as their probability says."""
    chances, right = [], []
    for example, tags in labelled:
        truth = {pair["domain"]: pair["direction"] for pair in example.labels["outcomes"]}
        for domain, direction in _given_outcomes(example, tags).items():
            chances.append(tags[OUTCOME_PREFIX + domain].probability)
            right.append(truth.get(domain) == direction)
    return calibration(chances, right) if chances else {}


def _shown_outcomes(labelled: Sequence[tuple[Example, Tags]]) -> dict[str, dict[str, int]]:
    """For each direction, and for the main result, how many are shown as certain and how many of these are right."""
    counts: dict[str, Counter[str]] = {}
    for example, tags in labelled:
        truth = {OUTCOME_PREFIX + pair["domain"]: pair["direction"] for pair in example.labels["outcomes"]}
        truth["overall_direction"] = example.labels.get("overall_direction")
        disputed = {OUTCOME_PREFIX + domain for domain in example.labels.get("disputed", ())}
        for field, tag in tags.items():
            outcome = field.startswith(OUTCOME_PREFIX) or (field == "overall_direction" and truth[field] is not None)
            if outcome and not tag.abstained and field not in disputed:
                kind = "overall" if field == "overall_direction" else "outcome"
                counts.setdefault(f"{kind} {tag.value}", Counter()).update(
                    n=1, right=int(truth.get(field) == tag.value)
                )
    return {name: {"n": count["n"], "right": count["right"]} for name, count in sorted(counts.items())}


def _given_outcomes(example: Example, tags: Tags) -> dict[str, Any]:
    """What was said of each domain, without those on which the label's readers disagree."""
    given = {field.removeprefix(OUTCOME_PREFIX): tag for field, tag in tags.items() if field.startswith(OUTCOME_PREFIX)}
    disputed = example.labels.get("disputed", ())
    return {domain: tag.value for domain, tag in given.items() if tag.value is not None and domain not in disputed}


def _quotes(labelled: Sequence[tuple[Example, Tags]]) -> dict[str, Any]:
    """Of the outcomes whose domain is right: are quotes verbatim, and do they overlap the sentence of the label's quote?"""
    verbatim = overlapping = compared = total = 0
    for example, tags in labelled:
        text = f"{example.record.title}\n{example.record.abstract}"
        for pair in example.labels["outcomes"]:
            tag = tags.get(OUTCOME_PREFIX + pair["domain"])
            if tag is None or tag.value is None:
                continue
            total += 1
            verbatim += bool(tag.quote) and tag.quote in text
            if pair.get("quote") and pair["quote"] in text:
                compared += 1
                overlapping += _overlaps(text, tag.quote, pair["quote"])
    return {
        "n": total,
        "verbatim": round(verbatim / total, 4) if total else None,
        "overlap_n": compared,
        "overlap": round(overlapping / compared, 4) if compared else None,
    }


def _overlaps(text: str, quote: str, label_quote: str) -> bool:
    start = text.find(label_quote)
    sentence = max(text.rfind(". ", 0, start), text.rfind("\n", 0, start)) + 1
    end = min(
        (place for place in (text.find(". ", start + len(label_quote) - 1), text.find("\n", start)) if place >= 0),
        default=len(text),
    )
    place = text.find(quote) if quote else -1
    return place >= 0 and place < end and place + len(quote) > sentence


def _fact(field: str, examples: Sequence[Example], tagged: Sequence[Tags]) -> dict[str, Any]:
    """Precision and recall of all that is given, and of what is shown as certain how much is right."""
    pairs = [(e.labels[field], tags.get(field)) for e, tags in zip(examples, tagged, strict=True) if field in e.labels]
    true = [plain_value(field, label) for label, _ in pairs]
    said = [plain_value(field, tag.value if tag else None) for _, tag in pairs]
    hits = [len(t & s) for t, s in zip(true, said, strict=True)]
    shown = [t == s for t, s, (_, tag) in zip(true, said, pairs, strict=True) if tag and not tag.abstained]
    return {
        **count_report(hits, [len(s) for s in said], [len(t) for t in true]),
        "shown": {"n": len(shown), "right": sum(shown)},
    }


def leaks(training: Sequence[Example], test: Sequence[Example]) -> list[str]:
    """Ids of test records that are also in training, by PMID, DOI or normalised title."""
    known = frozenset().union(*(identities(example) for example in training))
    return [example.record.id for example in test if identities(example) & known]
