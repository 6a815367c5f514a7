"""The rules that keep the house in order: who may import whom, and what no file may hold."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

ALLOWED = {"db": {"db"}, "harvest": {"harvest", "db"}, "classify": {"classify", "db"}, "datasette": set()}
FOLDERS = ("db", "harvest", "classify", "datasette", "commands")
OURS = {"db", "harvest", "classify", "commands", "cli", "tests", "benchmarks"}


def _sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("folder", sorted(ALLOWED))
def test_parts_import_only_what_the_design_allows(folder: str) -> None:
    broken = [
        (str(path.relative_to(ROOT)), name)
        for path in _sources(folder)
        for name in _imports(path)
        if name in OURS and name not in ALLOWED[folder]
    ]
    assert broken == []


def test_only_the_command_line_knows_click() -> None:
    users = {
        path.relative_to(ROOT).parts[0]
        for folder in ("db", "harvest", "classify", "datasette")
        for path in _sources(folder)
        if "click" in _imports(path)
    }
    assert users == set()


def test_the_configuration_folder_is_not_a_package_and_does_not_shadow_the_library() -> None:
    assert not (ROOT / "datasette" / "__init__.py").exists()
    found = subprocess.run(
        [sys.executable, "-c", "import datasette; print(datasette.__file__)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert "site-packages" in Path(found).parts
    assert not Path(found).is_relative_to(ROOT / "datasette")


def test_no_module_is_a_catch_all_or_grows_past_reading() -> None:
    modules = [path for folder in FOLDERS for path in _sources(folder)]
    names = {path.name for path in modules} & {"utils.py", "helpers.py", "misc.py", "common.py"}
    long = {
        str(path.relative_to(ROOT)): lines
        for path in modules
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 320
    }
    assert (names, long) == (set(), {})


def test_every_function_can_be_read_at_one_sitting() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for folder in FOLDERS
        for path in [*_sources(folder), ROOT / "cli.py"]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno > 60
    ]
    assert long == []


def test_importing_the_command_loads_nothing_heavy() -> None:
    """`evidence --help` must answer at once, so the heavy libraries wait until a command needs them."""
    heavy = ("sklearn", "numpy", "scipy", "datasette", "Bio", "lxml", "httpx")
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, cli; print([m for m in {heavy!r} if m in sys.modules])"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert loaded == "[]"
