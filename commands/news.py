"""What is new: the digest, as a file or by mail."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.options import PATH, chosen_topic, data_option, new_file, open_evidence, say, topic_option
from db.errors import EvidenceError

if TYPE_CHECKING:
    from email.message import EmailMessage

    from db.mail import MailSettings


@click.command(name="digest")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day (YYYY-MM-DD); by default a week ago.")
@click.option(
    "--format", "form", type=click.Choice(["text", "html", "atom", "eml", "json"]), default="text", show_default=True
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--output", type=PATH, help="A file; without it, stdout.")
@click.option("--address", envvar="EVIDENCE_ADDRESS", default="", help="The site's address, for links.")
@click.option("--mail", is_flag=True, help="Show to whom it would go by mail; with --send, send it.")
@click.option("--send", is_flag=True, help="With --mail: really send.")
@topic_option
@data_option
def digest_command(
    since: datetime | None,
    form: str,
    as_json: bool,
    output: Path | None,
    address: str,
    mail: bool,
    send: bool,
    topic_file: Path | None,
    data: Path,
) -> None:
    """What is new, changed and retracted since a day. Says so when nothing is.

    Mail settings come from EVIDENCE_SMTP_HOST, _PORT, _USER, _PASSWORD, _FROM, _TO and _TLS.

    \b
    Example: evidence digest --since 2026-11-01
             evidence digest --format eml --mail --send
    """
    from classify.taxonomy import load_taxonomy
    from db.digest import digest
    from db.digest_formats import Style, as_message, format_digest

    if send and not mail:
        raise click.UsageError("--send goes with --mail.")
    topic = chosen_topic(topic_file)
    until = datetime.now(UTC)
    start = since.replace(tzinfo=UTC) if since else until - timedelta(days=7)
    names = {(term.kind, term.id): term.name for term in load_taxonomy()}
    style = Style(topic.id, topic.name, until.isoformat(timespec="seconds"), address=address.rstrip("/"), names=names)
    with open_evidence(data, readonly=True) as database:
        news = digest(database, start.isoformat(timespec="seconds"), until.isoformat(timespec="seconds"))
    if mail:
        from db.mail import mail_settings

        settings = mail_settings(os.environ)
        _deliver(as_message(news, style, sender=settings.sender), settings, is_real=send)
        return
    text = format_digest(news, "json" if as_json else form, style)
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    with new_file(output) as stream:
        stream.write(text)
    say(f"Wrote {output}.")


def _deliver(message: EmailMessage, settings: MailSettings, *, is_real: bool) -> None:
    from db.mail import send

    delivery = send(message, settings, dry_run=not is_real)
    if delivery.dry_run:
        say(f"Dry run, nothing was sent. Add --send to send through {settings.described()}.")
        return
    for recipient, reason in delivery.refused.items():
        say(f"Refused for {recipient}: {reason}")
    say(f"Sent to {len(delivery.accepted)} recipients.")
    if delivery.refused:
        raise EvidenceError("Not everyone will get the digest. Check the refused addresses.")
