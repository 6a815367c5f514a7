"""Tags, as the classifier gives them: which articles need them, and how they are kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlite_utils import Database

from db.changes import Change, record_changes
from db.connect import write_transaction
from db.records import AbstractSection, ModelInfo, Tag, TaggableRecord

_CHUNK = 500


def articles_to_tag(
    database: Database, model_id: str, *, everything: bool = False
) -> Iterator[tuple[int, TaggableRecord]]:
    """Articles without tags of this model, or whose content has changed since; with `everything`, all of them.

    The ids are read first, so the caller may save tags while it iterates.
    """
    rows = database.conn.execute(_ALL if everything else _DUE, [] if everything else [model_id])
    ids = [article_id for (article_id,) in rows]
    for start in range(0, len(ids), _CHUNK):
        yield from taggable_records(database, ids[start : start + _CHUNK])


_ALL = "SELECT id FROM articles ORDER BY id"
_DUE = (
    "SELECT a.id FROM articles AS a LEFT JOIN tagged AS t ON t.article_id = a.id "
    "WHERE t.article_id IS NULL OR t.model_id <> ? OR t.content_hash <> a.content_hash ORDER BY a.id"
)
_RECORDS = (
    "SELECT id, title, abstract, pmid, year, sections, languages FROM articles "
    "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
)
_TYPES = (
    "SELECT article_id, name FROM publication_types WHERE article_id IN (SELECT value FROM json_each(?)) "
    "ORDER BY article_id, position"
)
_MESH = (
    "SELECT article_id, name FROM mesh_headings WHERE article_id IN (SELECT value FROM json_each(?)) "
    "ORDER BY article_id, position"
)


def taggable_records(database: Database, article_ids: Sequence[int]) -> list[tuple[int, TaggableRecord]]:
    """What the classifier may look at, for these articles."""
    ids = json.dumps(list(article_ids))
    types = _names(database, _TYPES, ids)
    mesh = _names(database, _MESH, ids)
    return [
        (
            key,
            TaggableRecord(
                id=str(key),
                title=title,
                abstract=abstract,
                pmid=pmid,
                publication_types=tuple(types.get(key, ())),
                mesh=tuple(mesh.get(key, ())),
                year=year,
                sections=tuple(AbstractSection(*section) for section in json.loads(sections)),
                languages=tuple(json.loads(languages)),
            ),
        )
        for key, title, abstract, pmid, year, sections, languages in database.conn.execute(_RECORDS, [ids])
    ]


def _names(database: Database, query: str, ids: str) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    for article_id, name in database.conn.execute(query, [ids]):
        names.setdefault(article_id, []).append(name)
    return names


def save_model(database: Database, model: ModelInfo, *, at: str) -> None:
    """Keeps what is known of the model. The first use of an id stands."""
    with write_transaction(database):
        database.conn.execute(
            "INSERT INTO models (id, artifact_sha256, training_sha256, metrics, card, first_used_at) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET metrics = excluded.metrics, card = excluded.card",
            [
                model.id,
                model.artifact_sha256,
                model.training_sha256,
                json.dumps(model.metrics, ensure_ascii=False),
                model.card,
                at,
            ],
        )


def save_tags(
    database: Database,
    tagged: Iterable[tuple[int, Sequence[Tag]]],
    *,
    model_id: str,
    at: str,
    run_id: int | None = None,
) -> int:
    """Replaces the articles' tags, all of them or none. Returns how many articles have other labels than before.

    What stands after it may differ from before: that is recorded as a change, unless it is the article's first
    tagging or a correction stands above the tag. A tag below the threshold counts as "not yet checked".
    """
    batch = {article_id: list(tags) for article_id, tags in tagged}
    with write_transaction(database):
        ids = json.dumps(list(batch))
        changes = _relabelled(database, batch, ids)
        execute = database.conn.execute
        execute("DELETE FROM tags WHERE article_id IN (SELECT value FROM json_each(?))", [ids])
        database.conn.executemany(
            _INSERT_TAG, [_tag_row(key, tag, model_id, at) for key in batch for tag in batch[key]]
        )
        execute(_SET_TAGGED, [model_id, ids])
        record_changes(database, changes, run_id=run_id, at=at)
    return len({change.article_id for change in changes})


_INSERT_TAG = (
    "INSERT INTO tags (article_id, field, value, probability, abstained, layer, quote, why, model_id, tagged_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SET_TAGGED = (
    "INSERT OR REPLACE INTO tagged (article_id, model_id, content_hash) "
    "SELECT id, ?, content_hash FROM articles WHERE id IN (SELECT value FROM json_each(?))"
)


def _tag_row(article_id: int, tag: Tag, model_id: str, at: str) -> tuple[Any, ...]:
    return (
        article_id,
        tag.field,
        json_value(tag.value),
        float(tag.probability),
        int(tag.abstained),
        tag.layer.value,
        tag.quote,
        json.dumps(tag.why, ensure_ascii=False),
        model_id,
        at,
    )


def json_value(value: Any) -> str:
    """A label's value as the tables keep it: compact JSON, the same text for the same value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _relabelled(database: Database, batch: dict[int, list[Tag]], ids: str) -> list[Change]:
    """What will stand otherwise than before, by field."""
    execute = database.conn.execute
    known = {
        key
        for (key,) in execute(
            "SELECT article_id FROM tagged WHERE article_id IN (SELECT value FROM json_each(?))", [ids]
        )
    }
    covered = set(
        execute(
            "SELECT DISTINCT article_id, field FROM corrections WHERE article_id IN (SELECT value FROM json_each(?))",
            [ids],
        )
    )
    shown = "SELECT article_id, field, value FROM tags WHERE NOT abstained AND article_id IN (SELECT value FROM json_each(?))"
    before = {(key, field): value for key, field, value in execute(shown, [ids])}
    after = {
        (key, tag.field): json_value(tag.value) for key, tags in batch.items() for tag in tags if not tag.abstained
    }
    return [
        Change(key, "relabelled", field, before.get((key, field)), after.get((key, field)))
        for key, field in sorted((before.keys() | after.keys()) - covered)
        if key in known and before.get((key, field), "null") != after.get((key, field), "null")
    ]
