"""Timers that a clinic can install as they are."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from db.errors import BadInput
from harvest.schedule import Schedule, cron_line, install_systemd, systemd_units

PLAIN = Schedule(Path("/opt/evidence/bin/evidence"), Path("/var/lib/evidence"))
AWKWARD = Schedule(Path("/opt/our tools/evidence"), Path("/srv/100% $data"), "weekly", Path("/etc/topic 2.toml"))


def test_a_cron_line_names_command_and_data() -> None:
    assert cron_line(PLAIN) == "17 6 * * * /opt/evidence/bin/evidence update --data /var/lib/evidence\n"


def test_cron_gets_blanks_quoted_and_percent_signs_escaped() -> None:
    assert cron_line(AWKWARD) == (
        r"17 6 * * 0 '/opt/our tools/evidence' update --data '/srv/100\% $data' --topic '/etc/topic 2.toml'" + "\n"
    )


def test_the_service_runs_update_and_may_write_the_data_folder_alone() -> None:
    lines = systemd_units(PLAIN)["evidence-update.service"].splitlines()
    assert "ExecStart=/opt/evidence/bin/evidence update --data /var/lib/evidence" in lines
    assert [line for line in lines if line.startswith(("ReadWritePaths", "ProtectSystem"))] == [
        "ProtectSystem=strict",
        "ReadWritePaths=/var/lib/evidence",
    ]


def test_systemd_gets_specifiers_variables_and_blanks_escaped() -> None:
    lines = systemd_units(AWKWARD)["evidence-update.service"].splitlines()
    assert 'ExecStart="/opt/our tools/evidence" update --data "/srv/100%% $$data" --topic "/etc/topic 2.toml"' in lines
    assert 'ReadWritePaths="/srv/100%% $data"' in lines


def test_the_timer_catches_up_and_spreads_the_load() -> None:
    lines = systemd_units(PLAIN)["evidence-update.timer"].splitlines()
    assert {"Persistent=true", "RandomizedDelaySec=1h", "OnCalendar=*-*-* 06:17:00 UTC"} <= set(lines)


def test_an_unknown_interval_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match=r"'fortnightly'.*hourly, daily, weekly"):
        cron_line(Schedule(PLAIN.command, PLAIN.data, "fortnightly"))


def test_units_are_written_and_systemd_accepts_them(tmp_path: Path) -> None:
    paths = install_systemd(Schedule(Path("/bin/true"), tmp_path), tmp_path / "units")
    assert [path.name for path in paths] == ["evidence-update.service", "evidence-update.timer"]
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not on this machine: the units were written but not verified")
    verified = subprocess.run([analyze, "verify", *map(str, paths)], capture_output=True, text=True)
    assert "evidence-update" not in verified.stderr, verified.stderr


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="--folder"):
        install_systemd(PLAIN, tmp_path / "file" / "units")
