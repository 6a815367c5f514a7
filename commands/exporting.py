"""What leaves the database as a file: exports and the ledger of the search."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from commands.options import PATH, abstracts_option, data_option, label_vocabulary, new_file, open_evidence, say


@click.command(name="export")
@click.option(
    "--format", "form", type=click.Choice(["csv", "jsonl", "ris", "nbib", "bibtex"]), default="csv", show_default=True
)
@click.option("--output", type=PATH, help="A file; without it, stdout.")
@click.option("--relevance", multiple=True)
@click.option("--design", "study_designs", multiple=True, help="A study design; may be given more than once.")
@click.option("--outcome", "domains", multiple=True, help="An outcome domain.")
@click.option("--direction", "directions", multiple=True)
@click.option("--year-from", type=int)
@click.option("--year-to", type=int)
@click.option("--query", default="", help='Full-text search: words, "phrases", prefix*, AND, OR, NOT.')
@click.option("--checked", is_flag=True, help="Only studies with a label that a person gave.")
@click.option("--excel", is_flag=True, help="Put the byte order mark before a CSV that Excel needs.")
@abstracts_option
@data_option
def export_command(form: str, output: Path | None, excel: bool, abstracts: str, data: Path, **filters: Any) -> None:
    """Exports studies for a spreadsheet or a reference manager.

    \b
    Example: evidence export --format ris --design randomised_trial --output trials.ris
    """
    from db.exports import export
    from db.selection import Filters

    _check_terms(filters)
    chosen = Filters(**filters)
    with open_evidence(data, readonly=True) as database:
        if output is None:
            export(database, sys.stdout, form, filters=chosen, abstracts=abstracts, bom=excel)
            sys.stdout.flush()
            return
        with new_file(output) as stream:
            count = export(database, stream, form, filters=chosen, abstracts=abstracts, bom=excel)
    say(f"Wrote {count} studies to {output}.")


def _check_terms(filters: dict[str, Any]) -> None:
    vocabulary = label_vocabulary()
    for name, kind in (
        ("relevance", "relevance"),
        ("study_designs", "study_design"),
        ("domains", "outcome_domain"),
        ("directions", "direction"),
    ):
        for value in filters[name]:
            if value not in vocabulary[kind]:
                raise click.BadParameter(
                    f"{value!r} is no {kind.replace('_', ' ')}. Known: {', '.join(vocabulary[kind])}."
                )


@click.command(name="ledger")
@click.option(
    "--format", "form", type=click.Choice(["prisma-s", "flow-csv", "flow-json"]), default="prisma-s", show_default=True
)
@data_option
def ledger_command(form: str, data: Path) -> None:
    """The search as a review reports it. PRISMA-S text, or the numbers of a PRISMA 2020 flow diagram.

    \b
    Example: evidence ledger
             evidence ledger --format flow-csv
    """
    from db.ledger import prisma_flow, prisma_flow_csv, prisma_s

    with open_evidence(data, readonly=True) as database:
        if form == "prisma-s":
            click.echo(prisma_s(database), nl=False)
        elif form == "flow-csv":
            click.echo(prisma_flow_csv(prisma_flow(database)), nl=False)
        else:
            click.echo(json.dumps(prisma_flow(database), ensure_ascii=False))
