"""Keeps a trained model in one skops file, with a JSON file beside it that says what it is.

The file holds plain numbers, texts, lists and dictionaries only. Nothing in it can run code: skops refuses every type
that is not on its own list of safe ones, and we add none. Bytes depend on content alone, so a training that is run
again gives the same file.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from db.errors import BadInput

#: Raised when the content of the file changes its meaning. 2: words are features of the model of outcomes.
FORMAT = 2

NAME = "classifier.skops"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A model's content as plain data, what its metadata say, and the hash of the file."""

    content: Mapping[str, Any]
    metadata: Mapping[str, Any]
    sha256: str


def packaged_artifact() -> Path | None:
    """The model that travels with the package, or None where it was left out."""
    path = Path(str(files("classify") / "model" / NAME))
    return path if path.exists() else None


def metadata_path(path: Path) -> Path:
    """The JSON file that belongs to an artifact."""
    return path.with_suffix(".json")


def save_artifact(path: Path, content: Mapping[str, Any], metadata: Mapping[str, Any]) -> str:
    """Writes both files; returns the artifact's hash. Each appears whole or not at all."""
    import sklearn
    import skops.io

    body = _steady(skops.io.dumps(dict(content), compression=zipfile.ZIP_DEFLATED, compresslevel=9))
    digest = hashlib.sha256(body).hexdigest()
    told = {"format": FORMAT, "sklearn": sklearn.__version__, "artifact_sha256": digest, **metadata}
    _replace(path, body)
    _replace(metadata_path(path), (json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode())
    return digest


def load_artifact(path: Path) -> Artifact:
    """Reads an artifact after checking that it is whole, ours, and of this version.

    Raises BadInput if either file is missing, was changed, has another format, or holds a type that is not plain data.
    """
    import skops.io

    told, body = _metadata(path), _bytes(path)
    digest = hashlib.sha256(body).hexdigest()
    if told.get("format") != FORMAT:
        raise BadInput(
            f"{path} has model format {told.get('format')!r}; this version reads format {FORMAT}. Run `evidence train` again, or"
            " move it away to go on with the model that travels with the package."
        )
    if told.get("artifact_sha256") != digest:
        raise BadInput(
            f"{path} is not the file that {metadata_path(path).name} describes: changed or damaged. Train or copy it again."
        )
    try:
        foreign = skops.io.get_untrusted_types(data=body)
        if foreign:
            raise BadInput(
                f"{path} holds the type {foreign[0]}, which is no plain data. Don't use a file from a stranger."
            )
        content = skops.io.loads(body)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, EOFError, OSError) as error:
        raise BadInput(f"{path} is not a model file ({type(error).__name__}). Train or copy it again.") from error
    if not isinstance(content, dict):
        raise BadInput(f"{path} is not a model file. Train or copy it again.")
    return Artifact(content, told, digest)


def _metadata(path: Path) -> dict[str, Any]:
    place = metadata_path(path)
    try:
        told = json.loads(_bytes(place))
    except ValueError as error:
        raise BadInput(f"{place} is not JSON. Train or copy the model again.") from error
    if not isinstance(told, dict):
        raise BadInput(f"{place} does not describe a model. Train or copy the model again.")
    return told


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"Can't read the model's file {path}: {error.strerror}. Check the path or run `evidence train`."
        ) from error


def _replace(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(body)
    draft.replace(path)


def _steady(body: bytes) -> bytes:
    """The same archive without what differs from run to run: skops names parts by memory address, zip by the clock."""
    with zipfile.ZipFile(io.BytesIO(body)) as source:
        schema = source.read("schema.json").decode()
        order = {
            number: str(place) for place, number in enumerate(dict.fromkeys(re.findall(r'"__id__": (\d+)', schema)), 1)
        }
        schema = re.sub(r"\b\d{9,}\b", lambda match: order.get(match[0], match[0]), schema)
        parts = {
            re.sub(r"^\d+", lambda match: order.get(match[0], match[0]), name): source.read(name)
            for name in source.namelist()
        }
    parts["schema.json"] = schema.encode()
    steady = io.BytesIO()
    with zipfile.ZipFile(steady, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name in sorted(parts):
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), parts[name], zipfile.ZIP_DEFLATED)
    return steady.getvalue()
