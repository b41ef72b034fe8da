"""Deleting a schedule from its page."""

import re

import pytest
from playwright.async_api import expect

from ratchet_web.api import NotFound
from ratchet_web.models.jobs import JobStatus
from ratchet_web.models.schedules import NewSchedule, ScheduleChange, ScheduleTrigger
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


async def ran(ratchet, schedule, **input):
    """Run a schedule's job to its end."""
    async with ratchet.monitoring.events() as changes:
        job = await ratchet.schedules.trigger(schedule.id, ScheduleTrigger(input=input))
        async for _ in changes:
            if (await ratchet.jobs.get(job.id)).status in (JobStatus.COMPLETED, JobStatus.FAILED):
                break


async def test_how_a_schedule_went_and_what_it_was_is_shown(open_page, ratchet):
    task = await new_task(ratchet, "balance", "function main({ fail }) { if (fail) throw new Error('no'); }")
    draft = NewSchedule(
        task_id=task.id, name=unique("every-leap-day"), cron_expression="0 0 0 29 2 *", max_retries=0
    )
    schedule = await ratchet.schedules.create(draft)
    await ran(ratchet, schedule, fail=True)
    await ran(ratchet, schedule, fail=False)
    change = ScheduleChange(cron_expression="0 0 9 * * MON", input={"fail": False})
    await ratchet.schedules.change(schedule.id, change)

    page = await open_page(f"/schedules?q={schedule.name}")
    await is_live(page)
    strip = page.get_by_role("list", name=f"Last runs of {schedule.name}, the oldest first")
    await expect(strip.get_by_role("link")).to_have_count(2)
    await expect(strip.get_by_role("link", name=re.compile("^Failed .*: Error: no"))).to_be_visible()
    await page.get_by_role("button", name=f"Run {schedule.name} now").click()
    await expect(strip.get_by_role("link", name=re.compile("^Completed"))).to_have_count(2)

    await page.get_by_role("link", name=f"Run {schedule.name} with input…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    went = page.get_by_role("region", name="Statistics")
    await expect(went.get_by_role("list").get_by_role("link")).to_have_count(3)
    await expect(went).to_contain_text("Failure rate, 7 days33.3 % 1 of 3 runs failed")
    await expect(went).to_contain_text("On time– no run was due in 30 days")
    changes = page.get_by_role("region", name="Changes")
    await expect(changes.get_by_role("list")).to_contain_text("Cron0 0 0 29 2 * → 0 0 9 * * MON")
    await changes.get_by_text("Show what changed").click()
    difference = changes.get_by_role("region", name="Input: before and after")
    await expect(difference).to_contain_text('"fail": false')
    await ratchet.schedules.disable(schedule.id)
    await expect(changes.get_by_role("listitem").first).to_contain_text("StateEnabled → Disabled")
    await expect(changes.get_by_role("listitem").last).to_contain_text("Created")
