"""An article as the rows that the store writes: one tuple for `articles`, tuples for each child table, and its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from db.records import Article, Author, RegistryId, SourceRecord

#: Columns of `articles` that come from the record itself, in the order of `ArticleRows.columns`.
COLUMNS = (
    "pmid",
    "pmid_version",
    "doi",
    "pmcid",
    "kind",
    "title",
    "vernacular_title",
    "abstract",
    "sections",
    "other_abstracts",
    "journal",
    "journal_abbreviation",
    "issn",
    "nlm_id",
    "publisher",
    "volume",
    "issue",
    "pages",
    "year",
    "published",
    "published_granularity",
    "published_text",
    "electronic",
    "electronic_granularity",
    "created",
    "completed",
    "languages",
    "status",
    "indexing_method",
    "conflict_of_interest",
    "details",
)
#: Child tables with their columns after `article_id`.
CHILDREN = {
    "authors": (
        "role",
        "position",
        "last_name",
        "fore_name",
        "initials",
        "suffix",
        "collective_name",
        "orcid",
        "affiliations",
    ),
    "mesh_headings": ("position", "name", "ui", "major", "qualifiers"),
    "publication_types": ("position", "name", "ui"),
    "article_links": ("position", "kind", "pmid", "reference", "note"),
    "registry_ids": ("number", "registry", "source"),
}

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class ArticleRows:
    """Everything the store writes for one record. `content_hash` covers `columns` and `children`.

    `revised` stays out of the hash: PubMed moves it without touching anything a reader could see.
    """

    record: SourceRecord
    columns: tuple[Any, ...]
    children: dict[str, list[tuple[Any, ...]]]
    content_hash: str

    @property
    def article(self) -> Article:
        return self.record.article


def rows_of(record: SourceRecord) -> ArticleRows:
    """The rows for one record."""
    article = record.article
    columns = _columns(article)
    children = {
        "authors": _authors(article.authors, "author") + _authors(article.investigators, "investigator"),
        "mesh_headings": [
            (n, mesh.name, mesh.ui, int(mesh.major), _list((q.name, q.ui, q.major) for q in mesh.qualifiers))
            for n, mesh in enumerate(article.mesh_headings)
        ],
        "publication_types": [(n, kind.name, kind.ui) for n, kind in enumerate(article.publication_types)],
        "article_links": [(n, link.kind, link.pmid, link.reference, link.note) for n, link in enumerate(article.links)],
        "registry_ids": _registry_ids(article.registry_ids),
    }
    return ArticleRows(record, columns, children, _content_hash(columns, children))


def _content_hash(columns: tuple[Any, ...], children: dict[str, list[tuple[Any, ...]]]) -> str:
    """The hash of all cells. ASCII's own separators keep them apart: XML can't hold these characters.

    Joining is several times faster than JSON, and a baseline file has two million cells.
    """
    tables = ["\x1e".join(["\x1f".join(map(str, row)) for row in rows]) for rows in children.values()]
    content = "\x1d".join(["\x1f".join(map(str, columns)), *tables])
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _columns(article: Article) -> tuple[Any, ...]:
    return (
        article.pmid,
        article.pmid_version,
        article.doi.lower() or None,
        article.pmcid,
        article.kind.value,
        article.title,
        article.vernacular_title,
        article.abstract,
        _list((section.text, section.label, section.category) for section in article.sections),
        _list((other.text, other.language, other.kind) for other in article.other_abstracts),
        article.journal,
        article.journal_abbreviation,
        article.issn,
        article.nlm_id,
        article.publisher,
        article.volume,
        article.issue,
        article.pages,
        article.year,
        article.published.value,
        article.published.granularity.value,
        article.published.text,
        article.electronic.value,
        article.electronic.granularity.value,
        article.created,
        article.completed,
        _list(article.languages),
        article.status,
        article.indexing_method,
        article.conflict_of_interest,
        _details(article),
    )


def _details(article: Article) -> str:
    """What pages show in passing but nobody filters by: one JSON object with a list for each key that has one."""
    details: dict[str, Any] = {
        "substances": article.substances,
        "keywords": article.keywords,
        "grants": [(grant.agency, grant.number, grant.country) for grant in article.grants],
        "other_ids": article.other_ids,
        "notes": article.notes,
        "personal_name_subjects": article.personal_name_subjects,
    }
    return _encode({key: value for key, value in details.items() if value})


def _authors(people: tuple[Author, ...], role: str) -> list[tuple[Any, ...]]:
    return [
        (
            role,
            n,
            person.last_name,
            person.fore_name,
            person.initials,
            person.suffix,
            person.collective_name,
            person.orcid,
            _list(person.affiliations),
        )
        for n, person in enumerate(people)
    ]


def _registry_ids(found: tuple[RegistryId, ...]) -> list[tuple[Any, ...]]:
    """One row for each number; PubMed's own list comes before what was found in the text."""
    by_number: dict[str, RegistryId] = {}
    for registry_id in found:
        if registry_id.number not in by_number or registry_id.source == "databank":
            by_number[registry_id.number] = registry_id
    return [(number, item.registry, item.source) for number, item in sorted(by_number.items())]


def _list(items: Iterable[Any]) -> str:
    found = list(items)
    return _encode(found) if found else "[]"


def authors_short(authors: Iterable[Author]) -> str:
    """The first three names as on a citation line: 'Grabski M, McAndrew A, Lawn W, et al.'"""
    names = [name for author in authors if (name := short_name(author))]
    return ", ".join([*names[:3], "et al."] if len(names) > 3 else names)


def short_name(author: Author) -> str:
    """A person as 'Last II' with suffix ('Smith J Jr'), a group by its name."""
    if author.collective_name:
        return author.collective_name
    return " ".join(part for part in (author.last_name, author.initials, author.suffix) if part)


def search_text(article: Article) -> tuple[str, str, str, str]:
    """What full-text search looks at: title, abstract, MeSH headings with keywords, authors."""
    mesh = [heading.name for heading in article.mesh_headings]
    people = [a.collective_name or f"{a.fore_name or a.initials} {a.last_name}" for a in article.authors]
    title = f"{article.title} {article.vernacular_title}".strip()
    return title, article.abstract, "; ".join([*mesh, *article.keywords]), "; ".join(people)
