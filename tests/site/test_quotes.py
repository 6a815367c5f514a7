"""A site that publishes only quoted sentences keeps the rest of every abstract to itself, in every form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.site.conftest import publish_invented, running

#: Stand in every abstract of the invented records and rest under no label (tests/site/invented.py).
UNQUOTED = ("This invented record tests", "Invented adults (", "had infusions", "BACKGROUND")
QUOTED = "did not change"
PLACES = (
    "/", "/index.json", "/studies", "/studies.json", "/studies.csv", "/studies.ris", "/studies.nbib", "/studies.bib",
    "/studies.jsonl", "/studies?q=craving", "/studies.json?q=craving", "/questions", "/questions.json",
    "/question/drinking", "/question/drinking.json", "/trials", "/trials.json", "/changes", "/changes.json",
    "/changes.atom", "/patients", "/methods", "/methods.json", "/sitemap.xml",
)  # fmt: skip
FORMS = ("", ".json", ".ris", ".nbib", ".bib", ".csv", ".jsonl")


@pytest.fixture(scope="module")
def quotes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder: Path = publish_invented(tmp_path_factory.mktemp("quotes"), studies=60, abstracts="quotes")
    with running(folder) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


@pytest.mark.parametrize("place", PLACES)
def test_no_page_feed_or_export_holds_more_than_quotes(quotes: httpx.Client, place: str) -> None:
    answer = quotes.get(place)
    assert answer.status_code == 200
    assert [text for text in UNQUOTED if text in answer.text] == []


@pytest.mark.parametrize("number", [99000001, 99000007, 99000010, 99000017])
def test_no_form_of_a_study_holds_more_than_quotes(quotes: httpx.Client, number: int) -> None:
    answers = [quotes.get(f"/study/{number}{form}") for form in FORMS]
    answers.append(quotes.get(f"/patients/{number}"))
    assert {answer.status_code for answer in answers} <= {200, 404}
    assert [(answer.url.path, text) for answer in answers for text in UNQUOTED if text in answer.text] == []


def test_quotes_are_there_with_the_way_to_the_whole_abstract(quotes: httpx.Client) -> None:
    study = next(
        s
        for s in quotes.get("/studies.json").json()["studies"]
        if any("quote" in o for o in s["outcomes"].values()) and s["pmid"]
    )
    page = quotes.get(study["address"]).text
    assert f"<q>{QUOTED}</q>" in page
    assert f"https://pubmed.ncbi.nlm.nih.gov/{study['pmid']}/" in page
    assert f"AB  - {QUOTED}" in quotes.get(f"{study['address']}.nbib").text
    assert f"AB  - {QUOTED}" in quotes.get(f"{study['address']}.ris").text


def test_a_search_finds_only_what_is_published(quotes: httpx.Client, client: httpx.Client) -> None:
    hidden = '"had infusions"'
    assert client.get("/studies.json", params={"q": hidden}).json()["total"] > 0
    assert quotes.get("/studies.json", params={"q": hidden}).json()["total"] == 0
    assert quotes.get("/studies.json", params={"q": f'"{QUOTED}"'}).json()["total"] > 0
