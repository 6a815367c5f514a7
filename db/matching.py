"""Which stored article an incoming record is: by PMID, then by DOI, and what happens when two rows prove to be one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from db.changes import Change
from db.retractions import retraction_state
from db.rows import ArticleRows

#: How much a form tells. A poorer record never overwrites a richer one.
_RICHNESS = {"starter-set": 0, "csv": 1, "medline": 2, "pubmed-xml": 3}


@dataclass(frozen=True, slots=True)
class Existing:
    """What decides whether an incoming record replaces a stored one."""

    id: int
    pmid: int | None
    doi: str | None
    title: str
    pmid_version: int
    revised: str
    form: str
    content_hash: str
    missing_since: str | None
    withdrawn_at: str | None


_BY_PMID = (
    "SELECT id, pmid, doi, title, pmid_version, revised, form, content_hash, missing_since, withdrawn_at "
    "FROM articles WHERE pmid IN (SELECT value FROM json_each(?))"
)
_BY_DOI_ALONE = (
    "SELECT id, pmid, doi, title, pmid_version, revised, form, content_hash, missing_since, withdrawn_at "
    "FROM articles WHERE doi IN (SELECT value FROM json_each(?)) AND pmid IS NULL"
)
_BY_DOI = (
    "SELECT id, pmid, doi, title, pmid_version, revised, form, content_hash, missing_since, withdrawn_at "
    "FROM articles WHERE doi IN (SELECT value FROM json_each(?)) ORDER BY retraction_state = 'notice', id"
)


def match(database: Database, batch: Sequence[ArticleRows]) -> tuple[list[Existing | None], list[Change]]:
    """The stored article of each record, with rows that prove to be one merged on the way.

    The second part of the answer are the merges, to be recorded as changes.
    """
    pmids = [rows.article.pmid for rows in batch if rows.article.pmid is not None]
    with_pmid = [doi for rows in batch if rows.article.pmid is not None and (doi := _doi(rows))]
    without_pmid = [doi for rows in batch if rows.article.pmid is None and (doi := _doi(rows))]
    by_pmid = {found.pmid: found for found in _find(database, _BY_PMID, pmids)}
    doi_alone = {found.doi: found for found in _find(database, _BY_DOI_ALONE, with_pmid)}
    by_doi: dict[str | None, Existing] = {}
    for found in _find(database, _BY_DOI, without_pmid):
        by_doi.setdefault(found.doi, found)
    matched: list[Existing | None] = []
    merges: list[Change] = []
    for rows in batch:
        pmid, doi = rows.article.pmid, _doi(rows)
        if pmid is None:
            matched.append(by_doi.get(doi))
            continue
        target, other = by_pmid.get(pmid), doi_alone.get(doi) if doi else None
        if other is not None and _same_work(rows, other):
            target = _merge(database, target, other, pmid)
            merges.append(Change(target.id, "merged", "pmid", None, str(pmid)))
        matched.append(target)
    return matched, merges


def _find(database: Database, query: str, keys: Sequence[int | str]) -> list[Existing]:
    if not keys:
        return []
    return [Existing(*row) for row in database.conn.execute(query, [json.dumps(keys)])]


def _doi(rows: ArticleRows) -> str:
    return rows.article.doi.lower()


def _same_work(rows: ArticleRows, other: Existing) -> bool:
    """A notice may carry the DOI of its article: it takes over a DOI-only row only when the titles agree, too."""
    article = rows.article
    types = [(kind.name, kind.ui) for kind in article.publication_types]
    if retraction_state(types, [link.kind for link in article.links], []) != "notice":
        return True
    return _plain(article.title) == _plain(other.title)


def _plain(title: str) -> str:
    return "".join(letter for letter in title.casefold() if letter.isalnum())


def _merge(database: Database, target: Existing | None, other: Existing, pmid: int) -> Existing:
    """Gives the DOI-only row the PMID, or moves all that people and time have added onto the row that has it."""
    execute = database.conn.execute
    if target is None:
        execute("UPDATE articles SET pmid = ? WHERE id = ?", [pmid, other.id])
        return replace(other, pmid=pmid)
    for statement in _MOVE:
        execute(statement, [target.id, other.id])
    execute("DELETE FROM articles_fts WHERE rowid = ?", [other.id])
    execute("DELETE FROM articles WHERE id = ?", [other.id])
    # The labels of the merged row may differ now, so the row is tagged afresh.
    execute("DELETE FROM tagged WHERE article_id = ?", [target.id])
    return target


_MOVE = (
    "UPDATE corrections SET article_id = ? WHERE article_id = ?",
    "UPDATE changes SET article_id = ? WHERE article_id = ?",
    "UPDATE OR IGNORE raw_records SET article_id = ? WHERE article_id = ?",
    "UPDATE OR IGNORE registry_ids SET article_id = ? WHERE article_id = ? AND source = 'curated'",
)


def is_completed_by(existing: Existing, rows: ArticleRows) -> bool:
    """True where the incoming record is of a richer form, so that its differences are no revision."""
    return _richness(rows.record.form) > _richness(existing.form)


def is_superseded_by(existing: Existing, rows: ArticleRows) -> bool:
    """True where the incoming record may overwrite the stored one: at least as rich, and not an older revision.

    Baseline files bring year-old revisions of records that a harvest has brought since.
    """
    richness, stored = _richness(rows.record.form), _richness(existing.form)
    if richness < stored or (rows.article.pmid is None and existing.pmid is not None):
        return False
    if richness > stored and not existing.revised:
        return True
    article = rows.article
    return (article.pmid_version, article.revised) >= (existing.pmid_version, existing.revised)


def _richness(form: str) -> int:
    return _RICHNESS.get(form, 1)
