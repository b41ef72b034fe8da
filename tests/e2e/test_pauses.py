"""Pausing a task and the queue: everybody sees who holds jobs back and why, and anybody lets them go on."""

import re

import pytest_asyncio
from playwright.async_api import expect

from ratchet_web.api import NotFound
from ratchet_web.models.jobs import NewJob
from ratchet_web.models.schedules import NewSchedule
from tests.e2e.steps import new_task, row_of, status_of, unique
from tests.e2e.test_axe import PHONE, complaints

NOBODY = "Paused by someone not signed in"
HELD = re.compile("was paused by someone not signed in")


@pytest_asyncio.fixture(loop_scope="session")
async def queue(ratchet):
    """Let the queue go on, whatever became of the test."""
    yield
    try:
        await ratchet.pauses.end(None)
    except NotFound:
        return


async def test_a_paused_task_says_why_wherever_its_jobs_appear(open_page, ratchet):
    task = await new_task(ratchet, "held-back")
    schedule = await ratchet.schedules.create(
        NewSchedule(task_id=task.id, name=unique("yearly"), cron_expression="0 0 5 1 1 *")
    )
    page, other = await open_page(f"/tasks/{task.id}"), await open_page(f"/jobs?task={task.id}")
    await page.get_by_role("button", name="Pause…").click()
    dialog = page.get_by_role("dialog", name=f"Pause task {task.name}?")
    await expect(dialog.get_by_label("Reason")).to_be_focused()
    await dialog.get_by_label("Reason").fill("   ")
    await dialog.get_by_role("button", name="Pause task").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Say why, in 1 to 500 characters.")
    await dialog.get_by_label("Reason").fill("The mail service refuses us")
    await dialog.get_by_role("button", name="Pause task").click()
    notice = page.get_by_role("region", name="A task is paused")
    await expect(notice).to_contain_text(f"Task {task.name} is paused · The mail service refuses us")
    await expect(notice).to_contain_text(NOBODY)
    await expect(notice.get_by_role("button", name="Resume")).to_be_focused()

    job = await ratchet.jobs.create(NewJob(task_id=task.id, input={}))
    row = row_of(other, job.id)
    await expect(row.get_by_title(re.compile("someone not signed in: The mail service"))).to_be_visible()
    await expect(other.get_by_role("region", name="Paused tasks")).to_contain_text("The mail service refuses")
    await row.get_by_role("link", name=job.id, exact=True).click()
    await expect(status_of(other)).to_have_text("Queued")
    await expect(other.get_by_text("not before its task is resumed")).to_be_visible()
    await page.goto(f"/schedules/{schedule.id}")
    await expect(notice).to_contain_text("This schedule queues one job, which waits")
    await page.goto(f"/jobs/new?task={task.id}")
    await expect(notice).to_contain_text(f"Task {task.name} is paused · The mail service refuses us")
    await page.goto(f"/tasks?q={task.name}")
    await expect(row_of(page, task.name).get_by_title(HELD)).to_be_visible()

    await other.get_by_role("button", name="Resume").click()
    await expect(status_of(other)).to_have_text("Completed")
    await expect(row_of(page, task.name).get_by_title(HELD)).to_be_hidden()


async def test_a_paused_queue_is_seen_and_resumed_by_others(open_page, ratchet, queue):
    task = await new_task(ratchet, "queued-up")
    page, other = await open_page("/jobs"), await open_page("/")
    await page.get_by_role("button", name="Pause queue…").click()
    dialog = page.get_by_role("dialog", name="Pause the queue?")
    await expect(dialog).to_contain_text("What runs goes on; single runs still start.")
    await dialog.get_by_label("Reason").fill("The warehouse is being moved")
    # What is typed and that it is open outlive a reload.
    await page.reload()
    await expect(dialog.get_by_label("Reason")).to_have_value("The warehouse is being moved")
    await dialog.get_by_role("button", name="Pause queue").click()
    for each in (page, other):
        notice = each.get_by_role("region", name="The queue is paused")
        await expect(notice).to_contain_text("The queue is paused · The warehouse is being moved")
        await expect(notice).to_contain_text(NOBODY)
    await expect(page).not_to_have_url(re.compile("pause"))
    await expect(dialog).to_be_hidden()
    await page.emulate_media(color_scheme="dark")
    await expect(page.locator("html")).to_have_class("dark")
    await page.set_viewport_size(PHONE)
    assert await complaints(page) == []
    job = await ratchet.jobs.create(NewJob(task_id=task.id, input={}))
    await expect(row_of(page, job.id).get_by_title(HELD)).to_be_visible()
    await other.get_by_role("region", name="The queue is paused").get_by_role("button", name="Resume").click()
    await expect(row_of(page, job.id)).to_contain_text("Completed")
    # The reason was for that pause, not for the next one.
    await page.get_by_role("button", name="Pause queue…").click()
    await expect(dialog.get_by_label("Reason")).to_have_value("")
