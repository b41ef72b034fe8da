"""One act on many rows, as a person does it: on a server with bulk operations, and on one without."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, Route, expect

from ratchet_web.api import Ratchet
from ratchet_web.models.bulk import BulkAct
from ratchet_web.models.jobs import Job, JobQuery, JobStatus, NewJob
from tests.conftest import OpenPage, Visitors
from tests.doubles.native import NativeProcess, native_on_port
from tests.e2e.outages import away
from tests.e2e.steps import new_task, row_of
from tests.support.system import System, running

LONG_MS = 30_000
IN_AN_HOUR = timedelta(hours=1)
# Keeps what the socket brings for as long as `held` is a list.
HOLD = """
    window.WebSocket = class extends WebSocket {
        set onmessage(heard) {
            super.onmessage = (event) => {
                if (window.held) window.held.push([event.data, () => heard(event)]);
                else heard(event);
            };
        }
    };
"""


@pytest.fixture(scope="module")
def native() -> Iterator[NativeProcess]:
    with native_on_port(works=False) as double:
        yield double


@pytest.fixture(scope="module")
def console(built: None, native: NativeProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    yield from running(tmp_path_factory.mktemp("native"), api_url=native.url)


@pytest_asyncio.fixture(loop_scope="session")
async def open_native(console: System, visitors: Visitors) -> OpenPage:
    return visitors.of(console.url)


@pytest_asyncio.fixture(loop_scope="session")
async def its_client(native: NativeProcess) -> AsyncIterator[Ratchet]:
    async with Ratchet(native.url) as client:
        yield client


async def delayed(ratchet: Ratchet, count: int) -> list[Job]:
    """Return jobs of a new task that are due in an hour."""
    task = await new_task(ratchet, "delayed")
    draft = NewJob(task_id=task.id, input={}, scheduled_for=datetime.now(UTC) + IN_AN_HOUR)
    return list(await asyncio.gather(*(ratchet.jobs.create(draft) for _ in range(count))))


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog")


def result(page: Page, name: str) -> Locator:
    """Return the filter by a result, with its count."""
    return panel(page).get_by_role("group", name="Result").get_by_role("button", name=re.compile(f"^{name}"))


def items(page: Page) -> Locator:
    return panel(page).get_by_role("list", name="Rows").get_by_role("listitem")


async def begin(page: Page, act: str, number: int) -> None:
    """Confirm the question of a run above a hundred rows."""
    await panel(page).get_by_label(f"Type {number} to confirm").fill(str(number))
    await panel(page).get_by_role("button", name=act, exact=True).click()


async def test_three_are_ticked_counted_and_cancelled(open_page: OpenPage, ratchet: Ratchet) -> None:
    jobs = await delayed(ratchet, 5)
    await ratchet.jobs.cancel(jobs[0].id)
    page = await open_page(f"/jobs?task={jobs[0].task_id}")
    for job in jobs[:4]:
        await row_of(page, job.id).get_by_role("checkbox").check()
    bar = page.get_by_role("group", name="Act on these jobs")
    await expect(bar).to_contain_text("4 ticked")
    await bar.get_by_role("button", name="Cancel…").click()
    await expect(panel(page)).to_contain_text("Cancel 3 jobs?")
    await expect(panel(page)).to_contain_text("already cancelled: 1")
    await expect(panel(page).get_by_role("link", name=f"job {jobs[1].id}")).to_be_visible()
    await panel(page).get_by_label("Reason").fill("not needed tonight")
    await panel(page).get_by_role("button", name="Cancel 3 jobs").click()
    await expect(panel(page)).to_contain_text("Cancelled 3 of 3 jobs")
    await expect(items(page)).to_have_count(3)
    await expect(items(page).first).to_contain_text("Done")
    await expect(panel(page)).to_contain_text("Reason: not needed tonight")
    await expect(bar).to_be_hidden()
    await panel(page).get_by_role("button", name="Close").click()
    await expect(row_of(page, jobs[1].id)).to_contain_text("Cancelled")
    await expect(row_of(page, jobs[4].id)).to_contain_text("Queued")


async def test_all_that_match_want_their_number_and_two_tabs_see_the_same(
    open_page: OpenPage, ratchet: Ratchet, tmp_path: Path
) -> None:
    jobs = await delayed(ratchet, 120)
    page = await open_page(f"/jobs?task={jobs[0].task_id}")
    await page.get_by_role("button", name="Act on all 120 matching…").click()
    await page.get_by_role("group", name="Act on these jobs").get_by_role("button", name="Cancel…").click()
    await expect(panel(page)).to_contain_text("Cancel 120 jobs?")
    other = await open_page(page.url)
    await expect(panel(other)).to_contain_text("Cancel 120 jobs?")
    await panel(page).get_by_label("Type 120 to confirm").fill("12")
    await panel(page).get_by_role("button", name="Cancel 120 jobs").click()
    await expect(panel(page)).to_contain_text("Cancel 120 jobs?")
    assert (await ratchet.jobs.page(JobQuery(task=jobs[0].task_id, status=JobStatus.QUEUED))).total == 120
    await begin(page, "Cancel 120 jobs", 120)
    for tab in (page, other):
        await expect(panel(tab)).to_contain_text("Cancelled 120 of 120 jobs")
        await expect(result(tab, "Done")).to_have_text("Done120")
    await page.reload()
    await expect(panel(page)).to_contain_text("Cancelled 120 of 120 jobs")
    async with page.expect_download() as started:
        await panel(page).get_by_role("button", name="Export CSV").click()
    download = await started.value
    await download.save_as(tmp_path / "run.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "run.csv").read_text())))
    assert {row["id"] for row in rows} == {job.id for job in jobs}
    assert {row["outcome"] for row in rows} == {"done"}


async def test_a_run_goes_on_while_pages_change_and_is_aborted(
    open_native: OpenPage, native: NativeProcess, its_client: Ratchet
) -> None:
    ids = native.add("job", 130, task_id="1")
    page = await open_native("/jobs?status=QUEUED")
    await page.get_by_role("button", name="Act on all 130 matching…").click()
    await page.get_by_role("group", name="Act on these jobs").get_by_role("button", name="Cancel…").click()
    await expect(panel(page)).to_contain_text("Cancel 130 jobs?")
    await expect(panel(page)).to_contain_text(re.compile(r"about 2\d s"))
    await expect(panel(page)).to_contain_text(re.compile(r"130 of 6,\d{3}\b"))
    await its_client.jobs.cancel(ids[-5])
    await begin(page, "Cancel 130 jobs", 130)
    await expect(panel(page)).to_contain_text("Cancelling 130 jobs")
    other = await open_native(page.url)
    await expect(result(other, "Done")).to_have_text(re.compile(r"Done[1-9]"))
    await page.reload()
    await expect(panel(page)).to_contain_text("Cancelling 130 jobs")
    await expect(result(page, "Done")).to_have_text(re.compile(r"Done[1-9]"))
    await page.get_by_role("link", name="Executions").first.click()
    await expect(page).to_have_url(re.compile(r"/executions$"))
    await page.get_by_title("Show this bulk run").click()
    await panel(page).get_by_role("button", name="Abort").click()
    for tab in (page, other):
        await expect(panel(tab)).to_contain_text("What was not done by then is as it was.")
    done = int((await result(page, "Done").inner_text()).removeprefix("Done").strip())
    assert 0 < done < 129
    found = await its_client.jobs.page(JobQuery(status=JobStatus.CANCELLED))
    assert found.total == done + 1
    await result(page, "Skipped").click()
    await expect(items(page)).to_have_count(1)
    await expect(items(page)).to_contain_text("was queued, is cancelled now")
    assert native.spent()["refused"] == 0


async def test_ticks_are_those_of_one_list_and_can_be_made_by_keyboard(
    open_native: OpenPage, native: NativeProcess
) -> None:
    native.add("execution", 30, task_id="1", status="FAILED")
    page = await open_native("/executions?status=FAILED")
    await page.get_by_role("checkbox", name="Tick all executions on this page").check()
    bar = page.get_by_role("group", name="Act on these executions")
    await expect(bar).to_contain_text("25 ticked")
    await page.get_by_role("link", name="Next ›").click()
    await expect(page.get_by_role("row")).to_have_count(6)
    await expect(bar).to_be_hidden()
    box = page.get_by_role("checkbox", name="Tick execution").first
    await box.focus()
    await page.keyboard.press("Space")
    await expect(bar).to_contain_text("1 ticked")
    retry = bar.get_by_role("button", name="Retry…")
    await retry.focus()
    await page.keyboard.press("Enter")
    await expect(panel(page)).to_contain_text("Retry 1 execution?")
    await expect(panel(page)).to_contain_text("A run is a job here")
    await page.keyboard.press("Escape")
    await expect(panel(page)).to_be_hidden()
    await expect(page).not_to_have_url(re.compile("bulk="))
    await expect(bar).to_contain_text("1 ticked")


async def test_schedules_are_switched_off_together(open_native: OpenPage, native: NativeProcess) -> None:
    native.add("schedule", 1, name="early")
    native.add("schedule", 1, name="late")
    page = await open_native("/schedules")
    for name in ("early", "late"):
        await row_of(page, name).get_by_role("checkbox").check()
    await (
        page.get_by_role("group", name="Act on these schedules")
        .get_by_role("button", name="Disable…")
        .click()
    )
    await expect(panel(page)).to_contain_text("goes on firing until the server restarts")
    await panel(page).get_by_role("button", name="Disable 2 schedules").click()
    await expect(panel(page)).to_contain_text("Disabled 2 of 2 schedules")
    # From one run there is a way to the others.
    await panel(page).get_by_role("list", name="Other runs").get_by_role("button").first.click()
    await expect(panel(page)).to_contain_text("of 130 jobs")
    await panel(page).get_by_role("button", name="Close").click()
    await expect(row_of(page, "late").get_by_role("switch")).not_to_be_checked()


async def test_a_run_that_is_not_known_any_more_is_said(open_native: OpenPage) -> None:
    page = await open_native("/jobs?bulk=0123abcd")
    await expect(panel(page)).to_contain_text("There is no such run")
    await expect(panel(page)).to_contain_text("What was done stays done")


async def test_tasks_of_all_pages_are_switched(open_page: OpenPage, ratchet: Ratchet) -> None:
    tasks = [await new_task(ratchet, "switched-together") for _ in range(3)]
    page = await open_page("/tasks?q=switched-together-")
    await page.get_by_role("button", name="Act on all 3 matching…").click()
    await page.get_by_role("group", name="Act on these tasks").get_by_role("button", name="Disable…").click()
    await panel(page).get_by_role("button", name="Disable 3 tasks").click()
    await expect(panel(page)).to_contain_text("Disabled 3 of 3 tasks")
    assert not any([(await ratchet.tasks.get(task.id)).enabled for task in tasks])


@pytest.mark.console_errors("WebSocket|ERR_(CONNECTION|EMPTY_RESPONSE|CONTENT_LENGTH_MISMATCH)")
async def test_a_console_that_is_started_again_says_what_became_of_its_runs(
    open_native: OpenPage, console: System, native: NativeProcess, its_client: Ratchet
) -> None:
    task = await new_task(its_client, "night")
    native.add("job", 60, task_id=int(task.id))
    page = await open_native(f"/jobs?task={task.id}")
    await page.get_by_role("button", name="Act on all 60 matching…").click()
    await page.get_by_role("group", name="Act on these jobs").get_by_role("button", name="Cancel…").click()
    await panel(page).get_by_role("button", name="Cancel 60 jobs").click()
    await expect(result(page, "Done")).to_have_text(re.compile(r"Done[1-9]"))
    async with away(console, "console"):
        await expect(page.locator(".banner")).to_be_visible()
    await expect(panel(page)).to_contain_text("ends when the console is started again", timeout=LONG_MS)
    found = await its_client.jobs.page(JobQuery(task=task.id, status=JobStatus.CANCELLED))
    assert 0 < (found.total or 0) < 60


async def test_a_run_of_the_server_is_found_by_its_address(open_page: OpenPage, ratchet: Ratchet) -> None:
    jobs = await delayed(ratchet, 3)
    begun = await ratchet.bulk.start(BulkAct("jobs", "cancel"), [job.id for job in jobs], "by a program")
    page = await open_page(f"/jobs?bulk=s{begun.id}")
    await expect(panel(page)).to_contain_text("Cancelled 3 of 3 jobs")
    await expect(panel(page)).to_contain_text("Reason: by a program")
    await expect(items(page)).to_have_count(3)


async def test_a_page_that_is_being_opened_as_a_run_goes_to_the_server_opens_without_it(
    open_page: OpenPage, ratchet: Ratchet
) -> None:
    jobs = await delayed(ratchet, 2)
    page = await open_page(f"/jobs?task={jobs[0].task_id}", once=True)
    asked, may_come = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await may_come.wait()
        await route.continue_()

    await page.route(re.compile(r"/assets/_audit_.*\.js"), hold)
    await page.get_by_role("button", name="Act on all 2 matching…").click()
    await page.get_by_role("group", name="Act on these jobs").get_by_role("button", name="Cancel…").click()
    await expect(panel(page).get_by_role("button", name="Cancel 2 jobs")).to_be_enabled()
    other = await open_page(page.url)
    # As with the keyboard: the question stands before the page.
    await page.locator("nav a", has_text="Audit").first.evaluate("link => link.click()")
    await asyncio.wait_for(asked.wait(), LONG_MS / 1000)
    await panel(other).get_by_role("button", name="Cancel 2 jobs").click()
    await expect(other).to_have_url(re.compile(r"bulk=s\d+"))
    await expect(panel(page)).to_contain_text("Cancelled 2 of 2 jobs")
    may_come.set()
    await expect(page).to_have_url(re.compile(r"/audit(\?|$)"))
    await expect(panel(page)).to_be_hidden()


async def test_a_panel_that_is_closed_as_its_run_goes_to_the_server_stays_closed(
    open_page: OpenPage, ratchet: Ratchet
) -> None:
    jobs = await delayed(ratchet, 1)
    page = await open_page("/", once=True)
    await page.add_init_script(HOLD)
    await page.goto(f"/jobs?task={jobs[0].task_id}")
    await page.get_by_role("row").nth(1).get_by_role("checkbox").check()
    await page.get_by_role("button", name="Cancel…").click()
    await expect(panel(page).get_by_role("button", name="Cancel 1 job")).to_be_enabled()
    await page.evaluate("() => { window.held = []; }")
    await panel(page).get_by_role("button", name="Cancel 1 job").click()
    await page.wait_for_function("""() => window.held.some(([text]) => /"run":"s[0-9]/.test(text))""")
    # Closed, and told of in the same moment: nothing is drawn between.
    await page.evaluate(
        """() => {
            document.querySelector(".ant-drawer-close").click();
            window.held.splice(0).forEach(([, heard]) => heard());
            window.held = null;
        }"""
    )
    await expect(page).to_have_url(re.compile(rf"/jobs\?task={jobs[0].task_id}$"))
    await expect(panel(page)).to_be_hidden()
