"""`python -m tests.shots`: drives the real console and writes a picture of each page into shots/."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from ratchet_web.api import Ratchet
from ratchet_web.cli.places import ROOT
from ratchet_web.models.executions import ExecutionQuery, ExecutionStatus, NewExecution
from ratchet_web.models.jobs import JobPriority, JobQuery, JobStatus, NewJob
from ratchet_web.models.tasks import TaskQuery
from tests.support.chromium import FLAGS, find
from tests.support.system import System

FOLDER = ROOT / "shots"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
FINISHED = 24
TEXTS = ("The quick brown fox jumps over the lazy dog.", "To be, or not to be: that is the question.")


async def work(ratchet: Ratchet) -> dict[str, str]:
    """Give the server something to do; return the pages that show it, by the name of their picture."""
    tasks = {task.name: task.id for task in (await ratchet.tasks.page(TaskQuery())).rows}
    flaky = await ratchet.jobs.create(
        NewJob(
            task_id=tasks["flaky-sync"], input={"failureRate": 1}, priority=JobPriority.HIGH, max_retries=2
        )
    )
    for number in range(FINISHED):
        name, input = _piece_of_work(number)
        await ratchet.executions.create(NewExecution(task_id=tasks[name], input=input))
    await _until_failed(ratchet)
    report = await ratchet.executions.create(
        NewExecution(task_id=tasks["long-report"], input={"seconds": 120})
    )
    await ratchet.jobs.create(NewJob(task_id=tasks["long-report"], input={"seconds": 90}))
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    later = await ratchet.jobs.create(
        NewJob(task_id=tasks["long-report"], input={"seconds": 5}, scheduled_for=tomorrow)
    )
    failed = await _failed(ratchet)
    return {
        "dashboard": "/",
        "tasks": "/tasks",
        "task": f"/tasks/{tasks['long-report']}",
        "task-schemas": f"/tasks/{tasks['add-numbers']}?tab=schemas",
        "task-source": f"/tasks/{tasks['flaky-sync']}?tab=source",
        "task-runs": f"/tasks/{tasks['flaky-sync']}?tab=runs",
        "task-versions": f"/tasks/{tasks['flaky-sync']}?tab=versions",
        "task-statistics": f"/tasks/{tasks['flaky-sync']}?tab=statistics",
        "task-call": f"/tasks/{tasks['add-numbers']}?tab=call",
        "task-many": f"/tasks/{tasks['add-numbers']}/run-many",
        "task-new": "/tasks/new",
        "task-edit": f"/tasks/{tasks['add-numbers']}/edit",
        "task-run": f"/tasks/{tasks['add-numbers']}?run={tasks['add-numbers']}",
        "executions": "/executions",
        "execution": f"/executions/{report.id}",
        "execution-failed": f"/executions/{failed}",
        "execution-data": f"/executions/{failed}?tab=data",
        "execution-attempts": f"/executions/{failed}?tab=attempts",
        "execution-raw": f"/executions/{failed}?tab=raw",
        "execution-rerun": f"/executions/{failed}/rerun",
        "executions-compare": f"/executions/compare?a={failed}&b={int(failed) + 1}",
        "jobs": "/jobs",
        "job": f"/jobs/{flaky.id}",
        "jobs-queue": f"/jobs/queue?job={later.id}",
        "job-raw": f"/jobs/{flaky.id}?tab=raw",
        "job-waiting": f"/jobs/{later.id}",
        "job-edit": f"/jobs/{later.id}?edit=1",
        "job-new": f"/jobs/new?task={tasks['add-numbers']}",
        "schedules": "/schedules",
        "schedule": "/schedules/1",
        "schedule-new": f"/schedules/new?task={tasks['add-numbers']}",
        "schedule-edit": "/schedules/1/edit",
        "schedule-trigger": "/schedules/1?trigger=input",
        "schedules-timeline": "/schedules/timeline",
        "schedules-month": "/schedules/timeline?view=month",
        "failures": "/failures",
        "audit": "/audit",
        "system": "/system",
        "system-metrics": "/system?tab=metrics",
        "system-prometheus": "/system?tab=prometheus",
        "system-prometheus-found": "/system?tab=prometheus&q=queue",
        "system-server": "/system?tab=server",
        "system-settings": "/system?tab=settings",
        "nothing-there": "/executions/999999",
    }


def _piece_of_work(number: int) -> tuple[str, dict[str, object]]:
    if number % 6 == 5:
        return "flaky-sync", {"failureRate": 1}
    if number % 3 == 1:
        return "text-stats", {"text": TEXTS[number % 2]}
    return "add-numbers", {"operation": "add", "a": number, "b": 7}


async def _until_failed(ratchet: Ratchet) -> None:
    """Wait until the job has used up its retries: its pages then show attempts."""
    async with ratchet.monitoring.events() as changes:
        async for _ in changes:
            if (await ratchet.jobs.page(JobQuery(status=JobStatus.FAILED))).rows:
                return


async def _failed(ratchet: Ratchet) -> str:
    page = await ratchet.executions.page(ExecutionQuery(status=ExecutionStatus.FAILED))
    return page.rows[-1].id


async def take(page: Page, url: str, pages: Mapping[str, str], files: Callable[[str], Path]) -> None:
    """Write the picture of each page, by its name, into its file."""
    for name, path in pages.items():
        await page.goto(url + path)
        await settled(page)
        await page.screenshot(path=files(name))


async def shoot(browser: Browser, url: str, pages: Mapping[str, str]) -> None:
    """Write a picture of each page, in both sizes, light and dark."""
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            context = await browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page = await context.new_page()
            kind = f"{size}-{scheme}"
            await take(page, url, pages, lambda name, kind=kind: FOLDER / f"{name}-{kind}.png")
            await context.close()


ALL_IS_DRAWN = """() => {
    const before = window.drawnBefore;
    window.drawnBefore = document.querySelectorAll(".plot-area path").length;
    return before === window.drawnBefore;
}"""


async def settled(page: Page) -> None:
    """Wait until nothing of the page is still to come."""
    await page.locator(".live[data-mode=live]").wait_for()
    # A page whose code is still to come says "Loading…", and has no heading.
    await page.locator("h1").first.wait_for()
    await page.wait_for_load_state("networkidle")
    for waiting in (".skeleton", "[aria-busy=true]", ".code-editor-skeleton", ".plot-area:not(:has(svg))"):
        await page.locator(waiting).first.wait_for(state="hidden")
    # Charts are drawn bit by bit.
    await page.wait_for_function(ALL_IS_DRAWN, polling=300)


@asynccontextmanager
async def system_in(directory: Path) -> AsyncIterator[System]:
    """Run a system with this data directory."""
    system = System(directory, retry_base_s=0.2)
    await asyncio.to_thread(system.start)
    try:
        yield system
    finally:
        await asyncio.to_thread(system.stop)


@asynccontextmanager
async def browser_of(chromium: Path) -> AsyncIterator[Browser]:
    """Run a browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        await browser.close()


async def main(chromium: Path) -> None:
    """Start a system, work, shoot, stop."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            system_in(Path(folder)) as system,
            Ratchet(system.api_url) as ratchet,
            browser_of(chromium) as browser,
        ):
            await shoot(browser, system.url, await work(ratchet))
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.name}/")


if __name__ == "__main__":
    asyncio.run(main(find()))
