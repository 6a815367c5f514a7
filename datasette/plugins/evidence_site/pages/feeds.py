"""Atom feeds: of all changes, of one study design, of one outcome."""

from __future__ import annotations

from collections.abc import Iterable

from evidence_site import feeds, words
from evidence_site.asks import Ask, File, Problem, Route, Way
from evidence_site.edition import NOT_CHECKED, Edition
from evidence_site.feeds import Feed
from evidence_site.filters import View
from evidence_site.studies import Study, load_studies

ENTRIES = 100
EVERYTHING = Feed("changes", "what is new", "/changes.atom", "/changes")
#: The kinds of feed, the terms that name their feeds, and their facet.
KINDS = {"design": "study_design", "outcome": "outcome_domain"}

_CHANGES = """
SELECT c.id, c.at, c.kind, c.field, c.old, c.new, s.id AS study, s.path, s.title, s.authors_short
FROM changes AS c JOIN studies AS s ON s.id = c.study_id
WHERE s.relevance <> 'off_topic' AND (:design = '' OR s.design = :design)
AND (:outcome = '' OR EXISTS (SELECT 1 FROM outcomes AS o WHERE o.study_id = s.id AND o.domain = :outcome))
ORDER BY c.at DESC, c.id DESC LIMIT :count
"""


def feed_of(edition: Edition, kind: str, value: str) -> Feed:
    name = edition.term(KINDS[kind], value).name
    return Feed(f"feed:{kind}:{value}", name, f"/feeds/{kind}/{value}.atom", f"/studies?{kind}={value}")


def feeds_by_kind(edition: Edition) -> dict[str, list[Feed]]:
    """A feed for each study design and each outcome that has studies, in the taxonomy's order."""
    return {
        kind: [feed_of(edition, kind, value) for value in _followed(edition, kind) if edition.studies_with(kind, value)]
        for kind in KINDS
    }


def feeds_of(edition: Edition, view: View) -> list[Feed]:
    """The feeds of a view that chose one design or one outcome."""
    return [
        feed_of(edition, kind, values[0])
        for kind in KINDS
        if len(values := view.values(kind)) == 1 and values[0] in _followed(edition, kind)
    ]


def _followed(edition: Edition, kind: str) -> Iterable[str]:
    return [value for value in edition.terms.get(KINDS[kind], {}) if value != NOT_CHECKED]


def build(edition: Edition, connection, ask: Ask) -> File:
    ask.only()
    kind, value = ask.matched.get("kind"), ask.matched.get("value")
    if kind is None or value is None:
        return _file(edition, connection, EVERYTHING)
    if value not in _followed(edition, kind):
        raise Problem.not_found("There is no such feed.", Way("All feeds", "/changes#feeds"))
    return _file(edition, connection, feed_of(edition, kind, value), **{kind: value})


def _file(edition: Edition, connection, feed: Feed, design: str = "", outcome: str = "") -> File:
    cursor = connection.execute(_CHANGES, {"design": design, "outcome": outcome, "count": ENTRIES})
    names = [column[0] for column in cursor.description]
    entries = [dict(zip(names, row, strict=True)) for row in cursor]
    studies = load_studies(connection, edition, list({entry["study"] for entry in entries}))
    return feeds.of_changes(edition, feed, entries, {study.row["path"]: told(edition, study) for study in studies})


def told(edition: Edition, study: Study) -> str:
    """The study design and the direction of each outcome, as far as they may be shown; nothing of a retracted study."""
    if study.row["status"] in {"retracted", "withdrawn"}:
        return words.STATUSES[study.row["status"]]
    design = study.said("study_design")
    parts = [edition.term("study_design", design).name] if design else []
    parts += [
        f"{edition.term('outcome_domain', outcome.domain).name}: "
        f"{words.direction_name(edition, outcome.domain, outcome.direction).lower()}"
        for outcome in study.outcomes
        if outcome.shown
    ]
    return ". ".join(parts)


ROUTES = (
    Route(r"/changes(?P<form>\.atom)", build, forms=("atom",)),
    Route(r"/feeds/(?P<kind>design|outcome)/(?P<value>[a-z0-9_]{1,60})(?P<form>\.atom)", build, forms=("atom",)),
)
