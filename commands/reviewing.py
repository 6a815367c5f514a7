"""Corrections by people: review and correct."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import (
    PATH,
    data_option,
    json_option,
    label_vocabulary,
    locked_evidence,
    new_file,
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
    """Sets what stands for a field of an article. Above any tag, for good.

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
@click.option(
    "--field", "fields", multiple=True, help="Only these fields (outcomes: every domain); may be given more than once."
)
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
        queue = _queue(database, fields, limit)
        if csv_out is not None:
            _write_sheet(queue, csv_out)
        elif by and not as_json and queue:
            _review_one_by_one(database, queue, by, data)
        else:
            _show_queue(queue, as_json)


def _queue(database: Database, fields: Sequence[str], limit: int) -> list[ReviewItem]:
    from db.corrections import check_field, review_queue
    from db.records import OUTCOME_PREFIX

    wanted = [OUTCOME_PREFIX if field == "outcomes" else field for field in fields]
    for field in wanted:
        if field != OUTCOME_PREFIX:
            check_field(field, label_vocabulary())
    return review_queue(database, fields=wanted, limit=limit)


def _show_queue(queue: Sequence[ReviewItem], as_json: bool) -> None:
    items = [{**asdict(item), "value": json.loads(item.value)} for item in queue]
    text = "\n".join(
        f"{item['probability']:.2f}  {item['pmid'] or item['doi']}  {item['field']} = {item['value']}  {item['title']}"
        for item in items
    )
    report(as_json, {"queue": items}, text or "Nothing waits for a person.")


def _take_in_sheet(sheet: Path, by: str, data: Path, as_json: bool) -> None:
    from db.correction_sheets import read_corrections

    try:
        text = sheet.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"Can't read {sheet}: {error.strerror}. Check the path.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{sheet} is not UTF-8 text. Save the sheet as CSV in UTF-8.") from error
    with locked_evidence(data, "review") as database:
        counts = read_corrections(
            database, io.StringIO(text, newline=""), vocabulary=label_vocabulary(), at=timestamp(), by=by
        )
    text = f"{counts.added} corrections added, {counts.known} known already, {counts.empty} rows left empty."
    report(as_json, asdict(counts), text)


def _write_sheet(queue: Sequence[ReviewItem], sheet: Path) -> None:
    from db.correction_sheets import write_review_sheet

    with new_file(sheet) as stream:
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
    from db.corrections import add_correction
    from db.lock import data_lock
    from db.records import Correction

    vocabulary, decided = label_vocabulary(), 0
    for number, item in enumerate(queue, 1):
        _show_item(item, f"{number} of {len(queue)}")
        keys = click.Choice(["a", "c", "s", "q"])
        answer = click.prompt("[a]ccept, [c]hange, [s]kip, [q]uit", type=keys, show_choices=False, default="s")
        if answer == "q":
            break
        if answer == "s":
            continue
        value, reason = (json.loads(item.value), "accepted in review") if answer == "a" else _changed(item, vocabulary)
        correction = Correction(item.article_id, item.field, value, by, reason, timestamp(), item.quote)
        with data_lock(data, "review"):
            add_correction(database, correction, vocabulary=vocabulary)
        decided += 1
    say(
        f"{decided} of {len(queue)} decided. `evidence publish` shows them, `evidence train` learns from study designs."
    )


def _changed(item: ReviewItem, vocabulary: dict[str, tuple[str, ...]]) -> tuple[Any, str]:
    """The value that a person gives instead, by number or name, and why. Asks again until it is one of the field's."""
    from db.corrections import allowed_values, check_value, parse_value

    choices = list(allowed_values(item.field, vocabulary))
    if choices:
        click.echo("  ".join(f"{number} {name}" for number, name in enumerate(choices, 1)))
    while True:
        text = click.prompt(f"{item.field} should be (null: the record does not say)").strip()
        if choices and text.isdecimal() and 0 < int(text) <= len(choices):
            text = choices[int(text) - 1]
        try:
            value = parse_value(item.field, text)
            check_value(item.field, value, vocabulary)
        except BadInput as error:
            say(f"Not kept: {error}")
        else:
            return value, click.prompt("Reason")


def _show_item(item: ReviewItem, place: str) -> None:
    from db.corrections import format_value

    marks = [item.quote] if item.quote else list(item.cues)
    click.secho(f"\n{place}  {item.pmid or item.doi}", dim=True)
    click.secho(_marked(item.title, marks), bold=True)
    click.echo(_marked(item.abstract, marks) or "(no abstract)")
    because = f", because of: {', '.join(item.cues)}" if item.cues else ""
    click.echo(f"{item.field} = {format_value(json.loads(item.value))}  (chance {item.probability:.0%}{because})")


def _marked(text: str, marks: Sequence[str]) -> str:
    """The text with each sentence that holds one of the marks between » and «, and in reverse on a terminal."""
    from classify.sentences import split_sentences

    found = [match.span() for mark in marks if mark for match in re.finditer(re.escape(mark), text, re.IGNORECASE)]
    parts, done = [], 0
    for sentence in split_sentences(text, ()):
        if any(start < sentence.end and end > sentence.start for start, end in found):
            shown = f"»{text[sentence.start : sentence.end]}«"
            parts += [text[done : sentence.start], click.style(shown, reverse=True)]
            done = sentence.end
    return "".join([*parts, text[done:]])
