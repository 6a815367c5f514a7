"""The `evidence` command: thin commands over `harvest`, `classify` and `db`.

The one place where errors become messages and exit codes (docs/decisions/0004). Results go to stdout, as one JSON
object with --json; everything else goes to stderr. Heavy libraries are imported by the command that needs them, so that
`evidence --help` answers at once.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from db.errors import BadInput, Busy, EvidenceError, Unavailable

if TYPE_CHECKING:
    from sqlite_utils import Database

    from db.topic import Topic

EXIT_CODES: dict[type[EvidenceError], int] = {EvidenceError: 1, BadInput: 65, Unavailable: 69, Busy: 75}
INTERRUPTED = 130
#: Articles tagged in one transaction: large enough for the model's vector arithmetic, small enough to lose.
TAG_BATCH = 500

Command = TypeVar("Command", bound=Callable[..., Any])


class EvidenceGroup(click.Group):
    """Turns what a user can cause into one line on stderr and an exit code; never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except EvidenceError as error:
            _fail(str(error), _exit_code(error))
        except KeyboardInterrupt:
            _fail("Stopped. Nothing is half-written; run the same command again to go on.", INTERRUPTED)
        except BrokenPipeError:
            # The reader of a pipe has gone (`evidence export | head`); let Python's own exit not complain about it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except sqlite3.Error as error:
            _fail(f"The database refused: {error}. Check the data folder, or restore a backup.", 1)
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            _fail(f"{error.strerror or error}{where}. Check the path, its permissions and the free space.", 1)


def _exit_code(error: EvidenceError) -> int:
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)


def _fail(message: str, code: int) -> None:
    click.echo(f"Error: {message}", err=True)
    raise click.exceptions.Exit(code)


def _version() -> str:
    try:
        return package_version("ketamine-aud-evidence")
    except PackageNotFoundError:
        return "unknown"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _say(message: str) -> None:
    click.echo(message, err=True)


def _report(as_json: bool, result: Any, text: str) -> None:
    """One JSON object or the text a person reads, on stdout."""
    click.echo(json.dumps(result, ensure_ascii=False, default=str) if as_json else text)


# --- Options that several commands share ----------------------------------------------------------------------------

_PATH = click.Path(path_type=Path)


def data_option(command: Command) -> Command:
    return click.option(
        "--data", type=_PATH, envvar="EVIDENCE_DATA", default="data", show_default=True, help="The data folder."
    )(command)


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


def topic_option(command: Command) -> Command:
    return click.option(
        "--topic", "topic_file", type=_PATH, envvar="EVIDENCE_TOPIC", help="A topic file other than the default."
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
    command = click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True)(command)
    return click.option("--host", default="127.0.0.1", show_default=True)(command)


@contextmanager
def _database(data: Path, *, readonly: bool = False) -> Iterator[Database]:
    from db.connect import open_database

    database = open_database(data / "evidence.db", readonly=readonly)
    try:
        yield database
    finally:
        database.conn.close()


@contextmanager
def _locked_database(data: Path, what: str) -> Iterator[Database]:
    from db.lock import data_lock

    with data_lock(data, what), _database(data) as database:
        yield database


def _topic(topic_file: Path | None) -> Topic:
    from harvest.topics import load_topic

    return load_topic(topic_file)


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A callback (done, total) that draws a bar with rate and time left on a terminal and does nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    bars: list[Any] = []

    def advance(done: int, total: int) -> None:
        if not bars:
            bar = click.progressbar(length=total, label=label, show_pos=True, show_eta=True, file=sys.stderr)
            bars.append(bar.__enter__())
        bars[0].length = total
        bars[0].update(done - bars[0].pos)

    try:
        yield advance
    finally:
        for bar in bars:
            bar.__exit__(None, None, None)


# --- The steps of the main job ----------------------------------------------------------------------------------------


def _tag_database(database: Database, topic: Topic, *, everything: bool = False) -> dict[str, Any]:
    """Tags what the current model has not tagged, in batches that are each kept whole."""
    from itertools import islice

    from classify.tagger import Tagger
    from db.tags import articles_to_tag, save_model, save_tags

    tagger = Tagger(topic)
    save_model(database, tagger.model, at=_now())
    tagged = relabelled = 0
    due = articles_to_tag(database, tagger.model.id, everything=everything)
    while batch := list(islice(due, TAG_BATCH)):
        tags = tagger.tag([record for _, record in batch])
        pairs = list(zip([article_id for article_id, _ in batch], tags, strict=True))
        relabelled += save_tags(database, pairs, model_id=tagger.model.id, at=_now())
        tagged += len(batch)
    return {"tagged": tagged, "relabelled": relabelled, "model": tagger.model.id}


def _publish_database(database: Database, topic: Topic, data: Path, abstracts: str) -> dict[str, Any]:
    from classify.taxonomy import load_taxonomy
    from db.publish import publish

    terms = [asdict(term) for term in load_taxonomy()]
    summary = publish(
        database, data / "site", topic=topic, terms=terms, at=_now(), version=_version(), abstracts=abstracts
    )
    return asdict(summary)


@click.group(cls=EvidenceGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(_version(), prog_name="evidence")
def cli() -> None:
    """Tracks the evidence on ketamine for alcohol use disorder: harvest PubMed, tag studies, publish a table.

    Start with: evidence up
    """


def main() -> None:
    """The entry point of the installed command."""
    cli(prog_name="evidence")


if __name__ == "__main__":
    main()
