"""What the tests share: their order, a running system, and pages in a real browser that forgive no error.

    async def test_a_list_shows(open_page, ratchet):
        page = await open_page("/executions")

`system` is the real thing on free ports, `ratchet` a client of its server, `open_page` opens a page of its
console in a browser context of its own (two calls are two visitors). A test fails when its page logs an
error; `@pytest.mark.console_errors("ERR_CONNECTION_REFUSED")` names those (regular expressions) it provokes.
"""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect

from ratchet_web.api import Ratchet
from ratchet_web.cli.build import build
from tests.support.chromium import FLAGS, find
from tests.support.system import System, running

# The quick ones first.
DIRECTORIES = ("unit", "contract", "faults", "e2e")
# Their tests share one browser, and so one loop.
IN_BROWSER = ("faults", "e2e")
PAGE_TIMEOUT_MS = 10_000


class OpenPage(Protocol):
    """Opens a path of the console for a new visitor; `options` are those of Playwright's `new_context`."""

    async def __call__(self, path: str = "/", **options: Any) -> Page: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=3, help="how often tests/faults/test_kills.py kills")
    parser.addoption("--seed", type=int, help="which moments it takes; each run takes others")


def pytest_configure(config: pytest.Config) -> None:
    for directory in DIRECTORIES:
        config.addinivalue_line("markers", f"{directory}: the tests of tests/{directory}")
    expect.set_options(timeout=PAGE_TIMEOUT_MS)
    config.addinivalue_line("markers", "console_errors(*patterns): errors that the page may log")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if (directory := _directory(item)) in DIRECTORIES:
            item.add_marker(directory)
        if directory in IN_BROWSER and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
    items.sort(
        key=lambda item: DIRECTORIES.index(_directory(item)) if _directory(item) in DIRECTORIES else -1
    )


def _directory(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).parts[0]


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Return the path of a Chromium."""
    return find()


@pytest.fixture(scope="session")
def built() -> None:
    """See that the built frontend is that of the sources."""
    build()


@pytest.fixture(scope="session")
def system(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Return a console and an embedded server that all tests share; a test must not stop them."""
    yield from running(tmp_path_factory.mktemp("data"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def ratchet(system: System) -> AsyncIterator[Ratchet]:
    """Return a client of the system's server."""
    async with Ratchet(system.api_url) as client:
        yield client


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    """Return a browser without any visitor."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(system: System, visitors: "Visitors") -> OpenPage:
    """Return what opens pages of the shared system."""
    return visitors.of(system.url)


@pytest_asyncio.fixture(loop_scope="session")
async def page(open_page: OpenPage) -> Page:
    """Return the console's first page."""
    return await open_page()


@pytest_asyncio.fixture(loop_scope="session")
async def visitors(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator["Visitors"]:
    """Return what opens pages of any system; no page may have logged an error in the end."""
    marker = request.node.get_closest_marker("console_errors")
    opened = Visitors(browser)
    yield opened
    await opened.close()
    expected = re.compile("|".join(marker.args) if marker else r"(?!)")
    unexpected = [error for error in opened.errors if not expected.search(error)]
    assert not unexpected, f"the page logged {unexpected}"


class Visitors:
    """Browser contexts, one for each page that is opened, and the errors that their pages log."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def of(self, url: str) -> OpenPage:
        """Return what opens pages under this address."""

        async def open_page(path: str = "/", **options: Any) -> Page:
            context = await self._browser.new_context(base_url=url, **options)
            context.set_default_timeout(PAGE_TIMEOUT_MS)
            self._contexts.append(context)
            context.on("console", self._console)
            context.on("weberror", lambda error: self.errors.append(str(error.error)))
            page = await context.new_page()
            await page.goto(path)
            return page

        return open_page

    async def close(self) -> None:
        """Close all pages."""
        for context in self._contexts:
            await context.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")
