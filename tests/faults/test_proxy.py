"""A bad line between console and server: pages keep what they have, say how old it is, and go on."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.conftest import OpenPage, Visitors
from tests.e2e.steps import banner, is_live, new_task, row_of, run
from tests.support.proxy import Proxy, proxied
from tests.support.system import System

TIMEOUT_S = 2.0
# The client asks three times, and waits a little between.
NOTICED_MS = 20_000
BACK_MS = 20_000
# The stream, a look for each topic of a page, and what was asked when the line broke.
MOST_OPEN = 20
AGED = re.compile(r"what you see was known (just now|[\d smhd]+ ago)")
LOGS = pytest.mark.console_errors("Failed to load resource")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def line(system: System) -> AsyncIterator[Proxy]:
    """The line to the real server."""
    async with proxied(system.api_url) as proxy:
        yield proxy


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def far(line: Proxy, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """A console at the other end of the line."""
    console = System(tmp_path_factory.mktemp("data"), api_url=f"{line.url}/api/v1", api_timeout_s=TIMEOUT_S)
    try:
        await asyncio.to_thread(console.start)
        yield console
    finally:
        await asyncio.to_thread(console.end)


@pytest_asyncio.fixture(loop_scope="session")
async def open_far(far: System, line: Proxy, visitors: Visitors) -> AsyncIterator[OpenPage]:
    """Open pages of that console; the line is good before and after."""
    line.turn()
    yield visitors.of(far.url)
    line.turn()


async def _grows_old(page: Page, row: str) -> None:
    """The page keeps its rows, dimmed, and says how old they are."""
    await expect(banner(page)).to_contain_text(AGED, timeout=NOTICED_MS)
    await expect(page.get_by_role("main")).to_have_css("opacity", "0.55")
    await expect(row_of(page, row)).to_be_visible()


async def _is_back(page: Page) -> None:
    await expect(page.locator('main .notice[data-kind="error"]')).to_have_count(0, timeout=BACK_MS)
    await expect(page.locator("main .stale")).to_have_count(0)
    await expect(banner(page)).to_be_hidden(timeout=BACK_MS)


TROUBLES = {
    "refused": {"refuses": True},
    "swallowed": {"swallows": True},
    "throttled": {"bytes_per_s": 50},
    "late": {"delay_s": 2 * TIMEOUT_S},
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_page_keeps_the_last_good_rows_with_their_age_and_recovers(line, open_far, ratchet, trouble):
    task = await new_task(ratchet, "far")
    old = await run(ratchet, task)
    page = await open_far(f"/executions?task={task.id}")
    await is_live(page)
    await expect(row_of(page, old.id)).to_contain_text("Completed")
    line.forget()
    line.turn(**TROUBLES[trouble])
    line.drop()
    await _grows_old(page, old.id)
    new = await run(ratchet, task)
    line.turn()
    await _is_back(page)
    await expect(row_of(page, new.id)).to_contain_text("Completed")
    assert line.most <= MOST_OPEN
