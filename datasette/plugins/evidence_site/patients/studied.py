"""What was studied, in whom, and what they were given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evidence_site.patients import measures
from evidence_site.patients.study import PatientStudy, Statement
from evidence_site.patients.texts import Texts
from evidence_site.patients.variants import design_of

_BLINDING = {"double-blind": "blind_double", "single-blind": "blind_single", "open-label": "blind_open"}
#: How a person writes a route in the account of the treatment, where it is not the label's own word.
_WRITTEN = {
    "intravenous": ("intravenous", "IV"),
    "intramuscular": ("intramuscular", "IM"),
    "intranasal": ("intranasal", "nasal"),
    "oral": ("oral", "by mouth"),
    "sublingual": ("sublingual", "under the tongue"),
}


def kind(study: PatientStudy, texts: Texts, variant: str) -> Iterator[Statement]:
    """What kind of paper it is and how much of it is about the topic."""
    design = design_of(study)
    by_notice = study.status == "notice"
    yield Statement(texts(f"kind.{design}"), by_notice or study.is_checked("study_design"))
    if variant in {"notice", "off_topic"}:
        return
    if study.value("secondary_analysis") is True:
        yield Statement(texts("kind.secondary"), study.is_checked("secondary_analysis"))
    relevance = study.value("relevance")
    known = relevance if relevance in {"core", "related", "off_topic"} else "unknown"
    yield Statement(texts(f"relevance.{known}"), study.is_checked("relevance"))


def people(study: PatientStudy, texts: Texts, variant: str) -> Iterator[Statement]:
    """How many took part, and with which conditions."""
    yield from _counts(study, texts, variant)
    names = measures.named(texts, "conditions", study.value("conditions"))
    if not names or variant in {"animals", "opinion", "other", "unknown"}:
        return
    alone = variant in {"people", "case"} and study.value("n_participants") == 1
    form = "one" if alone else {"protocol": "planned", "review": "review"}.get(variant, "")
    name = f"people.conditions_{form}" if form else "people.conditions"
    yield Statement(texts(name, list=texts.listed(names)), study.is_checked("conditions"))


def _counts(study: PatientStudy, texts: Texts, variant: str) -> Iterator[Statement]:
    count = _whole(study.value("n_participants"))
    checked = study.is_checked("n_participants")
    if variant == "review":
        studies = _whole(study.value("n_studies"))
        if studies:
            name = "people.studies_one" if studies == 1 else "people.studies"
            yield Statement(texts(name, n=texts.number(studies)), study.is_checked("n_studies"))
            if count:
                yield Statement(texts("people.pooled", n=texts.number(count)), checked)
    elif variant == "animals":
        if count:
            yield Statement(texts("people.animals", n=texts.number(count)), checked)
    elif variant in {"people", "case", "protocol", "retracted"}:
        yield Statement(_took_part(texts, count, planned=variant == "protocol"), checked)


def _took_part(texts: Texts, count: int | None, *, planned: bool) -> str:
    if count is None:
        return texts("people.unknown")
    if count == 0:
        return texts("people.none")
    if planned:
        return texts("people.planned", n=texts.number(count))
    return texts("people.one") if count == 1 else texts("people.many", n=texts.number(count))


def given(study: PatientStudy, texts: Texts, variant: str) -> Iterator[Statement]:
    """Drug, route, sessions, dose, what came along with it, what it was compared with, blinding, follow-up."""
    planned = variant == "protocol"
    yield _drug(study, texts, planned)
    sessions = _whole(study.value("sessions"))
    if sessions and variant in {"people", "case"}:
        name = "given.once" if sessions == 1 else "given.times"
        yield Statement(texts(name, n=texts.number(sessions)), study.is_checked("sessions"))
    if variant != "animals" and (dose := measures.dose(texts, study.value("dose"))):
        yield Statement(dose, study.is_checked("dose"))
    if variant != "animals" and (along := measures.named(texts, "co_treatments", study.value("co_treatments"))):
        yield Statement(texts("given.along", list=texts.listed(along)), study.is_checked("co_treatments"))
    yield from _comparison(study, texts, planned)
    yield from _conduct(study, texts, variant)


def _drug(study: PatientStudy, texts: Texts, planned: bool) -> Statement:
    names = measures.named(texts, "drugs", study.value("formulation"))
    name = texts.listed(names) if names else texts("drugs.family")
    route = texts.maybe(f"routes.{study.value('route')}")
    form = "drug_planned" if planned else "drug"
    if route:
        form += "_route"
    checked = all(_confirmed(study, field) for field in ["formulation"] * bool(names) + ["route"] * bool(route))
    return Statement(texts(f"given.{form}", name=name, route=route), checked)


def _confirmed(study: PatientStudy, field: str) -> bool:
    """True where a person wrote the label, or wrote of the treatment in words that name each of its values."""
    if study.is_checked(field):
        return True
    written = str(study.value("intervention") or "") if study.is_checked("intervention") else ""
    values = study.value(field)
    values = values if isinstance(values, list | tuple) else [values]
    return all(any(measures.mentions(written, word) for word in _WRITTEN.get(value, (value,))) for value in values)


def _comparison(study: PatientStudy, texts: Texts, planned: bool) -> Iterator[Statement]:
    value = study.value("comparator")
    if names := measures.comparators(texts, value):
        form = "compared_planned" if planned else "compared"
        yield Statement(texts(f"given.{form}", list=texts.listed(names)), study.is_checked("comparator"))
    elif measures.has_no_comparator(value) and not planned:
        yield Statement(texts("given.alone"), study.is_checked("comparator"))


def _conduct(study: PatientStudy, texts: Texts, variant: str) -> Iterator[Statement]:
    blinding = _BLINDING.get(str(study.value("blinding")))
    if blinding and variant == "people":
        yield Statement(texts(f"given.{blinding}"), study.is_checked("blinding"))
    time = measures.duration(texts, study.value("follow_up"))
    if time and variant in {"people", "case", "protocol"}:
        form = "follow_up_planned" if variant == "protocol" else "follow_up"
        yield Statement(texts(f"given.{form}", time=time), study.is_checked("follow_up"))


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
