"""Corrections by people: review and correct."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.options import (
    PATH,
    data_option,
    json_option,
    label_vocabulary,
    locked_evidence,
    open_evidence,
    report,
    say,
    timestamp,
)
from db.errors import BadInput

if TYPE_CHECKING:
    from sqlite_utils import Database

    from db.corrections import ReviewItem


@click.command(name="correct")
@click.argument("reference", metavar="PMID")
@click.argument("field")
@click.argument("value")
@click.option("--by", required=True, help="Who decides. Kept in the database, never published.")
@click.option("--reason", required=True, help="Why.")
@click.option("--quote", default="", help="The sentence it rests on, word for word from title or abstract.")
@data_option
@json_option
def correct_command(
    reference: str, field: str, value: str, by: str, reason: str, quote: str, data: Path, as_json: bool
) -> None:
    """Sets what stands for one field of one article, above any tag, for good.

    PMID may be a DOI. FIELD is relevance, study_design, overall_direction, outcomes.DOMAIN or a fact; VALUE "null" means
    that the record does not say. Lists take ";" between items.

    \b
    Example: evidence correct 35012326 outcomes.alcohol_use mixed --by "A. Reader" --reason "relapse did not differ"
    """
    from db.corrections import add_correction, find_article, parse_value
    from db.records import Correction

    with locked_evidence(data, "correct") as database:
        article_id = find_article(database, reference)
        parsed = parse_value(field, value)
        correction = Correction(article_id, field, parsed, by, reason, timestamp(), quote)
        number = add_correction(database, correction, vocabulary=label_vocabulary())
    result = {"correction": number, "pmid": reference, "field": field, "value": parsed}
    report(as_json, result, f"{field} of {reference} is now {value}. Run `evidence publish` to show it.")


@click.command(name="review")
@click.option("--field", "fields", multiple=True, help="Only these fields; may be given more than once.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@click.option("--by", default="", help="Who decides. Without it the queue is only shown.")
@click.option("--csv-out", type=PATH, help="Write the queue as a sheet to fill in (value, by, reason).")
@click.option("--csv-in", type=PATH, help="Take in a filled sheet: all of it or nothing.")
@click.option("--agreement", nargs=2, metavar="NAME NAME", help="How well two reviewers agree (Cohen's kappa).")
@data_option
@json_option
def review_command(
    fields: tuple[str, ...],
    limit: int,
    by: str,
    csv_out: Path | None,
    csv_in: Path | None,
    agreement: tuple[str, str] | None,
    data: Path,
    as_json: bool,
) -> None:
    """The labels that no person has checked, least certain first.

    \b
    Example: evidence review --by "A. Reader"
             evidence review --csv-out queue.csv    (fill in, then: --csv-in queue.csv)
             evidence review --agreement "A. Reader" "B. Reader"
    """
    if csv_in is not None:
        _take_in_sheet(csv_in, by, data, as_json)
        return
    with open_evidence(data, readonly=not by) as database:
        if agreement is not None:
            _show_agreement(database, agreement, as_json)
            return
        from db.corrections import review_queue

        queue = review_queue(database, fields=fields, limit=limit)
        if csv_out is not None:
            _write_sheet(queue, csv_out)
        elif by and not as_json:
            _review_one_by_one(database, queue, by, data)
        else:
            items = [{**asdict(item), "value": json.loads(item.value)} for item in queue]
            text = "\n".join(
                f"{item['probability']:.2f}  {item['pmid'] or item['doi']}  {item['field']} = {item['value']}  {item['title']}"
                for item in items
            )
            report(as_json, {"queue": items}, text or "Nothing waits for a person.")


def _take_in_sheet(sheet: Path, by: str, data: Path, as_json: bool) -> None:
    from db.correction_sheets import read_corrections

    with locked_evidence(data, "review") as database, sheet.open(encoding="utf-8-sig", newline="") as stream:
        counts = read_corrections(database, stream, vocabulary=label_vocabulary(), at=timestamp(), by=by)
    text = f"{counts.added} corrections added, {counts.known} known already, {counts.empty} rows left empty."
    report(as_json, asdict(counts), text)


def _write_sheet(queue: Sequence[ReviewItem], sheet: Path) -> None:
    from db.correction_sheets import write_review_sheet

    with sheet.open("w", encoding="utf-8", newline="") as stream:
        count = write_review_sheet(queue, stream)
    say(f"Wrote {count} rows to {sheet}. Fill in value, by and reason, then: evidence review --csv-in {sheet}")


def _show_agreement(database: Database, names: tuple[str, str], as_json: bool) -> None:
    from db.agreement import reviewer_agreement

    found = reviewer_agreement(database, *names)
    lines = [
        f"{each.field}: {each.alike} of {each.n} alike"
        + (f", kappa {each.kappa:.2f}" if each.kappa is not None else ", kappa without meaning here")
        for each in found
    ]
    text = "\n".join(lines) or "These two have not decided on the same label of any article."
    report(as_json, {"agreement": [asdict(each) for each in found]}, text)


def _review_one_by_one(database: Database, queue: Sequence[ReviewItem], by: str, data: Path) -> None:
    """Shows each label with its record; a key accepts, changes or skips it. Each answer is kept at once."""
    from db.corrections import add_correction, format_value, parse_value
    from db.lock import data_lock
    from db.records import Correction

    vocabulary = label_vocabulary()
    for number, item in enumerate(queue, 1):
        value = json.loads(item.value)
        _show_item(item, f"{number} of {len(queue)}", format_value(value))
        answer = click.prompt(
            "[a]ccept, [c]hange, [s]kip, [q]uit", type=click.Choice(["a", "c", "s", "q"]), default="s"
        )
        if answer == "q":
            return
        if answer == "s":
            continue
        reason = "accepted in review"
        try:
            if answer == "c":
                value = parse_value(item.field, click.prompt(f"{item.field} should be"))
                reason = click.prompt("Reason")
            correction = Correction(item.article_id, item.field, value, by, reason, timestamp(), item.quote)
            with data_lock(data, "review"):
                add_correction(database, correction, vocabulary=vocabulary)
        except BadInput as error:
            say(f"Not kept: {error}")


def _show_item(item: ReviewItem, place: str, value: str) -> None:
    click.secho(f"\n{place}  {item.pmid or item.doi}", dim=True)
    click.secho(item.title, bold=True)
    before, quote, after = item.abstract.partition(item.quote) if item.quote else (item.abstract, "", "")
    click.echo(before + click.style(quote, reverse=True) + after)
    click.echo(f"{item.field} = {value}  (chance {item.probability:.0%})")
