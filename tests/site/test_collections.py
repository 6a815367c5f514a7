"""Collections over real HTTP: nothing on a list is lost, and each audience gets its own layout."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import httpx
import pytest
import segno
from lxml import html

from harvest.topics import load_topic
from tests.site.conftest import publish_invented, running

LISTS = ("/collections/for-patients", "/es/collections/for-patients", "/collections/for-the-ward")


@pytest.mark.parametrize("path", LISTS)
def test_every_study_of_a_list_stays_on_it_and_the_bad_ones_are_red(client: httpx.Client, path: str) -> None:
    page = html.fromstring(client.get(path).text)
    items = page.xpath("//main//ol/li")
    assert len(items) == 4
    red = [bool(item.xpath(".//div[@class='banner red']|.//p[@class='status retracted']")) for item in items]
    assert red == [False, True, False, True]
    assert "12345678" in items[3].text_content()
    assert items[3].xpath(".//a/@href") == ["https://pubmed.ncbi.nlm.nih.gov/12345678/"]


def test_patients_get_plain_words_and_no_result_of_a_retracted_study(client: httpx.Client) -> None:
    page = html.fromstring(client.get("/collections/for-patients").text)
    assert page.xpath("//body/@class") == ["patients"]
    first, retracted, by_doi, _ = page.xpath("//main//ol/li")
    assert first.xpath("string(p[@class='note'])") == "Invented note one."
    assert first.xpath("string(h2/a/@href)") == "/patients/99000001"
    assert by_doi.xpath("string(h2/a/@href)") == "/patients/doi/10.9999/invented.2"
    assert by_doi.xpath("string(p[@class='note'])") == "Known by its DOI. A placebo & <script>alert(1)</script>."
    assert by_doi.xpath("string(p[@class='meaning']/dfn)") == "Placebo:"
    assert "can't be trusted" in retracted.xpath("string(div[@class='banner red'])")
    assert [p.get("class") for p in retracted.xpath("p")] == ["note", "on"]


def test_spanish_texts_stand_where_given_and_others_say_which_language_they_are_in(client: httpx.Client) -> None:
    page = html.fromstring(client.get("/es/collections/for-patients").text)
    notes = [(p.text, p.get("lang")) for p in page.xpath("//p[@class='note']")]
    assert page.get("lang") == "es"
    assert page.xpath("string(//h1)") == "Una lista inventada"
    assert notes[:2] == [("Nota inventada uno.", None), ("An invented study that was taken back.", "en")]
    assert page.xpath("//link[@rel='alternate']/@hreflang") == ["en", "es", "x-default"]


def test_clinicians_get_the_usual_cards(client: httpx.Client) -> None:
    page = html.fromstring(client.get("/collections/for-the-ward").text)
    assert page.xpath("//body/@class") == ["page-collections"]
    assert len(page.xpath("//main//article[contains(@class, 'card')]")) == 4


@pytest.mark.parametrize(
    ("asked", "sent_to"),
    [
        ("/es/collections/for-the-ward", "/collections/for-the-ward"),
        ("/en/collections/for-patients", "/collections/for-patients"),
        ("/en/collections", "/collections"),
    ],
)
def test_one_page_has_one_address(client: httpx.Client, asked: str, sent_to: str) -> None:
    response = client.get(asked)
    assert (response.status_code, response.headers["location"]) == (301, sent_to)


def test_unknown_lists_and_languages_are_not_found(client: httpx.Client) -> None:
    for path in (
        "/collections/nothing",
        "/xx/collections",
        "/xx/collections/for-patients",
        "/collections/For-Patients",
    ):
        assert client.get(path).status_code == 404, path


def test_the_menu_leads_to_the_lists_and_the_lists_name_their_audience(client: httpx.Client) -> None:
    for path in ("/", "/patients"):
        assert "/collections" in html.fromstring(client.get(path).text).xpath("//nav//a/@href")
    page = html.fromstring(client.get("/collections").text)
    assert page.xpath("//main//h2/a/@href") == ["/collections/for-patients", "/collections/for-the-ward"]
    assert page.xpath("//span[@class='audience']/text()") == ["For patients", "For health workers"]


def test_json_says_how_each_study_stands(client: httpx.Client) -> None:
    found = client.get("/collections/for-patients.json").json()
    assert [(each["pmid"], each["doi"], each["state"]) for each in found["studies"]] == [
        (99000001, None, None),
        (99000003, None, "retracted"),
        (None, "10.9999/invented.2", None),
        (12345678, None, "missing"),
    ]
    assert found["studies"][0]["note"] == {"en": "Invented note one.", "es": "Nota inventada uno."}
    assert found["studies"][3]["study"] is None
    assert client.get("/collections.json").json()["collections"][0] == {
        "address": "/collections/for-patients",
        "title": {"en": "An invented list", "es": "Una lista inventada"},
        "intro": {"en": "For trying out.", "es": "Para probar."},
        "audience": "patients",
        "studies": 4,
    }


@pytest.mark.parametrize("path", ["/patients/99000001", *LISTS, "/studies?design=protocol", "/study/99000001"])
def test_each_page_that_is_shared_has_its_whole_address_a_mail_and_a_code(
    client: httpx.Client, address: str, path: str
) -> None:
    page = html.fromstring(client.get(path).text)
    mails = page.xpath("//a[starts-with(@href, 'mailto:')]/@href")
    assert address + path in page.xpath("//main//a/@href")
    assert len(mails) == 1
    assert httpx.URL(mails[0]).params["body"] == address + path
    assert len(page.xpath("//main//figure//*[local-name()='svg' and @role='img'] | //main//figure/img[@alt]")) == 1


@pytest.mark.parametrize("path", ["/studies?design=protocol", "/study/99000001"])
def test_a_code_holds_the_whole_address_of_its_page(client: httpx.Client, address: str, path: str) -> None:
    picture = html.fromstring(client.get(path).text).xpath("//main//figure/img/@src")[0]
    answer = client.get(picture)
    assert answer.headers["content-type"] == "image/svg+xml"
    expected = BytesIO()
    segno.make(address + path, error="m", micro=False, mask=3).save(
        expected, kind="svg", lineclass=None, omitsize=True, dark="#000", light="#fff", border=3
    )
    assert answer.content == expected.getvalue()


@pytest.mark.parametrize("of", ["", "studies", "//elsewhere.example", "/\\elsewhere.example", "/a b", "/" + "a" * 700])
def test_a_code_leads_nowhere_but_to_this_site(client: httpx.Client, of: str) -> None:
    answer = client.get("/code.svg", params={"of": of})
    assert answer.status_code == 400
    assert "content-security-policy" in answer.headers


def test_a_very_long_view_has_no_code_that_no_camera_could_read(client: httpx.Client) -> None:
    page = html.fromstring(client.get("/studies", params={"q": "ketamine " * 100}).text)
    assert page.xpath("//main//figure[@class='code']") == []


def test_papers_of_one_trial_lead_to_each_other_on_their_patient_pages(client: httpx.Client) -> None:
    same = client.get("/study/99000006.json").json()["same_trial"]
    page = html.fromstring(client.get("/patients/99000006").text)
    links = page.xpath("//section[contains(@class, 'paper')]//ul[2]//a/@href")
    assert links == [path.replace("/study/", "/patients/") for path in same] != []


def test_a_topic_without_texts_for_patients_has_no_link_that_leads_nowhere(tmp_path: Path) -> None:
    topic = load_topic()
    plain = {name: text for name, text in topic.pages["en"].items() if name != "patients"}
    site = publish_invented(tmp_path, studies=20, topic=replace(topic, pages={"en": plain}))
    with running(site) as address:
        for path in ("/", "/collections", "/collections/for-patients", "/study/99000001", "/studies", "/changes"):
            page = html.fromstring(httpx.get(address + path).text)
            assert [link for link in page.xpath("//a/@href") if "/patients" in link] == [], path
        listed = html.fromstring(httpx.get(f"{address}/collections").text)
        assert listed.xpath("//main//h2/a/@href") == ["/collections/for-patients", "/collections/for-the-ward"]
        assert httpx.get(f"{address}/patients").status_code == 404
        assert "patients" not in httpx.get(f"{address}/sitemap.xml").text.replace("for-patients", "")
