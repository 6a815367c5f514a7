"""The `evidence` command: joins the commands of `commands/`, and turns errors into messages and exit codes.

The one place where that happens (docs/decisions/0004). Results go to stdout, as one JSON object with --json; everything
else goes to stderr.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from typing import Any, NoReturn

import click

from commands.collecting import collections_group
from commands.exporting import export_command, ledger_command
from commands.harvesting import harvest_command, import_command, search_check_command
from commands.main_job import publish_command, serve_command, tag_command, up_command, update_command
from commands.models import evaluate_command, train_command
from commands.news import digest_command
from commands.operating import backup_command, restore_command, schedule_command, status_command
from commands.options import program_version
from commands.reviewing import correct_command, review_command
from db.errors import BadInput, Busy, EvidenceError, Unavailable

EXIT_CODES: dict[type[EvidenceError], int] = {EvidenceError: 1, BadInput: 65, Unavailable: 69, Busy: 75}
INTERRUPTED = 130


class EvidenceGroup(click.Group):
    """Lists commands in the order of the work, and turns what a user can cause into one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except EvidenceError as error:
            fail(str(error), exit_code(error))
        except KeyboardInterrupt:
            fail("Stopped. Nothing is half-written; run the same command again to go on.", INTERRUPTED)
        except BrokenPipeError:
            # The reader of a pipe has gone (`evidence export | head`): nothing to say, and stdout must not be flushed.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except sqlite3.Error as error:
            fail(f"The database refused: {error}. Check the data folder, or restore a backup.", 1)
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            fail(f"{error.strerror or error}{where}. Check the path, its permissions and the free space.", 1)


def exit_code(error: EvidenceError) -> int:
    """The contract's code for an error, by its nearest known kind."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)


def fail(message: str, code: int) -> NoReturn:
    click.echo(f"Error: {message}", err=True)
    raise click.exceptions.Exit(code)


@click.group(cls=EvidenceGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(program_version(), prog_name="evidence")
def cli() -> None:
    """Tracks the evidence on ketamine for alcohol use disorder: harvest PubMed, tag studies, publish a table.

    Start with: evidence up
    """


for command in (
    up_command,
    update_command,
    harvest_command,
    import_command,
    tag_command,
    publish_command,
    serve_command,
    schedule_command,
    status_command,
    search_check_command,
    ledger_command,
    review_command,
    correct_command,
    train_command,
    evaluate_command,
    export_command,
    digest_command,
    collections_group,
    backup_command,
    restore_command,
):
    cli.add_command(command)


def main() -> None:
    """The entry point of the installed command."""
    cli(prog_name="evidence")


if __name__ == "__main__":
    main()
