"""Which outcomes a record reports on, which way each went, and the words it rests on (labels guideline, parts 3 and 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from classify.decisions import decide
from classify.document import Document
from classify.evidence import Evidence, find_evidence
from classify.lexicon import Lexicon
from classify.overall import TRIALS, Decided, claims_more, overall_direction
from classify.quoting import quote_of, shown_evidence
from classify.statements import AGAINST, NO_DIFFERENCE, NOT_REPORTED
from classify.sureness import CERTAIN, NO_CLAIM, chance, doubts, doubts_of_main_result
from db.records import OUTCOME_PREFIX, Layer, Tag

#: 3 of 3 flags were right on 696 trials and 353 other records, after the one wrong of 4 was ruled out: too few to say
#: more. The page says "may" and shows both sentences.
CLAIMS_MORE = 0.75
#: Titles of studies of who responds or why: what they test is not whether the drug works.
_OTHER_QUESTION = re.compile(r"predict|mediat|moderat|correlat|trajector|\bmechanis|relationship")


def read_directions(document: Document, lexicon: Lexicon, study_design: str) -> list[Tag]:
    """Tags "outcomes.<domain>", "overall_direction" and "claims_more" of one record.

    A record whose studied exposure is not the topic's drug has no outcomes, and makes no claim about the drug.
    """
    evidence = find_evidence(document, lexicon, study_design) if document.studied else {}
    decided = {domain: _guarded(document, items, study_design) for domain, items in evidence.items()}
    tags = [_outcome_tag(document, evidence[domain], verdict, study_design) for domain, verdict in decided.items()]
    return [*tags, *_overall_tags(document, evidence, decided, study_design)]


def _guarded(document: Document, items: Sequence[Evidence], study_design: str) -> tuple[str, Evidence, str]:
    """The decision, withdrawn where the guideline says that the study can't tell a direction."""
    direction, chosen, rule = decide(items, study_design)
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
    document: Document, evidence: Sequence[Evidence], direction: str, chosen: Evidence
) -> tuple[list[str], Evidence]:
    """The doubts about the statement that decided, and the statement to show: where nothing is doubted, one without doubts."""
    against = doubts(document, evidence, chosen)
    plain = evidence if against else [item for item in evidence if not doubts(document, evidence, item)]
    return against, shown_evidence(document, plain, direction)


def _outcome_tag(
    document: Document, evidence: Sequence[Evidence], verdict: tuple[str, Evidence, str], study_design: str
) -> Tag:
    direction, chosen, rule = verdict
    against, shown = _doubted(document, evidence, direction, chosen)
    sure = chance(direction, against, study_design)
    why = {"cue": chosen.statement.cue, "section": chosen.section, "rule": rule, "doubts": against}
    field = OUTCOME_PREFIX + chosen.statement.domain
    return Tag(field, direction, sure, Layer.RULES, sure < CERTAIN, quote_of(document, shown), why)


def _overall_tags(
    document: Document, evidence: Mapping[str, Sequence[Evidence]], decided: Decided, study_design: str
) -> Iterator[Tag]:
    direction, chosen, reason = overall_direction(document, evidence, decided)
    against: list[str] = []
    shown = None
    if chosen:
        against, shown = _doubted(document, evidence[chosen.statement.domain], direction, chosen)
    against += doubts_of_main_result(document)
    sure = chance(direction, against, study_design) if document.studied else NO_CLAIM
    quote = quote_of(document, shown) if shown else ""
    why = {"rule": reason, "doubts": against}
    yield Tag("overall_direction", direction, sure, Layer.RULES, sure < CERTAIN, quote, why)
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
