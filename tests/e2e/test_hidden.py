"""A tab that nobody looks at leaves the live data, and catches up when somebody does."""

import re

import httpx
from playwright.async_api import Page, expect

from tests.e2e.steps import ENDLESS, is_live, new_task, row_of, run
from tests.support.server import eventually
from tests.support.system import System

HIDDEN_MS = 30_000
# Much less than the next look of a page that was not told.
SOON_MS = 5_000


async def turn(page: Page, *, hidden: bool) -> None:
    """Hide the tab, or show it, as the browser tells its page."""
    await page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


async def hold_time(page: Page) -> None:
    """Let nothing that waits for `HIDDEN_MS` happen before `pass_time`.

    A clock that is set forward would do it too, and would close a socket that seems to hear nothing for 45 s.
    """
    await page.evaluate(
        """(held_ms) => {
            const wait = window.setTimeout;
            window.setTimeout = (act, ms, ...given) =>
                ms === held_ms ? wait(() => (window.held = act), 0) : wait(act, ms, ...given);
        }""",
        HIDDEN_MS,
    )


async def pass_time(page: Page) -> None:
    """Let happen what waits for `HIDDEN_MS`."""
    await page.wait_for_function("() => window.held")
    await page.evaluate("window.held()")


async def looked_at(system: System) -> int:
    """Return how many tabs the console knows somebody to look at."""
    async with httpx.AsyncClient(base_url=system.url, trust_env=False) as client:
        told = (await client.get("/metrics")).text
    return int(float(re.findall(r"^ratchet_web_viewers{.*} (\S+)$", told, re.MULTILINE)[0]))


async def test_a_hidden_tab_hears_nothing_and_catches_up_when_it_is_shown(system, open_page, ratchet):
    page = await open_page("/executions")
    await hold_time(page)
    await is_live(page)
    shown = await open_page("/executions")
    await turn(page, hidden=True)
    first = await run(ratchet, await new_task(ratchet, "seen", ENDLESS))
    await expect(row_of(page, first.id)).to_contain_text("Running")
    await pass_time(page)
    # It is hidden once the console knows that: until then it may still be told.
    await eventually(lambda: looked_at(system), lambda tabs: tabs == 1)
    second = await run(ratchet, await new_task(ratchet, "unseen", ENDLESS))
    await expect(row_of(shown, second.id)).to_contain_text("Running")
    await expect(row_of(page, second.id)).to_be_hidden()
    await turn(page, hidden=False)
    await expect(row_of(page, second.id)).to_contain_text("Running", timeout=SOON_MS)
    for execution in (first, second):
        await ratchet.executions.cancel(execution.id)
