"""Why a label stands: the layer that gave it, what weighed most, and the sentence it rests on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from evidence_site.edition import Edition
from evidence_site.studies import Label, Study

LAYERS = {"pubmed": "PubMed’s own publication types and MeSH", "rules": "rules", "model": "a trained model"}
_FIELDS = {
    "study_design": "Study design",
    "relevance": "Relevance",
    "overall_direction": "Direction of the primary result",
    "secondary_analysis": "Secondary analysis",
    "n_participants": "People or animals studied",
    "n_studies": "Studies reviewed",
    "follow_up": "Follow-up",
    "co_treatments": "Given together with",
    "registry_ids": "Registration",
}
_FIRST = ("study_design", "secondary_analysis", "relevance", "overall_direction")


@dataclass(frozen=True)
class Reason:
    """One line of "Why these labels?". `because` holds plain sentences without a full stop."""

    label: str
    layer: str
    because: tuple[str, ...]
    quote: str = ""


def whys_of(connection: sqlite3.Connection, study: Study) -> dict[str, dict[str, Any]]:
    """What the classifier noted with each label; a field "outcomes.<domain>" for each outcome."""
    rows = connection.execute(
        "SELECT field, why FROM labels WHERE study_id = ?1 AND why <> '{}' UNION ALL"
        " SELECT 'outcomes.' || domain, why FROM outcomes WHERE study_id = ?1 AND why <> '{}'",
        [study.row["id"]],
    )
    return {field: json.loads(why) for field, why in rows}


def reasons(edition: Edition, study: Study, whys: dict[str, dict[str, Any]]) -> list[Reason]:
    """A line for each label that the classifier gave: what the study is, what it found, then the facts."""
    named = {
        name: (_FIELDS.get(name, name.replace("_", " ").capitalize()), label)
        for name, label in study.labels.items()
        if name != "claims_more"  # has a place of its own on the page, with both sentences
    }
    first = {name: named.pop(name) for name in _FIRST if name in named}
    outcomes = {
        f"outcomes.{each.domain}": (edition.term("outcome_domain", each.domain).name, each) for each in study.outcomes
    }
    lines = {**first, **outcomes, **named}
    found = (_reason(title, label, whys.get(name, {})) for name, (title, label) in lines.items())
    return [reason for reason in found if reason is not None]


def _reason(title: str, label: Label, why: dict[str, Any]) -> Reason | None:
    if label.by_person or (not label.shown and not why.get("doubts")):
        return None
    because = tuple(_because(why) if label.shown else _doubts(why))
    quote = label.quote if label.shown else ""
    return Reason(title, LAYERS.get(label.layer, label.layer), because, quote) if because or quote else None


def _because(why: dict[str, Any]) -> Iterator[str]:
    if cues := [*why.get("cues", ()), *filter(None, [why.get("cue")])]:
        yield f"cues: {', '.join(map(str, cues))}"
    if terms := why.get("terms"):
        told = (f"{word.replace('_', ' ')} ({weight:+.1f})" for word, weight in terms)  # ids of labels read as words
        yield f"signs that weighed most: {', '.join(told)}"
    if rule := why.get("rule"):
        yield f"rule: {rule}"
    if quotes := why.get("quotes"):
        yield f"found: {', '.join(f'“{words}”' for words in dict.fromkeys(quotes.values()))}"
    if note := why.get("note"):
        yield str(note)


def _doubts(why: dict[str, Any]) -> Iterator[str]:
    """A reading that is not sure enough is not told, not even by its cue; what speaks against it is."""
    for doubt in why["doubts"]:
        yield f"not sure enough: {doubt}"
