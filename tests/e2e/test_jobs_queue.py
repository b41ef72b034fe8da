"""The queue: why a job waits, what runs, and what comes later."""

import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import expect

from ratchet_web.models.jobs import Backoff, JobPriority, NewJob, RetryPolicy
from tests.e2e.steps import FAILING, new_task

NOT_SOON = RetryPolicy(backoff=Backoff.FIXED, delay_seconds=900, max_delay_seconds=900, jitter=0)
# What is wider than its place: the tables in their cards, the texts in their cells.
CUT = """() => [...document.querySelectorAll("main .card:has(> table), main td")]
  .filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.textContent)"""
SLEEPING = "async function main() { await sleep(240_000); }"


async def test_one_look_explains_the_wait(open_page, ratchet):
    page = await open_page("/jobs")
    await page.get_by_role("navigation", name="View").get_by_role("link", name="Queue").click()
    await expect(page).to_have_url(re.compile(r"/jobs/queue$"))
    await expect(page.get_by_role("heading", name="Queue", exact=True)).to_be_visible()

    holder, failing = await new_task(ratchet, "holder", SLEEPING), await new_task(ratchet, "fails", FAILING)
    later = datetime.now(UTC) + timedelta(minutes=30)
    made = []
    try:
        again = NewJob(
            task_id=failing.id, input={}, priority=JobPriority.CRITICAL, retry_policy=NOT_SOON, max_retries=1
        )
        made.append((await ratchet.jobs.create(again)).id)
        page = await open_page(f"/jobs/queue?task={failing.id}")
        coming = page.get_by_role("table", name="Next delayed jobs")
        await expect(coming.get_by_role("row").filter(has_text=f"job {made[0]}")).to_contain_text("attempt 2")

        # Every worker gets one; four more of each wait behind them, in two lanes.
        workers = len((await ratchet.jobs.queue()).workers or ())
        for _ in range(workers):
            draft = NewJob(task_id=holder.id, input={}, priority=JobPriority.CRITICAL, max_retries=0)
            made.append((await ratchet.jobs.create(draft)).id)
        waiting = []
        for priority in (JobPriority.HIGH, JobPriority.LOW):
            for _ in range(4):
                draft = NewJob(task_id=holder.id, input={}, priority=priority, max_retries=0)
                waiting.append((await ratchet.jobs.create(draft)).id)
        draft = NewJob(task_id=holder.id, input={}, priority=JobPriority.LOW, scheduled_for=later)
        waiting.append((await ratchet.jobs.create(draft)).id)
        made += waiting

        await page.goto(f"/jobs/queue?task={holder.id}")
        lanes = page.get_by_role("table", name="Lanes")
        high, low = (lanes.locator(f"[data-lane={name}]") for name in ("HIGH", "LOW"))
        for lane in (high, low):
            await expect(lane.locator(".depth-number")).to_have_text("4")
        await expect(low).to_contain_text("1 set for later")
        busy = page.get_by_role("table", name="Workers")
        held = re.compile(f"^job ({'|'.join(made[1 : 1 + workers])})$")
        await expect(busy.get_by_role("link", name=held).first).to_be_visible()
        for width in (1024, 1280):
            await page.set_viewport_size({"width": width, "height": 720})
            assert await page.evaluate(CUT) == [], width
        axis = page.get_by_role("list", name=re.compile("^Delayed jobs by"))
        await expect(axis.get_by_role("link", name=re.compile(": 1 due"))).to_have_count(1)
        await page.get_by_role("button", name="Show as a table").click()
        await expect(
            page.get_by_role("region", name="Delayed jobs by time").get_by_role("row")
        ).to_have_count(2)

        # Its oldest job is explained; another one by its number; what is no number is said.
        await high.locator("[data-oldest]").click()
        await expect(page).to_have_url(
            re.compile(rf"task={holder.id}&job={waiting[0]}$|job={waiting[0]}&task=")
        )
        told = page.get_by_role("group", name="Estimated start").filter(has_text=f"Job {waiting[0]}")
        await expect(told).to_contain_text(re.compile("as soon as a worker is free|before it"))
        form = page.get_by_role("form", name="When will a job begin?")
        await form.get_by_label("Number of a job").fill("soon")
        await page.keyboard.press("Enter")
        await expect(form.get_by_role("alert")).to_have_text("Write the number of a job, such as 12.")
        await form.get_by_label("Number of a job").fill(waiting[7])
        await page.keyboard.press("Enter")
        told = page.get_by_role("group", name="Estimated start").filter(has_text=f"Job {waiting[7]}")
        await expect(told).to_contain_text(re.compile(r"\d+ ready jobs go before it"))
        await expect(form.get_by_label("Number of a job")).to_be_focused()
        await page.reload()
        await expect(told).to_contain_text("ready jobs go before it")

        # The numbers lead to the rows that they count, and change by themselves.
        await ratchet.jobs.cancel(waiting[3])
        made.remove(waiting[3])
        await expect(high.locator(".depth-number")).to_have_text("3")
        await high.get_by_role("link").filter(has=page.locator(".depth")).click()
        await expect(page).to_have_url(re.compile(rf"/jobs\?priority=HIGH&.*due=1&task={holder.id}"))
        await expect(page.get_by_role("table", name="Jobs").locator("tbody tr[data-id]")).to_have_count(3)
    finally:
        for id in reversed(made):
            await ratchet.jobs.cancel(id)
