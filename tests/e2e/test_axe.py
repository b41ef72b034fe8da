"""axe finds nothing to complain of, in light and in dark."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, ViewportSize, expect

from ratchet_web.api import Ratchet
from ratchet_web.models.jobs import JobStatus, NewJob
from tests.conftest import OpenPage
from tests.e2e.steps import FAILING, is_live, new_task, run

PHONE: ViewportSize = {"width": 390, "height": 844}
OPTIONS: dict[str, Any] = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
SCHEMA = {
    "type": "object",
    "required": ["title"],
    "properties": {
        "title": {"type": "string", "title": "Title", "description": "What it is called"},
        "kind": {"enum": ["small", "large"]},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}},
    },
}
PAGES = (
    "/",
    "/tasks",
    "/tasks/new",
    "/tasks/{task}",
    "/tasks/{task}?tab=schemas",
    "/tasks/{task}?tab=runs",
    "/tasks/{task}?tab=versions",
    "/tasks/{task}?tab=statistics",
    "/tasks/{task}?tab=call",
    "/tasks/{task}/run-many",
    "/tasks/{task}/edit",
    "/tasks/{task}?run={task}",
    "/executions",
    "/executions?status=FAILED",
    "/executions/{failed}",
    "/executions/{failed}?tab=data",
    "/executions/{again}?tab=attempts",
    "/executions/{failed}/rerun",
    "/executions/compare?a={failed}&b={again}",
    "/jobs",
    "/jobs/queue?job={later}",
    "/jobs/{job}",
    "/jobs/{later}?edit=1",
    "/jobs/new?task={task}",
    "/schedules",
    "/schedules/new",
    "/schedules/new?task={task}",
    "/schedules/1",
    "/schedules/1?trigger=input",
    "/schedules/1/edit",
    "/schedules/timeline",
    "/schedules/timeline?view=month",
    "/system",
    "/system?tab=metrics",
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ids(ratchet: Ratchet) -> dict[str, str]:
    """Rows to look at: a task, a failed execution of it and its retry, a job, a schedule that has run."""
    task = await new_task(ratchet, "looked-at", FAILING, input_schema=SCHEMA, description="Looked at")
    failed = await run(ratchet, task, {"title": "first"})
    job = await ratchet.jobs.create(NewJob(task_id=task.id, input={"title": "second"}))
    await ratchet.schedules.trigger("1")
    async with asyncio.timeout(20), ratchet.monitoring.events() as changes:
        while not (await ratchet.executions.get(failed.id)).can_retry:
            await anext(changes)
        while (await ratchet.schedules.get("1")).last_status != JobStatus.COMPLETED:
            await anext(changes)
    again = await ratchet.executions.retry(failed.id, {"title": "again"})
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    later = await ratchet.jobs.create(NewJob(task_id=task.id, input={"title": "x"}, scheduled_for=tomorrow))
    return {"task": task.id, "failed": failed.id, "again": again.id, "job": job.id, "later": later.id}


async def is_drawn(page: Page) -> None:
    """Wait until nothing of the page is still on its way."""
    await is_live(page)
    await expect(page).to_have_title(re.compile("Ratchet"))
    await expect(page.locator("[aria-busy=true], .skeleton, [aria-label^='Loading']")).to_have_count(0)


async def complaints(page: Page) -> list[str]:
    """Return what axe says against the page, with the first places of each."""
    found = (await Axe().run(page, options=OPTIONS)).response["violations"]
    return [
        f"{each['id']}: {each['help']} {[node['html'][:160] for node in each['nodes'][:3]]}" for each in found
    ]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_has_nothing_against_it_in_light_and_dark(
    open_page: OpenPage, ids: dict[str, str], path: str
):
    page = await open_page(path.format(**ids))
    await is_drawn(page)
    found = {"light": await complaints(page)}
    await page.emulate_media(color_scheme="dark")
    await expect(page.locator("html")).to_have_class("dark")
    await page.set_viewport_size(PHONE)
    found["dark, on a phone"] = await complaints(page)
    assert found == {"light": [], "dark, on a phone": []}
