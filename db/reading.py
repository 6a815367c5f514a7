"""Articles as they stand in the database, read back with their labels: what exports and pages are made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from db.labels import Label, labels_of
from db.records import (
    AbstractSection,
    Article,
    ArticleLink,
    Author,
    Grant,
    Granularity,
    MeshHeading,
    MeshQualifier,
    OtherAbstract,
    PartialDate,
    PublicationType,
    RecordKind,
    RegistryId,
)
from db.rows import CHILDREN

_CHUNK = 200


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """One article with everything that stands for it. `labels` maps a field to its label."""

    id: int
    article: Article
    authors_short: str
    retraction_state: str
    missing_since: str | None
    withdrawn_at: str | None
    labels: dict[str, Label]

    @property
    def address(self) -> str:
        """The path of the study's page."""
        return f"/study/{self.article.pmid}" if self.article.pmid is not None else f"/study/doi/{self.article.doi}"


def read_articles(
    database: Database, article_ids: Iterable[int], *, with_labels: bool = True
) -> Iterator[StoredArticle]:
    """The articles in the order of their ids as given, a few hundred in memory at a time."""
    ids = list(article_ids)
    for start in range(0, len(ids), _CHUNK):
        yield from _read_chunk(database, ids[start : start + _CHUNK], with_labels)


def _read_chunk(database: Database, article_ids: Sequence[int], with_labels: bool) -> Iterator[StoredArticle]:
    ids = json.dumps(list(article_ids))
    children = {name: _children(database, query, ids) for name, query in _CHILDREN.items()}
    labels = labels_of(database, article_ids) if with_labels else {}
    rows = {row["id"]: row for row in database.query(_ARTICLES, [ids])}
    for article_id in article_ids:
        if article_id in rows:
            row = rows[article_id]
            yield StoredArticle(
                id=article_id,
                article=_article(row, {name: found.get(article_id, []) for name, found in children.items()}),
                authors_short=row["authors_short"],
                retraction_state=row["retraction_state"],
                missing_since=row["missing_since"],
                withdrawn_at=row["withdrawn_at"],
                labels=labels.get(article_id, {}),
            )


_ARTICLES = "SELECT * FROM articles WHERE id IN (SELECT value FROM json_each(?))"
# Table and column names are constants of `db.rows`. A primary key without rowid gives each article's rows in order.
_CHILDREN = {
    name: f"SELECT article_id, {', '.join(columns)} FROM {name} "  # noqa: S608
    "WHERE article_id IN (SELECT value FROM json_each(?)) "
    f"ORDER BY article_id, {'position' if 'position' in columns else 'number'}"
    for name, columns in CHILDREN.items()
}


def _children(database: Database, query: str, ids: str) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    for row in database.conn.execute(query, [ids]):
        found.setdefault(row[0], []).append(row[1:])
    return found


def _article(row: dict[str, Any], children: dict[str, list[tuple[Any, ...]]]) -> Article:
    details = json.loads(row["details"])
    return Article(
        **{name: row[name] for name in _SAME},
        doi=row["doi"] or "",
        kind=RecordKind(row["kind"]),
        sections=tuple(AbstractSection(*section) for section in json.loads(row["sections"])),
        other_abstracts=tuple(OtherAbstract(*other) for other in json.loads(row["other_abstracts"])),
        published=PartialDate(row["published"], Granularity(row["published_granularity"]), row["published_text"]),
        electronic=PartialDate(row["electronic"], Granularity(row["electronic_granularity"])),
        authors=_people(children["authors"], "author"),
        investigators=_people(children["authors"], "investigator"),
        languages=tuple(json.loads(row["languages"])),
        publication_types=tuple(PublicationType(*kind[1:]) for kind in children["publication_types"]),
        mesh_headings=tuple(_heading(mesh) for mesh in children["mesh_headings"]),
        registry_ids=tuple(RegistryId(item[1], item[0], item[2]) for item in children["registry_ids"]),
        links=tuple(ArticleLink(*link[1:]) for link in children["article_links"]),
        substances=tuple((name, ui) for name, ui in details.get("substances", ())),
        keywords=tuple(details.get("keywords", ())),
        grants=tuple(Grant(*grant) for grant in details.get("grants", ())),
        other_ids=tuple((kind, value) for kind, value in details.get("other_ids", ())),
        notes=tuple(details.get("notes", ())),
        personal_name_subjects=tuple(details.get("personal_name_subjects", ())),
    )


#: Columns that hold an article's attribute of the same name, unchanged.
_SAME = (
    "pmid",
    "pmid_version",
    "pmcid",
    "title",
    "vernacular_title",
    "abstract",
    "journal",
    "journal_abbreviation",
    "issn",
    "nlm_id",
    "publisher",
    "volume",
    "issue",
    "pages",
    "created",
    "completed",
    "revised",
    "status",
    "indexing_method",
    "conflict_of_interest",
)


def _people(rows: list[tuple[Any, ...]], role: str) -> tuple[Author, ...]:
    return tuple(Author(*(*row[2:8], tuple(json.loads(row[8])))) for row in rows if row[0] == role)


def _heading(row: tuple[Any, ...]) -> MeshHeading:
    _, name, ui, major, qualifiers = row
    return MeshHeading(name, ui, bool(major), tuple(MeshQualifier(*part) for part in json.loads(qualifiers)))
