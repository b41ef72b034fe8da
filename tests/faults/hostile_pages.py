"""The pages that are opened against a hostile server, and what must hold of each whatever it answers."""

import asyncio
import re
from contextlib import suppress
from typing import NamedTuple

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, expect

# What a person must never read: a mistake of ours that reached the screen.
MISTAKES = re.compile(
    r"\bNaN\b|\bundefined\b|\[object |\bInfinity\b|∞|Invalid Date|[Ee]rror occurred|Application Error"
)
AGAIN_S = 15.0
AGAIN_MS = 500
# To look at each frame has a page drawn for each.
LOOK_MS = 100
BLANK = "() => !document.querySelector('main')?.innerText.trim() && !document.querySelector('main .skeleton')"
# What has no height waits for something to say: nobody sees it.
SILENT = """() => [...document.querySelectorAll('main [role="alert"]')]
  .some((notice) => notice.offsetHeight > 0 && !notice.innerText.trim())"""
# What a click on a link does, where there is no link.
GO = """path => {
  history.pushState({}, "", path);
  dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}"""
SETTLED = """title => {
  if (document.title !== title) return false;
  const main = document.querySelector("main");
  const dialog = [...document.querySelectorAll('[role="dialog"]')].find((each) => each.checkVisibility());
  const place = location.search.includes("run=") ? dialog : main;
  if (!place || !place.innerText.trim() || main.querySelector(".skeleton")) return false;
  if (document.querySelector(':is(main, [role="dialog"]) [role="alert"]:not(:empty)')) return true;
  const field = document.querySelector("#field-name");
  if (field) return !field.disabled;
  return place === main || Boolean(dialog.querySelector("form, .notice"));
}"""


class Place(NamedTuple):
    """A page: its path, what of the API it cannot do without, its title, whether it follows by itself."""

    path: str
    asks: str
    title: str
    live: bool = True


PLACES = (
    Place("/", "/executions", "Dashboard"),
    Place("/tasks", "/tasks", "Tasks"),
    Place("/executions", "/executions", "Executions"),
    Place("/jobs", "/jobs", "Jobs"),
    Place("/schedules", "/schedules", "Schedules"),
    Place("/tasks/1", "/tasks/1", "Task 1"),
    Place("/executions/1", "/executions/1", "Execution 1"),
    Place("/jobs/1", "/jobs/1", "Job 1"),
    Place("/schedules/1", "/schedules/1", "Schedule 1"),
    Place("/tasks/1?tab=schemas", "/tasks/1", "Task 1"),
    Place("/tasks/1?tab=statistics", "/series", "Task 1"),
    Place("/executions/1?tab=data", "/executions/1", "Execution 1"),
    Place("/tasks/1/edit", "/tasks/1", "Edit task 1", live=False),
    Place("/tasks/1?run=1", "/tasks/1", "Task 1", live=False),
)


async def go(page: Page, place: Place, *, afresh: bool) -> None:
    """Open a page: `afresh` as from a bookmark, else from the page that is open."""
    if afresh:
        await page.goto(place.path)
    else:
        await page.evaluate(GO, place.path)


async def is_settled(page: Page, place: Place) -> None:
    """Wait until a page shows what it has, or what went wrong."""
    await page.wait_for_function(SETTLED, arg=f"{place.title} · Ratchet", polling=LOOK_MS)


async def look(page: Page) -> str:
    """Return what is wrong with what a page shows, empty where nothing is."""
    if await page.evaluate(BLANK):
        return "it is blank"
    text = await page.locator("body").inner_text()
    found = MISTAKES.search(text)
    if found:
        return f"it says {text[max(0, found.start() - 40) : found.end() + 40]!r}"
    if await page.evaluate(SILENT):
        return "a notice says nothing"
    return ""


async def is_well(page: Page, place: Place, marker: str) -> None:
    """Wait until a page shows what the server says now; what was only read once is asked for again."""
    if not place.live:
        await _is_read_again(page)
        return
    await expect(page.locator("main")).to_contain_text(marker)
    await expect(page.locator('main .notice[data-kind="error"]')).to_have_count(0)
    await expect(page.locator("main .stale")).to_have_count(0)


async def _is_read_again(page: Page) -> None:
    """Try again until it is read: what was asked before the server turned good may fail only now."""
    notice = page.locator(":is(main, [role=dialog]) .notice[data-kind=error]")
    again = notice.get_by_role("button", name="Try again")
    async with asyncio.timeout(AGAIN_S):
        while await notice.count():
            # The live part of the page has no button and goes on by itself.
            with suppress(PlaywrightError):
                await again.first.click(timeout=AGAIN_MS)
