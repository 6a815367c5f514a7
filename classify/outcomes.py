"""Which outcomes a record reports on, which way each went, and the words it rests on (labels guideline, parts 3 and 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from classify.decisions import decide
from classify.document import Document
from classify.evidence import Evidence, find_evidence
from classify.lexicon import Lexicon
from db.records import OUTCOME_PREFIX, Layer, Tag


def read_directions(document: Document, lexicon: Lexicon, study_design: str, models: Mapping[str, Any]) -> list[Tag]:
    """Tags "outcomes.<domain>" and "overall_direction" of a record whose studied exposure is the topic's drug."""
    if not document.studied:
        return []
    tags: list[Tag] = []
    decided: dict[str, tuple[str, Evidence]] = {}
    for domain, evidence in find_evidence(document, lexicon, study_design).items():
        direction, chosen, rule = decide(evidence, study_design)
        decided[domain] = (direction, chosen)
        statement = chosen.statement
        tags.append(
            Tag(
                OUTCOME_PREFIX + domain,
                direction,
                0.7,
                Layer.RULES,
                quote=document.quote(statement.start, statement.end),
                why={"cue": statement.cue, "section": chosen.section, "rule": rule},
            )
        )
    return tags
