"""Deleting a schedule from its page."""

import re

import pytest
from playwright.async_api import expect

from ratchet_web.api import NotFound
from ratchet_web.models.schedules import NewSchedule
from tests.e2e.steps import confirm, is_live, new_task, row_of, unique


async def new_schedule(ratchet):
    """Create a schedule."""
    task = await new_task(ratchet, "nightly")
    draft = NewSchedule(task_id=task.id, name=unique("every-night"), cron_expression="0 0 3 * * *")
    return await ratchet.schedules.create(draft)


async def test_a_schedule_is_deleted_after_a_question_that_says_what_stops(open_page, ratchet):
    schedule = await new_schedule(ratchet)
    page = await open_page(f"/schedules/{schedule.id}")
    await page.get_by_role("button", name="Delete…").click()
    question = page.get_by_role("tooltip")
    await expect(question).to_contain_text(f"Delete schedule {schedule.name}?")
    await expect(question).to_contain_text(f"Nothing queues jobs of task {schedule.task_name}")
    await confirm(page, "Keep it")
    await expect(question).to_be_hidden()
    assert (await ratchet.schedules.get(schedule.id)).enabled
    await page.get_by_role("button", name="Delete…").click()
    await confirm(page, "Delete schedule")
    await expect(page).to_have_url(re.compile("/schedules$"))
    await expect(page.locator(".toast")).to_have_text(re.compile(f"Deleted schedule {schedule.name}\\."))
    await is_live(page)
    await expect(row_of(page, schedule.name)).to_have_count(0)
    with pytest.raises(NotFound):
        await ratchet.schedules.get(schedule.id)


async def test_what_somebody_else_has_deleted_meanwhile_is_said_and_the_page_stays(open_page, ratchet):
    schedule = await new_schedule(ratchet)
    page = await open_page(f"/schedules/{schedule.id}")
    await is_live(page)
    await page.get_by_role("button", name="Delete…").click()
    await expect(page.get_by_role("button", name="Delete schedule")).to_be_visible()
    await ratchet.schedules.delete(schedule.id)
    await expect(page.get_by_role("heading", name="This schedule was deleted")).to_be_visible()
    await confirm(page, "Delete schedule")
    await expect(page.locator(".toast")).to_contain_text(f"Could not delete schedule {schedule.id}: ")
    await expect(page).to_have_url(re.compile(f"/schedules/{schedule.id}$"))
    await expect(page.get_by_role("heading", name=schedule.name)).to_be_visible()
    await expect(page.get_by_role("button", name="Delete…")).to_be_enabled()
