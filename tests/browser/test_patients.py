"""Patient pages and lists as a patient meets them: every known study, on paper, on a phone, leaving no trace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from harvest.topics import load_topic
from tests.browser.conftest import OpenPage
from tests.browser.test_pages import PAGES

pytestmark = pytest.mark.browser

KNOWN = tuple(
    f"/patients/{row['pmid']}" if row["pmid"] else f"/patients/doi/{row['doi'].lower()}"
    for row in load_topic().known_studies
    if row["pmid"] or row["doi"]
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """One page for many addresses: a context for each would take most of the time."""
    context = browser.new_context(viewport={"width": 320, "height": 700})
    yield context.new_page()
    context.close()


def sheets(page: Page, paper: str) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper)))


@pytest.mark.parametrize("language", ["", "/es"])
def test_every_known_study_has_a_page_that_fits_a_phone_and_prints_on_one_sheet(
    language: str, page: Page, site: str
) -> None:
    too_wide, too_long, unmade = [], [], []
    for path in KNOWN:
        answer = page.goto(f"{site}{language}{path}")
        if answer is None or answer.status != 200 or page.locator("h1").count() != 1:
            unmade.append(path)
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            too_wide.append(path)
        too_long += [(path, paper) for paper in ("A4", "Letter") if sheets(page, paper) != 1]
    assert len(KNOWN) == 75
    assert (unmade, too_wide, too_long) == ([], [], [])


@pytest.mark.parametrize("path", ["/collections/where-to-start", "/es/collections/where-to-start"])
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_list_for_patients_prints_on_one_sheet(path: str, paper: str, page: Page, site: str) -> None:
    page.goto(site + path)
    assert sheets(page, paper) == 1


def test_no_page_leaves_anything_in_the_browser(page: Page, site: str) -> None:
    """Neither cookies nor any of the browser's stores, after all pages in one visit."""
    for path in PAGES:
        page.goto(site + path)
    left: Any = page.evaluate(
        "async () => [document.cookie, localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,"
        " (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length]"
    )
    assert (page.context.cookies(), left) == ([], ["", 0, 0, 0, 0, 0])


def test_the_sites_that_a_link_leads_to_do_not_learn_where_the_reader_came_from(page: Page, site: str) -> None:
    seen: list[tuple[str, str | None]] = []

    def answer(route: Route) -> None:
        seen.append((route.request.url, route.request.headers.get("referer")))
        route.fulfill(status=200, content_type="text/html", body="<!doctype html><title>elsewhere</title>")

    page.route(re.compile(r"^https://"), answer)
    page.goto(f"{site}/patients/35012326")
    page.locator("main a[href^='https://pubmed']").first.click()
    page.wait_for_url("https://pubmed.ncbi.nlm.nih.gov/35012326/")
    assert seen == [("https://pubmed.ncbi.nlm.nih.gov/35012326/", None)]


def test_the_share_panel_copies_the_address_and_nothing_else(open_page: OpenPage, site: str) -> None:
    for path in ("/patients/35012326", "/collections/where-to-start"):
        page = open_page(path, permissions=["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy the link").click()
        page.get_by_text("The link is copied.").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == site + path


def test_without_javascript_the_panel_shows_only_what_works(open_page: OpenPage) -> None:
    page = open_page("/patients/35012326", java_script_enabled=False)
    assert page.get_by_role("button").count() == 0
    assert page.get_by_role("link", name="Send by e-mail").is_visible()
    assert page.locator("svg.qr").is_visible()
