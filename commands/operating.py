"""Running the service: schedule, status, backup, restore."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from commands.options import PATH, data_option, json_option, open_evidence, report, topic_option
from db.errors import EvidenceError


@click.command(name="schedule")
@click.option("--format", "form", type=click.Choice(["systemd", "cron"]), default="systemd", show_default=True)
@click.option("--every", type=click.Choice(["hourly", "daily", "weekly"]), default="daily", show_default=True)
@click.option("--install", is_flag=True, help="Write the systemd units instead of printing them.")
@click.option("--folder", type=PATH, default=Path("~/.config/systemd/user"), show_default=True, help="For --install.")
@topic_option
@data_option
def schedule_command(form: str, every: str, install: bool, folder: Path, topic_file: Path | None, data: Path) -> None:
    """A timer that runs `evidence update`. Printed, or written with --install.

    \b
    Example: evidence schedule --data /var/lib/evidence --install
             evidence schedule --format cron --every weekly
    """
    from harvest.schedule import Schedule, cron_line, install_systemd, systemd_units

    if install and form == "cron":
        raise click.UsageError("--install writes systemd units. For cron, paste the printed line into `crontab -e`.")
    command = Path(sys.argv[0]).resolve()
    schedule = Schedule(command, data.resolve(), every, topic_file.resolve() if topic_file else None)
    if form == "cron":
        click.echo(cron_line(schedule), nl=False)
    elif install:
        for path in install_systemd(schedule, folder.expanduser()):
            click.echo(f"Wrote {path}")
        click.echo(
            "Start it with: systemctl --user daemon-reload && systemctl --user enable --now evidence-update.timer"
        )
    else:
        click.echo("\n".join(f"# {name}\n{text}" for name, text in systemd_units(schedule).items()), nl=False)


class Age(click.ParamType[timedelta]):
    """A time span like 36h, 2d or 90m."""

    name = "age"
    _UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}  # noqa: RUF012 - a constant, never changed

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        number, unit = value[:-1], self._UNITS.get(value[-1:])
        if unit is None or not number.isdecimal():
            self.fail(f"{value!r} is no age. Write a number and m, h, d or w, for example 36h.", param, ctx)
        return timedelta(**{unit: int(number)})


@click.command(name="status")
@click.option("--max-age", type=Age(), help="End with status 1 if the last success is older, for example 48h.")
@data_option
@json_option
def status_command(max_age: timedelta | None, data: Path, as_json: bool) -> None:
    """Whether all is well. Last run, last success, counts, model, age of the snapshot.

    \b
    Example: evidence status --max-age 48h --json
    """
    from db.status import database_status

    with open_evidence(data, readonly=True) as database:
        status = database_status(
            database, now=datetime.now(UTC), snapshot=data / "site" / "evidence.db", max_age=max_age
        )
    counts = ", ".join(f"{count} {name}" for name, count in status["counts"].items())
    lines = (
        f"health: {status['health']}",
        f"last success: {status['last_success'] or 'never'}",
        f"last run: {status['last_run']['status'] + ' ' + status['last_run']['started_at'] if status['last_run'] else 'none'}",
        f"counts: {counts}",
        f"model: {status['model'] or 'none'}",
        f"snapshot: {status['snapshot']['published_at'] if status['snapshot'] else 'none'}",
    )
    report(as_json, status, "\n".join(lines))
    if max_age is not None and not status["is_fresh"]:
        raise EvidenceError("The last complete harvest is older than --max-age. See `evidence status` and the log.")


@click.command(name="backup")
@click.argument("target", type=PATH)
@data_option
def backup_command(target: Path, data: Path) -> None:
    """Copies the working database to one file. Even while a harvest runs.

    \b
    Example: evidence backup /backups/evidence-2026-11-25.db
    """
    from db.backup import backup_database

    backup_database(data / "evidence.db", target)
    click.echo(f"Backed up to {target}.")


@click.command(name="restore")
@click.argument("source", type=PATH)
@data_option
def restore_command(source: Path, data: Path) -> None:
    """Checks a backup and puts it in place. The working database that was there is kept beside it.

    \b
    Example: evidence restore /backups/evidence-2026-11-25.db
    """
    from db.backup import restore_database
    from db.lock import data_lock

    with data_lock(data, "restore"):
        kept = restore_database(source, data / "evidence.db")
    click.echo(f"Restored {source}." + (f" The database it replaces is kept as {kept}." if kept else ""))
