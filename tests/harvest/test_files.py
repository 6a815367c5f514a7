"""Files are known by how they begin, and every bad one is refused with its name and what to do."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from db.errors import BadInput
from harvest.files import read_file
from tests.harvest.rich import RICH
from tests.harvest.test_medline import RECORD
from tests.harvest.test_pubmed_csv import HEADER, ROW

FORMS = {
    "pubmed-xml": RICH,
    "medline": f"\n{RECORD}".encode(),
    "csv": f"\ufeff{HEADER}{ROW}".encode(),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("packed", [False, True])
def test_the_content_decides_not_the_name(tmp_path: Path, form: str, packed: bool) -> None:
    path = tmp_path / "download.dat"
    path.write_bytes(gzip.compress(FORMS[form]) if packed else FORMS[form])
    first = next(iter(read_file(path)))
    assert (first.form, first.article.pmid) == (form, 90000001)  # type: ignore[union-attr]


def test_utf_16_xml_is_xml(tmp_path: Path) -> None:
    path = tmp_path / "wide.xml"
    path.write_bytes(RICH.decode().replace("UTF-8", "UTF-16", 1).encode("utf-16"))
    assert len(list(read_file(path))) == 4


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "nothing in it"),
        (gzip.compress(b"", mtime=0), "nothing in it"),
        (gzip.compress(RICH, mtime=0)[:-20], "gzip file is damaged or cut off"),
        (gzip.compress(RICH, mtime=0)[:40], "gzip file is damaged or cut off"),
        (b"\x1f\x8bnonsense", "gzip file is damaged or cut off"),
        (b"PK\x03\x04", "zip archive"),
        (b"<html>", "web page"),
        (b"Dear reader", "not XML, nor another form"),
        (RICH[:-30], "cut off"),
    ],
)
def test_bad_files_are_named_and_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "bad.xml"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=words) as refusal:
        list(read_file(path))
    assert str(refusal.value).startswith(f"{path}: ")
    assert len(str(refusal.value).splitlines()) == 1


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"No such file.*Check the path"):
        list(read_file(tmp_path / "none.xml"))
    with pytest.raises(BadInput, match="is a folder"):
        list(read_file(tmp_path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told(tmp_path: Path) -> None:
    path = tmp_path / "secret.xml"
    path.touch(mode=0)
    with pytest.raises(BadInput, match=r"Permission denied.*permissions"):
        list(read_file(path))
