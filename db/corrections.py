"""Corrections: what people decide about labels. Append-only; the newest per field stands, and every one is kept."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from db.changes import Change, record_changes
from db.connect import write_transaction
from db.errors import BadInput
from db.records import FIELDS, OUTCOME_PREFIX, Correction
from db.tags import json_value

#: Allowed values by kind of term ("relevance", "study_design", "direction", "outcome_domain") or by field's name.
Vocabulary = Mapping[str, Collection[str]]

COUNTS = frozenset({"n_participants", "n_studies", "sessions"})
FLAGS = frozenset({"secondary_analysis", "claims_more"})
LISTS = frozenset({"registry_ids", "conditions", "co_treatments", "formulation"})
#: Fields that always have a value.
_NEVER_EMPTY = frozenset({"relevance", "study_design", "overall_direction", *FLAGS})
#: The fields a reviewer is asked about, with every outcome domain.
REVIEWED = ("relevance", "study_design", "overall_direction")


def find_article(database: Database, reference: str) -> int:
    """The id of the article with this PMID or DOI. Raises BadInput when there is none."""
    text = reference.strip().removeprefix("https://doi.org/").lower()
    if text.isdigit():
        row = database.conn.execute("SELECT id FROM articles WHERE pmid = ?", [int(text)]).fetchone()
    else:
        row = database.conn.execute("SELECT id FROM articles WHERE doi = ? ORDER BY id", [text]).fetchone()
    if row is None:
        raise BadInput(
            f"No article with the PMID or DOI {reference!r} is in the database. Check it, or import it first."
        )
    return int(row[0])


def parse_value(field: str, text: str) -> Any:
    """A value as typed by a person: numbers, yes/no, lists with ";", and "null" or nothing for "does not say".

    Raises BadInput when a number or yes/no is expected and something else stands there.
    """
    text = text.strip()
    if text.lower() in ("", "null", "none"):
        return None
    if field in COUNTS:
        if not text.isdecimal():
            raise BadInput(f"{field} must be a whole number or null, not {text!r}.")
        return int(text)
    if field in FLAGS:
        if text.lower() not in ("true", "yes", "false", "no"):
            raise BadInput(f"{field} must be yes or no, not {text!r}.")
        return text.lower() in ("true", "yes")
    if field in LISTS:
        return [part.strip() for part in text.split(";") if part.strip()]
    return text


def format_value(value: Any) -> str:
    """The text that `parse_value` reads back."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(value) if isinstance(value, list) else str(value)


def check_value(field: str, value: Any, vocabulary: Vocabulary) -> None:
    """Raises BadInput unless `field` can be corrected and `value` is one of its values."""
    check_field(field, vocabulary)
    if value is None:
        if field in _NEVER_EMPTY:
            raise BadInput(f"{field} needs a value.")
        return
    _check_form(field, value)
    allowed = allowed_values(field, vocabulary)
    if allowed:
        for item in value if isinstance(value, list) else [value]:
            _one_of(field, item, allowed)


def check_field(field: str, vocabulary: Vocabulary) -> None:
    """Raises BadInput unless there is such a field or outcome domain."""
    if field.startswith(OUTCOME_PREFIX):
        _one_of("outcome domain", field.removeprefix(OUTCOME_PREFIX), vocabulary["outcome_domain"])
    elif field not in FIELDS:
        raise BadInput(f"There is no field {field!r}. Fields: {', '.join(FIELDS)}, {OUTCOME_PREFIX}<domain>.")


def allowed_values(field: str, vocabulary: Vocabulary) -> Sequence[str]:
    """The classes of a field, none where any text or number may stand."""
    has_direction = field.startswith(OUTCOME_PREFIX) or field == "overall_direction"
    return list(vocabulary.get("direction" if has_direction else field, ()))


def _check_form(field: str, value: Any) -> None:
    if field in COUNTS:
        right = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    elif field in FLAGS:
        right = isinstance(value, bool)
    elif field in LISTS:
        right = isinstance(value, list) and all(isinstance(item, str) for item in value)
    else:
        right = isinstance(value, str) and bool(value.strip())
    if not right:
        raise BadInput(f"{field} can't be {value!r}.")


def _one_of(what: str, value: str, allowed: Collection[str]) -> None:
    if value not in allowed:
        raise BadInput(f"{what} can't be {value!r}. Choose from: {', '.join(allowed)}.")


def add_correction(database: Database, correction: Correction, *, vocabulary: Vocabulary) -> int:
    """Keeps a person's decision and returns its number. Raises BadInput if a part of it can't be used.

    The value that stood before is kept beside it; if another one stands now, that is recorded as a change.
    """
    return add_corrections(database, [correction], vocabulary=vocabulary)[0]


def add_corrections(
    database: Database, corrections: Sequence[Correction], *, vocabulary: Vocabulary | None, run_id: int | None = None
) -> list[int]:
    """Keeps many decisions, all or none, in their order. Returns their numbers.

    `vocabulary` is None only where the values have been checked before.
    """
    for correction in corrections:
        if vocabulary is not None:
            check_value(correction.field, correction.value, vocabulary)
        if not correction.by.strip() or not correction.reason.strip():
            raise BadInput(
                "A correction needs a name (--by) and a reason (--reason): others must be able to follow it."
            )
    with write_transaction(database):
        return [_append(database, correction, run_id) for correction in corrections]


def _append(database: Database, new: Correction, run_id: int | None) -> int:
    old = _standing(database, new)
    row = database.conn.execute(
        "INSERT INTO corrections (article_id, field, old, value, by, reason, source, quote, at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        [
            new.article_id,
            new.field,
            old,
            json_value(new.value),
            new.by.strip(),
            new.reason.strip(),
            new.source,
            new.quote,
            new.at,
        ],
    ).fetchone()
    # The starter set is the beginning, not a change; and a person who confirms a label changes nothing.
    if new.source == "person" and (old or "null") != json_value(new.value):
        change = Change(new.article_id, "relabelled", new.field, old, json_value(new.value))
        record_changes(database, [change], run_id=run_id, at=new.at)
    return int(row[0])


def _standing(database: Database, new: Correction) -> str | None:
    """The JSON of what stands for the field, as the view `labels` has it, without ranking every correction there is."""
    row = database.conn.execute(_STANDING, [new.article_id, new.field] * 2).fetchone()
    return str(row[0]) if row else None


_STANDING = (
    "SELECT value FROM (SELECT value, (source = 'person') + 1 AS rank, id FROM corrections "
    "WHERE article_id = ? AND field = ? UNION ALL SELECT value, 0, 0 FROM tags WHERE article_id = ? AND field = ?) "
    "ORDER BY rank DESC, id DESC LIMIT 1"
)


def correction_history(database: Database, article_id: int, field: str | None = None) -> list[dict[str, Any]]:
    """Every correction of an article, oldest first, as rows (values are JSON texts)."""
    rows = database.query("SELECT * FROM corrections WHERE article_id = ? ORDER BY id", [article_id])
    return [dict(row) for row in rows if field is None or row["field"] == field]


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One label for a person to look at, with what it takes to decide."""

    article_id: int
    pmid: int | None
    doi: str
    title: str
    abstract: str
    field: str
    value: str
    probability: float
    quote: str
    cues: tuple[str, ...] = ()


def review_queue(database: Database, *, fields: Collection[str] = (), limit: int = 50) -> list[ReviewItem]:
    """The classifier's labels that no one has corrected, least certain first.

    Without `fields`: relevance, study design, overall direction and outcomes. Off-topic articles are asked about for
    their relevance only. `value` is the JSON text, `cues` the words that the classifier went by.
    """
    wanted = tuple(fields) or (*REVIEWED, OUTCOME_PREFIX)
    rows = database.conn.execute(_QUEUE)
    items = (replace(ReviewItem(*row), cues=_cues(why)) for *row, why in rows)
    chosen = (item for item in items if any(_is_field(item.field, field) for field in wanted))
    return [item for item, _ in zip(chosen, range(limit), strict=False)]


_QUEUE = (
    "SELECT a.id, a.pmid, coalesce(a.doi, ''), a.title, a.abstract, l.field, l.value, l.probability, "
    "l.quote, l.why FROM labels AS l JOIN articles AS a ON a.id = l.article_id "
    "WHERE l.source = 'tag' AND a.withdrawn_at IS NULL AND (l.field = 'relevance' OR l.article_id NOT IN "
    "(SELECT article_id FROM labels WHERE field = 'relevance' AND value = '\"off_topic\"' AND NOT abstained)) "
    "ORDER BY l.probability, a.id, l.field"
)


def _cues(why: str) -> tuple[str, ...]:
    return tuple(str(cue) for cue in json.loads(why).get("cues", ()))


def _is_field(field: str, wanted: str) -> bool:
    return field == wanted or (wanted == OUTCOME_PREFIX and field.startswith(OUTCOME_PREFIX))
