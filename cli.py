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
    from harvest.eutils import EutilsClient
    from harvest.outcome import RunSummary

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


def _configure_logging(verbose: bool) -> None:
    from harvest.logs import configure_logging

    configure_logging(verbose=verbose)


def _load_starter_set(database: Database, topic: Topic) -> Any:
    from db.starter import load_starter_set

    return load_starter_set(database, topic, at=_now())


def _client(eutils_url: str | None) -> EutilsClient:
    from harvest.eutils import DEFAULT_URL, EutilsClient

    return EutilsClient(eutils_url or DEFAULT_URL)


def _harvest_database(
    database: Database,
    topic: Topic,
    eutils_url: str | None,
    *,
    full: bool = False,
    since: datetime | None = None,
) -> RunSummary:
    from harvest.run import run_harvest

    with _client(eutils_url) as client, _progress("Harvesting") as progress:
        return run_harvest(
            database,
            topic,
            client,
            full=full,
            since=since.date() if since else None,
            version=_version(),
            progress=progress,
        )


def _serve(data: Path, host: str, port: int) -> None:
    from db.serve import serve

    serve(data / "site", host=host, port=port, announce=lambda address: click.echo(f"Reading room: {address}"))


@click.group(cls=EvidenceGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(_version(), prog_name="evidence")
def cli() -> None:
    """Tracks the evidence on ketamine for alcohol use disorder: harvest PubMed, tag studies, publish a table.

    Start with: evidence up
    """


# --- The main job -----------------------------------------------------------------------------------------------------


@cli.command(name="up")
@click.option("--offline", is_flag=True, help="Do not ask PubMed; work with what is there.")
@click.option("--no-serve", is_flag=True, help="Stop once the snapshot is published.")
@serve_options
@abstracts_option
@network_options
@topic_option
@data_option
@json_option
def up_command(
    offline: bool,
    no_serve: bool,
    host: str,
    port: int,
    abstracts: str,
    eutils_url: str | None,
    verbose: bool,
    topic_file: Path | None,
    data: Path,
    as_json: bool,
) -> None:
    """The whole main job: create, load the starter set, harvest, tag, publish, serve.

    Without network it says so once and carries on with what is there.

    \b
    Example: evidence up
             evidence up --offline --port 9000
    """
    _configure_logging(verbose)
    topic = _topic(topic_file)
    with _locked_database(data, "up") as database:
        result: dict[str, Any] = {"starter": _load_starter_set(database, topic), "harvest": None, "warning": None}
        if not offline:
            try:
                result["harvest"] = _harvest_database(database, topic, eutils_url).as_json()
            except Unavailable as error:
                result["warning"] = f"{error} Carrying on with what is here."
                _say(f"Warning: {result['warning']}")
        result["tag"] = _tag_database(database, topic)
        result["publish"] = _publish_database(database, topic, data, abstracts)
    if no_serve:
        _report(as_json, result, f"Published {result['publish']['studies']} studies to {data / 'site'}.")
        return
    _serve(data, host, port)


@cli.command(name="update")
@abstracts_option
@network_options
@topic_option
@data_option
@json_option
def update_command(
    abstracts: str, eutils_url: str | None, verbose: bool, topic_file: Path | None, data: Path, as_json: bool
) -> None:
    """Harvest, tag and publish: what a timer runs. Exit status 0 when nothing is new.

    Also checks that the search still finds the topic's known studies, and warns when it loses one.

    \b
    Example: evidence update --data /var/lib/evidence
    """
    _configure_logging(verbose)
    topic = _topic(topic_file)
    with _locked_database(data, "update") as database:
        _load_starter_set(database, topic)
        run = _harvest_database(database, topic, eutils_url)
        result: dict[str, Any] = {"harvest": run.as_json(), "tag": _tag_database(database, topic)}
        result["search_check"] = _canary(database, topic)
        result["publish"] = _publish_database(database, topic, data, abstracts)
    _report(as_json, result, str(run))


# --- Harvest and import -------------------------------------------------------------------------------------------------


@cli.command(name="harvest")
@click.option("--full", is_flag=True, help="Look at everything again, not only at what is new or changed.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Look from this day on (YYYY-MM-DD).")
@click.option("--dry-run", is_flag=True, help="Only show what each block finds and how PubMed understood it.")
@network_options
@topic_option
@data_option
@json_option
def harvest_command(
    full: bool,
    since: datetime | None,
    dry_run: bool,
    eutils_url: str | None,
    verbose: bool,
    topic_file: Path | None,
    data: Path,
    as_json: bool,
) -> None:
    """One harvest run: asks PubMed for new and changed records and stores them.

    \b
    Example: evidence harvest
             evidence harvest --dry-run
             evidence harvest --since 2026-01-01 --topic our-topic.toml
    """
    if full and since:
        raise click.UsageError("--full looks at everything, so --since has no meaning beside it. Use one of them.")
    _configure_logging(verbose)
    topic = _topic(topic_file)
    if dry_run:
        _dry_run(topic, eutils_url, as_json)
        return
    with _locked_database(data, "harvest") as database:
        run = _harvest_database(database, topic, eutils_url, full=full, since=since)
    _report(as_json, run.as_json(), str(run))


def _dry_run(topic: Topic, eutils_url: str | None, as_json: bool) -> None:
    from harvest.preview import preview

    with _client(eutils_url) as client:
        found = preview(topic, client)
    lines = []
    for each in found:
        lines += [f"{each.name}: {each.count} records", f"  as PubMed read it: {each.translation or '(not told)'}"]
        lines += [f"  dropped by PubMed: {phrase}" for phrase in each.dropped]
        lines += [f"  warning: {warning}" for warning in each.warnings]
    _report(as_json, {"queries": [each.as_json() for each in found]}, "\n".join(lines))
    unusable = [each.name for each in found if not each.is_usable]
    if unusable:
        raise EvidenceError(f"PubMed dropped phrases of {', '.join(unusable)}. Mend the topic file before harvesting.")


@cli.command(name="import")
@click.argument("files", nargs=-1, required=True, type=_PATH)
@click.option(
    "--all", "keep_all", is_flag=True, help="Keep every record, not only those that the topic's search matches."
)
@topic_option
@data_option
@json_option
def import_command(files: tuple[Path, ...], keep_all: bool, topic_file: Path | None, data: Path, as_json: bool) -> None:
    """Imports PubMed XML (.xml, .xml.gz, baseline and update files), MEDLINE/.nbib and PubMed's CSV export.

    Each file is stored whole or not at all.

    \b
    Example: evidence import pubmed26n1400.xml.gz
             evidence import --all saved-search.nbib
    """
    from harvest.importing import import_files

    _configure_logging(False)
    topic = _topic(topic_file)
    with _locked_database(data, "import") as database, _progress("Importing") as progress:
        summary = import_files(database, topic, files, keep_all=keep_all, version=_version(), progress=progress)
    _report(as_json, summary.as_json(), str(summary))


def main() -> None:
    """The entry point of the installed command."""
    cli(prog_name="evidence")


if __name__ == "__main__":
    main()
