"""The retraction state of articles, from their publication types and from the links between records.

PubMed updates the notice and its article on different days, so each is also marked by the other's link.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sqlite_utils import Database

#: What a link says about the record that carries it. Kinds are PubMed's RefType values.
_CARRIER = {
    "RetractionIn": "retracted",
    "RetractedandRepublishedIn": "retracted",
    # A part of a paper that its journal took back is told as a retraction; the study's page says that it is a part.
    "PartialRetractionIn": "retracted",
    "ExpressionOfConcernIn": "concern",
    "ErratumIn": "corrected",
    "CorrectedandRepublishedIn": "corrected",
    "RetractionOf": "notice",
    "PartialRetractionOf": "notice",
    "ExpressionOfConcernFor": "notice",
    "ErratumFor": "notice",
}
#: What a link says about the record that it points to.
_TARGET = {
    "RetractionOf": "retracted",
    "PartialRetractionOf": "retracted",
    "RetractedandRepublishedFrom": "retracted",
    "ExpressionOfConcernFor": "concern",
    "ErratumFor": "corrected",
    "CorrectedandRepublishedFrom": "corrected",
    "RetractionIn": "notice",
    "PartialRetractionIn": "notice",
    "ExpressionOfConcernIn": "notice",
    "ErratumIn": "notice",
}
_TYPES = {
    "retracted publication": "retracted",
    "retraction of publication": "notice",
    "retraction notice": "notice",
    "expression of concern": "notice",
    "published erratum": "notice",
}
_TYPE_UIS = {"D016441": "retracted", "D016440": "notice", "D000075742": "notice", "D016425": "notice"}
#: The gravest first: one record can be an erratum to another and itself retracted.
_ORDER = ("retracted", "notice", "concern", "corrected")


def retraction_state(types: Iterable[tuple[str, str]], carried: Iterable[str], received: Iterable[str]) -> str:
    """'retracted', 'notice', 'concern', 'corrected' or ''.

    `types` are (name, UI) of the publication types, `carried` the kinds of the record's own links, `received` the
    kinds of other records' links that point to it.
    """
    found = {_TYPE_UIS.get(ui) or _TYPES.get(name.lower()) for name, ui in types}
    found |= {_CARRIER.get(kind) for kind in carried}
    found |= {_TARGET.get(kind) for kind in received}
    return next((state for state in _ORDER if state in found), "")


def linked_articles(database: Database, article_ids: Iterable[int]) -> set[int]:
    """The articles that these articles' links point to, where they are in the database."""
    rows = database.conn.execute(
        "SELECT a.id FROM article_links AS l JOIN articles AS a ON a.pmid = l.pmid "
        "WHERE l.article_id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(article_ids))],
    )
    return {article_id for (article_id,) in rows}


def refresh_states(database: Database, article_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Recomputes the state of these articles and returns the old and new state of those that changed."""
    ids = json.dumps(sorted(article_ids))
    types: dict[int, list[tuple[str, str]]] = {}
    for article_id, name, ui in database.conn.execute(
        "SELECT article_id, name, ui FROM publication_types WHERE article_id IN (SELECT value FROM json_each(?))", [ids]
    ):
        types.setdefault(article_id, []).append((name, ui))
    carried = _kinds(database, _CARRIED, ids)
    received = _kinds(database, _RECEIVED, ids)
    changed = {}
    for article_id, old in database.conn.execute(
        "SELECT id, retraction_state FROM articles WHERE id IN (SELECT value FROM json_each(?))", [ids]
    ):
        new = retraction_state(types.get(article_id, ()), carried.get(article_id, ()), received.get(article_id, ()))
        if new != old:
            changed[article_id] = (old, new)
    database.conn.executemany(
        "UPDATE articles SET retraction_state = ? WHERE id = ?", [(new, key) for key, (_, new) in changed.items()]
    )
    return changed


_CARRIED = "SELECT article_id, kind FROM article_links WHERE article_id IN (SELECT value FROM json_each(?))"
_RECEIVED = (
    "SELECT a.id, l.kind FROM articles AS a JOIN article_links AS l ON l.pmid = a.pmid "
    "WHERE a.id IN (SELECT value FROM json_each(?))"
)


def _kinds(database: Database, query: str, ids: str) -> Mapping[int, list[str]]:
    kinds: dict[int, list[str]] = {}
    for article_id, kind in database.conn.execute(query, [ids]):
        kinds.setdefault(article_id, []).append(kind)
    return kinds
