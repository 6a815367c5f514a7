"""Facts and facets of a record as tags, each with its quote (labels guideline, parts 5 and 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from classify.comparator import read_comparator
from classify.conduct import read_blinding, read_registry_ids
from classify.document import Document
from classify.dosing import read_dose
from classify.facets import CO_TREATMENTS, CONDITIONS, FORMULATION, read_facet
from classify.fact_answers import Answer, answer
from classify.fact_model import FactModels
from classify.follow_up import read_follow_up
from classify.participants import read_participants
from classify.people import Fact
from classify.pooled import read_studies
from classify.routes import read_route
from classify.sessions import read_sessions
from db.records import Layer, Tag

#: Facts of any study, and those that are the studied drug's (labels guideline).
_OF_THE_STUDY: tuple[tuple[str, Callable[[Document, str], Fact | None]], ...] = (
    ("n_participants", read_participants),
    ("n_studies", read_studies),
    ("blinding", read_blinding),
    ("registry_ids", read_registry_ids),
)
_OF_THE_DRUG: tuple[tuple[str, Callable[[Document, str], Fact | None]], ...] = (
    ("dose", read_dose),
    ("route", read_route),
    ("sessions", read_sessions),
    ("comparator", read_comparator),
    ("follow_up", read_follow_up),
)
#: How often each fact is right on records that the rules were not written with (docs/classifier-outcomes.md): no chance
#: is given as more than that.
_AT_MOST = {
    "n_participants": 0.9,
    "n_studies": 0.88,
    "dose": 0.87,
    "route": 0.96,
    "sessions": 0.85,
    "comparator": 0.8,
    "follow_up": 0.8,
    "blinding": 0.95,
}
#: A fact read with a smaller chance than this is left to a person: those above were right in 95 of 100 of such records
#: (routes, blinding, registry ids). The page shows the abstract's words for the others.
CERTAIN = 0.92


def ruled_facts(document: Document, study_design: str) -> dict[str, Fact]:
    """What the rules read, by field; what they don't find is missing."""
    readers = (*_OF_THE_STUDY, *(_OF_THE_DRUG if document.studied else ()))
    found = ((field, read(document, study_design)) for field, read in readers)
    return {field: fact for field, fact in found if fact is not None}


def read_facts(document: Document, study_design: str, models: FactModels | None = None) -> list[Tag]:
    """Every fact that the text states. What it does not state has no tag. `models` weigh what may be meant, where there
    are some."""
    ruled = ruled_facts(document, study_design)
    fields = [field for field, _ in (*_OF_THE_STUDY, *(_OF_THE_DRUG if document.studied else ()))]
    tags: list[Tag] = []
    for field in fields:
        fact, model = ruled.get(field), (models or {}).get(field)
        if model:
            weighed = answer(document, study_design, field, fact, model)
            if weighed:
                tags.append(_weighed_tag(document, field, weighed))
        elif fact:
            tags.append(_tag(document, field, fact))
    if document.studied:
        comparator = ruled.get("comparator")
        tags.extend(_facet_tags(document, study_design, str(comparator.value) if comparator else ""))
    return tags


def _quote(document: Document, fact: Fact) -> str:
    return (document.record.title if fact.in_title else document.record.abstract)[fact.start : fact.end]


def _tag(document: Document, field: str, fact: Fact) -> Tag:
    chance = min(fact.chance, _AT_MOST.get(field, 1.0))
    return Tag(field, fact.value, chance, Layer.RULES, chance < CERTAIN, _quote(document, fact))


def _weighed_tag(document: Document, field: str, weighed: Answer) -> Tag:
    fact = weighed.fact
    why = {"terms": weighed.terms}
    return Tag(field, fact.value, fact.chance, Layer.MODEL, not weighed.certain, _quote(document, fact), why)


def _facet_tags(document: Document, study_design: str, comparator: str) -> Iterator[Tag]:
    for facet in (CONDITIONS, CO_TREATMENTS, FORMULATION):
        found = read_facet(document, facet, study_design, comparator)
        if found:
            texts = {True: document.record.title, False: document.record.abstract}
            quotes = {value.id: texts[value.in_title][value.start : value.end] for value in found}
            yield Tag(
                facet,
                [value.id for value in found],
                0.9,
                Layer.RULES,
                quote=quotes[found[0].id],
                why={"quotes": quotes},
            )
