"""Which outcomes a record reports on, which way each went, and the words it rests on (labels guideline, parts 3 and 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classify.comparisons import PLAINLY, plain_comparison
from classify.decisions import decide
from classify.document import Document
from classify.evidence import Evidence, find_evidence
from classify.lexicon import Lexicon
from classify.outcome_features import describe
from classify.outcome_model import DIRECTIONS, LISTED, OutcomeModel
from classify.overall import PRIMARY, TRIALS, Decided, claims_more, overall_direction
from classify.quoting import quote_of, shown_evidence
from classify.statements import AGAINST, FAVOURS, NO_DIFFERENCE, NOT_REPORTED
from classify.sureness import CERTAIN, NO_CLAIM, NO_RESULT_YET, PLAIN, chance, doubts, doubts_of_main_result
from db.records import OUTCOME_PREFIX, Layer, Tag

#: 3 of 3 flags were right on 696 trials and 353 other records, after the one wrong of 4 was ruled out: too few to say
#: more. The page says "may" and shows both sentences.
CLAIMS_MORE = 0.75
#: A plain comparison that a model thinks less likely than this is left to a person: of four such on other drugs' abstracts
#: three were wrong.
LIKELY = 0.5
#: Titles of studies of who responds or why: what they test is not whether the drug works.
_OTHER_QUESTION = re.compile(r"predict|mediat|moderat|correlat|trajector|\bmechanis|relationship")


def read_directions(
    document: Document, lexicon: Lexicon, study_design: str, model: OutcomeModel | None = None
) -> list[Tag]:
    """Tags "outcomes.<domain>", "overall_direction" and "claims_more" of one record.

    Rules read the sentences; the model, where there is one, weighs what they read. A record whose studied exposure is
    not the topic's drug has no outcomes, and makes no claim about the drug.
    """
    evidence, decided = decide_all(document, lexicon, study_design) if document.studied else ({}, {})
    weighed: Mapping[str, Weighed] = {}
    if model is not None:
        weighed = weigh(document, evidence, decided, study_design, model)
        evidence = {domain: evidence[domain] for domain in weighed}
        decided = {domain: verdict.decided for domain, verdict in weighed.items()}
    tags = [
        _outcome_tag(document, evidence[domain], verdict, study_design, weighed.get(domain))
        for domain, verdict in decided.items()
    ]
    return [*tags, *_overall_tags(document, evidence, decided, study_design, weighed)]


def decide_all(
    document: Document, lexicon: Lexicon, study_design: str
) -> tuple[dict[str, list[Evidence]], dict[str, tuple[str, Evidence, str]]]:
    """What the rules find on each domain, and what they decide from it: direction, statement, and the rule that decided."""
    evidence = find_evidence(document, lexicon, study_design)
    return evidence, {domain: _guarded(document, items, study_design) for domain, items in evidence.items()}


@dataclass(frozen=True, slots=True)
class Weighed:
    """A domain's verdict after the model weighed it: the chance that domain and direction are right, whether that is
    enough to show it, and the features that weighed most."""

    decided: tuple[str, Evidence, str]
    chance: float
    certain: bool
    terms: list[tuple[str, float]]


def weigh(
    document: Document,
    evidence: Mapping[str, Sequence[Evidence]],
    decided: Decided,
    study_design: str,
    model: OutcomeModel,
) -> dict[str, Weighed]:
    """The verdict on each domain that the model takes for reported on."""
    described = describe(document, evidence, decided, study_design)
    found = {}
    for (domain, features), chances in zip(described.items(), model.chances(list(described.values())), strict=True):
        place = int(chances[1:].argmax())
        direction, chance = DIRECTIONS[place], round(float(chances[0] * chances[1 + place]), 4)
        if chance < LISTED:
            continue
        said, statement, rule = decided[domain]
        # Where rules and model disagree a person looks.
        certain = direction == said and chance >= model.certain.get(direction, 2)
        if direction != said:
            same = [item for item in evidence[domain] if item.statement.direction == direction]
            statement = next(iter(same), statement)
            rule = f"the rules say {said} ({rule})"
        found[domain] = Weighed((direction, statement, rule), chance, certain, model.weighed(features, direction))
    return found


def _guarded(document: Document, items: Sequence[Evidence], study_design: str) -> tuple[str, Evidence, str]:
    """The decision, withdrawn where the guideline says that the study can't tell a direction."""
    direction, chosen, rule = decide(items, study_design)
    plain = plain_comparison(document, items, study_design)
    if plain and direction != NOT_REPORTED:
        direction, chosen, rule = plain.statement.direction, plain, PLAINLY
    domain = chosen.statement.domain
    if domain != "safety" and study_design in TRIALS and _healthy(document) and direction != NO_DIFFERENCE:
        return NOT_REPORTED, chosen, "laboratory study of healthy volunteers"
    if direction in (AGAINST, NO_DIFFERENCE) and domain != "brain_mechanism" and _OTHER_QUESTION.search(document.title):
        return NOT_REPORTED, chosen, "a study of who responds, or why"
    return direction, chosen, rule


def _healthy(document: Document) -> bool:
    titled = any(hit.payload.id == "healthy_volunteers" for hit in document.in_title.facets)
    named = any(hit.payload.id == "healthy_volunteers" for hit in document.in_text.facets)
    return titled or (named and "patient" not in document.text)


def _doubted(
    document: Document, evidence: Sequence[Evidence], direction: str, chosen: Evidence, weighed: bool
) -> tuple[list[str], Evidence]:
    """The doubts about the statement that decided, and the statement to show: where nothing is doubted, one without doubts."""
    against = doubts(document, evidence, chosen, weighed=weighed)
    plain = (
        evidence if against else [item for item in evidence if not doubts(document, evidence, item, weighed=weighed)]
    )
    return against, shown_evidence(document, plain, direction)


def _outcome_tag(
    document: Document,
    evidence: Sequence[Evidence],
    verdict: tuple[str, Evidence, str],
    study_design: str,
    weighed: Weighed | None,
) -> Tag:
    direction, chosen, rule = verdict
    against, shown = _doubted(document, evidence, direction, chosen, weighed is not None)
    shown = chosen if rule == PLAINLY else shown
    sure, certain = _sureness(direction, rule, against, study_design, weighed)
    why: dict[str, Any] = {"cue": chosen.statement.cue, "section": chosen.section, "rule": rule, "doubts": against}
    if weighed:
        why["terms"] = [list(term) for term in weighed.terms]
    field = OUTCOME_PREFIX + chosen.statement.domain
    layer = Layer.MODEL if weighed else Layer.RULES
    return Tag(field, direction, sure, layer, not certain, quote_of(document, shown), why)


def _sureness(
    direction: str, rule: str, against: Sequence[str], study_design: str, weighed: Weighed | None
) -> tuple[float, bool]:
    """The chance that a direction is right, and whether it is shown: where the arms are plainly compared and the model does
    not think it unlikely, and a benefit where nothing speaks against it."""
    if rule == PLAINLY:  # where the model says otherwise the rule has another name
        if weighed is not None and weighed.chance < LIKELY:
            return weighed.chance, False
        return max(PLAIN, weighed.chance if weighed else 0), True
    if weighed is None:
        sure = chance(direction, against, study_design)
        return sure, sure >= CERTAIN
    return weighed.chance, weighed.certain and not (direction == FAVOURS and against)


def _overall_tags(
    document: Document,
    evidence: Mapping[str, Sequence[Evidence]],
    decided: Decided,
    study_design: str,
    weighed: Mapping[str, Weighed],
) -> Iterator[Tag]:
    direction, chosen, reason = overall_direction(document, evidence, decided)
    against: list[str] = []
    shown, rule = None, ""
    if chosen:
        domain = chosen.statement.domain
        against, shown = _doubted(document, evidence[domain], direction, chosen, bool(weighed))
        rule = decided[domain][2] if reason == PRIMARY else ""
    against += doubts_of_main_result(document)
    # Where co-primary outcomes disagree no single domain's chance is the record's.
    own = weighed.get(chosen.statement.domain) if chosen else None
    own = own if own and own.decided[0] == direction else None
    sure, certain = _sureness(direction, rule, against, study_design, own)
    if not document.studied:
        sure, certain = NO_CLAIM, False
    elif study_design == "protocol":
        sure, certain = NO_RESULT_YET, direction == NOT_REPORTED
    quote = quote_of(document, shown) if shown else ""
    why = {"rule": reason, "doubts": against}
    yield Tag("overall_direction", direction, sure, Layer.RULES, not certain, quote, why)
    pair = claims_more(document, evidence, study_design)
    if pair:
        conclusion, result = (quote_of(document, item) for item in pair)
        yield Tag(
            "claims_more",
            True,
            CLAIMS_MORE,
            Layer.RULES,
            quote=conclusion,
            why={"conclusion": conclusion, "result": result},
        )
