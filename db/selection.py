"""Which articles an export or a page is about: filters over what stands, always the same way."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from sqlite_utils import Database

from db.errors import BadInput
from db.tags import json_value


@dataclass(frozen=True, slots=True)
class Filters:
    """Several values of one filter widen it, several filters narrow each other; an empty filter lets all pass.

    `domains` and `directions` together mean: one of these domains with one of these directions. Directions alone
    match the overall direction. `query` is full-text search (words, "phrases", prefix*, AND, OR, NOT).
    `retraction_states` are values of `articles.retraction_state`, "" for none. `checked` keeps only articles with a
    label that a person or the starter set gave.
    A relevance that the classifier left open counts as its best guess, so that no paper gets lost; every other open
    label counts as unknown.
    """

    relevance: tuple[str, ...] = ()
    study_designs: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    query: str = ""
    retraction_states: tuple[str, ...] = ()
    checked: bool = False


def select_articles(database: Database, filters: Filters) -> list[int]:
    """The ids of the articles that pass, newest year first. Raises BadInput for a search text that can't be read.

    Records that PubMed has withdrawn are left out.
    """
    fields = [f"outcomes.{domain}" for domain in filters.domains]
    values = {
        "relevance": _values(filters.relevance),
        "designs": _values(filters.study_designs),
        "fields": json.dumps(fields or ["overall_direction"]),
        "domains": json.dumps(fields) if fields else None,
        "directions": _values(filters.directions),
        "first": filters.year_from,
        "last": filters.year_to,
        "query": filters.query.strip() or None,
        "states": json.dumps(filters.retraction_states) if filters.retraction_states else None,
        "checked": int(filters.checked),
    }
    try:
        return [article_id for (article_id,) in database.conn.execute(_SELECT, values)]
    except sqlite3.OperationalError as error:
        if values["query"] is None or not _is_query_error(error):
            raise
        raise BadInput(
            f"The search text {filters.query!r} can't be read ({error}). "
            "Put words with signs in double quotes, and write AND, OR, NOT between words."
        ) from error


def _is_query_error(error: sqlite3.OperationalError) -> bool:
    return any(sign in str(error) for sign in ("fts5", "unterminated", "no such column", "unknown special query"))


def _values(values: tuple[str, ...]) -> str | None:
    """The values as the labels keep them (JSON texts), as one parameter."""
    return json.dumps([json_value(value) for value in values]) if values else None


# The labels are read once for each filter, not once for each article: the view ranks all corrections each time.
_SELECT = """
SELECT a.id FROM articles AS a
WHERE a.withdrawn_at IS NULL
AND (:relevance IS NULL OR a.id IN (
    SELECT article_id FROM labels WHERE field = 'relevance' AND value IN (SELECT value FROM json_each(:relevance))))
AND (:designs IS NULL OR a.id IN (
    SELECT article_id FROM labels WHERE field = 'study_design' AND NOT abstained
    AND value IN (SELECT value FROM json_each(:designs))))
AND (:domains IS NULL OR a.id IN (
    SELECT article_id FROM labels WHERE field IN (SELECT value FROM json_each(:domains)) AND value <> 'null'
    AND (:directions IS NOT NULL OR NOT abstained)))
AND (:directions IS NULL OR a.id IN (
    SELECT article_id FROM labels WHERE field IN (SELECT value FROM json_each(:fields)) AND NOT abstained
    AND value IN (SELECT value FROM json_each(:directions))))
AND (:first IS NULL OR a.year >= :first)
AND (:last IS NULL OR a.year <= :last)
AND (:query IS NULL OR a.id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH :query))
AND (:states IS NULL OR a.retraction_state IN (SELECT value FROM json_each(:states)))
AND (NOT :checked OR a.id IN (SELECT article_id FROM corrections))
ORDER BY a.year DESC, a.id
"""
