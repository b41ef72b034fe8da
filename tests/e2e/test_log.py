"""A long log stays in the hand."""

import re

import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from ratchet_web.models.executions import Execution
from tests.e2e.steps import log_of, new_task, run, status_of

LINES = 19_500
CHATTY = f"""async function main() {{
  for (let i = 1; i <= {LINES}; i++) console.log(`This is line ${{i}}.`);
  return "done";
}}
"""
FLOOD = CHATTY.replace(str(LINES), "25000")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chatty(ratchet) -> Execution:
    """An execution with a long log."""
    return await run(ratchet, await new_task(ratchet, "chatty", CHATTY))


def line(page: Page, number: int) -> Locator:
    """Return a line of the log."""
    return log_of(page).get_by_text(f"This is line {number}.", exact=True)


async def open_complete(open_page, execution: Execution, line: str = "") -> Page:
    """Open the page of an execution that has ended."""
    page = await open_page(f"/executions/{execution.id}{line}")
    await expect(status_of(page)).to_have_text("Completed")
    await expect(page.get_by_role("region", name="Log", exact=True)).to_have_attribute(
        "data-total", f"{LINES}"
    )
    return page


async def test_end_and_home_reach_the_ends_of_a_long_log_and_few_lines_are_held(open_page, chatty):
    page = await open_complete(open_page, chatty)
    await log_of(page).focus()
    await page.keyboard.press("End")
    await expect(line(page, LINES)).to_be_in_viewport()
    await page.keyboard.press("Home")
    await expect(line(page, 1)).to_be_in_viewport()
    await page.get_by_role("slider", name="Position in the log").fill(str(LINES // 2))
    await expect(line(page, LINES // 2)).to_be_in_viewport()
    assert await log_of(page).locator(".log-row").count() <= 2_000


async def test_a_link_to_a_line_shows_and_marks_it_also_after_a_reload(open_page, chatty):
    page = await open_complete(open_page, chatty, "#L500")
    await expect(line(page, 500)).to_be_in_viewport()
    await page.reload()
    await expect(line(page, 500)).to_be_in_viewport()
    await expect(log_of(page).locator("[data-mark]")).to_have_text(re.compile("This is line 500\\."))


async def test_a_click_on_a_number_makes_the_link(open_page, chatty):
    page = await open_complete(open_page, chatty)
    await expect(line(page, 3)).to_be_visible()
    await log_of(page).locator("[data-n='3'] .log-number").click()
    await expect(page).to_have_url(re.compile("#L3$"))


async def test_what_is_beyond_the_bound_of_a_log_is_said_to_be_left_out(open_page, ratchet):
    page = await open_page(f"/executions/{(await run(ratchet, await new_task(ratchet, 'flood', FLOOD))).id}")
    await expect(status_of(page)).to_have_text("Completed")
    await log_of(page).focus()
    await page.keyboard.press("End")
    await expect(
        log_of(page).get_by_text("dropped").or_(log_of(page).get_by_text("left out"))
    ).to_be_in_viewport()
