"""The main job and its steps: up, update, tag, publish, serve."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.collecting import files_of
from commands.options import (
    PATH,
    abstracts_option,
    chosen_model,
    chosen_topic,
    configure_logging,
    data_option,
    json_option,
    label_vocabulary,
    locked_evidence,
    model_option,
    network_options,
    open_client,
    program_version,
    progress_bar,
    report,
    say,
    serve_options,
    timestamp,
    topic_option,
)
from db.errors import BadInput, Unavailable

if TYPE_CHECKING:
    from sqlite_utils import Database

    from db.topic import Topic
    from harvest.outcome import RunSummary

#: Articles tagged in one transaction: large enough for the model's vector arithmetic, small enough to lose.
TAG_BATCH = 500


def tag_database(
    database: Database, topic: Topic, model: Path | None = None, *, everything: bool = False
) -> dict[str, Any]:
    """Tags what the current model has not tagged, in batches that are each kept whole."""
    from classify.tagger import Tagger
    from db.tags import articles_to_tag, save_model, save_tags

    tagger = Tagger(topic, model)
    save_model(database, tagger.model, at=timestamp())
    tagged = relabelled = 0
    due = articles_to_tag(database, tagger.model.id, everything=everything)
    while batch := list(islice(due, TAG_BATCH)):
        tags = tagger.tag([record for _, record in batch])
        pairs = list(zip([article_id for article_id, _ in batch], tags, strict=True))
        relabelled += save_tags(database, pairs, model_id=tagger.model.id, at=timestamp())
        tagged += len(batch)
    return {"tagged": tagged, "relabelled": relabelled, "model": tagger.model.id}


def publish_database(database: Database, topic: Topic, data: Path, abstracts: str) -> dict[str, Any]:
    from classify.taxonomy import load_taxonomy
    from db.collections import read_collections
    from db.publish import publish

    terms = [asdict(term) for term in load_taxonomy()]
    collections, unusable = read_collections(files_of(topic, data))
    for error in unusable:
        say(f"Warning: {error} It is left out.")
    summary = publish(
        database,
        data / "site",
        topic=topic,
        terms=terms,
        at=timestamp(),
        version=program_version(),
        abstracts=abstracts,
        collections=collections,
    )
    return {
        **asdict(summary),
        "collections": [each.slug for each in collections],
        "unusable_collections": [str(error) for error in unusable],
    }


def refuse_unusable_collections(published: dict[str, Any]) -> None:
    """What else there is to publish does not wait for a file to be mended, but a timer must not hide it either."""
    if count := len(published["unusable_collections"]):
        raise BadInput(f"All is published but {count} collection files. See `evidence collections check`.")


def load_starter_set(database: Database, topic: Topic) -> dict[str, int]:
    from db.starter import load_starter_set

    return asdict(load_starter_set(database, topic, at=timestamp(), vocabulary=label_vocabulary()))


def harvest_database(
    database: Database,
    topic: Topic,
    eutils_url: str | None,
    *,
    full: bool = False,
    since: datetime | None = None,
) -> RunSummary:
    from harvest.run import run_harvest

    with open_client(eutils_url) as client, progress_bar("Harvesting") as progress:
        return run_harvest(
            database,
            topic,
            client,
            full=full,
            since=since.date() if since else None,
            version=program_version(),
            progress=progress,
        )


def serve(data: Path, host: str, port: int, address: str) -> None:
    from db.serve import serve

    serve(data / "site", host=host, port=port, address=address, announce=_announce)


def _announce(address: str) -> None:
    click.echo(f"The evidence table is at {address}/ (Ctrl-C stops it)")


def canary(database: Database, topic: Topic) -> dict[str, Any] | None:
    """Warns when known studies that PubMed holds were not brought by the harvests; costs no request."""
    from db.run_queries import save_search_check
    from harvest.search_check import check_harvested

    if not topic.known_studies:
        return None
    check = check_harvested(database, topic)
    save_search_check(
        database, topic.id, at=timestamp(), found=check.found, expected=check.expected, result=check.as_json()
    )
    if check.missed:
        say(f"Warning: {check} `evidence search-check` shows which are missed and why.")
    return check.as_json()


@click.command(name="up")
@click.option("--offline", is_flag=True, help="Do not ask PubMed; work with what is there.")
@click.option("--no-serve", is_flag=True, help="Stop once the snapshot is published.")
@serve_options
@abstracts_option
@network_options
@topic_option
@model_option
@data_option
@json_option
def up_command(
    offline: bool,
    no_serve: bool,
    host: str,
    port: int,
    address: str,
    abstracts: str,
    eutils_url: str | None,
    verbose: bool,
    topic_file: Path | None,
    model_file: Path | None,
    data: Path,
    as_json: bool,
) -> None:
    """The whole main job in one. Creates the database, loads the starter set, harvests, tags, publishes, serves.

    Without network it says so once and carries on with what is there.

    \b
    Example: evidence up
             evidence up --offline --port 9000
    """
    configure_logging(verbose)
    topic = chosen_topic(topic_file)
    with locked_evidence(data, "up") as database:
        result: dict[str, Any] = {"starter": load_starter_set(database, topic), "harvest": None, "warning": None}
        if not offline:
            try:
                result["harvest"] = harvest_database(database, topic, eutils_url).as_json()
            except Unavailable as error:
                result["warning"] = f"{error} Carrying on with what is here."
                say(f"Warning: {result['warning']}")
        result["tag"] = tag_database(database, topic, chosen_model(data, model_file))
        result["publish"] = publish_database(database, topic, data, abstracts)
    if no_serve:
        report(as_json, result, f"Published {result['publish']['studies']} studies to {data / 'site'}.")
        return
    serve(data, host, port, address)


@click.command(name="update")
@abstracts_option
@network_options
@topic_option
@model_option
@data_option
@json_option
def update_command(
    abstracts: str,
    eutils_url: str | None,
    verbose: bool,
    topic_file: Path | None,
    model_file: Path | None,
    data: Path,
    as_json: bool,
) -> None:
    """Harvest, tag and publish: what a timer runs. Exit status 0 when nothing is new.

    Also checks that the search still finds the topic's known studies, and warns when it loses one.

    \b
    Example: evidence update --data /var/lib/evidence
    """
    configure_logging(verbose)
    topic = chosen_topic(topic_file)
    with locked_evidence(data, "update") as database:
        load_starter_set(database, topic)
        run = harvest_database(database, topic, eutils_url)
        tagged = tag_database(database, topic, chosen_model(data, model_file))
        result: dict[str, Any] = {"harvest": run.as_json(), "tag": tagged}
        result["search_check"] = canary(database, topic)
        result["publish"] = publish_database(database, topic, data, abstracts)
    report(as_json, result, str(run))
    refuse_unusable_collections(result["publish"])


@click.command(name="tag")
@click.option("--all", "everything", is_flag=True, help="Tag every article again.")
@click.option("--input", "source", type=PATH, help="Tag the records of a JSONL file instead of the database.")
@click.option("--output", "target", type=PATH, help="Where the tags of --input go (JSONL).")
@topic_option
@model_option
@data_option
@json_option
def tag_command(
    everything: bool,
    source: Path | None,
    target: Path | None,
    topic_file: Path | None,
    model_file: Path | None,
    data: Path,
    as_json: bool,
) -> None:
    """Tags what has no tag from the current model. Study design, relevance, outcomes and their direction, facts.

    \b
    Example: evidence tag
             evidence tag --input records.jsonl --output tagged.jsonl
    """
    if (source is None) != (target is None):
        raise click.UsageError("--input and --output go together: one names the records, the other where tags go.")
    topic, model = chosen_topic(topic_file), chosen_model(data, model_file)
    if source is not None and target is not None:
        from classify.jsonl import tag_file
        from classify.tagger import Tagger

        tagger = Tagger(topic, model)
        count = tag_file(source, target, tagger)
        report(as_json, {"tagged": count, "model": tagger.model.id}, f"Tagged {count} records into {target}.")
        return
    with locked_evidence(data, "tag") as database:
        result = tag_database(database, topic, model, everything=everything)
    text = f"Tagged {result['tagged']} articles; {result['relabelled']} labels changed. Model {result['model']}."
    report(as_json, result, text)


@click.command(name="publish")
@abstracts_option
@topic_option
@data_option
@json_option
def publish_command(abstracts: str, topic_file: Path | None, data: Path, as_json: bool) -> None:
    """Builds the public snapshot and swaps it in. Readers see the old one or the new one, never half.

    \b
    Example: evidence publish --abstracts quotes
    """
    topic = chosen_topic(topic_file)
    with locked_evidence(data, "publish") as database:
        result = publish_database(database, topic, data, abstracts)
    report(as_json, result, f"Published {result['studies']} studies and {result['trials']} trials to {result['path']}.")
    refuse_unusable_collections(result)


@click.command(name="serve")
@serve_options
@data_option
def serve_command(host: str, port: int, address: str, data: Path) -> None:
    """Serves the snapshot. Picks up each new one without dropping a request.

    \b
    Example: evidence serve --port 8080 --address https://evidence.example.org
    """
    serve(data, host, port, address)
