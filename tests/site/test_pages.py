"""The pages over real HTTP: what is on them, and that every link on them leads somewhere."""

from __future__ import annotations

import io
import json
import re
from xml.etree import ElementTree

import httpx
import pytest
from lxml import html

from harvest.medline import parse_medline

PAGES = (
    "/",
    "/questions",
    "/question/drinking",
    "/question/dose",
    "/question/therapy",
    "/question/mechanism",
    "/question/ongoing",
    "/studies",
    "/studies?q=craving",
    "/study/99000001",
    "/study/99000003",
    "/study/doi/10.9999/invented.2",
    "/trials",
    "/changes",
    "/methods",
    "/about",
    "/accessibility",
    "/privacy",
    "/collections",
    "/collections/for-patients",
    "/collections/for-the-ward",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_html_with_one_main_heading(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    page = html.fromstring(response.text)
    assert response.status_code == 200
    assert page.get("lang") == "en"
    assert len(page.xpath("//h1")) == 1
    assert len(page.xpath("//main")) == 1
    assert page.xpath("//title")[0].text


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_same_facts_as_json(client: httpx.Client, path: str) -> None:
    where, _, query = path.partition("?")
    response = client.get(f"{'/index' if where == '/' else where}.json?{query}")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.json()["published_at"] == "2026-11-22T08:00:00Z"


def test_no_link_on_any_page_is_dead_and_none_leads_to_a_stock_page(client: httpx.Client) -> None:
    seen: set[str] = set()
    waiting = list(PAGES)
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        response = client.get(path, follow_redirects=True)
        assert response.status_code == 200, path
        if len(seen) < 60 and response.headers["content-type"].startswith("text/html"):
            page = html.fromstring(response.text)
            assert "Powered by" not in response.text
            links = page.xpath("//a/@href | //link/@href | //script/@src")
            waiting += [link.partition("#")[0] for link in links if link.startswith("/") and "?" not in link][:40]
    assert len(seen) > 60


def test_nothing_is_loaded_from_elsewhere(client: httpx.Client) -> None:
    for path in PAGES:
        page = html.fromstring(client.get(path).text)
        sources = page.xpath("//link[@rel='stylesheet']/@href | //script/@src | //img/@src | //iframe/@src")
        assert all(source.startswith(("/static/", "/code.svg?")) for source in sources), path
        assert page.xpath("//*[@style]") == []
        assert page.xpath("//script[not(@src) and @type!='application/ld+json']") == []


def test_a_study_shows_who_says_what_and_the_sentence_it_rests_on(client: httpx.Client) -> None:
    page = html.fromstring(client.get("/study/99000001").text)
    rows = {row.xpath("string(th)"): " ".join(row.text_content().split()) for row in page.xpath("//table//tbody/tr")}
    assert rows["Craving"].endswith("Favours ketamine – a person, 21 November 2026")
    assert any("classifier, 80% sure" in row for row in rows.values())
    assert page.xpath("//mark[@class='quote']")[0].text == "did not change"
    assert "Secret" not in page.text_content()


def test_a_conclusion_that_may_claim_more_stands_beside_the_result(client: httpx.Client) -> None:
    page = html.fromstring(client.get("/study/99000001").text)
    quotes = [quote.text for quote in page.xpath("//div[@id='claims-more']//q")]
    assert quotes == ["Craving did not differ (invented).", "Ketamine reduced craving (invented)."]
    other = html.fromstring(client.get("/study/99000003").text)
    assert other.xpath("//div[@id='claims-more']") == []


def test_a_tag_below_the_threshold_is_not_shown_as_a_label(client: httpx.Client) -> None:
    page = html.fromstring(client.get("/study/99000001").text)
    facts = {
        line.findtext("dt"): " ".join(line.find("dd").text_content().split())
        for line in page.xpath("//dl[@class='facts two']/div")
    }
    assert facts["Follow-up"] == "not yet checked classifier not sure enough"
    assert facts["Blinding"] == "not reported in the abstract classifier, 90% sure"
    assert "3 months" not in page.text_content()
    labels = client.get("/study/99000001.json").json()["labels"]
    assert labels["follow_up"] == {
        "value": None,
        "source": "tag",
        "checked": False,
        "probability": 0.6,
        "layer": "rules",
    }


def test_what_is_not_yet_checked_stands_with_the_abstracts_words_and_no_direction(
    client: httpx.Client, connection: sqlite3.Connection
) -> None:
    path, quote = connection.execute(
        "SELECT s.path, o.quote FROM outcomes AS o JOIN studies AS s ON s.id = o.study_id"
        " WHERE o.shown = 0 AND o.quote <> '' AND s.status = '' ORDER BY s.id LIMIT 1"
    ).fetchone()
    page = html.fromstring(client.get(path).text)
    row = page.xpath(
        "//table[@class='found']//tr[td//q[text()=$quote]][td[contains(., 'Not yet checked')]]", quote=quote
    )
    assert len(row) >= 1
    path, quote = connection.execute(
        "SELECT s.path, l.quote FROM labels AS l JOIN studies AS s ON s.id = l.study_id"
        " WHERE l.shown = 0 AND l.quote <> '' AND l.field IN ('dose', 'n_participants', 'sessions', 'follow_up') LIMIT 1"
    ).fetchone()
    page = html.fromstring(client.get(path).text)
    (fact,) = page.xpath("//div[@class='not_checked'][dd/q[text()=$quote]]/dd", quote=quote)
    assert " ".join(fact.text_content().split()) == f"{quote} not yet checked"


def test_a_retracted_study_stays_with_a_red_banner_and_a_link_to_its_notice(client: httpx.Client) -> None:
    page = html.fromstring(client.get("/study/99000003").text)
    banner = page.xpath("//div[@class='banner red']")[0]
    assert "has been retracted" in banner.text_content()
    assert banner.xpath(".//a/@href") == ["/study/99000004"]
    notice = html.fromstring(client.get("/study/99000004").text)
    assert notice.xpath("//div[@class='banner amber']//a/@href") == ["/study/99000003"]
    cards = html.fromstring(client.get("/studies?status=retracted").text).xpath("//article")
    assert [card.get("class") for card in cards] == ["card is-retracted"]


def test_corrections_and_concerns_are_amber(client: httpx.Client) -> None:
    for pmid in (99000005, 99000006):
        page = html.fromstring(client.get(f"/study/{pmid}").text)
        assert len(page.xpath("//div[@class='banner amber']")) == 1


def test_a_study_known_by_its_doi_has_its_own_address_and_one_with_a_pmid_is_sent_on(client: httpx.Client) -> None:
    assert client.get("/study/doi/10.9999/invented.2").status_code == 200
    moved = client.get("/study/doi/10.9999/invented.1")
    assert (moved.status_code, moved.headers["location"]) == (301, "/study/99000001")
    assert client.get("/study/doi/10.9999/INVENTED.2").headers["location"] == "/study/doi/10.9999/invented.2"
    assert client.get("/study/099000001").headers["location"] == "/study/99000001"


def test_reference_managers_find_the_citation_in_the_page(client: httpx.Client) -> None:
    page = html.fromstring(client.get("/study/99000001").text)
    tags = {tag.get("name"): tag.get("content") for tag in page.xpath("//meta[starts-with(@name, 'citation_')]")}
    assert tags["citation_pmid"] == "99000001"
    assert tags["citation_doi"] == "10.9999/invented.1"
    assert tags["citation_title"].startswith("Invented study 1:")
    data = json.loads(page.xpath("//script[@type='application/ld+json']")[0].text)
    assert (data["@type"], data["headline"]) == ("ScholarlyArticle", tags["citation_title"])


def test_papers_of_one_trial_point_at_each_other_and_count_once(client: httpx.Client) -> None:
    trial = next(t for t in client.get("/trials.json").json()["trials"] if t["papers"] > 1)
    study = client.get(f"{trial['addresses'][0]}.json").json()
    assert set(trial["addresses"]) <= {study["address"], *study["same_trial"]}


@pytest.mark.parametrize(
    ("form", "kind", "start"),
    [
        ("csv", "text/csv", "address,pmid,doi,title"),
        ("ris", "application/x-research-info-systems", "TY  - JOUR"),
        ("nbib", "application/nbib", "PMID- "),
        ("bib", "application/x-bibtex", "@article{"),
        ("jsonl", "application/x-ndjson", '{"address": "/study/'),
    ],
)
def test_a_view_is_exported_in_full_and_in_order(client: httpx.Client, form: str, kind: str, start: str) -> None:
    query = "q=craving&sort=oldest"
    view = client.get(f"/studies.json?{query}").json()
    response = client.get(f"/studies.{form}?{query}")
    assert response.headers["content-type"].startswith(kind)
    assert response.headers["content-disposition"] == f'attachment; filename="studies.{form}"'
    assert response.text.startswith(start)
    found = [int(number) for number in re.findall(r"99000\d{3}(?=/?\r?\n|,10\.|, \"doi)", response.text)]
    assert view["total"] > 25
    if form in {"csv", "jsonl"}:
        assert found[:25] == [study["pmid"] for study in view["studies"] if study["pmid"]][:25]


def test_a_cell_of_an_export_can_not_become_a_formula() -> None:
    from evidence_site.exports import _safe

    assert [_safe(c) for c in ("=1+1", "-x", "fine", 5, None, ["=a", "b"])] == [
        "'=1+1",
        "'-x",
        "fine",
        5,
        None,
        "'=a; b",
    ]


def test_robots_and_sitemap_name_every_relevant_study(client: httpx.Client, address: str) -> None:
    assert f"Sitemap: {address}/sitemap.xml" in client.get("/robots.txt").text
    sitemap = ElementTree.fromstring(client.get("/sitemap.xml").content)
    places = [element.text for element in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert f"{address}/study/99000001" in places
    assert len(set(places)) == len(places) < 50_000
    assert sum("/study/" in place for place in places) == client.get("/studies.json").json()["total"]
    for place in places[::7]:
        page = html.fromstring(client.get(place).text)
        assert page.xpath("//meta[@name='robots']/@content") == [], place


def test_the_sitemap_tells_each_patient_page_in_every_language(client: httpx.Client, address: str) -> None:
    sitemap = ElementTree.fromstring(client.get("/sitemap.xml").content)
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    others = {
        url.findtext(f"{name}loc"): {link.get("hreflang"): link.get("href") for link in url if link.get("hreflang")}
        for url in sitemap
    }
    both = {"en": f"{address}/patients/99000001", "es": f"{address}/es/patients/99000001"}
    assert others[both["en"]] == others[both["es"]] == both
    assert f"{address}/es/collections/for-patients" in others
    assert others[f"{address}/collections/for-the-ward"] == {}
    # A retracted study's patient page is for those who have its address, not for search engines.
    assert f"{address}/patients/99000003" not in others


def test_an_unchanged_page_is_not_sent_twice(client: httpx.Client) -> None:
    first = client.get("/studies")
    again = client.get("/studies", headers={"if-none-match": first.headers["etag"]})
    assert first.headers["cache-control"] == "public, max-age=60"
    assert (again.status_code, again.content) == (304, b"")


def test_head_has_the_headers_of_get_and_no_body(client: httpx.Client) -> None:
    assert (client.head("/about").status_code, client.head("/about").content) == (200, b"")


def test_a_page_and_its_styles_fit_a_slow_line(client: httpx.Client) -> None:
    """At most 100 kB compressed, styles and script included."""
    files = 0
    for name in ("site.css", "site.js"):
        with client.stream("GET", f"/static/{name}") as response:
            files += sum(len(part) for part in response.iter_raw())
    for path in PAGES:
        with client.stream("GET", path) as response:
            size = sum(len(part) for part in response.iter_raw())
        assert size + files < 100_000, path


def test_search_marks_what_matched(client: httpx.Client) -> None:
    page = html.fromstring(client.get("/studies?q=withdrawal").text)
    assert {mark.text.lower() for mark in page.xpath("//article//mark")} == {"withdrawal"}


def test_an_identifier_finds_its_study_first(client: httpx.Client) -> None:
    for text in ("99000001", "10.9999/invented.1", '"invented study 1"'):
        assert client.get("/studies.json", params={"q": text}).json()["studies"][0]["pmid"] == 99000001


def test_a_search_that_finds_only_off_topic_records_says_so(client: httpx.Client) -> None:
    hidden = client.get("/studies.json?relevance=off_topic").json()["studies"][0]
    page = html.fromstring(client.get("/studies", params={"q": str(hidden["pmid"])}).text)
    assert "1 record labelled off topic would match" in page.text_content()


def test_an_empty_view_offers_the_nearest_wider_ones_that_hold_something(client: httpx.Client) -> None:
    page = html.fromstring(client.get("/studies?q=zebra&design=observational&status=retracted&from=1950&to=1960").text)
    assert "None match" in page.xpath("string(//div[@class='alert'])")
    assert page.xpath("//div[@class='alert']//li/a") == []
    page = html.fromstring(client.get("/studies?q=craving&design=observational&status=retracted").text)
    offered = [(way.text, way.get("href")) for way in page.xpath("//div[@class='alert']//li/a")]
    sizes = [client.get(href.replace("/studies", "/studies.json")).json()["total"] for _, href in offered]
    assert sizes == sorted(sizes)
    assert 0 not in sizes
    assert [text.rpartition(": ")[2].split()[0] for text, _ in offered] == [str(size) for size in sizes]


def test_an_nbib_export_is_read_back_with_every_abstract(client: httpx.Client) -> None:
    view = "/studies.nbib?design=randomised_trial"
    records = [record.article for record in parse_medline(io.BytesIO(client.get(view).content))]
    page = client.get(view.replace("nbib", "json")).json()
    assert len(records) == page["total"]
    by_pmid = {record.pmid: record for record in records}
    for study in page["studies"]:
        whole = client.get(f"{study['address']}.json").json()
        record = by_pmid[study["pmid"]]
        parts = [f"{part['label']}: {part['text']}" for part in whole["abstract"]]
        assert (record.title, record.doi or None, record.abstract) == (study["title"], study["doi"], " ".join(parts))
