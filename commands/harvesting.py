"""What researchers run against PubMed and on files: harvest, import, search-check."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.main_job import harvest_database
from commands.options import (
    PATH,
    chosen_topic,
    configure_logging,
    counter,
    data_option,
    json_option,
    locked_evidence,
    network_options,
    open_client,
    open_evidence,
    program_version,
    report,
    topic_option,
)
from db.errors import EvidenceError

if TYPE_CHECKING:
    from db.topic import Topic


@click.command(name="harvest")
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
    """One harvest run. Asks PubMed for new and changed records and stores them.

    \b
    Example: evidence harvest
             evidence harvest --dry-run
             evidence harvest --since 2026-01-01 --topic our-topic.toml
    """
    if full and since:
        raise click.UsageError("--full looks at everything, so --since has no meaning beside it. Use one of them.")
    configure_logging(verbose)
    topic = chosen_topic(topic_file)
    if dry_run:
        _dry_run(topic, eutils_url, as_json)
        return
    with locked_evidence(data, "harvest") as database:
        run = harvest_database(database, topic, eutils_url, full=full, since=since)
    report(as_json, run.as_json(), str(run))


def _dry_run(topic: Topic, eutils_url: str | None, as_json: bool) -> None:
    from harvest.preview import preview

    with open_client(eutils_url) as client:
        found = preview(topic, client)
    lines = []
    for each in found:
        lines += [f"{each.name}: {each.count} records", f"  as PubMed read it: {each.translation or '(not told)'}"]
        lines += [f"  dropped by PubMed: {phrase}" for phrase in each.dropped]
        lines += [f"  warning: {warning}" for warning in each.warnings]
    report(as_json, {"queries": [each.as_json() for each in found]}, "\n".join(lines))
    unusable = [each.name for each in found if not each.is_usable]
    if unusable:
        raise EvidenceError(f"PubMed dropped phrases of {', '.join(unusable)}. Mend the topic file before harvesting.")


@click.command(name="import")
@click.argument("files", nargs=-1, required=True, type=PATH)
@click.option(
    "--all", "keep_all", is_flag=True, help="Keep every record, not only those that the topic's search matches."
)
@topic_option
@data_option
@json_option
def import_command(files: tuple[Path, ...], keep_all: bool, topic_file: Path | None, data: Path, as_json: bool) -> None:
    """Imports files of PubMed records. XML (.xml, .xml.gz, baseline and update files), MEDLINE/.nbib, PubMed's CSV.

    Each file is stored whole or not at all.

    \b
    Example: evidence import pubmed26n1400.xml.gz
             evidence import --all saved-search.nbib
    """
    from harvest.importing import import_files

    configure_logging(False)
    topic = chosen_topic(topic_file)
    with locked_evidence(data, "import") as database, counter("Reading") as progress:
        summary = import_files(database, topic, files, keep_all=keep_all, version=program_version(), progress=progress)
    report(as_json, summary.as_json(), str(summary))


@click.command(name="search-check")
@click.option("--offline", is_flag=True, help="Look at what the harvests brought instead of asking PubMed.")
@network_options
@topic_option
@data_option
@json_option
def search_check_command(
    offline: bool, eutils_url: str | None, verbose: bool, topic_file: Path | None, data: Path, as_json: bool
) -> None:
    """Checks the search strategy. Which of the topic's known studies it finds, misses, and which concept block loses them.

    \b
    Example: evidence search-check
             evidence search-check --offline --json
    """
    from harvest.search_check import check_at_pubmed, check_harvested

    configure_logging(verbose)
    topic = chosen_topic(topic_file)
    if offline:
        with open_evidence(data, readonly=True) as database:
            check = check_harvested(database, topic)
    else:
        with open_client(eutils_url) as client:
            check = check_at_pubmed(topic, client)
    lines = [str(check)]
    for study in check.missed:
        why = f"lost by {', '.join(study.lost_by)}" if study.lost_by else "not found"
        lines.append(f"missed: {study.pmid} {study.title} ({why})")
    if check.found or check.missed:
        lines += [f"not there: {study.doi or study.pmid or 'no identifier'} {study.title}" for study in check.absent]
    report(as_json, check.as_json(), "\n".join(lines))
