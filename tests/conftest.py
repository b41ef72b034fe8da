"""What the tests share: their order, a running system, and pages in a real browser that forgive no error.

    async def test_a_list_shows(open_page, ratchet):
        page = await open_page("/executions")

`system` is the real thing on free ports, `ratchet` a client of its server, `open_page` opens a page of its
console for a visitor who comes for the first time (two calls are two visitors; see `support/visitors.py`).
A test fails when its page logs an error; `@pytest.mark.console_errors("ERR_CONNECTION_REFUSED")` names those
(regular expressions) that it provokes.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from ratchet_web.api import Ratchet
from ratchet_web.cli.build import build
from tests.support.chromium import HASTY, find
from tests.support.system import System, running
from tests.support.visitors import PAGE_TIMEOUT_MS, OpenPage, Seats, Visitors

# The quick ones first.
DIRECTORIES = ("unit", "contract", "faults", "e2e")
# These take long and come before the rest of their directory, the longest first: one that a worker begins
# last keeps the other waiting. `pytest --durations=0` tells how long.
LONGEST = (
    "test_axe",
    "test_hostile_pages",
    "test_login",
    "test_outage",
    "test_up",
    "test_servers",
    "test_export",
    "test_wheel",
    "test_bulk",
    "test_safe_texts",
    "test_dashboard",
    "test_native",
    "test_tasks",
    "test_palette",
    "test_prefix",
    "test_executions_list",
    "test_system",
    "test_first_run",
    "test_log_reading",
    "test_stop",
    "test_hidden",
)
# Their tests share one browser, and so one loop.
IN_BROWSER = ("faults", "e2e")


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
    # A file is one worker's: those with few tests come last, so that all workers end together.
    tests_of = Counter(item.path for item in items)
    items.sort(key=lambda item: (_place(item), _rank(item), -tests_of[item.path]))


def _rank(item: pytest.Item) -> int:
    return LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST)


def _place(item: pytest.Item) -> int:
    directory = _directory(item)
    return DIRECTORIES.index(directory) if directory in DIRECTORIES else -1


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
        launched = await playwright.chromium.launch(executable_path=chromium, args=HASTY)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(system: System, visitors: Visitors) -> OpenPage:
    """Return what opens pages of the shared system."""
    return visitors.of(system.url)


@pytest_asyncio.fixture(loop_scope="session")
async def page(open_page: OpenPage) -> Page:
    """Return the console's first page."""
    return await open_page()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def seats(browser: Browser) -> Seats:
    """Return the pages that wait for a visitor."""
    return Seats(browser)


@pytest_asyncio.fixture(loop_scope="session")
async def visitors(seats: Seats, request: pytest.FixtureRequest) -> AsyncIterator[Visitors]:
    """Return what opens pages of any system; no page may have logged an error in the end."""
    marker = request.node.get_closest_marker("console_errors")
    opened = Visitors(seats)
    yield opened
    logged = await opened.close()
    expected = re.compile("|".join(marker.args) if marker else r"(?!)")
    unexpected = [error for error in logged if not expected.search(error)]
    assert not unexpected, f"the page logged {unexpected}"
