"""Every page in a real browser: accessible, no sideways scroll, nothing from elsewhere, usable without JavaScript."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from harvest.topics import load_topic
from tests.browser.conftest import OpenPage, keep_screenshots

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/questions",
    *(f"/question/{question.id}" for question in load_topic().questions),
    "/studies",
    "/studies?q=ketamine+alcohol",
    "/studies?design=randomised_trial",
    "/study/35012326",
    "/trials",
    "/changes",
    "/methods",
    "/about",
    "/accessibility",
    "/privacy",
    "/patients",
    "/patients/35012326",
    "/es/patients",
    "/es/patients/35012326",
    "/collections",
    "/es/collections",
    "/collections/where-to-start",
    "/es/collections/where-to-start",
    "/collections/for-the-ward",
)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_in_light_and_dark(path: str, open_page: OpenPage) -> None:
    page = open_page(path, width=390)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        violations = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}}).response["violations"]
        found += [(scheme, each["id"], [node["html"] for node in each["nodes"]][:3]) for each in violations]
    assert found == []


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways(path: str, open_page: OpenPage) -> None:
    page, folder, too_wide = open_page(path), keep_screenshots(), []
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            too_wide.append(width)
        if folder is not None:
            name = f"{path.strip('/').replace('/', '-') or 'home'}-{width}.png"
            page.screenshot(path=folder / name, full_page=True)
    assert too_wide == []


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_at_twice_the_size(path: str, open_page: OpenPage) -> None:
    """A window of 1280 px at 200 % zoom is 640 px wide and twice as dense; and text alone may be twice as large."""
    page = open_page(path, width=640, device_scale_factor=2)
    zoomed = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    enlarged = page.evaluate("document.documentElement.scrollWidth")
    assert (zoomed <= 640, enlarged <= 1280) == (True, True), (zoomed, enlarged)


def test_a_clinician_finds_filters_reads_and_shares_without_javascript(open_page: OpenPage) -> None:
    page = open_page("/", java_script_enabled=False)
    page.get_by_role("searchbox").first.fill("relapse")
    page.keyboard.press("Enter")
    page.wait_for_url("**/studies?q=relapse")
    page.goto(page.url + "&design=randomised_trial")
    title = page.locator("main a[href^='/study/']").first
    shown = title.inner_text()
    title.click()
    page.wait_for_url("**/study/*")
    assert page.get_by_role("heading", level=1).inner_text() == shown
    assert page.get_by_role("heading", name="Cite and share").is_visible()


def test_the_keyboard_alone_reaches_the_content_first(open_page: OpenPage) -> None:
    page = open_page("/studies")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id || location.hash") in ("main", "#main")


def test_a_retracted_study_says_so_first_and_in_red(open_page: OpenPage) -> None:
    page = open_page("/studies?status=retracted")
    page.locator("main a[href^='/study/']").first.click()
    page.wait_for_url("**/study/*")
    banner = page.locator("main .banner.red")
    assert "retracted" in banner.inner_text().lower()
    assert banner.bounding_box()["y"] < page.get_by_role("heading", level=1).bounding_box()["y"]
    colour = banner.evaluate("e => getComputedStyle(e).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)")
    assert colour[0] > max(colour[1:])
