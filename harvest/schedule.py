"""Text for a timer: a systemd service and timer, or one cron line, that run `evidence update`."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from db.errors import BadInput

#: OnCalendar values (systemd.time) and cron's five fields for each interval we offer. Night hours in the United
#: States, when NCBI asks for large jobs; `RandomizedDelaySec` spreads clinics over the hour.
INTERVALS = {
    "hourly": ("*-*-* *:17:00", "17 * * * *"),
    "daily": ("*-*-* 06:17:00 UTC", "17 6 * * *"),
    "weekly": ("Sun *-*-* 06:17:00 UTC", "17 6 * * 0"),
}


@dataclass(frozen=True, slots=True)
class Schedule:
    """What to run, on which data, how often. `command` is the absolute path of `evidence`."""

    command: Path
    data: Path
    every: str = "daily"
    topic: Path | None = None

    def arguments(self) -> list[str]:
        topic = ["--topic", str(self.topic)] if self.topic else []
        return [str(self.command), "update", "--data", str(self.data), *topic]


def cron_line(schedule: Schedule) -> str:
    """One line for `crontab -e`. A percent sign means a line break to cron, so it is escaped."""
    command = shlex.join(schedule.arguments()).replace("%", r"\%")
    return f"{_interval(schedule)[1]} {command}\n"


def systemd_units(schedule: Schedule) -> dict[str, str]:
    """The unit files by name. `Persistent` catches up after a machine was off; the rest lets the service write its
    data folder and nothing else (systemd.exec, systemd.timer).
    """
    calendar = _interval(schedule)[0]
    command = " ".join(_quoted(argument.replace("$", "$$")) for argument in schedule.arguments())
    return {
        "evidence-update.service": f"""\
[Unit]
Description=Harvest PubMed, tag and publish the evidence table
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={command}
# NCBI_EMAIL=… and NCBI_API_KEY=… go into this file, readable by the service alone.
EnvironmentFile=-%E/evidence/environment
TimeoutStartSec=3h
Nice=10
NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={_quoted(str(schedule.data))}
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
UMask=0027
""",
        "evidence-update.timer": f"""\
[Unit]
Description=Run the evidence update {schedule.every}

[Timer]
OnCalendar={calendar}
RandomizedDelaySec=1h
Persistent=true

[Install]
WantedBy=timers.target
""",
    }


def install_systemd(schedule: Schedule, folder: Path) -> list[Path]:
    """Writes the unit files into `folder` and returns their paths. Raises BadInput where it can't write there."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in systemd_units(schedule).items():
            path = folder / name
            path.write_text(text, encoding="utf-8")
            written.append(path)
    except OSError as error:
        raise BadInput(f"Can't write {folder}: {error.strerror}. Name another folder with --folder.") from error
    return written


def _interval(schedule: Schedule) -> tuple[str, str]:
    if schedule.every not in INTERVALS:
        raise BadInput(f"Unknown interval {schedule.every!r}. Use one of: {', '.join(INTERVALS)}.")
    return INTERVALS[schedule.every]


def _quoted(value: str) -> str:
    """One word of a unit file: systemd expands % and splits at blanks; this keeps the value what it is."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"' if any(character.isspace() or character in "\"'\\;" for character in value) else escaped
