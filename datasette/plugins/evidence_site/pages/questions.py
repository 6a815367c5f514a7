"""Evidence summaries: the list of questions, and the page of each."""

from __future__ import annotations

from typing import Any

from evidence_site import evidence, words
from evidence_site.asks import Ask, Page, Problem, Route, Way
from evidence_site.designs import PRIMARY_HUMAN
from evidence_site.filters import View
from evidence_site.pages.trials import open_trials
from evidence_site.studies import Study, load_studies

NAVIGATION = (("/questions", "Questions", "questions"),)

#: Harm stands beside benefit on every page about an effect.
ALWAYS = ("safety",)


def build_list(edition, connection, ask: Ask) -> Page:
    ask.only()
    entries = edition.remember("questions", lambda: [(q, summed(edition, connection, q)) for q in edition.questions])
    return Page(
        "questions.html",
        "Questions",
        {"entries": entries},
        {
            "questions": [
                {"id": q["id"], "title": q["title"], "address": f"/question/{q['id']}", "sentences": s["sentences"]}
                for q, s in entries
            ]
        },
        description="What is known, question by question: summaries of the evidence with its direction and its gaps.",
        section="questions",
    )


def build_one(edition, connection, ask: Ask) -> Page:
    ask.only()
    number = next((n for n, q in enumerate(edition.questions) if q["id"] == ask.matched["id"]), None)
    if number is None:
        raise Problem.not_found("There is no such question.", Way("All questions", "/questions"))
    question = edition.questions[number]
    facts = edition.remember(("question", question["id"]), lambda: whole(edition, connection, question))
    return Page(
        "question.html",
        question["title"],
        {
            "question": question,
            "number": number,
            "earlier": edition.questions[number - 1] if number else None,
            "later": edition.questions[number + 1] if number + 1 < len(edition.questions) else None,
            **facts,
        },
        lambda: machine(edition, question, facts),
        description=question["intro"],
        section="questions",
    )


def domains_of(question) -> tuple[str, ...]:
    """The outcome columns of a question's plot."""
    more = ALWAYS if question["kind"] in {"effect", "therapy", "schedule"} else ()
    return tuple(dict.fromkeys((*question["domains"], *more)))


def summed(edition, connection, question) -> dict[str, Any]:
    """What the list of questions shows of each."""
    if question["kind"] == "ongoing":
        trials = open_trials(connection)
        return {"sentences": [f"{words.plural(len(trials), 'registered trial')} without a paper here yet."], "bar": {}}
    rows = evidence.rows_of(connection, edition, evidence.ids_of(edition, question))
    summary = evidence.summary_of(rows, tuple(question["domains"]))
    said = evidence.sentences(edition, rows, tuple(question["domains"]))
    if question["kind"] in {"schedule", "therapy"} or not said:
        said = [f"{words.plural(summary.trials, 'trial or study', 'trials and studies')} in people."]
        if not summary.trials:
            said = ["No study in people is labelled for this question yet."]
        if question["kind"] == "mechanism" and (animals := summary.by_design["preclinical"]):
            said.append(f"{words.plural(animals, 'study', 'studies')} in animals or in the laboratory.")
    return {"sentences": said[:2], "bar": summary.by_domain.get(question["domains"][0], {}), "summary": summary}


def whole(edition, connection, question) -> dict[str, Any]:
    """Everything on a question's page."""
    domains = domains_of(question)
    bits = evidence.ids_of(edition, question)
    rows = evidence.rows_of(connection, edition, bits)
    mechanism = question["kind"] == "mechanism"
    primary = [r for r in rows if r.main.row["design"] in (*PRIMARY_HUMAN, *(("preclinical",) if mechanism else ()))]
    kind = question["kind"]
    groups = evidence.grouped(edition, primary, kind, tuple(question["co_treatments"]))
    aside = [
        ("Reviews and guidelines", [r for r in rows if r.main.row["design"] in evidence.REVIEWS]),
        ("Animals and laboratory", [] if mechanism else [r for r in rows if r.main.row["design"] == "preclinical"]),
        ("Not yet checked, and other kinds", [r for r in rows if r.main.row["design"] in _REST]),
    ]
    return {
        "domains": domains,
        "groups": groups,
        "hidden_rows": sum(max(0, len(group.rows) - evidence.MOST_ROWS) for group in groups),
        "left_out": max(0, bits.bit_count() - evidence.MOST_PAPERS),
        "most": evidence.MOST_ROWS,
        "aside": [(name, chosen) for name, chosen in aside if chosen],
        "summary": evidence.summary_of(rows, domains),
        "sentences": evidence.sentences(edition, rows, domains),
        "gaps": [*evidence.gaps(edition, rows, tuple(question["domains"])), *question["unknown"]]
        if question["domains"]
        else list(question["unknown"]),
        "view": View(chosen=_view(question)).href(),
        "trials": open_trials(connection) if kind == "ongoing" else [],
        "protocols": _protocols(connection, edition) if kind == "ongoing" else [],
    }


_REST = {"not_checked", "other", "commentary"}


def _view(question) -> dict[str, tuple[str, ...]]:
    """The evidence table's view that comes nearest to the question."""
    chosen: dict[str, tuple[str, ...]] = {"relevance": ("core",)}
    if question["designs"]:
        chosen["design"] = tuple(question["designs"])
    if question["co_treatments"]:
        chosen["treatment"] = tuple(question["co_treatments"])
    elif question["domains"]:
        chosen["outcome"] = tuple(question["domains"][:1] if question["conditions"] else question["domains"])
    return chosen


def _protocols(connection, edition) -> list[Study]:
    rows = connection.execute(
        "SELECT id FROM studies WHERE design = 'protocol' AND relevance IN ('core', 'related') ORDER BY id LIMIT 40"
    )
    return load_studies(connection, edition, [row[0] for row in rows])


def machine(edition, question, facts) -> dict[str, Any]:
    summary = facts["summary"]
    return {
        "id": question["id"],
        "title": question["title"],
        "sentences": facts["sentences"],
        "not_known": facts["gaps"],
        "trials": summary.trials,
        "people": summary.people,
        "by_design": dict(summary.by_design),
        "by_outcome": {domain: dict(counts) for domain, counts in summary.by_domain.items()},
        "labels_by": dict(summary.checked),
        "rows": [
            {
                "group": group.id,
                "papers": [paper.row["path"] for paper in row.papers],
                "design": row.main.row["design"],
                "people": row.people,
                "counted": row.counts,
                "directions": {domain: row.directions(domain) for domain in facts["domains"]},
            }
            for group in facts["groups"]
            for row in group.rows
        ],
        "open_trials": [trial["registry_id"] for trial in facts["trials"]],
    }


ROUTES = (
    Route(r"/questions(?P<form>\.json)?", build_list),
    Route(r"/question/(?P<id>[a-z0-9-]{1,60})(?P<form>\.json)?", build_one),
)
