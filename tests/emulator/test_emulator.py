"""The emulator answers as E-utilities does, the awkward ways included."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.emulator.corpus import read_corpus
from tests.emulator.faults import KINDS, ScriptedFault
from tests.emulator.invented import INVENTED, SAYS_SO, article_xml, corpus_of, invented_corpus, many
from tests.emulator.server import Emulator

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(invented_corpus()) as running:
        yield running


def ask(emulator: Emulator, utility: str, **form: str) -> httpx.Response:
    return httpx.post(f"{emulator.url}{utility}.fcgi", data={"db": "pubmed", **form})


def ids(emulator: Emulator, term: str) -> list[int]:
    body = ask(emulator, "esearch", term=term, retmax="100", retmode="json")
    return sorted(int(pmid) for pmid in body.json()["esearchresult"]["idlist"])


def test_each_built_in_record_says_that_it_is_invented() -> None:
    assert len(INVENTED) == 30
    for record in INVENTED:
        assert re.search("invented|erfunden", article_xml(record).decode().lower()), record.pmid
    assert SAYS_SO in article_xml(INVENTED[0]).decode()


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("withdrawal[ti]", [90000012]),
        ('"delirium tremens"[tiab]', [90000012]),
        ("lozenge[tiab] OR sedation[tiab]", [90000011, 90000020]),
        ("ketamin*[ti] AND opioid[ti]", [90000019]),
        ("opioid[tiab] NOT ketamin*[tiab]", []),
        ('"Alcohol-Related Disorders"[Mesh] AND "Animals"[mh]', []),
        ('"Alcohol Withdrawal Delirium"[Majr]', [90000012]),
        ('"Substance-Related Disorders"[Mesh:noexp]', [90000005, 90000018]),
        ("90000004[uid] OR 90000003[pmid]", [90000003, 90000004]),
        ('"10.5555/invented.22"[doi]', [90000022]),
        ('"1000"[crdt] : "1980"[crdt]', [90000030]),
        ('"1999/01/01"[crdt] : "1999/12/31"[crdt]', [90000024]),
        ('"2001"[mdat] : "2001"[mdat]', [90000024]),
        ('"Retracted Publication"[pt]', [90000003]),
        ("ger[la]", [90000016]),
    ],
)
def test_the_search_grammar(term: str, expected: list[int], emulator: Emulator) -> None:
    assert ids(emulator, term) == expected


def test_what_pubmed_ignores_silently_is_ignored_here_too(emulator: Emulator) -> None:
    assert ids(emulator, "lozenge[foo]") == [90000011]
    assert ids(emulator, "(lozenge OR sedation)[ti]") == [90000011, 90000020]
    assert ids(emulator, "lozeng∗[tiab]") == []


def test_records_are_served_byte_for_byte(emulator: Emulator) -> None:
    body = ask(emulator, "efetch", id="90000010,90000029").content
    assert article_xml(INVENTED[9]) + b"\n" + article_xml(INVENTED[28]) in body
    assert b"pubmed_260101.dtd" in body


def test_real_records_are_served_byte_for_byte(shared: Path) -> None:
    path = shared / "data" / "pubmed_records.xml.gz"
    data = gzip.decompress(path.read_bytes())
    corpus = read_corpus([path])
    assert len(corpus) > 2400
    assert all(record.raw in data for record in list(corpus.values())[::50])


def test_history_is_paged_and_expires() -> None:
    with Emulator(corpus_of(many(5)), history_lifetime=0.2) as emulator:
        found = ask(emulator, "esearch", term="ketamine[ti]", usehistory="y", retmode="json").json()["esearchresult"]
        form = {"WebEnv": found["webenv"], "query_key": found["querykey"], "retstart": "3", "retmax": "3"}
        assert re.findall(rb'<PMID Version="1">(\d+)', ask(emulator, "efetch", **form).content) == [
            b"80000002",
            b"80000001",
        ]
        assert emulator.count("efetch") == 1
        time.sleep(0.3)
        late = ask(emulator, "efetch", **form)
        assert (late.status_code, b"Unable to obtain query #1" in late.content) == (400, True)


def test_the_cap_clips_with_a_warning_and_the_window_error_is_invalid_json() -> None:
    with Emulator(corpus_of(many(30)), cap=9) as emulator:
        clipped = ask(emulator, "esearch", term="ketamine[ti]", retmax="100", retmode="json").json()["esearchresult"]
        assert (clipped["count"], len(clipped["idlist"])) == ("30", 9)
        assert clipped["warninglist"]["outputmessages"] == ["Restrictions achieved. start and count adjusted to 0, 9"]
        beyond = ask(emulator, "esearch", term="ketamine[ti]", retstart="9", retmode="json").text
        with pytest.raises(json.JSONDecodeError):
            json.loads(beyond)
        assert "cannot be larger than 8" in json.loads(beyond, strict=False)["esearchresult"]["ERROR"]


def test_more_than_the_rate_is_a_429_that_names_the_caller() -> None:
    with Emulator(invented_corpus(), rate=3) as emulator:
        answers = [ask(emulator, "einfo") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[3].json() == {
            "error": "API rate limit exceeded",
            "api-key": "127.0.0.1",
            "count": "4",
            "limit": "3",
        }


def test_efetch_without_ids_and_epost_without_ids_are_errors(emulator: Emulator) -> None:
    assert ask(emulator, "efetch").status_code == 400
    assert b"<ERROR>Empty ID list; Nothing to store</ERROR>" in ask(emulator, "epost").content
    assert ask(emulator, "elink").status_code == 404


def test_a_fault_script_counts_and_skips() -> None:
    fault = ScriptedFault.read("efetch:500:2:1")
    assert [fault.strikes(name) for name in ("esearch", "efetch", "efetch", "efetch", "efetch")] == [
        False,
        False,
        True,
        True,
        False,
    ]
    with pytest.raises(ValueError, match="unknown fault 'fire'"):
        ScriptedFault.read("efetch:fire")


def test_it_runs_from_the_command_line() -> None:
    command = [sys.executable, "-m", "tests.emulator", "--fault", "esearch:backend:1", "--rate", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        url = line.split()[-1]
        assert line.startswith("30 records at http://127.0.0.1:")
        answers = [httpx.post(f"{url}esearch.fcgi", data={"term": "ketamin*[ti]"}).text for _ in range(2)]
        assert ["<ERROR>" in answer for answer in answers] == [True, False]
    finally:
        process.terminate()
        _, complaints = process.communicate(timeout=10)
    assert (process.returncode, complaints.count("\n")) == (0, 1)


def test_help_explains_every_fault() -> None:
    out = subprocess.run(
        [sys.executable, "-m", "tests.emulator", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert all(kind in out for kind in KINDS)
