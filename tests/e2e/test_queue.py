"""Schedules queue jobs, jobs are attempted and retried, and both show it as it happens."""

from datetime import UTC, datetime, timedelta

from playwright.async_api import expect

from ratchet_web.models.jobs import Backoff, JobChange, NewJob, RetryPolicy
from ratchet_web.models.schedules import NewSchedule
from tests.e2e.steps import FAILING, HELD, Gate, confirm, new_id, new_task, row_of, status_of, unique

IN_AN_HOUR = timedelta(hours=1)


async def test_a_schedule_triggered_now_leads_to_its_job_and_the_execution(open_page, ratchet):
    gate = await Gate.closed(ratchet)
    task = await new_task(ratchet, "scheduled", HELD)
    draft = NewSchedule(
        task_id=task.id, name=unique("yearly"), cron_expression="0 0 5 1 1 *", input=gate.input, enabled=False
    )
    schedule = await ratchet.schedules.create(draft)
    page = await open_page(f"/schedules?task={task.id}")
    await row_of(page, schedule.name).get_by_role("button", name=f"Run {schedule.name} now").click()
    await page.get_by_role("link", name="Open job").click()
    job = await new_id(page, "jobs")
    await expect(status_of(page)).to_have_text("Running")
    attempt = page.get_by_role("table", name="Attempts").get_by_role("row").filter(has_text="Attempt 1")
    await expect(attempt).to_contain_text("Running")
    await gate.open()
    await expect(status_of(page)).to_have_text("Completed")
    await expect(attempt).to_contain_text("Completed")
    await attempt.get_by_role("link").click()
    await new_id(page, "executions")
    await expect(page.get_by_role("link", name=f"job {job}", exact=True)).to_be_visible()
    await page.get_by_role("link", name=f"schedule {schedule.id}", exact=True).click()
    await expect(page.get_by_role("link", name=f"Job {job}", exact=True)).to_be_visible()


async def test_a_failing_job_shows_that_it_retries_and_each_attempt(open_page, ratchet):
    task = await new_task(ratchet, "failing", FAILING)
    page = await open_page(f"/jobs?task={task.id}")
    waits = RetryPolicy(backoff=Backoff.FIXED, delay_seconds=3600, max_delay_seconds=3600)
    job = await ratchet.jobs.create(NewJob(task_id=task.id, input={}, max_retries=1, retry_policy=waits))
    row = row_of(page, job.id)
    await expect(row).to_contain_text("Retrying")
    await row.get_by_role("link", name=job.id, exact=True).click()
    attempts = page.get_by_role("table", name="Attempts").locator("tbody")
    await expect(attempts.get_by_role("row")).to_have_count(1)
    await expect(attempts).to_contain_text("The till does not balance")
    await expect(status_of(page)).to_have_text("Retrying")
    await ratchet.jobs.change(job.id, JobChange(scheduled_for=None))
    await expect(status_of(page)).to_have_text("Failed")
    await expect(attempts.get_by_role("row").filter(has_text="Attempt 2")).to_contain_text("Failed")
    await expect(page.get_by_role("region", name="Error")).to_contain_text("The till does not balance")


async def test_a_delayed_job_is_cancelled_after_a_question_and_queued_again(open_page, ratchet):
    task = await new_task(ratchet, "later")
    due = datetime.now(UTC) + IN_AN_HOUR
    job = await ratchet.jobs.create(NewJob(task_id=task.id, input={}, scheduled_for=due))
    page = await open_page(f"/jobs?status=QUEUED&task={task.id}")
    row = row_of(page, job.id)
    await expect(row).to_contain_text("in 59 m")
    await row.get_by_role("button", name=f"Cancel job {job.id}").click()
    await confirm(page, "Keep it")
    await expect(page.get_by_role("button", name="Cancel job", exact=True)).to_be_hidden()
    await row.get_by_role("button", name=f"Cancel job {job.id}").click()
    await confirm(page, "Cancel job")
    await page.mouse.move(0, 0)
    await expect(row).to_be_hidden()
    assert (await ratchet.jobs.get(job.id)).status == "CANCELLED"
    await page.goto(f"/jobs/{job.id}")
    await expect(status_of(page)).to_have_text("Cancelled")
    await expect(page.get_by_text("No attempt is known")).to_be_visible()
    await page.get_by_role("button", name="Retry").click()
    await expect(status_of(page)).to_have_text("Completed")
