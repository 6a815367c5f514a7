"""Which outcomes a record reports on, which way each went, and the words it rests on (labels guideline, parts 3 and 4)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from classify import cues
from classify.document import FINDINGS, Document
from classify.lexicon import Lexicon, TermHit
from classify.sentences import Sentence
from classify.statements import AGAINST, FAVOURS, MIXED, NO_DIFFERENCE, NOT_REPORTED, Statement, clauses, read_clause
from db.records import OUTCOME_PREFIX, Layer, Tag

REVIEWS = frozenset({"meta_analysis", "systematic_review", "narrative_review", "guideline", "commentary"})
_PLANNED = frozenset({"objective", "methods", "measures", "results", "conclusions", "condition", "title"})
_POPULATION = re.compile(
    r"\b(?:patients?|subjects?|individuals?|people|adults?|participants|women|men|inpatients|outpatients|persons?|volunteers|adolescents"
    r"|veterans|those|diagnos\w+|symptoms criteria) (?:\w+ )?(?:with|suffering from|of|for|meeting criteria for) (?:[\w/+'-]+ ){0,4}$"
)
_PRIMARY = re.compile(
    r"\b(?:co-?)?primary (?:\w+ )?(?:outcome|end ?point|measure|objective|efficacy|hypothesis|aim|result)"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A statement with the section it stands in."""

    statement: Statement
    section: str
    primary: bool = False
    exposed: bool = False


def find_evidence(document: Document, lexicon: Lexicon, study_design: str) -> dict[str, list[Evidence]]:
    """Every statement of the record on each outcome domain."""
    sections = _PLANNED if study_design == "protocol" else FINDINGS
    evidence: dict[str, list[Evidence]] = defaultdict(list)
    for sentence in document.sentences:
        if sentence.section not in sections:
            continue
        for item in _sentence_evidence(document, sentence, lexicon, study_design):
            evidence[item.statement.domain].append(item)
    return evidence


def _sentence_evidence(
    document: Document, sentence: Sentence, lexicon: Lexicon, study_design: str
) -> Iterator[Evidence]:
    text = document.text
    hits = [hit for hit in document.hits(document.in_text.outcomes, sentence) if _counts(document, sentence, hit)]
    if not hits:
        return
    exposures = document.hits(document.in_text.exposures, sentence)
    if study_design in REVIEWS and not exposures and sentence.section != "conclusions":
        if document.in_title.exposures:
            pass
        else:
            return
    primary = bool(_PRIMARY.search(text, sentence.start, sentence.end))
    before: dict[str, list[TermHit]] = {}
    for start, end in clauses(text, sentence.start, sentence.end):
        by_domain: dict[str, list[TermHit]] = defaultdict(list)
        for hit in hits:
            if start <= hit.start < end:
                by_domain[hit.payload.id].append(hit)
        if not by_domain and cues.CONTRAST.match(text[start:end]):
            by_domain.update(before)  # "though there was no difference at the end" speaks of what went before
        inside = [hit for hit in exposures if start <= hit.start < end]
        for domain, found in by_domain.items():
            statement = read_clause(text, start, end, found, inside)
            if lexicon.domains[domain].better_when == "unclear" and statement.direction in (FAVOURS, AGAINST):
                statement = replace(statement, direction=NOT_REPORTED)
            yield Evidence(statement, sentence.section, primary, bool(exposures))
        before = dict(by_domain) or before


def _counts(document: Document, sentence: Sentence, hit: TermHit) -> bool:
    """Whether a term is an outcome here: not the patients' diagnosis, and beside its context where it needs one."""
    text = document.text
    if _POPULATION.search(text, max(sentence.start, hit.start - 70), hit.start):
        return False
    if not hit.payload.in_context:
        return True
    near = {other.payload.id for other in document.in_text.contexts if sentence.start <= other.start < sentence.end}
    if near:
        return hit.payload.id in near
    return any(other.payload.id == hit.payload.id for other in document.in_title.contexts)


def decide(evidence: Sequence[Evidence], study_design: str) -> tuple[str, Evidence]:
    """The direction that a domain's statements give together, and the one to quote."""
    if study_design == "protocol":
        order = {"measures": 0, "methods": 1, "objective": 2}
        chosen = min(evidence, key=lambda item: (not item.primary, order.get(item.section, 3)))
        return NOT_REPORTED, chosen
    told = [item for item in evidence if item.statement.direction != NOT_REPORTED]
    if not told:
        return NOT_REPORTED, max(evidence, key=lambda item: (item.exposed, item.section == "results"))
    primary = [item for item in told if item.primary]
    concluding = [item for item in told if item.section == "conclusions"]
    results = [item for item in told if item.section == "results"]
    for group in [primary, concluding, results] if study_design not in REVIEWS else [concluding, results]:
        directions = {item.statement.direction for item in group}
        if len(directions) == 1:
            direction = directions.pop()
            if group is concluding and direction == FAVOURS:
                tested = {item.statement.direction for item in results if item.statement.tested}
                if tested == {NO_DIFFERENCE}:
                    return NO_DIFFERENCE, next(i for i in results if i.statement.tested)
            return direction, group[0]
        if directions:
            return MIXED, next(item for item in group if item.statement.direction != FAVOURS)
    return told[0].statement.direction, told[0]


def read_directions(document: Document, lexicon: Lexicon, study_design: str, models: Mapping[str, Any]) -> list[Tag]:
    """Tags "outcomes.<domain>" and "overall_direction" of a record whose studied exposure is the topic's drug."""
    if not document.studied:
        return []
    tags: list[Tag] = []
    decided: dict[str, tuple[str, Evidence]] = {}
    for domain, evidence in find_evidence(document, lexicon, study_design).items():
        direction, chosen = decide(evidence, study_design)
        decided[domain] = (direction, chosen)
        statement = chosen.statement
        tags.append(
            Tag(
                OUTCOME_PREFIX + domain,
                direction,
                0.7,
                Layer.RULES,
                quote=document.quote(statement.start, statement.end),
                why={"cue": statement.cue, "section": chosen.section},
            )
        )
    return tags
