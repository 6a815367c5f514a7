"""The Atom feeds over real HTTP: valid by RFC 4287, each with only its own studies, each entry one and the same for ever."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from lxml import etree, html

from classify.taxonomy import ids
from tests.atom import ATOM, feed_problems
from tests.site.conftest import publish_invented, running

PATHS = (
    "/changes.atom",
    *(f"/feeds/design/{design}.atom" for design in ids("study_design")),
    *(f"/feeds/outcome/{domain}.atom" for domain in ids("outcome_domain")),
)


def entries(body: bytes) -> dict[str, str]:
    """Each entry's id and the address it leads to."""
    return {
        entry.findtext(f"{{{ATOM}}}id") or "": entry.find(f"{{{ATOM}}}link").get("href")  # type: ignore[union-attr]
        for entry in etree.fromstring(body).findall(f"{{{ATOM}}}entry")
    }


@pytest.mark.parametrize("path", PATHS)
def test_every_feed_is_valid_by_rfc_4287(client: httpx.Client, address: str, path: str) -> None:
    response = client.get(path)
    feed = etree.fromstring(response.content)
    own = [link.get("href") for link in feed.findall(f"{{{ATOM}}}link") if link.get("rel") == "self"]
    assert response.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert feed_problems(response.content) == []
    assert own == [address + path]


def test_a_feed_of_a_design_or_outcome_has_only_its_studies(client: httpx.Client, address: str) -> None:
    for kind, value in (("design", "randomised_trial"), ("outcome", "craving")):
        pmids = {
            study["pmid"]
            for page in (1, 2, 3)
            for study in client.get(f"/studies.json?{kind}={value}&page={page}").json().get("studies", [])
        }
        led = set(entries(client.get(f"/feeds/{kind}/{value}.atom").content).values())
        assert led <= {f"{address}/study/{pmid}" for pmid in pmids} | {f"{address}/study/doi/10.9999/invented.2"}
        assert len(led) > 5


def test_a_change_is_the_same_entry_in_every_feed_and_after_every_publish(tmp_path: Path) -> None:
    site = publish_invented(tmp_path)
    with running(site) as address:
        first = {path: entries(httpx.get(address + path).content) for path in PATHS[:3]}
    publish_invented(tmp_path, at="2026-11-24T08:00:00Z")
    with running(site) as address:
        again = {path: entries(httpx.get(address + path).content) for path in PATHS[:3]}
    assert {path: set(found) for path, found in again.items()} == {path: set(found) for path, found in first.items()}
    assert set(first[PATHS[1]]) & set(first["/changes.atom"])


def test_an_entry_tells_the_direction_of_each_outcome_and_no_result_of_a_retracted_study(client: httpx.Client) -> None:
    texts = {
        entry.find(f"{{{ATOM}}}link").get("href").rpartition("/")[2]: entry.findtext(f"{{{ATOM}}}summary")  # type: ignore[union-attr]
        for path in PATHS
        for entry in etree.fromstring(client.get(path).content).findall(f"{{{ATOM}}}entry")
    }
    assert "Randomised trial. " in texts["99000001"]
    assert "Craving: favours ketamine" in texts["99000001"]
    assert texts["99000003"].endswith("Retracted. First seen")


def test_feeds_are_linked_from_the_news_and_from_a_view_of_one_design_or_outcome(client: httpx.Client) -> None:
    news = html.fromstring(client.get("/changes").text)
    linked = set(news.xpath("//link[@type='application/atom+xml']/@href"))
    shown = set(news.xpath("//section[@id='feeds']//a/@href"))
    assert linked == shown
    assert {"/changes.atom", "/feeds/design/randomised_trial.atom", "/feeds/outcome/craving.atom"} <= shown
    assert all(client.get(path).status_code == 200 for path in shown)
    view = html.fromstring(client.get("/studies?design=protocol&outcome=craving&outcome=mood").text)
    assert "/feeds/design/protocol.atom" in view.xpath("//head/link[@type='application/atom+xml']/@href")
    assert view.xpath("//main//a[@type='application/atom+xml']/@href") == ["/feeds/design/protocol.atom"]


@pytest.mark.parametrize(
    "path", ["/feeds/design/nothing.atom", "/feeds/outcome/not_checked.atom", "/feeds/design.atom"]
)
def test_an_unknown_feed_is_not_found(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_feed_without_news_is_valid_too(tmp_path: Path) -> None:
    with running(publish_invented(tmp_path, studies=0)) as address:
        assert feed_problems(httpx.get(f"{address}/changes.atom").content) == []
        assert feed_problems(httpx.get(f"{address}/feeds/design/protocol.atom").content) == []
