"""What is new, changed and retracted in a period: the facts behind a digest, whatever form it is sent in.

Each article stands once, in the gravest group that it belongs to; retractions come first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from db.errors import BadInput
from db.labels import Label, labels_of, outcomes_of

#: Groups in the order in which a digest tells them.
GROUPS = ("retracted", "doubted", "new", "changed", "relabelled")
_DOUBTED = frozenset({"concern", "corrected", "notice"})
_CHANGED = frozenset({"completed", "revised", "missing", "returned", "merged", "reinstated"})


@dataclass(frozen=True, slots=True)
class Finding:
    """The direction of effect for one outcome domain. `checked` is True where a person stands behind it."""

    domain: str
    direction: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Relabelling:
    """A label that stands otherwise than before; None where there is none."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One article in a digest.

    `path` is its address on the site, `at` the time of its last change in the period. `kinds` are the changes' kinds,
    `fields` the revised fields. `study_design` is "" below the threshold; `findings` holds only what is above it.
    """

    article_id: int
    group: str
    at: str
    path: str
    pmid: int | None
    doi: str
    title: str
    authors_short: str
    journal: str
    year: int | None
    state: str
    kinds: tuple[str, ...]
    fields: tuple[str, ...]
    relabelled: tuple[Relabelling, ...]
    relevance: str
    study_design: str
    overall_direction: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """The news of a period, `since` included and `until` not.

    `searched_on` is the day of the last finished search in the period, "" if there was none; `last_searched_on` that of
    any search up to `until`. `off_topic` counts the articles that are left out because they are about something else.
    """

    since: str
    until: str
    searched_on: str
    last_searched_on: str
    searches: int
    failed_searches: int
    items: tuple[DigestItem, ...]
    off_topic: int = 0

    def group(self, name: str) -> tuple[DigestItem, ...]:
        return tuple(item for item in self.items if item.group == name)

    def counts(self) -> dict[str, int]:
        """How many articles each group has."""
        return {name: len(self.group(name)) for name in GROUPS}


def digest(database: Database, since: str, until: str, *, off_topic: bool = False) -> Digest:
    """What happened from `since` (a day or time in ISO 8601, UTC) to just before `until`.

    A day as `until` means its beginning. With `off_topic`, articles labelled as about something else are told too.
    Raises BadInput if a time can't be read or the period is empty.
    """
    start, end = _moment(since), _moment(until)
    if start >= end:
        raise BadInput(f"A digest needs a beginning before its end, not {since} to {until}.")
    changes: dict[int, list[Mapping[str, Any]]] = {}
    for row in database.query(_CHANGES, {"since": start, "until": end}):
        changes.setdefault(row["article_id"], []).append(row)
    items = _items(database, changes)
    kept = [item for item in items if off_topic or item.relevance != "off_topic" or item.group == "retracted"]
    searches = list(database.query(_RUNS, {"until": end}))
    done = [run for run in searches if run["status"] == "done"]
    recent = [run for run in searches if run["at"] >= start]
    return Digest(
        since=start,
        until=end,
        searched_on=next((run["at"][:10] for run in done if run["at"] >= start), ""),
        last_searched_on=done[0]["at"][:10] if done else "",
        searches=sum(run["status"] == "done" for run in recent),
        failed_searches=sum(run["status"] == "failed" for run in recent),
        items=tuple(sorted(kept, key=_order)),
        off_topic=len(items) - len(kept),
    )


_CHANGES = "SELECT article_id, kind, field, old, new, at FROM changes WHERE at >= :since AND at < :until ORDER BY article_id, id"
_RUNS = (
    "SELECT status, coalesce(finished_at, started_at) AS at FROM harvest_runs WHERE kind IN ('harvest', 'full') "
    "AND coalesce(finished_at, started_at) < :until ORDER BY at DESC, id DESC"
)
_ARTICLES = (
    "SELECT id, pmid, coalesce(doi, '') AS doi, title, authors_short, journal, year, retraction_state, withdrawn_at "
    "FROM articles WHERE id IN (SELECT value FROM json_each(?))"
)


def _moment(text: str) -> str:
    """A day or a time in the form of the tables, so that it compares as text."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is not a day or time. Write it as 2026-11-25 or 2026-11-25T06:00:00Z.") from error
    if when.tzinfo is not None:
        offset = when.utcoffset()
        when = when.replace(tzinfo=None) - offset if offset else when.replace(tzinfo=None)
    return f"{when.isoformat(timespec='seconds')}Z"


def _items(database: Database, changes: Mapping[int, Sequence[Mapping[str, Any]]]) -> list[DigestItem]:
    labels = labels_of(database, changes)
    return [
        item
        for article in database.query(_ARTICLES, [json.dumps(list(changes))])
        if (item := _item(article, changes[article["id"]], labels.get(article["id"], {})))
    ]


def _item(
    article: Mapping[str, Any], changes: Sequence[Mapping[str, Any]], labels: dict[str, Label]
) -> DigestItem | None:
    """The article's line, None if nothing of note is left (a label that came and went)."""
    kinds = tuple(dict.fromkeys(change["kind"] for change in changes))
    # A first label is no relabelling: a new article is told with the labels that it has.
    relabelled = () if "new" in kinds else _relabelled(changes)
    state = "withdrawn" if article["withdrawn_at"] else article["retraction_state"]
    group = _group(set(kinds), state, bool(relabelled))
    if group is None:
        return None
    return DigestItem(
        article_id=article["id"],
        group=group,
        at=max(change["at"] for change in changes),
        path=_path(article),
        pmid=article["pmid"],
        doi=article["doi"],
        title=article["title"],
        authors_short=article["authors_short"],
        journal=article["journal"],
        year=article["year"],
        state=state,
        kinds=kinds,
        fields=tuple(sorted({change["field"] for change in changes if change["kind"] == "revised"})),
        relabelled=relabelled,
        relevance=_shown(labels, "relevance"),
        study_design=_shown(labels, "study_design"),
        overall_direction=_shown(labels, "overall_direction"),
        findings=tuple(
            Finding(domain, str(label.value), label.is_checked)
            for domain, label in outcomes_of(labels).items()
            if label.value is not None and not label.abstained
        ),
    )


def _group(kinds: set[str], state: str, relabelled: bool) -> str | None:
    """The gravest group. A retraction that was lifted again is a change, whatever was said of it in between."""
    if state in {"retracted", "withdrawn"} and kinds & {"retracted", "withdrawn", "new"}:
        return "retracted"
    if kinds & _DOUBTED and state in _DOUBTED:
        return "doubted"
    if "new" in kinds:
        return "new"
    if kinds & (_CHANGED | _DOUBTED | {"retracted", "withdrawn"}):
        return "changed"
    return "relabelled" if relabelled else None


def _relabelled(changes: Sequence[Mapping[str, Any]]) -> tuple[Relabelling, ...]:
    """From what to what each label changed over the period; one that ended as it began is left out."""
    first: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for change in changes:
        if change["kind"] == "relabelled":
            first.setdefault(change["field"], _value(change["old"]))
            last[change["field"]] = _value(change["new"])
    return tuple(Relabelling(field, first[field], last[field]) for field in first if first[field] != last[field])


def _value(text: str | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except json.JSONDecodeError:
        return text


def _shown(labels: dict[str, Label], field: str) -> str:
    label = labels.get(field)
    return str(label.value) if label and not label.abstained and label.value is not None else ""


def _path(article: Mapping[str, Any]) -> str:
    if article["pmid"] is not None:
        return f"/study/{article['pmid']}"
    return f"/study/doi/{article['doi']}" if article["doi"] else f"/study/record/{article['id']}"


def _order(item: DigestItem) -> tuple[Any, ...]:
    """By group; within one, core before related, randomised trials first, newest first."""
    relevance = {"core": 0, "related": 2, "off_topic": 3}.get(item.relevance, 1)
    return (
        GROUPS.index(item.group),
        relevance,
        item.study_design != "randomised_trial",
        -(item.year or 0),
        -(item.pmid or 0),
        item.article_id,
    )
