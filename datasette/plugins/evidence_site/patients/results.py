"""What was found. A sentence never says more than the label it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from evidence_site.patients import measures
from evidence_site.patients.study import Fact, Finding, PatientStudy, Statement
from evidence_site.patients.texts import Texts
from evidence_site.patients.variants import wording_of_results

DIRECTIONS = ("favours_ketamine", "no_clear_difference", "favours_comparator", "mixed", "not_reported")
#: Below this many people a study is called small.
SMALL = 50


def overall(study: PatientStudy, texts: Texts, variant: str) -> Iterator[Statement]:
    """The main result in one sentence; the classifier's guess at it gives way to outcomes that a person checked."""
    direction = study.value("overall_direction")
    checked = study.is_checked("overall_direction")
    if direction not in DIRECTIONS or (not checked and any(fact.checked for fact in study.outcomes.values())):
        return
    yield Statement(texts(f"overall.{wording_of_results(variant)}.{direction}"), checked)


def findings(study: PatientStudy, texts: Texts, variant: str) -> Iterator[Finding]:
    """One finding for each outcome domain, those with an answer first, in the order of the topic's areas."""
    order = list(texts.get("areas"))
    known = [(domain, fact) for domain, fact in study.outcomes.items() if domain in order and fact.value in DIRECTIONS]
    known.sort(key=lambda item: (item[1].value == "not_reported", order.index(item[0])))
    for domain, fact in known:
        yield Finding(
            domain=domain,
            name=texts(f"names.{domain}"),
            direction=fact.value,
            word=texts.maybe(f"directions_{domain}.{fact.value}") or texts(f"directions.{fact.value}"),
            statement=Statement(_said(texts, wording_of_results(variant), domain, fact), fact.checked),
        )


def _said(texts: Texts, wording: str, domain: str, fact: Fact) -> str:
    area = texts(f"areas.{domain}")
    if fact.value in {"mixed", "not_reported"}:
        name = "found.mixed" if fact.value == "mixed" else "found.not_told"
        return texts(f"{name}_review" if wording == "review" else name, area=area)
    own = f"found.{wording}.{domain}.{fact.value}"
    return texts.maybe(own) or texts(f"found.{wording}.any.{fact.value}", area=area)


def basis(study: PatientStudy, texts: Texts, variant: str) -> Iterator[Statement]:
    """What "better" and "worse" mean here: than what. Safety has words of its own."""
    if not any(
        fact.value in {"favours_ketamine", "favours_comparator"} and not texts.get(f"directions_{domain}")
        for domain, fact in study.outcomes.items()
    ):
        return
    if wording_of_results(variant) == "review":
        yield Statement(texts("found.basis_review"))
        return
    comparator = study.value("comparator")
    if measures.has_no_comparator(comparator):
        name = "found.basis_alone"
    else:
        name = "found.basis_compared" if comparator else "found.basis_either"
    yield Statement(texts(name), study.is_checked("comparator"))


def in_numbers(study: PatientStudy, texts: Texts) -> Iterator[Statement]:
    """What a person wrote about this study in plain words and absolute numbers, if somebody did."""
    for key in (study.key, study.doi):
        written = texts.at("studies", key, "found") if key else None
        if isinstance(written, str):
            yield Statement(texts.fill(written))
            return


def planned(study: PatientStudy, texts: Texts) -> Iterator[Statement]:
    """What a plan says it will look at."""
    order = list(texts.get("areas"))
    domains = sorted((domain for domain in study.outcomes if domain in order), key=order.index)
    if not domains:
        yield Statement(texts("found.no_results_yet_unknown"))
        return
    areas = [texts(f"areas.{domain}") for domain in domains]
    checked = all(study.outcomes[domain].checked for domain in domains)
    yield Statement(texts("found.no_results_yet", list=texts.listed(areas)), checked)
