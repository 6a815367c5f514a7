"""Runs `evidence` as a user would, in a folder of its own, beside an emulated PubMed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli import cli
from tests.emulator.invented import invented_corpus
from tests.emulator.server import Emulator

Evidence = Callable[..., Result]


@pytest.fixture
def evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Evidence:
    """`evidence("status", "--json")` in a fresh folder; the result has exit_code, stdout, stderr."""
    for name in (
        "EVIDENCE_DATA",
        "EVIDENCE_EUTILS_URL",
        "EVIDENCE_TOPIC",
        "EVIDENCE_MODEL",
        "NCBI_API_KEY",
        "NCBI_EMAIL",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: Any, **options: Any) -> Result:
        result = CliRunner().invoke(cli, [str(argument) for argument in arguments], **options)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture(scope="session")
def starter_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after `evidence up --offline`; made once, so copy it."""
    data = tmp_path_factory.mktemp("starter") / "data"
    result = CliRunner().invoke(cli, ["up", "--offline", "--no-serve", "--data", str(data)])
    assert result.exit_code == 0, result.output
    return data


@pytest.fixture
def starter(starter_folder: Path, evidence: Evidence, tmp_path: Path) -> Path:
    """The data folder of `evidence`, with the starter set tagged and published."""
    return Path(shutil.copytree(starter_folder, tmp_path / "data"))


@pytest.fixture
def pubmed() -> Iterator[Emulator]:
    """PubMed with some thirty invented records."""
    with Emulator(invented_corpus(), rate=None) as emulator:
        yield emulator
