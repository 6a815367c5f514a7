"""Patient pages: one study in plain words, and the list of all of them, in each language that the topic has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from evidence_site.asks import Ask, Elsewhere, Page, Problem, Route, Way
from evidence_site.edition import Edition
from evidence_site.patients.compose import compose
from evidence_site.patients.glossary import new_words
from evidence_site.patients.results import findings, in_numbers, overall
from evidence_site.patients.studied import people
from evidence_site.patients.study import Fact, Finding, PatientStudy
from evidence_site.patients.texts import Texts, sentence
from evidence_site.patients.variants import tells_results, variant_of
from evidence_site.sharing import Share, share
from evidence_site.studies import Study, find_id, load_studies, siblings

NAVIGATION = (("/patients", "For patients", "patients"),)
DEFAULT = "en"
PER_PAGE = 30
#: Kinds of papers in the order of the list, with the study designs of each; what has another design comes last.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "trials": ("randomised_trial", "nonrandomised_trial"),
    "stories": ("observational", "qualitative", "case_report"),
    "reviews": ("meta_analysis", "systematic_review", "narrative_review", "guideline"),
    "plans": ("protocol",),
    "lab": ("preclinical",),
}
#: Pages that would mislead somebody who comes from a search engine.
_NOT_INDEXED = frozenset({"retracted", "off_topic", "notice", "unknown"})


def build(edition: Edition, connection, ask: Ask) -> Page | Elsewhere:
    """The page of one study, found by its PMID, its DOI or its number here."""
    ask.only()
    texts = texts_of(edition, ask)
    matched = ask.matched
    found = find_id(
        connection,
        pmid=int(matched["pmid"]) if matched.get("pmid") else None,
        doi=matched.get("doi") or "",
        path=f"/study/record/{matched.get('record')}",
    )
    if found is None:
        return _not_found(edition, texts)
    study = load_studies(connection, edition, [found])[0]
    path = patient_path(study)
    here = address_in(texts.language, path)
    if ask.path != here:
        return Elsewhere(here)
    page = compose(patient_study(edition, study), texts, unchecked_of(edition))
    return Page(
        "patient.html",
        page.title,
        {
            **frame(edition, texts, path),
            "page": page,
            "study": study,
            "is_cautious": bool(study.row["status"]),
            "same": [entry_of(edition, texts, each) for each in siblings(connection, edition, study)],
            "share": share_in(edition, texts, path),
        },
        description=texts("preview.description"),
        section="patients",
        indexed=page.variant not in _NOT_INDEXED,
    )


def build_list(edition: Edition, connection, ask: Ask) -> Page | Elsewhere:
    """All studies about the topic, trials in people first, newest first in each group."""
    asked = ask.only("page")
    texts = texts_of(edition, ask)
    if ask.path != address_in(texts.language, "/patients"):
        return Elsewhere(address_in(texts.language, "/patients"))
    ids = edition.remember("patients in order", lambda: _ordered(connection))
    pages = max(1, -(-len(ids) // PER_PAGE))
    number = int(asked.get("page", "1")) if asked.get("page", "1").isdigit() else 0
    if not 1 <= number <= pages:
        return _not_found(edition, texts)
    studies = load_studies(connection, edition, ids[(number - 1) * PER_PAGE : number * PER_PAGE])
    groups: dict[str, list[Entry]] = {}
    for study in studies:
        groups.setdefault(_group(study.row["design"]), []).append(entry_of(edition, texts, study))
    title = texts("list.title")
    return Page(
        "patients.html",
        f"{title}, {texts('list.page', n=number, of=pages)}" if number > 1 else title,
        {
            **frame(edition, texts, "/patients"),
            "groups": groups,
            "meanings": new_words(texts("list.intro"), texts, set()),
            "number": number,
            "pages": pages,
            "count": len(ids),
        },
        description=texts("list.description"),
        section="patients",
    )


def _ordered(connection) -> list[int]:
    place = {design: n for n, group in enumerate(GROUPS.values()) for design in group}
    rows = connection.execute(
        "SELECT id, design FROM studies WHERE relevance = 'core' AND status <> 'notice' ORDER BY id"
    )
    return [id_ for id_, _ in sorted(rows, key=lambda row: (place.get(row[1], len(GROUPS)), row[0]))]


def _group(design: str) -> str:
    return next((name for name, designs in GROUPS.items() if design in designs), "rest")


@dataclass(frozen=True)
class Entry:
    """One study in a list: where its page is, its title, a status to be warned of, and a few sentences.

    `paper` is the paper's own title, which tells entries apart; "" for one whose title may claim what is not so.
    """

    href: str
    title: str
    warning: str
    paper: str
    sentences: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


def entry_of(edition: Edition, texts: Texts, study: Study) -> Entry:
    """A study as a list shows it. What no person has checked is left to the study's own page."""
    told = patient_study(edition, study)
    variant = variant_of(told)
    counted = variant != "notice" and told.value("n_participants") is not None
    statements = list(people(told, texts, variant)) if counted else []
    if tells_results(variant):
        statements += [*overall(told, texts, variant), *in_numbers(told, texts)]
    warning = texts(f"alert.{told.status}") if told.status in {"retracted", "withdrawn", "concern"} else ""
    return Entry(
        address_in(texts.language, patient_path(study)),
        compose(told, texts, unchecked_of(edition)).title,
        warning,
        "" if variant == "retracted" else study.row["title"],
        tuple(sentence(statement.text) for statement in statements if statement.checked),
        tuple(
            finding
            for finding in findings(told, texts, variant)
            if finding.statement.checked and finding.direction != "not_reported"
        )
        if tells_results(variant)
        else (),
    )


def patient_study(edition: Edition, study: Study) -> PatientStudy:
    """What a patient page may tell of a study: labels above the threshold, and whether a person stands behind each."""
    row = study.row
    return PatientStudy(
        key=str(row["pmid"] or row["doi"]),
        doi=row["doi"],
        title=row["title"],
        year=row["year"],
        status=row["status"],
        looked_on=edition.info["last_harvest"],
        facts={
            name: Fact(label.value, label.by_person)
            for name, label in study.labels.items()
            if label.shown and label.value not in (None, "", [])
        },
        outcomes={
            outcome.domain: Fact(outcome.value, outcome.by_person) for outcome in study.outcomes if outcome.shown
        },
    )


def patient_path(study: Study) -> str:
    """The page's address without its language: /patients/<pmid>, /patients/doi/<doi> or /patients/record/<number>."""
    return "/patients" + str(study.row["path"]).removeprefix("/study")


def address_in(language: str, path: str) -> str:
    return path if language == DEFAULT else f"/{language}{path}"


def languages_of(edition: Edition) -> list[str]:
    """The languages in which patient pages are written, the default one first."""
    found = [name for name, part in edition.pages.items() if isinstance(part, Mapping) and "patients" in part]
    return sorted(found, key=lambda name: (name != DEFAULT, name))


def texts_of(edition: Edition, ask: Ask) -> Texts:
    """The texts of the language in the address. Raises Problem if there is none."""
    language = ask.matched.get("language") or DEFAULT
    if language not in languages_of(edition):
        ways = [Way("In English", ask.path.removeprefix(f"/{language}"))] if DEFAULT in languages_of(edition) else []
        raise Problem.not_found("There are no patient pages in this language.", *ways, Way("Home page", "/"))
    return edition.remember(("texts", language), lambda: Texts(language, edition.pages[language]["patients"]))


def unchecked_of(edition: Edition) -> str:
    return str(edition.pages.get("settings", {}).get("unchecked", "say"))


def frame(edition: Edition, texts: Texts, path: str) -> dict[str, Any]:
    """What every page for patients needs: its texts, and the same page in the other languages."""
    return {
        "t": texts,
        "here": f"{edition.address}{quote(address_in(texts.language, path), safe='/')}",
        "home": address_in(texts.language, "/patients"),
        "lists": address_in(texts.language, "/collections") if edition.collections else "",
        "translations": [
            {
                "language": other,
                "name": edition.pages[other]["patients"]["chrome"]["language"],
                "href": address_in(other, path),
                "whole": f"{edition.address}{quote(address_in(other, path), safe='/')}",
            }
            for other in languages_of(edition)
        ],
    }


def share_in(edition: Edition, texts: Texts, path: str) -> Share:
    """The share panel of a page for patients, with a subject that says nothing about the reader."""
    here = quote(address_in(texts.language, path), safe="/")
    return share(edition, here, texts("share.mail_subject"), texts("share.qr"))


def _not_found(edition: Edition, texts: Texts) -> Page:
    return Page(
        "patients_missing.html",
        texts("errors.not_found"),
        frame(edition, texts, "/patients"),
        section="patients",
        status=404,
        indexed=False,
    )


_LANGUAGE = r"(?:/(?P<language>[a-z]{2}))?"
_HTML = ("html",)
ROUTES = (
    Route(rf"{_LANGUAGE}/patients", build_list, _HTML),
    Route(rf"{_LANGUAGE}/patients/0*(?P<pmid>[0-9]{{1,9}})", build, _HTML),
    Route(rf"{_LANGUAGE}/patients/doi/(?P<doi>10\.[^\s]{{1,300}})", build, _HTML),
    Route(rf"{_LANGUAGE}/patients/record/(?P<record>[0-9]{{1,12}})", build, _HTML),
)
