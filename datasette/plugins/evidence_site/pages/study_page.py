"""One study: what was done, in whom, what was found, how sure, and who says so."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from evidence_site import exports, quotes, words
from evidence_site.asks import Ask, Elsewhere, File, Page, Problem, Route, Way
from evidence_site.machine import study_whole
from evidence_site.pages import patients
from evidence_site.reasons import reasons, whys_of
from evidence_site.sharing import share_plainly
from evidence_site.studies import Study, citations_of, find_id, load_studies, siblings

#: The facts in the order of reading, and the name of each.
FACTS = (
    ("population", "Who"),
    ("n_participants", "People studied"),
    ("n_studies", "Studies reviewed"),
    ("intervention", "Ketamine"),
    ("dose", "Dose"),
    ("route", "Route"),
    ("sessions", "Sessions"),
    ("comparator", "Compared with"),
    ("co_treatments", "Given together with"),
    ("follow_up", "Follow-up"),
    ("blinding", "Blinding"),
    ("conditions", "Conditions"),
    ("formulation", "Form"),
)
#: Facts that every record of a study in people should have; where one is missing, the page says which way.
EXPECTED = ("n_participants", "dose", "route", "sessions", "comparator", "follow_up", "blinding")
_TERM_KINDS = {"conditions", "co_treatments", "formulation"}


@dataclass(frozen=True)
class Fact:
    """One line of the facts. `state` is known, not_reported, not_checked or not_extracted."""

    name: str
    text: str
    state: str
    who: str = ""
    by_person: bool = False
    quote: str = ""


def build(edition, connection, ask: Ask) -> Page | Elsewhere | File:
    ask.only()
    study = load_studies(connection, edition, [_find(connection, ask)])[0]
    end = "" if ask.form == "html" else f".{ask.form}"
    if ask.path != study.row["path"] + end:
        return Elsewhere(study.row["path"] + end)
    if ask.form in exports.FORMATS:
        return exports.of_view(edition, connection, ask.form, [study.row["id"]])
    links = linked(connection, study)
    same_trial = siblings(connection, edition, study)
    history = changes_of(connection, study.row["id"])
    listed = facts(edition, study)
    usual = most_said(listed)
    whys = whys_of(connection, study)
    sections = quotes.highlighted(json.loads(study.row["sections"]), study)
    return Page(
        "study.html",
        study.row["title"],
        {
            "study": study,
            "facts": listed,
            "usual": usual,
            "design": study.labels.get("study_design"),
            "overall": study.labels.get("overall_direction"),
            "sections": sections,
            "reasons": reasons(edition, study, whys),
            "outrun": whys.get("claims_more", {}),
            "links": links,
            "partly": only_partly(study, links),
            "trials": _trials(connection, study),
            "siblings": same_trial,
            "history": history,
            "citations": citations_of(connection, study.row["id"]),
            "structured": structured(edition, study),
            "mesh": json.loads(study.row["mesh"]),
            "publication_types": json.loads(study.row["publication_types"]),
            "share": share_plainly(edition, quote(study.row["path"], safe="/")),
            "plain": patients.patient_path(study) if patients.languages_of(edition) else "",
        },
        lambda: study_whole(
            edition,
            study,
            {"links": links, "same_trial": [s.row["path"] for s in same_trial], "changes": [dict(c) for c in history]},
        ),
        description=f"{study.row['authors_short']} {study.source_line}".strip(),
        section="studies",
    )


def _find(connection, ask: Ask) -> int:
    matched = ask.matched
    if doi := matched.get("doi"):
        found = find_id(connection, doi=doi)
        named = f"the DOI {doi[:80]}"
    elif pmid := matched.get("pmid"):
        found = find_id(connection, pmid=int(pmid))
        named = f"PMID {pmid}"
    else:
        found = find_id(connection, path=f"/study/record/{matched['record']}")
        named = "this number"
    if found is None:
        ways = (
            [Way("Look for it in all studies", f"/studies?q={matched.get('pmid') or ''}")] if pmid_of(matched) else []
        )
        if pmid_of(matched):
            ways.append(Way("Look it up in PubMed", f"https://pubmed.ncbi.nlm.nih.gov/{pmid_of(matched)}/"))
        raise Problem.not_found(
            f"No study with {named} is in this tracker. It may be off this topic, or newer than the last harvest.",
            *ways,
            Way("All studies", "/studies"),
        )
    return found


def pmid_of(matched) -> str:
    return matched.get("pmid") or ""


def facts(edition, study: Study) -> list[Fact]:
    """Known facts, and for the expected ones of studies in people also why one is missing."""
    found = []
    expected = EXPECTED if study.row["species"] != "animal" and study.row["design"] not in _NO_FACTS else ()
    if study.said("intervention"):
        expected = tuple(f for f in expected if f not in {"dose", "route", "sessions"})
    for name, title in FACTS:
        label = study.labels.get(name)
        if name == "n_participants" and study.row["species"] == "animal":
            title = "Animals studied"
        if label and label.shown and label.value not in (None, [], ""):
            found.append(Fact(title, _text(edition, name, label), "known", label.who, label.by_person, label.quote))
        elif label and not label.shown and (name in expected or label.value is not None):
            found.append(Fact(title, "not yet checked", "not_checked", label.who, quote=label.quote))
        elif name in expected:
            state = "not_reported" if label else "not_extracted"
            text = "not reported in the abstract" if label else "not extracted yet"
            found.append(Fact(title, text, state, label.who if label else ""))
    return found


def most_said(found: list[Fact]) -> str:
    """Who most of the facts come from, where that is a person or the curated set: said once, not at each fact."""
    names = [fact.who for fact in found if fact.by_person]
    return max(set(names), key=lambda name: (names.count(name), name)) if len(names) > 1 else ""


_NO_FACTS = {"narrative_review", "guideline", "commentary", "notice", "systematic_review", "meta_analysis", "other"}


def _text(edition, name: str, label) -> str:
    if name in _TERM_KINDS and isinstance(label.value, list):
        return ", ".join(edition.term(name, value).name for value in label.value)
    if name in {"n_participants", "n_studies"}:
        return words.number(label.value)
    return label.text


def linked(connection, study: Study) -> list[dict[str, Any]]:
    """Notices and comments, both ways: what this record names, and which records name it."""
    rows = connection.execute(
        "SELECT l.kind, l.pmid, l.reference, l.note, s.path, s.title FROM links AS l"
        " LEFT JOIN studies AS s ON s.pmid = l.pmid WHERE l.study_id = ? ORDER BY l.position",
        [study.row["id"]],
    ).fetchall()
    found = [_link(*row) for row in rows]
    if study.row["pmid"]:
        known = {link["pmid"] for link in found}
        back = connection.execute(
            "SELECT l.kind, s.pmid, '', '', s.path, s.title FROM links AS l JOIN studies AS s ON s.id = l.study_id"
            " WHERE l.pmid = ? ORDER BY s.id LIMIT 30",
            [study.row["pmid"]],
        ).fetchall()
        found += [_link(_BACK.get(kind, kind), *rest) for kind, *rest in back if rest[0] not in known]
    return found


#: The same link seen from its other end.
_BACK = {
    "RetractionOf": "RetractionIn",
    "PartialRetractionOf": "PartialRetractionIn",
    "ErratumFor": "ErratumIn",
    "ExpressionOfConcernFor": "ExpressionOfConcernIn",
    "RetractionIn": "RetractionOf",
    "PartialRetractionIn": "PartialRetractionOf",
    "ErratumIn": "ErratumFor",
    "ExpressionOfConcernIn": "ExpressionOfConcernFor",
    "CommentOn": "CommentIn",
    "CommentIn": "CommentOn",
    "UpdateOf": "UpdateIn",
    "UpdateIn": "UpdateOf",
}


def only_partly(study: Study, links: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all that speaks of a retraction is the notice that takes back a part of the paper."""
    kinds = {link["kind"] for link in links}
    whole = kinds & {"RetractionIn", "RetractedandRepublishedIn"}
    return (
        "PartialRetractionIn" in kinds and not whole and "Retracted Publication" not in study.row["publication_types"]
    )


def _link(kind, pmid, reference, note, path, title) -> dict[str, Any]:
    return {
        "kind": kind,
        "text": words.LINK_KINDS.get(kind, kind),
        "pmid": pmid,
        "reference": reference or title or "",
        "note": note,
        "path": path,
        "title": title,
    }


def _trials(connection, study: Study) -> list[dict[str, Any]]:
    cursor = connection.execute(
        "SELECT registry_id, main_id, registry, title, status FROM trials WHERE main_id IN"
        " (SELECT main_id FROM study_trials WHERE study_id = ?) ORDER BY main_id, registry_id <> main_id",
        [study.row["id"]],
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def changes_of(connection, study_id: int) -> list[dict[str, Any]]:
    cursor = connection.execute(
        "SELECT substr(at, 1, 10) AS at, kind, field, old, new FROM changes WHERE study_id = ? ORDER BY at DESC, id DESC"
        " LIMIT 30",
        [study_id],
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def structured(edition, study: Study) -> dict[str, Any]:
    """schema.org's ScholarlyArticle: for search engines and reference managers."""
    row = study.row
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": row["title"],
        "author": [{"@type": "Person", "name": name} for name in study.authors_list],
        "datePublished": row["published"] or str(row["year"] or ""),
        "isPartOf": {"@type": "Periodical", "name": row["journal"]},
        "identifier": [],
    }
    if row["pmid"]:
        data["identifier"].append({"@type": "PropertyValue", "propertyID": "pmid", "value": str(row["pmid"])})
        data["sameAs"] = f"https://pubmed.ncbi.nlm.nih.gov/{row['pmid']}/"
    if row["doi"]:
        data["identifier"].append({"@type": "PropertyValue", "propertyID": "doi", "value": row["doi"]})
    if row["status"] == "retracted":
        data["creativeWorkStatus"] = "Retracted"
    return data


_FORMS = ("html", "json", *exports.FORMATS)
_FORM = rf"(?P<form>\.(?:{'|'.join(_FORMS[1:])}))?"

ROUTES = (
    Route(rf"/study/0*(?P<pmid>[0-9]{{1,9}}){_FORM}", build, _FORMS),
    Route(rf"/study/doi/(?P<doi>10\.[^\s]{{1,300}}?){_FORM}", build, _FORMS),
    Route(rf"/study/record/(?P<record>[0-9]{{1,12}}){_FORM}", build, _FORMS),
)
