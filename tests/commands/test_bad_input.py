"""What users do wrong, and what breaks around them: one line that says what to do, the right code, nothing half-done."""

from __future__ import annotations

import gzip
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock

from tests.commands.conftest import Evidence
from tests.conftest import ROOT
from tests.emulator.server import Emulator

RECORD = b"""<?xml version="1.0"?><PubmedArticleSet><PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM">
<PMID Version="1">90000001</PMID><Article><Journal><Title>Invented Test Journal</Title></Journal>
<ArticleTitle>An invented test record on ketamine and alcohol.</ArticleTitle></Article></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">90000001</ArticleId></ArticleIdList></PubmedData>
</PubmedArticle></PubmedArticleSet>"""

TOPIC = """
[topic]
id = "invented"
name = "Invented topic"
summary = "An invented topic for a test."
[search]
main = "A"
[search.blocks]
A = '''{query}'''
"""


def one_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(lines) == 1, text
    assert lines[0].startswith("Error: ")
    return lines[0]


BAD_FILES = {
    "truncated.xml": RECORD[:-120],
    "page.xml": b"<!DOCTYPE html><html><body>Service unavailable</body></html>",
    "words.xml": b"these are only words",
    "truncated.xml.gz": gzip.compress(RECORD * 50)[:-60],
    "empty.xml": b"",
    "bomb.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><PubmedArticleSet>&b;</PubmedArticleSet>',
}


@pytest.mark.parametrize("name", sorted(BAD_FILES))
def test_a_bad_file_is_refused_whole(name: str, evidence: Evidence, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(BAD_FILES[name])
    result = evidence("import", "--all", name)
    assert result.exit_code == 65
    assert name in one_line(result.stderr)
    with closing(sqlite3.connect(tmp_path / "data/evidence.db")) as database:
        assert database.execute("SELECT count(*) FROM articles").fetchone() == (0,)


def test_a_missing_file_and_a_folder_are_named(evidence: Evidence, tmp_path: Path) -> None:
    missing, folder = evidence("import", "no-such.xml"), evidence("import", tmp_path)
    assert (missing.exit_code, folder.exit_code) == (65, 65)
    assert "no-such.xml" in one_line(missing.stderr)
    assert str(tmp_path) in one_line(folder.stderr)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[topic\n", "not valid TOML"),
        (TOPIC.format(query="ketamin*[tiab]") + "\n[surprise]\nx = 1\n", "unknown key 'surprise'"),
        (TOPIC.format(query="ketamin*[foo]"), "foo"),
        (TOPIC.format(query="(ketamin*[tiab] OR alcohol*[tiab])[tiab]"), "group"),
        (TOPIC.format(query="ketamin\u2217[tiab]"), "U+2217"),
        (TOPIC.format(query="(ketamin*[tiab]"), "never closed"),
    ],
)
def test_a_wrong_topic_file_is_refused_before_anything_is_sent(
    text: str, said: str, evidence: Evidence, pubmed: Emulator, tmp_path: Path
) -> None:
    (tmp_path / "topic.toml").write_text(text, encoding="utf-8")
    result = evidence("harvest", "--topic", "topic.toml", "--eutils-url", pubmed.url)
    assert (result.exit_code, pubmed.count()) == (65, 0)
    assert said in one_line(result.stderr)


def test_a_second_run_is_told_that_the_lock_is_held(evidence: Evidence, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with FileLock(tmp_path / "data/lock"):
        result = evidence("up", "--offline", "--no-serve")
    assert result.exit_code == 75
    assert "lock" in one_line(result.stderr)


def test_a_database_that_another_program_writes_to_is_busy(
    evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence("up", "--offline", "--no-serve")
    monkeypatch.setattr("db.connect.BUSY_TIMEOUT", 0.1)
    monkeypatch.setattr("db.connect.open_database.__kwdefaults__", {"readonly": False, "create": True, "timeout": 0.1})
    with closing(sqlite3.connect(tmp_path / "data/evidence.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        result = evidence("tag", "--all")
    assert result.exit_code == 75
    assert "writing" in one_line(result.stderr)


def test_a_database_of_a_newer_version_is_left_alone(evidence: Evidence, tmp_path: Path) -> None:
    evidence("up", "--offline", "--no-serve")
    with closing(sqlite3.connect(tmp_path / "data/evidence.db")) as database, database:
        database.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('evidence', 'm999', '')"
        )
    result = evidence("status")
    assert result.exit_code == 1
    assert "newer version" in one_line(result.stderr)


def test_a_file_that_is_no_database_is_refused(evidence: Evidence, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/evidence.db").write_bytes(b"not a database at all, but long enough to look" * 40)
    result = evidence("status")
    assert result.exit_code == 65
    assert "not an SQLite database" in one_line(result.stderr)


def test_a_port_in_use_is_told_with_another_to_try(evidence: Evidence) -> None:
    evidence("up", "--offline", "--no-serve")
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        result = evidence("serve", "--port", port)
    assert result.exit_code == 1
    assert "--port" in one_line(result.stderr)


def test_serving_before_publishing_says_what_to_run(evidence: Evidence) -> None:
    result = evidence("serve", "--port", "0")
    assert result.exit_code == 1
    assert "evidence" in one_line(result.stderr)


def test_a_data_folder_that_cannot_be_made_is_named(evidence: Evidence, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = evidence("up", "--offline", "--no-serve", "--data", "file/data")
    assert result.exit_code == 1
    assert "file/data" in one_line(result.stderr)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte with little room left."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True
        ).returncode
    )
    if not mounted:
        pytest.skip("only root can mount the small disk that this test fills")
    try:
        (folder / "filler").write_bytes(bytes(700_000))
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_nothing_half_written(evidence: Evidence, small_disk: Path) -> None:
    result = evidence("up", "--offline", "--no-serve", "--data", small_disk / "data")
    assert result.exit_code == 1
    assert "full" in one_line(result.stderr)
    assert not (small_disk / "data/site/evidence.db").exists()
    (small_disk / "filler").unlink()
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    assert evidence("up", "--offline", "--no-serve", "--data", small_disk / "data").exit_code == 0


def test_unreadable_files_are_named_to_a_user_who_is_not_root(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root to become another user")
    os.chmod(tmp_path, 0o755)
    secret = tmp_path / "secret.xml"
    secret.write_bytes(RECORD)
    secret.chmod(0o600)
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)

    def become_nobody() -> None:
        os.setgid(65534)
        os.setuid(65534)

    code = "import cli; cli.main()"
    interpreter = sys.executable
    try:
        probe = subprocess.run(
            [interpreter, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); import cli"],
            cwd="/",
            preexec_fn=become_nobody,
            capture_output=True,
        )
    except PermissionError:
        pytest.skip("another user can't run this Python")
    if probe.returncode:
        pytest.skip("another user can't read this checkout")
    for arguments, code_expected in (
        (["import", str(secret), "--data", "/dev/shm/nobody-evidence"], 65),
        (["up", "--offline", "--no-serve", "--data", str(folder / "data")], 1),
    ):
        result = subprocess.run(
            [interpreter, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}", *arguments],
            capture_output=True,
            text=True,
            cwd="/",
            preexec_fn=become_nobody,
            env={**os.environ, "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"},
        )
        assert result.returncode == code_expected, result.stderr
        assert "Permission denied" in one_line(result.stderr) or "permission" in one_line(result.stderr)


@pytest.mark.parametrize(
    "arguments",
    [
        ["harvest", "--full", "--since", "2026-01-01"],
        ["harvest", "--since", "yesterday"],
        ["tag", "--input", "only.jsonl"],
        ["status", "--max-age", "soon"],
        ["export", "--design", "rct"],
        ["no-such-command"],
    ],
)
def test_wrong_usage_ends_with_2_and_no_traceback(arguments: list[str], evidence: Evidence) -> None:
    result = evidence(*arguments)
    assert result.exit_code == 2
    assert "Error:" in result.stderr


def test_no_secret_is_shown_when_pubmed_refuses(
    evidence: Evidence, pubmed: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NCBI_API_KEY", "0123456789abcdef0123456789abcdef0123")
    monkeypatch.setenv("NCBI_EMAIL", "someone@clinic.invalid")
    result = evidence("harvest", "--verbose", "--eutils-url", "http://127.0.0.1:9/")
    assert result.exit_code == 69
    assert "0123456789abcdef" not in result.output
    assert "someone@clinic" not in result.output
