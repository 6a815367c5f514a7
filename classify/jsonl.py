"""Tags records outside the database: JSONL in, JSONL out (design: JSONL keys)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from classify.datasets import read_lines, record_of
from classify.design import RANDOMISED
from classify.tagger import Tagger
from db.errors import BadInput, EvidenceError
from db.records import OUTCOME_PREFIX, Tag, TaggableRecord

#: Records tagged at once; bounds the memory for files of any length.
BATCH = 500

LABEL_KEYS = (
    "relevance", "study_design", "secondary_analysis", "overall_direction", "n_participants", "n_studies", "dose", "route",
    "sessions", "comparator", "follow_up", "blinding", "registry_ids", "conditions", "co_treatments", "formulation", "claims_more",
)  # fmt: skip
CONFIDENCE_KEYS = ("relevance", "study_design", "overall_direction")
_LISTS = {"registry_ids", "conditions", "co_treatments", "formulation"}


def tag_file(source: Path, target: Path, tagger: Tagger) -> int:
    """Tags every record of `source` into `target`; returns how many.

    Raises BadInput with the line number for a bad line. `target` then stays as it was: it is replaced only when whole.
    """
    draft = target.with_name(f".{target.name}.draft")
    try:
        with draft.open("w", encoding="utf-8") as lines:
            count = 0
            for line in tag_lines(records(source), tagger):
                lines.write(line + "\n")
                count += 1
        os.replace(draft, target)
    except OSError as error:
        raise EvidenceError(
            f"Can't write {target}: {error.strerror or error}. Check the folder and the free space."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return count


def records(source: Path) -> Iterator[TaggableRecord]:
    """The records of a JSONL file. Raises BadInput with the line number for a bad line or an id given twice."""
    seen: dict[str, int] = {}
    for number, content in read_lines(source):
        record = record_of(f"{source} line {number}", content)
        if record.id in seen:
            raise BadInput(
                f"{source} line {number} has the id {record.id!r} of line {seen[record.id]} again. Take one of them out."
            )
        seen[record.id] = number
        yield record


def tag_lines(given: Iterable[TaggableRecord], tagger: Tagger) -> Iterator[str]:
    """One line of JSON per record, in order."""
    rest = iter(given)
    while batch := list(islice(rest, BATCH)):
        for record, tags in zip(batch, tagger.tag(batch), strict=True):
            yield json.dumps(labels_of(record.id, tags, tagger.model.id), ensure_ascii=False)


def labels_of(identity: str, tags: Sequence[Tag], model: str) -> dict[str, Any]:
    """A record's tags under the design's keys; what the text does not say is null or an empty list."""
    by_field = {tag.field: tag for tag in tags}
    given = {key: by_field[key].value if key in by_field else None for key in LABEL_KEYS}
    return {
        "id": identity,
        **{key: (value or []) if key in _LISTS else value for key, value in given.items()},
        "outcomes": [
            {"domain": tag.field.removeprefix(OUTCOME_PREFIX), "direction": tag.value, "quote": tag.quote}
            for tag in tags
            if tag.field.startswith(OUTCOME_PREFIX) and tag.value is not None
        ],
        "confidence": _confidence(by_field),
        "abstained": [tag.field for tag in tags if tag.abstained],
        "model": model,
        **_note(tags),
    }


def _note(tags: Sequence[Tag]) -> dict[str, str]:
    """What the tagger says of the record as a whole, such as that its abstract is in another language."""
    return next(({"note": str(tag.why["note"])} for tag in tags if "note" in tag.why), {})


def _confidence(by_field: Mapping[str, Tag]) -> dict[str, float]:
    given = {key: round(by_field[key].probability, 4) for key in CONFIDENCE_KEYS if key in by_field}
    # New records rarely have publication types: how sure the text alone is that the record is a randomised trial.
    random = by_field["study_design"].why.get(RANDOMISED) if "study_design" in by_field else None
    return given if random is None else {**given, RANDOMISED: random}
