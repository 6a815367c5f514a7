"""Reads labelled records, and tells when two of them are the same record.

Own label files are JSONL with the keys of the design (`id`, `title`, `abstract`, labels beside them) and are checked
line by line. `classify.sources` knows the other collections, which have forms of their own.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from classify.design_rules import check_tags
from classify.taxonomy import ids
from db.errors import BadInput
from db.records import TaggableRecord

_FORMS = {"relevance": "relevance", "study_design": "study_design", "overall_direction": "direction"}


@dataclass(frozen=True, slots=True)
class Example:
    """One record with the labels that a source gives it, in the source's own words (`labels`)."""

    record: TaggableRecord
    labels: Mapping[str, Any]
    source: str
    doi: str = ""


class Line(NamedTuple):
    """A line of a file: its number and the object in it."""

    number: int
    content: dict[str, Any]


def read_lines(path: Path) -> Iterator[Line]:
    """Each line's object with its number. Raises BadInput with the line number for anything else than an object."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield Line(number, _object(path, number, line))
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8 text. Save it as UTF-8.") from error
    except (EOFError, gzip.BadGzipFile) as error:
        raise BadInput(f"{path} is not a whole gzip file. Copy it again.") from error
    except OSError as error:
        raise BadInput(f"Can't read {path}: {error.strerror or error}. Check the path.") from error


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadInput(f"{path} line {number} is not JSON ({error.msg}). Mend the line or take it out.") from error
    except RecursionError as error:
        raise BadInput(f"{path} line {number} is nested too deeply to read. Mend the line or take it out.") from error
    if not isinstance(content, dict):
        raise BadInput(f"{path} line {number} is not an object in braces. Mend the line or take it out.")
    return content


def record_of(place: str, content: Mapping[str, Any]) -> TaggableRecord:
    """The record in one JSONL object (design: JSONL keys). `place` names file and line in messages."""
    return TaggableRecord(
        id=_id(place, content),
        title=_text(place, content, "title"),
        abstract=_text(place, content, "abstract"),
        pmid=_pmid(place, content),
        publication_types=_texts(place, content, "publication_types"),
        mesh=_texts(place, content, "mesh"),
        year=content["year"] if isinstance(content.get("year"), int) else None,
        languages=tuple(content["language"]) if isinstance(content.get("language"), list) else (),
    )


def _id(place: str, content: Mapping[str, Any]) -> str:
    value = content.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise BadInput(f"{place} has no 'id'. Give each record one.")
    return str(value)


def _text(place: str, content: Mapping[str, Any], key: str) -> str:
    value = content.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadInput(f"{place}: {key!r} must be a text.")
    return value


def _texts(place: str, content: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = content.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadInput(f"{place}: {key!r} must be a list of texts.")
    return tuple(value)


def _pmid(place: str, content: Mapping[str, Any]) -> int | None:
    value = content.get("pmid")
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not str(value).isdecimal():
        raise BadInput(f"{place}: 'pmid' must be a number.")
    return int(str(value))


def read_labels(path: Path, source: str = "labels") -> list[Example]:
    """Every labelled record of an own label file.

    Raises BadInput with the line number for an unknown class, a record twice, or a value of the wrong kind.
    """
    examples: list[Example] = []
    seen: dict[str, int] = {}
    for number, content in read_lines(path):
        place = f"{path} line {number}"
        record = record_of(place, content)
        if record.id in seen:
            raise BadInput(f"{place} has the id {record.id!r} of line {seen[record.id]} again. Take one of them out.")
        seen[record.id] = number
        _check_labels(place, content)
        examples.append(Example(record, content, source, (content.get("doi") or "").lower()))
    return examples


def _check_labels(place: str, content: Mapping[str, Any]) -> None:
    for key, kind in _FORMS.items():
        _check_class(place, key, kind, content.get(key))
    outcomes = content.get("outcomes") or []
    if not isinstance(outcomes, list) or not all(isinstance(outcome, dict) for outcome in outcomes):
        raise BadInput(f"{place}: 'outcomes' must be a list of objects with 'domain' and 'direction'.")
    for outcome in outcomes:
        _check_class(place, "domain", "outcome_domain", outcome.get("domain"), needed=True)
        _check_class(place, "direction", "direction", outcome.get("direction"), needed=True)


def _check_class(place: str, key: str, kind: str, value: Any, needed: bool = False) -> None:
    if value is None and not needed:
        return
    known = ids(kind)
    if not isinstance(value, str) or value not in known:
        raise BadInput(f"{place}: {key} has the unknown class {value!r}. Known: {', '.join(known)}.")


def normalised_title(title: str) -> str:
    """Letters and digits only, lower case: two records with the same are taken for one."""
    return re.sub(r"[\W_]+", " ", title.lower()).strip()


def identities(example: Example) -> frozenset[str]:
    """What tells a record: PMID, DOI and normalised title. Two examples that share one are the same record."""
    record = example.record
    marks = [f"pmid {record.pmid}" if record.pmid else "", f"doi {example.doi}" if example.doi else ""]
    title = normalised_title(record.title)
    # "Letter to the editor" is many records' title.
    marks.append(f"title {title}" if len(title) > 25 else "")
    return frozenset(mark for mark in marks if mark)


def identity_marks(example: Example) -> frozenset[str]:
    """The record's identities as short hashes: an artifact tells with them what it was trained on, without any text."""
    return frozenset(hashlib.sha256(mark.encode()).hexdigest()[:12] for mark in identities(example))


def without(examples: Iterable[Example], held_out: Iterable[Example]) -> list[Example]:
    """The examples that are not also in `held_out`, by PMID, DOI or normalised title."""
    taken = frozenset().union(*(identities(example) for example in held_out))
    return [example for example in examples if not identities(example) & taken]


def human(example: Example) -> bool:
    """True where the MeSH check tags say Humans."""
    return "humans" in check_tags(example.record)
