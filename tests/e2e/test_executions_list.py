"""The list of executions: what it can be narrowed by, and what stands around it."""

import re

from playwright.async_api import Locator, Page, expect

from tests.e2e.steps import FAILING, new_task, row_of, run, segment


def time_button(page: Page) -> Locator:
    """Return the button of the filter by time."""
    return page.get_by_role("button", name="Queued:")


async def test_time_duration_and_error_narrow_the_list_and_stand_in_the_address(open_page, ratchet):
    failing, good = await new_task(ratchet, "failing", FAILING), await new_task(ratchet, "good")
    failed, fine = await run(ratchet, failing), await run(ratchet, good)
    page = await open_page("/executions?limit=50", timezone_id="Europe/Berlin")
    await time_button(page).click()
    await page.get_by_role("link", name="Last hour").click()
    await expect(page).to_have_url(re.compile(r"\?limit=50&range=1h$"))
    await expect(time_button(page)).to_have_text(re.compile("Last hour"))
    await expect(row_of(page, fine.id)).to_be_visible()

    await page.get_by_role("button", name="More filters").click()
    await page.get_by_label("Took at most").fill("soon")
    await page.get_by_label("Error message contains").fill("till does not")
    await page.get_by_role("button", name="Apply").click()
    await expect(page.get_by_role("alert")).to_have_text(re.compile("Write a time with its unit"))
    await expect(page.get_by_label("Took at most")).to_be_focused()
    await expect(page.get_by_label("Error message contains")).to_have_value("till does not")
    await page.get_by_label("Took at most").fill("10 m")
    await page.keyboard.press("Enter")
    await expect(row_of(page, failed.id)).to_be_visible()
    await expect(row_of(page, fine.id)).to_be_hidden()
    # The counts are those within the other filters.
    await expect(segment(page, "Status", "Completed")).to_have_text("Completed0")
    await page.reload()
    await expect(row_of(page, failed.id)).to_be_visible()
    await page.get_by_role("link", name="Remove the filter error has “till does not”").click()
    await expect(row_of(page, fine.id)).to_be_visible()
    await page.get_by_role("link", name="Clear all").click()
    await expect(page).to_have_url(re.compile(r"/executions\?limit=50$"))


async def test_exact_times_are_written_in_the_viewers_zone(open_page, ratchet):
    task = await new_task(ratchet, "good")
    execution = await run(ratchet, task)
    page = await open_page(f"/executions?task={task.id}", timezone_id="Asia/Kolkata")
    await expect(row_of(page, execution.id)).to_be_visible()
    await time_button(page).click()
    panel = page.get_by_role("dialog", name="When it was queued")
    await expect(panel).to_contain_text("Asia/Calcutta (GMT+5:30)")
    await panel.get_by_label("From").fill("2026-02-01 10:00")
    await panel.get_by_label("To").fill("2026-02-01 09:00")
    await panel.get_by_role("button", name="Apply").click()
    await expect(panel.get_by_role("alert")).to_have_text("The end is before the beginning.")
    await panel.get_by_label("To").fill("2026-02-02")
    await panel.get_by_role("button", name="Apply").click()
    await expect(page).to_have_url(
        re.compile(r"since=2026-02-01T04%3A30%3A00Z&until=2026-02-02T18%3A29%3A59Z")
    )
    await expect(time_button(page)).to_have_text(re.compile("Feb 1, 10:00 – Feb 2, 23:59:59"))
    await expect(page.get_by_text("Nothing matches")).to_be_visible()
    await time_button(page).click()
    await expect(panel.get_by_label("From")).to_have_value("2026-02-01 10:00")
    await page.keyboard.press("Escape")
    await expect(time_button(page)).to_be_focused()
