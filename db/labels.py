"""What stands for an article: a correction where there is one, else the classifier's tag."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from db.records import FIELDS, OUTCOME_PREFIX


@dataclass(frozen=True, slots=True)
class Label:
    """One field's label. `source` is "person", "curated" (starter set) or "tag" (classifier).

    `value` is JSON-compatible; for "outcomes.<domain>" a direction, or None for "does not report on the domain".
    `by`, `reason` are of the person; `why`, `layer`, `model_id` of the classifier. `probability` is 1.0 for people.
    """

    field: str
    value: Any
    probability: float
    abstained: bool
    source: str
    quote: str = ""
    by: str = ""
    reason: str = ""
    at: str = ""
    why: dict[str, Any] | None = None
    layer: str = ""
    model_id: str = ""

    @property
    def is_checked(self) -> bool:
        """True where a person stands behind it."""
        return self.source != "tag"


def labels_of(database: Database, article_ids: Iterable[int]) -> dict[int, dict[str, Label]]:
    """The labels of these articles by field, in the order in which pages show fields (outcomes last)."""
    found: dict[int, dict[str, Label]] = {}
    rows = list(database.conn.execute(_LABELS, [json.dumps(list(article_ids))]))
    for article_id, field, value, probability, abstained, *rest in sorted(rows, key=lambda row: _place(row[1])):
        source, quote, by, reason, at, why, layer, model_id = rest
        found.setdefault(article_id, {})[field] = Label(
            field=field,
            value=json.loads(value),
            probability=probability,
            abstained=bool(abstained),
            source=source,
            quote=quote,
            by=by,
            reason=reason,
            at=at,
            why=json.loads(why),
            layer=layer,
            model_id=model_id,
        )
    return found


_LABELS = (
    "SELECT article_id, field, value, probability, abstained, source, quote, by, reason, at, why, layer, model_id "
    "FROM labels WHERE article_id IN (SELECT value FROM json_each(?))"
)


def _place(field: str) -> tuple[int, str]:
    return (FIELDS.index(field) if field in FIELDS else len(FIELDS), field)


def outcomes_of(labels: dict[str, Label]) -> dict[str, Label]:
    """The outcome domains that the record reports on, with the label that holds the direction."""
    return {
        field.removeprefix(OUTCOME_PREFIX): label
        for field, label in labels.items()
        if field.startswith(OUTCOME_PREFIX) and label.value is not None
    }
