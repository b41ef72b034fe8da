"""Whatever stands in a field is text: none of it becomes part of the page."""

import pytest_asyncio
from playwright.async_api import Dialog, Page, expect

from ratchet_web.models.executions import Execution, NewExecution
from ratchet_web.models.jobs import Job, NewJob
from ratchet_web.models.schedules import NewSchedule, Schedule
from ratchet_web.models.tasks import Task
from tests.e2e.steps import log_of, new_task, row_of, run, status_of, tab

EVIL = "<img class=evil src=x onerror=alert(1)><script class=evil>alert(2)</script>{{98765*43210}}"
SOURCE = """async function main(input) {
  console.log(input.text);
  console.error("\\u001b[31m" + input.text);
  progress(0.5, input.text);
  if (input.fail) throw new Error(input.text);
  return { [input.text]: input.text };
}
"""
SCHEMA = {
    "type": "object",
    "title": EVIL,
    "description": EVIL,
    "properties": {
        "text": {"type": "string", "title": EVIL, "description": EVIL, "default": EVIL},
        "fail": {"type": "boolean", "title": "Fail", "description": EVIL},
        "kind": {"type": "string", "enum": [EVIL, "other"]},
    },
}


class Evil:
    """A task, what it did, and a schedule, with markup in every field that takes text."""

    task: Task
    completed: Execution
    failed: Execution
    job: Job
    schedule: Schedule


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def evil(ratchet) -> Evil:
    """Markup in every field."""
    it = Evil()
    it.task = await new_task(
        ratchet, "evil", SOURCE, description=EVIL, input_schema=SCHEMA, output_schema={"description": EVIL}
    )
    value = {"text": EVIL}
    it.completed = await ratchet.executions.create(NewExecution(task_id=it.task.id, input=value))
    it.failed = await ratchet.executions.create(
        NewExecution(task_id=it.task.id, input={**value, "fail": True})
    )
    it.job = await ratchet.jobs.create(
        NewJob(task_id=it.task.id, input={**value, "fail": True}, max_retries=0)
    )
    it.schedule = await ratchet.schedules.create(
        NewSchedule(
            task_id=it.task.id,
            name=EVIL[:100],
            description=EVIL,
            cron_expression="0 0 5 1 1 *",
            input={"text": EVIL},
            enabled=False,
        )
    )
    return it


async def is_harmless(page: Page) -> None:
    """Nothing of the markup has become part of the page."""
    await expect(page.locator(".evil, [onerror]")).to_have_count(0)
    assert "4267635650" not in await page.title()


@pytest_asyncio.fixture(loop_scope="session")
async def wary(open_page):
    """Open pages of which none may ask anything."""
    opened: list[str] = []
    pages: list[Page] = []

    def note(dialog: Dialog) -> None:
        opened.append(dialog.message)

    async def open_warily(path: str) -> Page:
        page = await open_page(path)
        page.on("dialog", note)
        pages.append(page)
        return page

    yield open_warily
    for page in pages:
        page.remove_listener("dialog", note)
    assert opened == []


async def test_markup_in_a_task_is_text(wary, evil):
    page = await wary(f"/tasks?q={evil.task.name}")
    await expect(row_of(page, evil.task.name)).to_contain_text(EVIL)
    await is_harmless(page)
    for name in ("source", "schemas", "runs"):
        await page.goto(f"/tasks/{evil.task.id}?tab={name}")
        await expect(page.locator("main p.dim").first).to_have_text(EVIL)
        await is_harmless(page)
    await page.goto(f"/tasks/{evil.task.id}/edit")
    await expect(page.get_by_role("textbox", name="Description")).to_have_value(EVIL)
    await expect(page.get_by_role("textbox", name="Input schema")).to_contain_text("class=evil")
    await is_harmless(page)


async def test_markup_in_a_schema_is_text_in_the_form_made_from_it(wary, evil):
    page = await wary(f"/tasks/{evil.task.id}?run={evil.task.id}")
    dialog = page.get_by_role("dialog", name="Run a task")
    await expect(dialog.get_by_text(EVIL).first).to_be_visible()
    await expect(dialog.get_by_label(EVIL, exact=True).first).to_be_attached()
    await is_harmless(page)


async def test_markup_in_an_execution_is_text(wary, evil):
    page = await wary("/executions")
    for execution, status in ((evil.completed, "Completed"), (evil.failed, "Failed")):
        await page.goto(f"/executions/{execution.id}")
        await expect(status_of(page)).to_have_text(status)
        await expect(log_of(page)).to_contain_text(EVIL)
        await is_harmless(page)
        await tab(page, "Input & output").click()
        await expect(page.get_by_role("region", name="Input")).to_contain_text("class=evil")
        await is_harmless(page)
    await expect(page.get_by_role("region", name="Error").get_by_role("heading")).to_contain_text(EVIL)


async def test_markup_in_a_job_is_text(wary, evil):
    page = await wary(f"/jobs/{evil.job.id}")
    await expect(status_of(page)).to_have_text("Failed")
    await expect(page.get_by_role("region", name="Error")).to_contain_text(EVIL)
    await expect(page.get_by_role("table", name="Attempts")).to_contain_text(EVIL)
    await is_harmless(page)


async def test_markup_in_a_schedule_is_text(wary, evil):
    page = await wary(f"/schedules?task={evil.task.id}")
    await expect(row_of(page, evil.schedule.name)).to_be_visible()
    await is_harmless(page)
    await page.goto("/schedules/timeline")
    await expect(page.get_by_role("link", name=evil.schedule.name)).to_be_visible()
    await is_harmless(page)
    await page.goto(f"/schedules/{evil.schedule.id}")
    await expect(page.get_by_role("heading", level=1)).to_have_text(evil.schedule.name)
    await expect(page.get_by_role("paragraph").first).to_have_text(EVIL)
    await is_harmless(page)


async def test_markup_on_the_dashboard_is_text(wary, ratchet, evil):
    # One that is among the newest, whatever else has failed.
    await run(ratchet, evil.task, {"text": EVIL, "fail": True})
    page = await wary("/")
    await expect(page.get_by_role("table", name="Newest failures")).to_contain_text("class=evil")
    await is_harmless(page)


async def test_markup_in_an_address_is_text(wary):
    page = await wary("/executions?sort=<img class=evil>&%3Cb%20class%3Devil%3E=1")
    await expect(page.locator(".notice")).to_contain_text("<b class=evil>")
    await is_harmless(page)
