"""Jobs: what their list can be narrowed by, how one that waits is changed, followed and made."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from ratchet_web.logic.retry_policy import read_policy
from ratchet_web.models.jobs import Backoff, JobChange, JobPriority, JobQuery, NewJob, RetryPolicy
from tests.e2e.steps import FAILING, new_id, new_task, read_csv, row_of, segment, status_of
from tests.support.receiver import Receiver, receiving
from tests.support.server import eventually

LATER = timedelta(hours=3)


@pytest_asyncio.fixture(loop_scope="session")
async def receiver():
    async with receiving() as listening:
        yield listening


async def test_the_list_is_narrowed_counted_kept_as_a_view_and_exported(open_page, ratchet):
    task = await new_task(ratchet, "queued")
    due = datetime.now(UTC) + LATER
    high = await ratchet.jobs.create(
        NewJob(task_id=task.id, input={}, priority=JobPriority.HIGH, scheduled_for=due)
    )
    low = await ratchet.jobs.create(
        NewJob(task_id=task.id, input={}, priority=JobPriority.LOW, scheduled_for=due, max_retries=0)
    )
    page = await open_page(f"/jobs?task={task.id}", timezone_id="Europe/Berlin")
    await expect(segment(page, "Status", "Queued")).to_have_text("Queued2")
    await page.get_by_role("button", name="More filters").click()
    panel = page.get_by_role("dialog", name="More filters")
    await panel.get_by_label("Priority").select_option("High")
    await panel.get_by_label("Due", exact=True).select_option("Not due now")
    await panel.get_by_label("Retried at least").fill("many")
    await panel.get_by_role("button", name="Apply").click()
    await expect(panel.get_by_role("alert")).to_have_text("Write a whole number from 0 to 1000.")
    await panel.get_by_label("Retried at least").fill("0")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"priority=HIGH&due=0&min_retries=0"))
    await expect(row_of(page, high.id)).to_be_visible()
    await expect(row_of(page, low.id)).to_be_hidden()
    # The counts are those within the other filters.
    await expect(segment(page, "Status", "Queued")).to_have_text("Queued1")

    await page.get_by_role("button", name=re.compile("^Export")).click()
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="CSV", exact=True).click()
    exported = read_csv(Path(await (await downloading.value).path()))
    assert [(row["id"], row["priority"]) for row in exported] == [(high.id, "HIGH")]
    await page.keyboard.press("Escape")

    views = page.get_by_role("button", name=re.compile("^(Views|High ones)$"))
    await views.click()
    await page.get_by_label("Save what is shown as").fill("High ones")
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.keyboard.press("Escape")
    await page.reload()
    await expect(views).to_have_text("High ones")
    await page.get_by_role("link", name="Remove the filter high priority").click()
    await expect(row_of(page, low.id)).to_be_visible()
    await page.get_by_role("button", name="Columns").click()
    await page.get_by_role("checkbox", name="Retries").uncheck()
    await expect(page.get_by_role("columnheader", name="Retries")).to_be_hidden()


async def test_a_waiting_job_is_changed_and_nobody_is_undone_unseen(open_page, ratchet):
    task = await new_task(ratchet, "changed", FAILING)
    due = datetime.now(UTC) + LATER
    job = await ratchet.jobs.create(NewJob(task_id=task.id, input={}, scheduled_for=due))
    page = await open_page(f"/jobs/{job.id}", timezone_id="Asia/Kolkata")
    await page.get_by_role("link", name="Change…").click()
    form = page.get_by_role("form", name="Change this job")
    save = form.get_by_role("button", name="Save")
    await expect(save).to_be_disabled()
    await form.get_by_label("Due").fill("soonish")
    await save.click()
    await expect(form.get_by_label("Due")).to_be_focused()
    await expect(form.get_by_role("alert").filter(has_text="Write a delay")).to_be_visible()
    await form.get_by_label("Due").fill("2030-01-31 09:00")
    await form.get_by_label("Time zone").fill("Europe/Berlin")
    await form.get_by_label("Priority").select_option("High")
    await expect(form).to_contain_text("Thu, Jan 31, 2030, 09:00 in Europe/Berlin")
    await expect(form).to_contain_text("Thu, Jan 31, 2030, 08:00 UTC")
    await form.get_by_label("Wait between them").select_option("Always as long")
    await form.get_by_label("First wait").fill("30 s")
    await form.get_by_label("Jitter").fill("0")
    coming = form.get_by_role("list", name="Retries to come").get_by_role("listitem")
    await expect(coming.first).to_contain_text("Retry 1: after 30 s, 09:00:30")
    add = form.get_by_role("button", name="Add a destination")
    await add.click()
    await form.get_by_role("button", name="Remove destination 1").click()
    await expect(add).to_be_focused()
    await page.keyboard.press("Enter")
    await form.get_by_label("Kind").select_option("Standard output")
    await page.reload()
    await expect(form.get_by_label("Due")).to_have_value("2030-01-31 09:00")
    await expect(form.get_by_label("First wait")).to_have_value("30 s")

    await ratchet.jobs.change(job.id, JobChange(max_retries=7))
    await save.click()
    await expect(form.get_by_role("alert")).to_contain_text("meanwhile its retries became 7")
    assert (await ratchet.jobs.get(job.id)).priority is JobPriority.NORMAL
    await save.click()
    await expect(form).to_be_hidden()
    await expect(page.get_by_role("link", name="Change…")).to_be_focused()
    changed = await ratchet.jobs.get(job.id)
    assert (changed.priority, changed.max_retries) == (JobPriority.HIGH, 7)
    assert changed.scheduled_for == datetime(2030, 1, 31, 8, tzinfo=UTC)
    assert read_policy(changed.retry_policy) == RetryPolicy(backoff=Backoff.FIXED, delay_seconds=30, jitter=0)
    assert changed.output_destinations == [{"destinationType": "STDIO", "stdio": {"stream": "stdout"}}]

    # What was saved is no draft any more, and a job that began is told of with what it does.
    await page.get_by_role("link", name="Change…").click()
    await expect(save).to_be_disabled()
    await form.get_by_label("Retries at most").fill("0")
    await ratchet.jobs.cancel(job.id)
    await expect(status_of(page)).to_have_text("Cancelled")
    await expect(form.get_by_role("alert")).to_contain_text("It does not wait any more")
    await expect(save).to_be_disabled()


async def test_a_job_is_made_with_all_that_it_may_have_and_followed_to_its_end(open_page, ratchet, receiver):
    schema = {
        "type": "object",
        "required": ["n"],
        "properties": {"n": {"type": "integer", "title": "Number"}},
    }
    task = await new_task(ratchet, "made", input_schema=schema)
    page = await open_page(f"/jobs?task={task.id}", timezone_id="Europe/Berlin")
    new = page.get_by_role("link", name="New job")
    await expect(new).to_have_attribute("href", re.compile(rf"/jobs/new\?task={task.id}"))
    await new.click()
    await expect(page).to_have_url(re.compile(rf"/jobs/new\?task={task.id}"))
    await page.get_by_label("Number").fill("5")
    await _choose_when_and_how(page)
    await _lose_nothing_but_the_secret(page)
    await _test_the_destination(page, receiver)
    job = await _queue_by_two_clicks(page)
    assert [row.id for row in (await ratchet.jobs.page(JobQuery(task=task.id))).rows] == [job]
    await _follow_to_the_end(page, job, receiver)
    assert [row.id for row in (await ratchet.jobs.page(JobQuery(task=task.id))).rows] == [job]


async def _choose_when_and_how(page: Page) -> None:
    await page.get_by_label("Priority").select_option("High")
    await page.get_by_label("Wait between them").select_option("Always as long")
    await page.get_by_label("First wait").fill("90 s")
    await page.get_by_label("Jitter").fill("50 %")
    coming = page.get_by_role("list", name="Retries to come")
    await expect(coming).to_contain_text("Retry 1: after 45 s to 2 m 15 s")
    await expect(coming.get_by_role("listitem")).to_have_count(3)
    await page.get_by_label("Run at").fill("tomorrow 09:00")
    await page.get_by_label("Time zone").fill("Mars/Base")
    await page.get_by_role("button", name="Queue the job").click()
    await expect(page.get_by_label("Time zone")).to_be_focused()
    await page.get_by_label("Time zone").fill("Asia/Tokyo")
    await expect(page.get_by_text("09:00 in Asia/Tokyo")).to_contain_text("00:00 UTC")


async def _lose_nothing_but_the_secret(page: Page) -> None:
    await page.get_by_role("button", name="Add a destination").click()
    hook = _hook(page)
    await hook.get_by_label("URL").fill("nowhere")
    await hook.get_by_label("Authentication").select_option("Bearer token")
    await hook.get_by_label("Token").fill("a-secret-of-mine")
    await page.get_by_role("button", name="Queue the job").click()
    await expect(hook.get_by_role("alert").filter(has_text="must be a URL")).to_be_visible()
    await expect(hook.get_by_label("URL")).to_be_focused()
    await page.reload()
    await expect(hook.get_by_label("URL")).to_have_value("nowhere")
    await expect(hook.get_by_label("Token")).to_have_value("")
    await expect(page.get_by_label("Number")).to_have_value("5")
    await hook.get_by_label("Token").fill("a-secret-of-mine")


async def _test_the_destination(page: Page, receiver: Receiver) -> None:
    hook, receiver.body = _hook(page), b"You sent a-secret-of-mine"
    await hook.get_by_label("URL").fill(receiver.url)
    await hook.get_by_role("button", name="Send a test").click()
    await expect(hook.get_by_role("status")).to_contain_text("The test arrived. It answered 200 after")
    await expect(hook.get_by_label("How the answer begins")).to_have_text("You sent ***")
    ((_, headers, _),) = receiver.requests
    assert headers["authorization"] == "Bearer a-secret-of-mine"
    receiver.requests.clear()


async def _queue_by_two_clicks(page: Page) -> str:
    await page.get_by_label("Run at").fill("now")
    await page.get_by_role("button", name="Queue the job").dblclick()
    return await new_id(page, "jobs")


async def _follow_to_the_end(page: Page, job: str, receiver: Receiver) -> None:
    await expect(status_of(page)).to_have_text("Completed")
    history = page.get_by_role("list", name="History")
    for step in ("Queued", "Attempt 1 started", "Attempt 1 completed", "Completed"):
        await expect(history.get_by_role("listitem").filter(has_text=step).first).to_be_visible()
    delivery = page.get_by_role("table", name="Output destinations").locator("tbody")
    await expect(delivery).to_contain_text("with a hidden bearer token")
    await expect(delivery).to_contain_text("Delivered")
    assert [headers["authorization"] for _, headers, _ in receiver.requests] == ["Bearer a-secret-of-mine"]
    await page.get_by_role("button", name="Deliver again to destination 1").click()
    await expect(page.get_by_text(f"Output 1 of job {job} is delivered once more.")).to_be_visible()
    await eventually(lambda: asyncio.sleep(0, len(receiver.requests)), lambda heard: heard == 2)
    await page.get_by_role("link", name="Raw").click()
    raw = page.get_by_role("region", name="Job", exact=True)
    await expect(raw).to_contain_text('"retryPolicy"')
    await expect(raw).not_to_contain_text("a-secret-of-mine")
    await expect(page.get_by_text("curl --silent")).to_contain_text(f"/api/v1/jobs/{job}")


def _hook(page: Page) -> Locator:
    return page.get_by_role("group", name="Destination 1")


async def test_a_job_that_waits_says_for_what_and_until_when(open_page, ratchet):
    task = await new_task(ratchet, "waits", FAILING)
    policy = RetryPolicy(backoff=Backoff.FIXED, delay_seconds=7200, max_delay_seconds=7200, jitter=0.5)
    job = await ratchet.jobs.create(NewJob(task_id=task.id, input={}, max_retries=3, retry_policy=policy))
    page = await open_page(f"/jobs/{job.id}")
    await expect(status_of(page)).to_have_text("Retrying")
    history = page.get_by_role("list", name="History")
    failed = history.get_by_role("listitem").filter(has_text="Attempt 1 failed")
    await expect(failed).to_contain_text("The till does not balance")
    await expect(history.get_by_role("listitem").last).to_contain_text("Next attempt is due")
    retries = page.get_by_role("region", name="Retries")
    await expect(retries).to_contain_text(
        "Waits 2 h before each retry; each wait is up to 50 % shorter or longer."
    )
    await expect(retries.get_by_role("table", name="Retries to come").locator("tbody tr")).to_have_count(2)
    await expect(retries).to_contain_text("1 h 00 m to 2 h 00 m")
    await expect(page.get_by_role("table", name="Attempts").locator("tbody tr")).to_have_count(1)
