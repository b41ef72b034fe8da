"""The pages that are opened against a hostile server, and what must hold of each whatever it answers."""

import re
from typing import NamedTuple

from playwright.async_api import Page, expect

# What a person must never read: a mistake of ours that reached the screen.
MISTAKES = re.compile(
    r"\bNaN\b|\bundefined\b|\[object |\bInfinity\b|∞|Invalid Date|[Ee]rror occurred|Application Error"
)
LATE_MS = 4_000
BLANK = "() => !document.querySelector('main')?.innerText.trim() && !document.querySelector('main .skeleton')"
SETTLED = """() => {
  const main = document.querySelector("main");
  const dialog = document.querySelector('[role="dialog"]');
  const place = location.search.includes("run=") ? dialog : main;
  if (!place || !place.innerText.trim() || main.querySelector(".skeleton")) return false;
  if (document.querySelector('main [role="alert"], [role="dialog"] [role="alert"]')) return true;
  const field = document.querySelector("#field-name");
  if (field) return !field.disabled;
  return place === main || Boolean(dialog.querySelector("form, .notice"));
}"""


class Place(NamedTuple):
    """A page: its path, what of the API it cannot do without, whether it follows by itself."""

    path: str
    asks: str
    live: bool = True


PLACES = (
    Place("/", "/executions"),
    Place("/tasks", "/tasks"),
    Place("/executions", "/executions"),
    Place("/jobs", "/jobs"),
    Place("/schedules", "/schedules"),
    Place("/tasks/1", "/tasks/1"),
    Place("/executions/1", "/executions/1"),
    Place("/jobs/1", "/jobs/1"),
    Place("/schedules/1", "/schedules/1"),
    Place("/tasks/1?tab=schemas", "/tasks/1"),
    Place("/executions/1?tab=data", "/executions/1"),
    Place("/tasks/1/edit", "/tasks/1", live=False),
    Place("/tasks/1?run=1", "/tasks/1", live=False),
)


async def look(page: Page) -> str:
    """Return what is wrong with what a page shows, empty where nothing is."""
    if await page.evaluate(BLANK):
        return "it is blank"
    text = await page.locator("body").inner_text()
    found = MISTAKES.search(text)
    if found:
        return f"it says {text[max(0, found.start() - 40) : found.end() + 40]!r}"
    for notice in await page.locator('main [role="alert"]').all():
        if not (await notice.inner_text()).strip():
            return "a notice says nothing"
    return ""


async def is_well(page: Page, place: Place, marker: str) -> None:
    """Wait until a page shows what the server says now; what was only read once is asked for again."""
    if not place.live:
        notice = page.locator(":is(main, [role=dialog]) .notice[data-kind=error]")
        # What was asked before the server turned good may fail only now.
        if await notice.count():
            await notice.get_by_role("button", name="Try again").first.click()
        try:
            await expect(notice).to_have_count(0, timeout=LATE_MS)
        except AssertionError:
            await notice.get_by_role("button", name="Try again").first.click()
            await expect(notice).to_have_count(0)
        return
    await expect(page.locator("main")).to_contain_text(marker)
    await expect(page.locator('main .notice[data-kind="error"]')).to_have_count(0)
    await expect(page.locator("main .stale")).to_have_count(0)
