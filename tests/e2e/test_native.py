"""The console on the native server: what that cannot do is said, and what it does otherwise still works."""

import re
from collections.abc import Iterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.conftest import OpenPage, Visitors
from tests.doubles.native import NativeProcess, native_on_port
from tests.e2e.steps import confirm, freshness, new_id, row_of, status_of, tab, write
from tests.support.system import System, running

SOON_MS = 5_000


@pytest.fixture(scope="module")
def native() -> Iterator[NativeProcess]:
    with native_on_port(pass_s=0.3) as double:
        double.add("execution", 1_100, task_id="1")
        double.add("schedule", 1, name="nightly", enabled=False)
        yield double


@pytest.fixture(scope="module")
def console(built: None, native: NativeProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    yield from running(tmp_path_factory.mktemp("native"), api_url=native.url)


@pytest.fixture(scope="module")
def strict() -> Iterator[NativeProcess]:
    # The console looks at its health once; two acts are left.
    with native_on_port(daily=3) as double:
        yield double


@pytest.fixture(scope="module")
def limited(built: None, strict: NativeProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    yield from running(tmp_path_factory.mktemp("limited"), api_url=strict.url)


@pytest_asyncio.fixture(loop_scope="session")
async def open_native(console: System, visitors: Visitors) -> OpenPage:
    return visitors.of(console.url)


def notice(page: Page, text: str) -> object:
    return page.locator(".toast").filter(has_text=text)


async def test_a_run_becomes_a_job_whose_execution_appears(open_native: OpenPage) -> None:
    page = await open_native("/tasks")
    await row_of(page, "heartbeat").get_by_role("button", name="Run").click()
    await expect(page.get_by_text("throws the input of a run away")).to_be_visible()
    await page.get_by_role("button", name="Run", exact=True).click()
    await new_id(page, "jobs")
    await expect(status_of(page)).to_have_text("Completed", timeout=SOON_MS)
    attempt = page.get_by_role("table", name="Attempts").get_by_role("link")
    await attempt.click()
    await new_id(page, "executions")
    await expect(page.get_by_text("This server keeps no logs")).to_be_visible()
    await tab(page, "Input & output").click()
    await expect(page.get_by_label("Output").last).to_contain_text("Job completed successfully")


async def test_what_was_not_applied_is_said_over_the_list(open_native: OpenPage) -> None:
    page = await open_native("/executions")
    await expect(page.get_by_role("row")).to_have_count(26)
    await expect(page.locator(".live")).to_have_text(re.compile(r"Polling \d+ s"))
    await expect(freshness(page)).to_contain_text("because this server does not announce them")
    await expect(freshness(page)).to_contain_text("older where nothing has moved for a while")
    unapplied = page.get_by_text("The order is not the one you chose")
    await expect(unapplied).to_be_hidden()
    await page.get_by_role("link", name="Duration").click()
    await expect(unapplied).to_be_visible()
    await page.get_by_role("link", name="Queued").click()
    await expect(unapplied).to_be_hidden()


async def test_a_hidden_schedule_is_listed_and_a_switch_says_what_it_does_not_do(
    open_native: OpenPage,
) -> None:
    page = await open_native("/schedules")
    await expect(row_of(page, "nightly")).to_contain_text("disabled")
    await expect(row_of(page, "system_heartbeat")).to_contain_text("Every 5 minutes")
    await row_of(page, "nightly").get_by_role("switch").click()
    await expect(notice(page, "it fires twice until the next restart")).to_be_visible()
    await expect(row_of(page, "nightly").get_by_role("switch")).to_be_checked()
    await row_of(page, "nightly").get_by_role("switch").click()
    await expect(notice(page, "goes on firing until the server restarts")).to_be_visible()
    await expect(row_of(page, "nightly")).to_contain_text("disabled; may fire until the server restarts")
    await expect(row_of(page, "nightly")).to_contain_text("unknown")
    await row_of(page, "nightly").get_by_role("link", name="nightly").click()
    note = page.get_by_role("note").filter(has_text="goes on firing until the server restarts")
    await expect(note).to_be_visible()
    await page.get_by_role("switch").click()
    await expect(note).to_be_hidden()
    await expect(page.get_by_text("unknown")).to_be_visible()


async def test_a_schedule_is_written_with_what_the_server_keeps_and_is_never_changed(
    open_native: OpenPage,
) -> None:
    page = await open_native("/schedules/new?task=1")
    await page.get_by_label("Name").fill("weekly")
    await page.get_by_label("Runs", exact=True).select_option("On weekdays")
    await expect(page.get_by_text("Time zone: UTC. This server knows no other.")).to_be_visible()
    await expect(page.get_by_role("region", name="Input")).to_contain_text(
        "it fires by UTC, with an empty input"
    )
    preview = page.get_by_role("complementary", name="Preview")
    await expect(preview.get_by_role("listitem").first).to_contain_text("09:00 UTC")
    await page.get_by_role("button", name="Save schedule").click()
    made = await new_id(page, "schedules")
    await expect(page.locator("#main .facts").first).to_contain_text("0 0 9 * * MON-FRI")
    await expect(page.get_by_text("This server changes no schedule")).to_be_visible()
    await expect(page.get_by_role("link", name="Edit", exact=True)).to_have_count(0)
    await page.goto(f"/schedules/{made}/edit")
    await expect(page.get_by_role("heading", name="It cannot be changed")).to_be_visible()


async def test_a_schedule_is_deleted_from_its_page(open_native: OpenPage, native: NativeProcess) -> None:
    (id,) = native.add("schedule", 1, name="to-go")
    page = await open_native(f"/schedules/{id}")
    await page.get_by_role("button", name="Delete…").click()
    await expect(page.get_by_text("Delete schedule to-go?")).to_be_visible()
    await confirm(page, "Delete schedule")
    await expect(page).to_have_url(re.compile("/schedules$"))
    await expect(notice(page, "Deleted schedule to-go.")).to_be_visible()
    await expect(row_of(page, "system_heartbeat")).to_be_visible()
    await expect(row_of(page, "to-go")).to_have_count(0)
    assert ("DELETE", f"/api/v1/schedules/{id}") in native.requests()


async def test_a_schedule_that_somebody_else_has_deleted_is_not_said_to_be_deleted_here(
    open_native: OpenPage, native: NativeProcess
) -> None:
    (id,) = native.add("schedule", 1, name="gone-already")
    page = await open_native(f"/schedules/{id}")
    await page.get_by_role("button", name="Delete…").click()
    async with httpx.AsyncClient(trust_env=False) as elsewhere:
        (await elsewhere.delete(f"{native.url}/schedules/{id}")).raise_for_status()
    await confirm(page, "Delete schedule")
    await expect(notice(page, f"Could not delete schedule {id}: There is no schedule {id}")).to_be_visible()
    await expect(page).to_have_url(re.compile(f"/schedules/{id}$"))
    await expect(page.get_by_role("heading", name="gone-already")).to_be_visible()
    await expect(page.get_by_role("heading", name="This schedule was deleted")).to_be_visible()


async def test_what_the_server_takes_for_an_attack_is_told_at_its_field(open_native: OpenPage) -> None:
    page = await open_native("/tasks/new")
    await expect(page.get_by_text("keeps no sources")).to_be_visible()
    await page.get_by_label("Name").fill("cats-and-dogs")
    await page.get_by_label("Description").fill("cats & dogs")
    for editor in ("Input schema", "Output schema"):
        await write(page, editor, '{"type": "object"}')
    await page.get_by_role("button", name="Save task").click()
    await expect(page.get_by_text("holds '&'")).to_be_visible()
    await expect(page.get_by_label("Description")).to_have_value("cats & dogs")
    await page.get_by_label("Description").fill("felines, canines")
    await page.get_by_role("button", name="Save task").click()
    await new_id(page, "tasks")
    await expect(page.get_by_role("heading", name="cats-and-dogs")).to_be_visible()


async def test_a_failed_run_is_run_again_as_a_job(open_native: OpenPage, native: NativeProcess) -> None:
    (id,) = native.add("execution", 1, task_id="1", status="FAILED", error_message="Cancelled by user")
    page = await open_native(f"/executions/{id}")
    await expect(page.get_by_role("heading", name="Cancelled by user")).to_be_visible()
    await page.get_by_role("button", name="Retry").click()
    await expect(page).to_have_url(re.compile(r"/jobs/\d+$"))
    await expect(notice(page, "A run is a job here")).to_be_visible()


async def test_all_of_that_cost_little_of_the_budget(open_native: OpenPage, native: NativeProcess) -> None:
    page = await open_native("/")
    await expect(page.get_by_text("always says that it is healthy")).to_be_visible()
    spent = native.spent()
    assert spent["refused"] == 0
    assert spent["rest"] < 20
    assert spent["graphql"] > 20


async def test_a_refused_act_says_that_the_limit_is_reached_and_nothing_more_is_sent(
    limited: System, strict: NativeProcess, visitors: Visitors
) -> None:
    page = await visitors.of(limited.url)("/tasks")
    switch = row_of(page, "heartbeat").get_by_role("switch")
    await switch.click()
    await expect(switch).not_to_be_checked()
    await switch.click()
    await expect(switch).to_be_checked()
    await switch.click()
    await expect(page.locator(".toast").filter(has_text=re.compile("limit", re.I))).to_be_visible()
    await switch.click()
    await expect(notice(page, "limit is reached; it is asked again in")).to_be_visible()
    assert strict.spent()["refused"] == 1
    await expect(switch).to_be_checked()


async def test_a_search_that_is_not_applied_is_marked_where_it_is_typed(
    native: NativeProcess, open_native: OpenPage
) -> None:
    page = await open_native("/tasks?q=beat")
    await expect(row_of(page, "heartbeat")).to_be_visible()
    await expect(page.locator(".unapplied")).to_have_count(0)
    native.add("task", 1_000, name="many")
    await page.reload()
    await expect(page.locator(".filters .unapplied")).to_have_text("not applied")
    await expect(page.get_by_text("The search is not applied.")).to_be_visible()


async def test_the_dashboard_says_what_it_counts_itself_and_since_when(open_native: OpenPage) -> None:
    page = await open_native("/")
    note = page.get_by_role("note").filter(has_text="keeps no figures over time")
    await expect(note).to_contain_text("It has counted since")
    for name in ("Failing most", "Slowest"):
        panel = page.get_by_role("region", name=name)
        await expect(panel.get_by_role("heading", name="Not told")).to_be_visible()
        await expect(panel).to_contain_text("keeps no figures of each task")
    await expect(page.get_by_role("region", name="Workers")).to_contain_text("does not say who works")
    await expect(page.get_by_text("last 24 hours; there are no figures of the time before")).to_be_visible()
    told = page.get_by_role("region", name="Alerts")
    await expect(told).to_contain_text("Not told here: workers, the health of its parts.")
    await expect(page.locator(".kpi").filter(has_text="Wait time").locator(".value").first).to_have_text("–")


async def test_failures_are_grouped_here_and_retried_and_nobody_judges_them(
    native: NativeProcess, open_native: OpenPage
) -> None:
    tasks = ["1", *native.add("task", 11, name="short")]
    for n, task in enumerate(tasks):
        message = f"DataError: till {n} is short"
        native.add("execution", task_id=task, status="FAILED", error_message=message)
    page = await open_native("/failures?q=till")
    row = page.locator("tbody tr[data-id]")
    await expect(row).to_have_count(1)
    await expect(row.locator("td.num")).to_have_text("12")
    await expect(page.get_by_role("note").filter(has_text="This server keeps no failures")).to_be_visible()
    await expect(page.get_by_role("navigation", name="State")).to_have_count(0)
    await expect(row.get_by_role("button")).to_have_count(0)
    await row.get_by_role("link", name="DataError: till").click()
    await expect(page.get_by_role("note").filter(has_text="older ones are not counted")).to_be_visible()
    # Ten are enough to see whose failure it is.
    where = page.get_by_role("region", name="Tasks and versions")
    await expect(where.get_by_role("listitem")).to_have_count(10)
    await expect(where).to_contain_text("and 2 more tasks")
    await page.get_by_role("button", name="Retry all…").click()
    await expect(page.get_by_role("dialog", name="Retry 12 executions?")).to_be_visible()
    for name in ("Resolve", "Ignore", "Reopen"):
        await expect(page.get_by_role("button", name=name)).to_have_count(0)
