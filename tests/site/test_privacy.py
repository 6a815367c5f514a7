"""What the site learns of its readers: nothing. What an address says of them: nothing."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from lxml import html

from tests.site.test_pages import PAGES

EVERYWHERE = (
    *PAGES,
    "/es/collections/for-patients",
    "/patients",
    "/es/patients/99000001",
    "/changes.atom",
    "/feeds/outcome/craving.atom",
    "/studies.csv",
    "/study/99000001.json",
    "/sitemap.xml",
    "/static/site.css",
    "/nowhere",
    "/studies?design=nothing",
    "/evidence.db",
)
#: Everything that an address of this site may ask for: what to show, never who asks.
ASKED = {"q", "from", "to", "sort", "page", "kind", "design", "outcome", "direction", "species", "status", "condition"}
ASKED |= {"treatment", "formulation", "route", "checked", "access", "trial", "relevance"}


@pytest.mark.parametrize("path", EVERYWHERE)
def test_no_answer_sets_a_cookie_or_lets_an_address_out(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert "set-cookie" not in response.headers
    assert response.headers["referrer-policy"] == "no-referrer"
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_reader_gets_the_same_bytes(client: httpx.Client, path: str) -> None:
    """An identifier in a page or its links would differ between readers."""
    odd = {
        "user-agent": "Another browser",
        "accept-language": "es",
        "x-forwarded-for": "203.0.113.7",
        "cookie": "visitor=7",
        "referer": "https://clinic.example/patient/12345",
        "authorization": "Bearer x",
    }
    plain, other = client.get(path), client.get(path, headers=odd)
    assert other.content == plain.content
    assert {k: v for k, v in other.headers.items() if k != "date"} == {
        k: v for k, v in plain.headers.items() if k != "date"
    }


@pytest.mark.parametrize("path", [path for path in EVERYWHERE if "." not in path.rpartition("/")[2]])
def test_no_link_carries_anything_but_what_to_show(client: httpx.Client, path: str) -> None:
    page = html.fromstring(client.get(path).text)
    for link in page.xpath("//a/@href | //form/@action | //link/@href | //script/@src"):
        parts = urlsplit(link)
        if parts.path.startswith("/static/"):
            # The fingerprint of the site's own files, the same for every reader.
            assert len(parts.query) in {0, 10}, link
        elif parts.scheme in {"", "http"}:
            assert {name for name, _ in parse_qsl(parts.query)} <= ASKED, link
        elif parts.scheme == "https":
            assert (parts.query, parts.hostname) in {
                ("", host)
                for host in ("pubmed.ncbi.nlm.nih.gov", "doi.org", "pmc.ncbi.nlm.nih.gov", "clinicaltrials.gov")
            }, link
        else:
            assert parts.scheme in {"mailto", "tel"}, link
    assert [each for each in page.xpath("//form[@method]/@method") if each.lower() != "get"] == []


def test_a_preview_in_a_messenger_says_nothing_about_the_reader_or_the_illness(client: httpx.Client) -> None:
    """A link to a patient page or list shows one neutral title, whatever the page is about."""
    for path in ("/patients/99000001", "/patients/99000003", "/collections/for-patients", "/patients"):
        page = html.fromstring(client.get(path).text)
        assert page.xpath("//meta[starts-with(@property, 'og:')]/@content") == [
            "A page to read",
            "A study, told in plain words.",
            "Studies in plain words",
            "website",
            "en",
        ], path
