"""The ways that readers take through the site, in a real browser: by mouse, by keyboard, on a phone, on paper."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

CLIPBOARD = ["clipboard-read", "clipboard-write"]


def facet(page: Page, name: str) -> int:
    """The count beside a filter."""
    link = page.get_by_label("Filters").get_by_role("link", name=re.compile(f"{re.escape(name)}(?!,)"))
    return int(link.first.locator(".count").inner_text().replace(",", ""))


def total(page: Page) -> int:
    return int(page.locator(".total b").inner_text().replace(",", ""))


def test_search_filter_study_share(open_page: OpenPage) -> None:
    page = open_page("/", permissions=CLIPBOARD)
    page.get_by_role("searchbox").fill("ketamine")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/studies?q=ketamine")
    expected = facet(page, "Randomised trial")
    page.get_by_label("Filters").get_by_role("link", name="Randomised trial").first.click()
    page.wait_for_url("**/studies?q=ketamine&design=randomised_trial")
    assert total(page) == expected
    page.locator("[data-copy] + button.copy").click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.locator("article.card h2 a").first.click()
    page.wait_for_url("**/study/**")
    page.locator("[data-copy] + button.copy").click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_the_keyboard_alone_searches_filters_and_reads(open_page: OpenPage) -> None:
    page = open_page("/")
    tab_to(page, "input#q")
    page.keyboard.type("ketamine")
    page.keyboard.press("Enter")
    page.wait_for_url("**/studies?q=ketamine")
    tab_to(page, "a[href='/studies?q=ketamine&design=randomised_trial']")
    page.keyboard.press("Enter")
    page.wait_for_url("**design=randomised_trial")
    tab_to(page, "article.card h2 a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/study/**")
    tab_to(page, "summary")
    assert page.get_by_role("heading", level=1).is_visible()


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the focus is on the first such element; whatever has the focus on the way must show it."""
    for _ in range(160):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """selector => {
                const focused = document.activeElement, style = getComputedStyle(focused);
                const shown = style.outlineStyle !== "none" || style.boxShadow !== "none" || focused.closest("svg");
                return [focused.matches(selector), Boolean(shown), focused.outerHTML.slice(0, 120)];
            }""",
            selector,
        )
        assert found[1], f"no visible focus on {found[2]}"
        if found[0]:
            return
    raise AssertionError(f"Tab never reaches {selector}")


def test_on_a_phone_the_results_come_first_and_the_filters_unfold(open_page: OpenPage) -> None:
    page = open_page("/studies", width=390, has_touch=True, is_mobile=True)
    assert page.locator(".filter-fold").get_attribute("open") is None
    assert page.locator("article.card").first.bounding_box()["y"] < 900  # type: ignore[index]
    page.locator(".filter-fold > summary").tap()
    page.get_by_label("Filters").get_by_role("link", name="Randomised trial").first.tap()
    page.wait_for_url("**/studies?design=randomised_trial")
    page.locator("article.card h2 a").first.tap()
    page.wait_for_url("**/study/**")
    assert page.get_by_role("heading", name="What was found").is_visible()


@pytest.mark.parametrize("path", ["/", "/studies", "/question/drinking", "/study/35012326"])
def test_fingers_can_hit_what_can_be_touched(path: str, open_page: OpenPage) -> None:
    """WCAG 2.2, target size (minimum): 24 by 24 px, but for links inside sentences."""
    page = open_page(path, width=390)
    small = page.evaluate(
        """() => [...document.querySelectorAll("nav a, button, summary, .filters li a, .chips a, .exports a, .mark")]
            .filter(e => e.checkVisibility({visibilityProperty: true}))
            .filter(e => { const box = e.getBoundingClientRect(); return box.width && (box.width < 24 || box.height < 24); })
            .map(e => e.outerHTML.slice(0, 100))"""
    )
    assert small == []


def test_directions_differ_in_black_and_white(open_page: OpenPage) -> None:
    """Each pair of the map's directions differs by pattern, by a dashed edge, or clearly in lightness."""
    page = open_page("/")
    looks = page.evaluate(
        """() => [...document.querySelectorAll(".legend .seg")].map(e => {
            const style = getComputedStyle(e), number = text => (text.match(/[\\d.]+/g) || [0, 0, 0]).map(Number);
            const [r, g, b] = number(style.fill);
            return {
                pattern: style.fill.startsWith("url") ? style.fill : "",
                dashed: style.strokeDasharray !== "none",
                light: style.fill === "none" ? 1 : (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255,
            };
        })"""
    )
    assert len(looks) == 6
    alike = [
        (one, other)
        for one, other in combinations(looks, 2)
        if (one["pattern"], one["dashed"]) == (other["pattern"], other["dashed"])
        and abs(one["light"] - other["light"]) < 0.2
    ]
    assert alike == []


@pytest.mark.parametrize("path", ["/question/drinking", "/study/35012326", "/studies", "/"])
def test_paper_has_the_content_without_the_controls(path: str, open_page: OpenPage) -> None:
    page = open_page(path)
    page.emulate_media(media="print")
    assert not page.locator("header nav").is_visible()
    assert page.locator("button:visible, input:visible").count() == 0
    assert page.get_by_role("heading", level=1).is_visible()


def test_folded_plots_are_unfolded_on_paper(open_page: OpenPage) -> None:
    page = open_page("/question/drinking")
    inside = page.locator(".aside-plot table").first
    before = inside.evaluate("e => e.checkVisibility({contentVisibilityAuto: true})")
    page.emulate_media(media="print")
    assert (before, inside.evaluate("e => e.checkVisibility({contentVisibilityAuto: true})")) == (False, True)


def test_without_javascript_every_view_can_be_copied_and_exported(open_page: OpenPage) -> None:
    page = open_page("/studies?design=randomised_trial", java_script_enabled=False)
    assert page.locator("a.address").get_attribute("href") == page.url
    with page.expect_download() as download:
        page.get_by_role("link", name="RIS", exact=True).click()
    assert download.value.suggested_filename == "studies.ris"


@pytest.mark.parametrize("script", [True, False])
def test_filters_stand_open_where_there_is_room(script: bool, open_page: OpenPage) -> None:
    page = open_page("/studies", java_script_enabled=script)
    link = page.get_by_label("Filters").get_by_role("link", name="Randomised trial").first
    assert link.bounding_box()["height"] >= 24  # type: ignore[index]
    link.click()
    page.wait_for_url("**/studies?design=randomised_trial")


@pytest.mark.parametrize("path", ["/", "/studies", "/study/35012326", "/question/drinking"])
def test_nothing_moves_while_a_page_is_built_on_a_phone(path: str, open_page: OpenPage) -> None:
    """Cumulative layout shift, as Lighthouse sums it; up to 0.1 is good."""
    page = open_page(path, width=390, has_touch=True, is_mobile=True)
    shift = page.evaluate(
        """() => new Promise(done => {
            let sum = 0;
            new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
                .observe({type: "layout-shift", buffered: true});
            setTimeout(() => done(sum), 400);
        })"""
    )
    assert shift < 0.1
