"""Options that several commands share, and the few steps that each of them begins with.

Heavy libraries are imported by the function that needs them, so that `evidence --help` answers at once.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from sqlite_utils import Database

    from db.topic import Topic
    from harvest.eutils import EutilsClient

Command = TypeVar("Command", bound=Callable[..., Any])

PATH = click.Path(path_type=Path)


def data_option(command: Command) -> Command:
    return click.option(
        "--data", type=PATH, envvar="EVIDENCE_DATA", default="data", show_default=True, help="The data folder."
    )(command)


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


def topic_option(command: Command) -> Command:
    return click.option(
        "--topic", "topic_file", type=PATH, envvar="EVIDENCE_TOPIC", help="A topic file other than the default."
    )(command)


def network_options(command: Command) -> Command:
    command = click.option(
        "--eutils-url", envvar="EVIDENCE_EUTILS_URL", help="Another E-utilities address (a mirror, an emulator)."
    )(command)
    return click.option("--verbose", is_flag=True, help="Show each request, with secrets left out.")(command)


def abstracts_option(command: Command) -> Command:
    return click.option(
        "--abstracts",
        type=click.Choice(["full", "quotes"]),
        envvar="EVIDENCE_ABSTRACTS",
        default="full",
        show_default=True,
        help="Publish whole abstracts, or only the sentences a label rests on.",
    )(command)


def serve_options(command: Command) -> Command:
    command = click.option(
        "--address", envvar="EVIDENCE_ADDRESS", default="", help="What readers type, if a web server stands in front."
    )(command)
    command = click.option(
        "--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0 takes a free one."
    )(command)
    return click.option("--host", default="127.0.0.1", show_default=True)(command)


@contextmanager
def open_evidence(data: Path, *, readonly: bool = False) -> Iterator[Database]:
    from db.connect import open_database

    database = open_database(data / "evidence.db", readonly=readonly)
    try:
        yield database
    finally:
        database.conn.close()


@contextmanager
def locked_evidence(data: Path, what: str) -> Iterator[Database]:
    from db.lock import data_lock

    with data_lock(data, what), open_evidence(data) as database:
        yield database


def chosen_topic(topic_file: Path | None) -> Topic:
    from harvest.topics import load_topic

    return load_topic(topic_file)


@contextmanager
def counter(label: str) -> Iterator[Callable[[Path, int], None]]:
    """A callback (file, records read) that keeps one line up to date on a terminal and does nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda path, read: None
        return
    try:
        yield lambda path, read: click.echo(f"\r{label} {path.name}: {read:,} records", nl=False, err=True)
    finally:
        say("")


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A callback (done, total) that draws a bar with rate and time left on a terminal and does nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    bars: list[Any] = []
    began = time.monotonic()

    def rate(done: int | None) -> str:
        return "" if not done else f"{done / max(time.monotonic() - began, 0.001):,.0f} a second"

    def advance(done: int, total: int) -> None:
        if not bars:
            bar: Any = click.progressbar(
                length=total, label=label, show_pos=True, show_eta=True, item_show_func=rate, file=sys.stderr
            )
            bars.append(bar.__enter__())
        bars[0].length = total
        bars[0].update(done - bars[0].pos, done)

    try:
        yield advance
    finally:
        for bar in bars:
            bar.__exit__(None, None, None)


def program_version() -> str:
    try:
        return package_version("ketamine-aud-evidence")
    except PackageNotFoundError:
        return "unknown"


def timestamp() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def say(message: str) -> None:
    click.echo(message, err=True)


def report(as_json: bool, result: Any, text: str) -> None:
    """One JSON object or the text a person reads, on stdout."""
    click.echo(json.dumps(result, ensure_ascii=False, default=str) if as_json else text)


def label_vocabulary() -> dict[str, tuple[str, ...]]:
    from classify.taxonomy import ids

    return {kind: ids(kind) for kind in ("relevance", "study_design", "direction", "outcome_domain")}


def configure_logging(verbose: bool) -> None:
    from harvest.logs import configure_logging

    configure_logging(verbose=verbose)


def open_client(eutils_url: str | None) -> EutilsClient:
    from harvest.eutils import DEFAULT_URL, EutilsClient

    return EutilsClient(eutils_url or DEFAULT_URL)


@contextmanager
def new_file(target: Path) -> Iterator[Any]:
    """A text file that appears under its name only when it is whole."""
    draft = target.with_name(f".{target.name}.draft")
    try:
        with draft.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
