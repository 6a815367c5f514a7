"""Collections: lists of studies that staff choose, each in one TOML file, its address being the file's name.

Files lie in `collections/` of the data folder, or in a folder beside the topic file. Of two files with one name, the one
in the data folder stands.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from db.errors import BadInput

AUDIENCES = ("patients", "clinicians")
#: The language of a text that is given without one; every text must have it.
DEFAULT_LANGUAGE = "en"
FOLDER = "collections"

_KEYS = ("title", "intro", "audience", "studies")
_STUDY_KEYS = ("pmid", "doi", "note")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG = 60


class CollectionError(BadInput):
    """A collection's file can't be used. `problems` has one line for each fault, with what to do about it."""

    def __init__(self, path: Path, problems: Iterable[str]) -> None:
        self.path = path
        self.problems = tuple(problems)
        more = f" ({len(self.problems) - 1} more: `evidence collections check`.)" if len(self.problems) > 1 else ""
        super().__init__(f"{path}: {self.problems[0]}{more}")


@dataclass(frozen=True, slots=True)
class CollectionEntry:
    """One study of a collection, named by its PMID, or by its DOI (small letters) where PubMed has none.

    `note` says why it is on the list, by language.
    """

    pmid: int | None
    doi: str
    note: Mapping[str, str]

    @property
    def name(self) -> str:
        return f"PMID {self.pmid}" if self.pmid else f"DOI {self.doi}"


@dataclass(frozen=True, slots=True)
class Collection:
    """A whole file. `slug` is its name without .toml; `title` and `intro` are texts by language."""

    slug: str
    title: Mapping[str, str]
    intro: Mapping[str, str]
    audience: str
    studies: tuple[CollectionEntry, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a study of a collection stands in the database: "" (nothing to say), missing, retracted, withdrawn, …"""

    entry: CollectionEntry
    state: str


def collection_files(folders: Iterable[Path | None]) -> list[Path]:
    """The .toml files of these folders by name; a later folder's file replaces an earlier one's of the same name."""
    files = {
        path.name: path
        for folder in folders
        if folder is not None
        for path in sorted(folder.glob("*.toml"))
        if not path.name.startswith(".")  # what editors leave behind
    }
    return [files[name] for name in sorted(files)]


def read_collections(files: Iterable[Path]) -> tuple[list[Collection], list[CollectionError]]:
    """The collections that can be used, and an error for each file that can't."""
    collections, errors = [], []
    for path in files:
        try:
            collections.append(read_collection(path))
        except CollectionError as error:
            errors.append(error)
    return collections, errors


def read_collection(path: Path) -> Collection:
    """The collection in one file. Raises CollectionError, which names every fault."""
    document = _document(path)
    problems = list(_problems(path, document))
    if problems:
        raise CollectionError(path, problems)
    return Collection(
        slug=path.stem,
        title=_by_language(document["title"]),
        intro=_by_language(document["intro"]),
        audience=document["audience"],
        studies=tuple(
            CollectionEntry(_pmid(study), str(study.get("doi", "")).lower(), _by_language(study["note"]))
            for study in document["studies"]
        ),
    )


def standings(database: Database, collection: Collection) -> list[Standing]:
    """How each study stands in the working database, in the collection's order."""
    return [Standing(entry, _state(database, entry)) for entry in collection.studies]


def _state(database: Database, entry: CollectionEntry) -> str:
    row = database.conn.execute(
        "SELECT retraction_state, withdrawn_at, missing_since FROM articles"
        " WHERE (? IS NOT NULL AND pmid = ?) OR (? <> '' AND doi = ?) LIMIT 1",
        [entry.pmid, entry.pmid, entry.doi, entry.doi],
    ).fetchone()
    if row is None:
        return "missing"
    retraction, withdrawn, missing = row
    if retraction == "retracted":
        return "retracted"
    return "withdrawn" if withdrawn else retraction or ("not in PubMed any more" if missing else "")


def _document(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CollectionError(path, [f"can't be read ({error.strerror}). Check the path."]) from error
    except UnicodeDecodeError as error:
        raise CollectionError(path, ["is not UTF-8 text. Save it as UTF-8."]) from error
    except tomllib.TOMLDecodeError as error:
        raise CollectionError(path, [f"is not valid TOML: {error}."]) from error


def _problems(path: Path, document: Mapping[str, Any]) -> Iterator[str]:
    if not _SLUG.fullmatch(path.stem) or len(path.stem) > _LONGEST_SLUG:
        yield (
            f"the file's name is the address, so it may have only small letters, digits and single hyphens, at most "
            f"{_LONGEST_SLUG} (for example first-trials.toml). Rename it."
        )
    yield from _unknown_keys("the file", document, _KEYS)
    for key in ("title", "intro"):
        yield from _text_problems(key, document.get(key))
    if document.get("audience") not in AUDIENCES:
        yield f"audience must be one of: {', '.join(AUDIENCES)}."
    studies = document.get("studies")
    if not isinstance(studies, list) or not studies or not all(isinstance(study, dict) for study in studies):
        yield "write each study as [[studies]] with its pmid and a note; at least one is needed."
        return
    seen: dict[str, int] = {}
    for number, study in enumerate(studies, 1):
        yield from _study_problems(number, study)
        key = str(_pmid(study) or study.get("doi", "")).lower()
        if key and key in seen:
            yield f"[[studies]] number {number} names {key} a second time (first in number {seen[key]}). Take one out."
        seen.setdefault(key, number)


def _study_problems(number: int, study: Mapping[str, Any]) -> Iterator[str]:
    place = f"[[studies]] number {number}"
    yield from _unknown_keys(place, study, _STUDY_KEYS)
    if ("pmid" in study) == ("doi" in study):
        yield f"{place} needs a pmid (or a doi, where PubMed has none), not both."
    elif "pmid" in study and _pmid(study) is None:
        yield f"{place}: the PMID {study['pmid']!r} is not a number of at most 9 digits."
    elif "doi" in study and not re.fullmatch(r"10\.\d{4,9}/\S+", str(study["doi"])):
        yield f"{place}: {study['doi']!r} is no DOI. Write it as 10.1234/abcd, without https://doi.org/."
    yield from _text_problems(f"{place} note", study.get("note"))


def _unknown_keys(place: str, table: Mapping[str, Any], known: tuple[str, ...]) -> Iterator[str]:
    for key in sorted(set(table) - set(known)):
        yield f"{place} has the unknown key {key!r}. Known keys: {', '.join(known)}."


def _text_problems(place: str, value: Any) -> Iterator[str]:
    """A text, or texts by language with the default one among them."""
    texts = value if isinstance(value, dict) else {DEFAULT_LANGUAGE: value}
    if DEFAULT_LANGUAGE not in texts:
        yield f"{place} needs a text in {DEFAULT_LANGUAGE!r}, beside its other languages."
    for language, text in texts.items():
        if not re.fullmatch("[a-z]{2}", language):
            yield f"{place}: {language!r} is no language. Write two small letters, for example {place}.es."
        if not isinstance(text, str) or not text.strip():
            yield f"{place} must be a text that is not empty."


def _by_language(value: Any) -> dict[str, str]:
    texts = value if isinstance(value, dict) else {DEFAULT_LANGUAGE: value}
    return {language: " ".join(text.split()) for language, text in texts.items()}


def _pmid(study: Mapping[str, Any]) -> int | None:
    text = str(study.get("pmid", ""))
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,8}", text) else None
