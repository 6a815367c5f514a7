"""A real browser on a real site: the starter set and a harvest of invented records, tagged and published."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from cli import cli
from tests.emulator.invented import invented_corpus
from tests.emulator.server import Emulator
from tests.site.conftest import running

# As root the browser's own sandbox can't start; the rest keeps it from calling home.
SWITCHES = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")

OpenPage = Callable[..., Page]

#: A list for clinicians with a study that this site does not have, beside the default topic's list for patients.
WARD_LIST = """
title = "For the ward"
intro = "A list to try out."
audience = "clinicians"
[[studies]]
pmid = 29748926
note = "To read first."
[[studies]]
pmid = 11111111
note = "Not here."
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Stopped with its module: while it runs it holds an event loop, and other tests start loops of their own."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Debian's chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(SWITCHES))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the published site."""
    data = tmp_path_factory.mktemp("browser") / "data"
    (data / "collections").mkdir(parents=True)
    (data / "collections" / "for-the-ward.toml").write_text(WARD_LIST, encoding="utf-8")
    with Emulator(invented_corpus(), rate=None) as pubmed:
        arguments = ["up", "--no-serve", "--data", str(data), "--eutils-url", pubmed.url]
        made = CliRunner().invoke(cli, arguments)
    assert made.exit_code == 0, made.output
    with running(data / "site") as address:
        yield address


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[OpenPage]:
    """`open_page("/studies", width=390)`; any request that leaves the site fails the test."""
    contexts: list[BrowserContext] = []
    strangers: list[str] = []

    def watch(address: str) -> None:
        if not address.startswith((site, "data:")):
            strangers.append(address)

    def open_one(path: str, *, width: int = 1280, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: watch(request.url))
        answer = page.goto(site + path)
        assert answer is not None
        assert answer.status == 200, path
        return page

    yield open_one
    cookies = [cookie for context in contexts for cookie in context.cookies()]
    for context in contexts:
        context.close()
    assert (strangers, cookies) == ([], [])


def keep_screenshots() -> Path | None:
    """Where a person wants to look at the pages (EVIDENCE_SCREENSHOTS), if anywhere."""
    folder = os.environ.get("EVIDENCE_SCREENSHOTS")
    return Path(folder) if folder else None
