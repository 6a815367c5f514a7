"""Topic files: reads and checks the TOML that ties the product to one question."""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from collections.abc import Iterable
from dataclasses import MISSING, fields
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from db.errors import BadInput
from db.topic import FacetValue, OutcomeLexicon, Question, SearchStrategy, Topic
from harvest.page_texts import page_texts

DEFAULT_TOPIC = "ketamine-aud"

Part = TypeVar("Part", SearchStrategy, OutcomeLexicon, FacetValue, Question)

_TOPIC_KEYS = {"id", "name", "summary", "known_studies", "collections", "exposure_terms", "subject_terms"}
_SECTIONS = {"topic", "search", "outcomes", "facets", "questions", "pages"}


class TopicError(BadInput):
    """The topic file can't be used; the message names the file, the place and what to change."""


def load_topic(path: Path | None = None) -> Topic:
    """The topic in `path`, or the default topic that travels with the package.

    Raises TopicError if the file can't be read, is not TOML, has an unknown key or lacks one.
    """
    source = path if path is not None else Path(str(files("harvest") / "topics" / f"{DEFAULT_TOPIC}.toml"))
    try:
        text = source.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except OSError as error:
        raise TopicError(f"Can't read the topic file {source}: {error.strerror}. Check the path.") from error
    except UnicodeDecodeError as error:
        raise TopicError(f"{source} is not UTF-8 text. Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise TopicError(f"{source} is not valid TOML: {error}.") from error
    return _topic(source, text, document)


def _topic(source: Path, text: str, document: dict[str, Any]) -> Topic:
    _known(source, "the file", document, _SECTIONS)
    head = _table(source, document, "topic")
    _known(source, "[topic]", head, _TOPIC_KEYS)
    for key in ("id", "name", "summary"):
        if not isinstance(head.get(key), str) or not head[key].strip():
            raise TopicError(f"{source}: [topic] needs {key!r}, a text.")
    return Topic(
        id=head["id"],
        name=head["name"],
        summary=head["summary"],
        search=_part(source, "[search]", SearchStrategy, _table(source, document, "search")),
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        exposure_terms=_texts(source, "[topic] exposure_terms", head.get("exposure_terms", [])),
        subject_terms=_texts(source, "[topic] subject_terms", head.get("subject_terms", [])),
        outcomes=_parts(source, "outcomes", OutcomeLexicon, document),
        facets=_parts(source, "facets", FacetValue, document),
        questions=_parts(source, "questions", Question, document),
        pages=_pages(source, document.get("pages", {})),
        collections_folder=_collections_folder(source, head.get("collections")),
        **_known_studies(source, head.get("known_studies")),
    )


def _pages(source: Path, pages: Any) -> dict[str, Any]:
    if not isinstance(pages, dict):
        raise TopicError(f"{source}: [pages] must be a table.")
    texts, problems = page_texts(pages)
    if problems:
        more = f" ({len(problems) - 1} more like this.)" if len(problems) > 1 else ""
        raise TopicError(f"{source}: {problems[0]}{more}")
    return texts


def _known_studies(source: Path, name: str | None) -> dict[str, Any]:
    """Rows of the CSV beside the topic file; the text of the .md with the same name is their provenance."""
    if name is None:
        return {}
    path = source.parent / name
    try:
        rows = tuple(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeDecodeError) as error:
        raise TopicError(f"{source}: can't read known_studies = {name!r} beside it ({error}).") from error
    provenance = path.with_suffix(".md")
    return {
        "known_studies": rows,
        "known_studies_provenance": provenance.read_text(encoding="utf-8") if provenance.exists() else "",
    }


def _collections_folder(source: Path, name: Any) -> Path | None:
    """The folder beside the topic file that holds the topic's collections."""
    if name is None:
        return None
    folder = source.parent / str(name)
    if not folder.is_dir():
        raise TopicError(f"{source}: collections = {name!r} names a folder beside the file, and there is none.")
    return folder


def _table(source: Path, document: dict[str, Any], name: str) -> dict[str, Any]:
    table = document.get(name)
    if not isinstance(table, dict):
        raise TopicError(f"{source}: the section [{name}] is missing.")
    return table


def _parts(source: Path, name: str, kind: type[Part], document: dict[str, Any]) -> tuple[Part, ...]:
    tables = document.get(name, [])
    if not isinstance(tables, list):
        raise TopicError(f"{source}: write {name} as [[{name}]], once for each.")
    parts = tuple(_part(source, f"[[{name}]] number {n}", kind, table) for n, table in enumerate(tables, 1))
    seen: set[tuple[str, str]] = set()
    for part in parts:
        key = (getattr(part, "facet", ""), getattr(part, "id", ""))
        if key in seen:
            raise TopicError(f"{source}: [[{name}]] has the id {key[1]!r} twice.")
        seen.add(key)
    return parts


def _part(source: Path, place: str, kind: type[Part], table: Any) -> Part:
    if not isinstance(table, dict):
        raise TopicError(f"{source}: {place} must be a table.")
    known = {part.name: part for part in fields(kind)}
    _known(source, place, table, known)
    for name, part in known.items():
        if name not in table and part.default is MISSING and part.default_factory is MISSING:
            raise TopicError(f"{source}: {place} needs {name!r}.")
    values = {name: _value(source, f"{place} {name}", str(known[name].type), value) for name, value in table.items()}
    return kind(**values)


def _value(source: Path, place: str, declared: str, value: Any) -> Any:
    """Checks a TOML value against the field's declared type and makes lists immutable."""
    if declared == "str":
        if not isinstance(value, str):
            raise TopicError(f"{source}: {place} must be a text.")
        return value
    if declared.startswith("tuple"):
        return _texts(source, place, value)
    if not isinstance(value, dict):
        raise TopicError(f"{source}: {place} must be a table.")
    if declared == "dict[str, str]":
        return {key: _value(source, f"{place}.{key}", "str", item) for key, item in value.items()}
    return {key: _texts(source, f"{place}.{key}", item) for key, item in value.items()}


def _texts(source: Path, place: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TopicError(f"{source}: {place} must be a list of texts.")
    return tuple(value)


def _known(source: Path, place: str, table: dict[str, Any], known: Iterable[str]) -> None:
    unknown = sorted(set(table) - set(known))
    if unknown:
        allowed = ", ".join(sorted(known))
        raise TopicError(f"{source}: {place} has the unknown key {unknown[0]!r}. Known keys: {allowed}.")
