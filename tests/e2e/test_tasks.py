"""The list of tasks, the page of one, and all the ways to run it."""

import json
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from ratchet_web.api import Ratchet
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.jobs import JobPriority, JobQuery
from ratchet_web.models.schedules import NewSchedule
from ratchet_web.models.tasks import NewTask, Task
from tests.e2e.steps import FAILING, new_task, row_of, run, tab, unique

# A clock whose first second never ends.
NO_TICKS = """const every = setInterval;
setInterval = (act, ms, ...more) => every(act, ms === 1000 ? 1e9 : ms, ...more);"""
MIXED = "async function main(input) { if (input.fail) throw new Error('as asked'); return input; }"
SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "title": "Title"},
        "size": {"type": "integer", "title": "Size", "minimum": 1},
    },
    "required": ["title"],
}


async def ended(ratchet: Ratchet, task: Task, count: int) -> None:
    """Wait until so many runs of a task have ended, as the server announces it."""
    async with ratchet.monitoring.events() as changes:
        while True:
            rows = (await ratchet.executions.page(ExecutionQuery(task=task.id))).rows
            if sum(row.completed_at is not None for row in rows) == count:
                return
            await anext(changes)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def busy(ratchet: Ratchet) -> Task:
    """A task that ran, failed, and has a schedule."""
    task = await new_task(ratchet, "busy", MIXED, description="Does as it is told")
    for fail in (False, True, False):
        await run(ratchet, task, {"fail": fail})
    draft = NewSchedule(task_id=task.id, name="nightly", cron_expression="0 0 3 * * *", enabled=True)
    await ratchet.schedules.create(draft)
    await ended(ratchet, task, 3)
    return task


async def test_the_list_shows_what_each_task_did_lately_and_keeps_up(open_page, ratchet, busy):
    broken = await new_task(ratchet, "broken", "async function main( {")
    page = await open_page(f"/tasks?q={busy.name}")
    row = row_of(page, busy.name)
    await expect(row).to_contain_text("Does as it is told")
    await expect(row).to_contain_text("66.7 %")
    await expect(row).to_contain_text("p95")
    await expect(row.get_by_role("img", name="By the hour: 2 completed, 1 failed")).to_be_visible()
    await expect(row).to_contain_text("Completed")
    # One below the other: beside each other they push the button out of the window.
    ended = row.locator("td", has=page.locator(".status"))
    status = await ended.locator(".status").bounding_box()
    link = await ended.get_by_role("link").bounding_box()
    assert status is not None
    assert link is not None
    assert link["y"] >= status["y"] + status["height"]
    await expect(row.get_by_role("link", name=re.compile("^in "))).to_have_attribute(
        "href", re.compile("/schedules/")
    )
    again = await run(ratchet, busy, {"fail": True})
    await expect(row).to_contain_text("50 %")
    await expect(row.get_by_role("link", name=re.compile("ago|just now"))).to_have_attribute(
        "href", re.compile(f"/executions/{again.id}")
    )
    await page.goto("/tasks?sort=-registry_source")
    await expect(page.get_by_role("columnheader", name="Source")).to_have_attribute("aria-sort", "descending")
    await page.goto(f"/tasks?q={broken.name}")
    await row_of(page, broken.name).get_by_role("link", name="1 error").click()
    await expect(page).to_have_url(re.compile(rf"/tasks/{broken.id}\?tab=source#L1$"))
    await expect(page.locator(".cm-activeLine")).to_contain_text("async function main( {")


async def test_what_has_changed_between_two_ticks_of_the_clock_is_not_of_the_future(open_page, ratchet):
    name = unique("changed")
    page = await open_page("/tasks", once=True)
    await page.add_init_script(NO_TICKS)
    await page.goto("/tasks?sort=-updated_at")
    await expect(page.locator("tr[data-id] time").first).to_be_visible()
    await ratchet.tasks.create(NewTask(name=name, source_code=MIXED))
    await expect(row_of(page, name).locator("time").last).to_have_text(re.compile("^just now$| ago$"))


async def test_a_task_opens_on_how_it_fares_and_its_bars_lead_to_the_runs(open_page, ratchet):
    task = await new_task(ratchet, "failing", FAILING)
    page = await open_page(f"/tasks/{task.id}")
    await expect(page.get_by_role("heading", name="No runs yet")).to_be_visible()
    first = await run(ratchet, task)
    await expect(page.get_by_text("Failing: the last run failed")).to_be_visible()
    await expect(page.get_by_role("table", name="Newest failures")).to_contain_text("does not balance")
    await run(ratchet, task)
    bars = page.get_by_role("list", name="Last runs").get_by_role("link")
    await expect(bars).to_have_count(2)
    await expect(bars.first).to_have_accessible_name(re.compile("^Failed after .*The till does not balance"))
    await bars.last.focus()
    await page.keyboard.press("ArrowLeft")
    await expect(bars.first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"/executions/{first.id}")


async def test_statistics_are_charts_over_a_period_and_tables_for_who_sees_none(open_page, busy):
    page = await open_page(f"/tasks/{busy.id}")
    await expect(page.get_by_role("table", name="Schedules")).to_contain_text("nightly")
    schedule = page.get_by_role("link", name="New schedule")
    await expect(schedule).to_have_attribute("href", re.compile(rf"/schedules/new\?task={busy.id}$"))
    await tab(page, "Statistics").click()
    chart = page.get_by_role("img", name="Duration")
    await expect(chart.locator(".main-svg").first).to_be_visible()
    await page.get_by_role("link", name="7 days").click()
    await expect(page).to_have_url(re.compile("tab=statistics&period=7d$"))
    await page.reload()
    await expect(page.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "page")
    runs = page.get_by_role("region", name="Runs", exact=True)
    await runs.get_by_text("As a table").click()
    await expect(runs.get_by_role("table", name="Runs")).to_contain_text("Failed")
    # It is painted anew in the colours of the other mode.
    line = page.locator(".js-line").first
    before = await line.evaluate("(element) => element.style.stroke")
    await page.get_by_role("button", name=re.compile("dark|light", re.IGNORECASE)).click()
    await page.wait_for_function(
        "(before) => document.querySelector('.js-line')?.style.stroke !== before", arg=before
    )


async def test_a_task_is_run_later_from_a_recent_input_and_a_double_click_runs_it_once(open_page, ratchet):
    task = await new_task(ratchet, "later", MIXED, input_schema=SCHEMA)
    await run(ratchet, task, {"title": "An earlier one", "size": 7})
    page = await open_page(f"/tasks/{task.id}?run={task.id}")
    dialog = page.get_by_role("dialog", name="Run a task")
    await dialog.get_by_label("Title").fill("Typed")
    await dialog.get_by_text("When and how").click()
    await expect(dialog).to_contain_text("as an execution that is not retried")
    await dialog.get_by_label("Run", exact=True).fill("soon")
    await dialog.get_by_role("button", name="Run", exact=True).click()
    await expect(dialog.get_by_role("alert").filter(has_text="such as in 10 minutes")).to_be_visible()
    await dialog.get_by_label("Run", exact=True).fill("in 10 minutes")
    await dialog.get_by_label("Priority").select_option("HIGH")
    await expect(dialog).to_contain_text("It is queued as a job")
    await dialog.get_by_role("button", name="Recent inputs").click()
    await dialog.get_by_role("button", name=re.compile("An earlier one")).click()
    await dialog.get_by_role("button", name="Replace").click()
    await expect(dialog.get_by_label("Title")).to_have_value("An earlier one")
    await dialog.get_by_role("button", name="Run", exact=True).dblclick()
    await expect(page).to_have_url(re.compile(r"/jobs/\d+$"))
    jobs = (await ratchet.jobs.page(JobQuery(task=task.id))).rows
    assert [(job.priority, job.input) for job in jobs] == [
        (JobPriority.HIGH, {"title": "An earlier one", "size": 7})
    ]
    assert jobs[0].scheduled_for is not None
    wait = jobs[0].scheduled_for - datetime.now(UTC)
    assert timedelta(minutes=9) < wait <= timedelta(minutes=10)


async def test_how_to_call_it_from_elsewhere_is_copied_with_its_true_address(open_page, ratchet):
    task = await new_task(ratchet, "called", MIXED, input_schema=SCHEMA)
    page = await open_page(f"/tasks/{task.id}?tab=call", permissions=["clipboard-read", "clipboard-write"])
    await expect(page.get_by_role("region", name="JavaScript")).to_contain_text("await fetch(")
    await page.get_by_role("button", name="Copy python").click()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert f"{ratchet.server}/api/v1/executions" in copied
    assert f"'taskId': '{task.id}'" in copied


async def queued(page: Page, button: str) -> None:
    await page.get_by_role("button", name=button).dblclick()
    await expect(page.get_by_role("button", name="Export CSV")).to_be_visible()


async def test_rows_become_jobs_once_checked_and_confirmed(open_page, ratchet):
    task = await new_task(ratchet, "many", MIXED, input_schema=SCHEMA)
    page = await open_page(f"/tasks/{task.id}")
    many = page.get_by_role("link", name="Run many…")
    await expect(many).to_be_visible()
    await ratchet.tasks.disable(task.id)
    off = page.get_by_role("button", name="Run many…")
    await expect(off).to_be_disabled()
    await expect(off).to_have_attribute("title", "The task is disabled: enable it to run it.")
    await ratchet.tasks.enable(task.id)
    await many.click()
    await page.get_by_label("Paste rows").fill('title;size\nfirst;1\n"second; with more";0\nthird;3\n')
    await page.get_by_role("button", name="Check the rows").click()
    await expect(page.get_by_role("heading", name="3 rows of CSV, separated by semicolons")).to_be_visible()
    errors = page.get_by_role("region", name="Errors by row")
    await expect(errors.get_by_role("row").nth(1)).to_have_text("3size0 is less than the minimum of 1")
    await page.reload()
    await expect(page.get_by_role("list", name="First rows")).to_contain_text('{"title":"first","size":1}')
    await page.get_by_role("button", name="Queue 2 jobs").click()
    await expect(page.get_by_role("alert")).to_have_text("Mend the 1 row with errors, or leave them out.")
    await page.get_by_label("Leave out the rows with errors").check()
    await queued(page, "Queue 2 jobs")
    panel = page.get_by_role("dialog")
    await expect(panel).to_contain_text("Queued 2 of 2 jobs")
    await expect(panel.get_by_role("listitem").filter(has_text="row 4").get_by_role("link")).to_have_text(
        re.compile(r"job \d+")
    )
    jobs = (await ratchet.jobs.page(JobQuery(task=task.id))).rows
    inputs = sorted((job.input for job in jobs), key=json.dumps)
    assert inputs == [{"title": "first", "size": 1}, {"title": "third", "size": 3}]


@pytest.mark.console_errors("ERR_FAILED")
async def test_checked_rows_outlast_a_reload_while_the_console_is_away(open_page, ratchet):
    task = await new_task(ratchet, "outage", MIXED, input_schema=SCHEMA)
    page = await open_page(f"/tasks/{task.id}/run-many")
    await page.get_by_label("Paste rows").fill("title;size\nfirst;1\n")
    await page.get_by_role("button", name="Check the rows").click()
    await expect(page.get_by_role("heading", name="1 row of CSV")).to_be_visible()
    await page.route("**/rows/*", lambda route: route.abort())
    await page.reload()
    await expect(page.get_by_role("alert")).to_contain_text("The console does not answer.")
    await expect(page).to_have_url(re.compile("rows="))
    await page.unroute("**/rows/*")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("list", name="First rows")).to_contain_text('{"title":"first","size":1}')


async def test_many_rows_of_a_file_are_confirmed_by_their_number(open_page, ratchet, system):
    task = await new_task(ratchet, "file", MIXED, input_schema=SCHEMA)
    page = await open_page(f"/tasks/{task.id}/run-many")
    lines = "".join(json.dumps({"title": f"row {n}"}) + "\n" for n in range(120))
    file = {"name": "rows.jsonl", "mimeType": "application/x-ndjson", "buffer": lines.encode()}
    await page.get_by_label("File with rows").set_input_files(file)
    await expect(page.get_by_text("rows.jsonl")).to_be_visible()
    await page.get_by_role("button", name="Check the rows").click()
    await page.get_by_role("button", name="Queue 120 jobs").click()
    await expect(page.get_by_role("alert")).to_have_text("Type 120 to confirm.")
    await page.get_by_label("to confirm").fill("120")
    await queued(page, "Queue 120 jobs")
    assert (await ratchet.jobs.page(JobQuery(task=task.id))).total == 120

    async with httpx.AsyncClient(base_url=system.url) as plain:
        path = f"/console/tasks/{task.id}/rows"
        assert (await plain.post(path, content=b"x" * 20_000_001)).status_code == 413
        assert (await plain.post("/console/tasks/999999/rows", content=b"a\n1\n")).status_code == 404
        assert (await plain.get(f"{path}/nothing")).status_code == 404
        foreign = {"origin": "http://elsewhere.example"}
        assert (await plain.post(path, content=b"a\n1\n", headers=foreign)).status_code == 403
