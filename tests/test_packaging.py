"""The built wheel works from outside the checkout, and holds what it needs and nothing of the library's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )


def test_the_wheel_holds_the_parts_the_site_and_the_data_but_never_the_librarys_name(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"harvest", "classify", "db", "commands", "cli.py"}
    assert {
        "db/_site/settings.json",
        "harvest/topics/ketamine-aud.toml",
        "harvest/topics/ketamine-aud.known-studies.csv",
        "harvest/topics/ketamine-aud.collections/where-to-start.toml",
        "classify/taxonomy.toml",
    } <= set(names)
    assert [name for name in names if "__pycache__" in name] == []


def test_the_installed_command_is_the_wheels_own(installed: Path, tmp_path: Path) -> None:
    result = run(installed, tmp_path, "-c", "import cli, db; print(cli.__file__); print(db.__file__)")
    assert [Path(line).is_relative_to(installed) for line in result.stdout.splitlines()] == [True, True]


def test_the_main_job_runs_from_the_wheel_without_network(installed: Path, tmp_path: Path) -> None:
    result = run(installed, tmp_path, "-m", "cli", "up", "--offline", "--no-serve", "--json")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "data" / "site" / "evidence.db").stat().st_size > 0


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_pins_keep_the_extras_that_other_packages_ask_for(lock: str) -> None:
    """pip reads a pin without its extra as another requirement, and stops when a newer release appears."""
    pins = [Requirement(line.rstrip("\\ ")) for line in re.findall(r"^[\w.-]+.*==.*", (ROOT / lock).read_text(), re.M)]
    pinned = {canonical(pin.name): pin.extras for pin in pins}
    assert len(pinned) > 20
    missing = {
        (name, str(wanted))
        for name in pinned
        for wanted in map(Requirement, requirements_of(name))
        if wanted.extras - pinned.get(canonical(wanted.name), set())
        and canonical(wanted.name) in pinned
        and (wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in pinned[name] | {""}))
    }
    assert missing == set()


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements_of(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:  # pinned for another system or another Python
        return []
