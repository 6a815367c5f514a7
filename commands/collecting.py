"""Collections: the lists of studies that staff choose, checked before they are published."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import PATH, chosen_topic, data_option, json_option, open_evidence, report, say, topic_option
from db.errors import BadInput

if TYPE_CHECKING:
    from sqlite_utils import Database

    from db.topic import Topic


@click.group(name="collections", no_args_is_help=True)
def collections_group() -> None:
    """Lists of studies that staff choose. One TOML file each, in collections/ of the data folder.

    \b
    Example: evidence collections check
    """


@collections_group.command(name="check")
@click.argument("files", nargs=-1, type=PATH)
@topic_option
@data_option
@json_option
def check_command(files: tuple[Path, ...], topic_file: Path | None, data: Path, as_json: bool) -> None:
    """Checks each file, by default all that would be published; names studies that are missing or retracted.

    Ends with status 65 if a file can't be used.

    \b
    Example: evidence collections check
             evidence collections check data/collections/first-trials.toml
    """
    paths = list(files) or files_of(chosen_topic(topic_file), data)
    is_there = (data / "evidence.db").exists()
    with open_evidence(data, readonly=True) if is_there else nullcontext() as database:
        results = [_checked(database, path) for path in paths]
    if not is_there:
        say(f"There is no database in {data}, so only the files themselves were checked.")
    text = "\n".join(line for result in results for line in _lines(result)) or "There are no collections."
    report(as_json, {"files": results, "compared": is_there}, text)
    broken = sum(bool(result["problems"]) for result in results)
    if broken:
        raise BadInput(f"{broken} of {len(results)} collection files can't be used. Mend what is named above.")


@collections_group.command(name="list")
@topic_option
@data_option
@json_option
def list_command(topic_file: Path | None, data: Path, as_json: bool) -> None:
    """The collections that `evidence publish` would publish, with their addresses.

    \b
    Example: evidence collections list
    """
    from db.collections import DEFAULT_LANGUAGE, read_collections

    collections, errors = read_collections(files_of(chosen_topic(topic_file), data))
    for error in errors:
        say(f"Left out: {error}")
    lines = [
        f"/collections/{each.slug}: {each.title[DEFAULT_LANGUAGE]} ({len(each.studies)} studies, for {each.audience})"
        for each in collections
    ]
    report(
        as_json,
        {"collections": [each.as_json() for each in collections], "left_out": [str(error) for error in errors]},
        "\n".join(lines) or "There are no collections.",
    )


def files_of(topic: Topic, data: Path) -> list[Path]:
    """The files that count: the topic's own, and those of the data folder, which go first where names are the same."""
    from db.collections import FOLDER, collection_files

    return collection_files([topic.collections_folder, data / FOLDER])


def _checked(database: Database | None, path: Path) -> dict[str, Any]:
    from db.collections import CollectionError, read_collection, standings

    try:
        collection = read_collection(path)
    except CollectionError as error:
        return {"file": str(path), "address": None, "studies": None, "problems": list(error.problems), "standings": {}}
    found = standings(database, collection) if database is not None else []
    return {
        "file": str(path),
        "address": f"/collections/{collection.slug}",
        "studies": len(collection.studies),
        "problems": [],
        "standings": {standing.entry.name: standing.state for standing in found if standing.state},
    }


def _lines(result: dict[str, Any]) -> list[str]:
    if result["problems"]:
        return [f"{result['file']}: {problem}" for problem in result["problems"]]
    named = [f"  {name}: {state}; the page will say so" for name, state in result["standings"].items()]
    return [f"{result['file']}: good, {result['studies']} studies, {result['address']}", *named]
