"""What changed on an article, and when: the rows behind the digest, the feed and "what changed" on a study page.

Kinds: new · completed (a record known from a poorer source got its full record) · revised (one row for each field) ·
retracted, concern, corrected, notice, reinstated (the retraction state) · missing, withdrawn, returned · merged ·
relabelled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from db.rows import CHILDREN, COLUMNS, ArticleRows

#: Longer values are not copied into `changes`: that a field changed is said, the text itself is in the record.
LONGEST_VALUE = 300
#: Never copied, however short: text that belongs to publishers, and columns whose JSON no reader would want.
_WITHOUT_VALUES = frozenset({"abstract", "sections", "other_abstracts", "authors", "conflict_of_interest"})
#: Columns whose change is already told by another one.
_SILENT = frozenset({"sections", "published_granularity", "electronic_granularity", "published_text", "year"})
_NAMES = {"mesh_headings": 1, "publication_types": 1, "article_links": 1, "registry_ids": 0}

_INSERT = "INSERT INTO changes (article_id, kind, field, old, new, run_id, at) VALUES (?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Change:
    """One row of `changes`. `old` and `new` are texts, None where they are absent or not copied."""

    article_id: int
    kind: str
    field: str = ""
    old: str | None = None
    new: str | None = None


def record_changes(database: Database, changes: Iterable[Change], *, run_id: int | None, at: str) -> None:
    """Writes the rows; the caller holds the transaction in which the change itself is made."""
    database.conn.executemany(_INSERT, [(c.article_id, c.kind, c.field, c.old, c.new, run_id, at) for c in changes])


def state_change(article_id: int, old: str, new: str) -> Change:
    """The row for a new retraction state; losing one is being reinstated."""
    return Change(article_id, new or "reinstated", "retraction_state", old or None, new or None)


@dataclass(frozen=True, slots=True)
class Stored:
    """An article as it stands in the database, in the same form as `ArticleRows`."""

    columns: tuple[Any, ...]
    children: dict[str, list[tuple[Any, ...]]]


def stored_articles(database: Database, article_ids: Iterable[int]) -> dict[int, Stored]:
    """What the database holds for these articles, to compare with what comes in."""
    ids = json.dumps(list(article_ids))
    found = {
        row[0]: Stored(row[1:], {name: [] for name in CHILDREN})
        for row in database.conn.execute(_SELECT_ARTICLES, [ids])
    }
    for name, query in _SELECT_CHILDREN.items():
        for row in database.conn.execute(query, [ids]):
            found[row[0]].children[name].append(row[1:])
    return found


_AMONG = "IN (SELECT value FROM json_each(?))"
# Table and column names are this module's own constants; every value is bound.
_SELECT_ARTICLES = f"SELECT id, {', '.join(COLUMNS)} FROM articles WHERE id {_AMONG}"  # noqa: S608
_SELECT_CHILDREN = {
    name: f"SELECT article_id, {', '.join(columns)} FROM {name} WHERE article_id {_AMONG}"  # noqa: S608
    for name, columns in CHILDREN.items()
}
# What the starter set vouches for is not the source's to revise.
_SELECT_CHILDREN["registry_ids"] += " AND source <> 'curated'"


def revisions(article_id: int, before: Stored, after: ArticleRows) -> Iterator[Change]:
    """One change for each field that differs; short values are kept, so that a reader sees from what to what."""
    for name, old, new in zip(COLUMNS, before.columns, after.columns, strict=True):
        if old == new or name in _SILENT:
            continue
        if name == "details":
            yield from (Change(article_id, "revised", key) for key in _changed_keys(old, new))
        else:
            yield Change(article_id, "revised", name, _short(name, old), _short(name, new))
    for name in CHILDREN:
        old_rows, new_rows = sorted(before.children[name], key=repr), sorted(after.children[name], key=repr)
        if old_rows != new_rows:
            yield Change(article_id, "revised", name, _listed(name, old_rows), _listed(name, new_rows))


def _changed_keys(old: str, new: str) -> list[str]:
    before, after = json.loads(old), json.loads(new)
    return sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))


def _listed(name: str, rows: list[tuple[Any, ...]]) -> str | None:
    """The names in a child table's rows, as one text."""
    if name not in _NAMES:
        return None
    return _short(name, "; ".join(sorted({str(row[_NAMES[name]]) for row in rows})))


def _short(name: str, value: Any) -> str | None:
    if value in (None, "", "[]") or name in _WITHOUT_VALUES:
        return None
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else None
