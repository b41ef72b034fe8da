"""Several servers behind one console: one is chosen in the header, named by the address, never mixed up."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack
from typing import NamedTuple

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from ratchet_web.api import Ratchet
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.tasks import TaskChange
from tests.conftest import OpenPage, Visitors
from tests.e2e.outages import is_back, is_noticed
from tests.e2e.steps import (
    FAILING,
    is_live,
    log_of,
    new_id,
    new_task,
    row_of,
    run,
    segment,
    status_of,
    unique,
    write,
)
from tests.support.server import Process, on_port
from tests.support.system import System, running

NAMES = ("prod", "staging")
NARROW = {"width": 320, "height": 640}
CHATTY = "async function main() {{ console.log('spoken on {0}'); return '{0}'; }}"
# An example task, with the same id on every new server.
SHARED = "1"


class Two(NamedTuple):
    """Two servers with the same ids, and a console that knows both."""

    console: System
    servers: dict[str, Process]


@pytest.fixture(scope="module")
def two(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """A console of two servers."""
    with ExitStack() as stack:
        servers = {name: stack.enter_context(on_port(tmp_path_factory.mktemp(name))) for name in NAMES}
        urls = ",".join(f"{name}={server.url}" for name, server in servers.items())
        for console in running(tmp_path_factory.mktemp("unused"), servers=urls):
            yield Two(console, servers)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def apis(two: Two) -> AsyncIterator[dict[str, Ratchet]]:
    """Clients of both; the shared task says on which of them it is."""
    async with AsyncExitStack() as stack:
        clients = {
            name: await stack.enter_async_context(Ratchet(two.servers[name].url)) for name in two.servers
        }
        for name, client in clients.items():
            await client.tasks.change(SHARED, TaskChange(description=f"This is the one on {name}"))
        yield clients


@pytest_asyncio.fixture(loop_scope="session")
async def open_it(two: Two, apis: dict[str, Ratchet], visitors: Visitors) -> OpenPage:
    """Open pages of the console."""
    return visitors.of(two.console.url)


def switch(page: Page) -> Locator:
    """Return the header's choice of a server."""
    return page.get_by_role("banner").get_by_role("combobox", name="Server")


async def switch_to(page: Page, name: str) -> None:
    """Choose a server with the mouse."""
    await switch(page).click()
    await page.get_by_title(name, exact=True).locator("visible=true").last.click()


async def is_of(page: Page, name: str) -> None:
    """Wait until header, title and address agree on the server, and its data is live."""
    await expect(page).to_have_url(re.compile(rf"[?&]server={name}(&|#|$)"))
    await expect(page).to_have_title(re.compile(f"^{name} · "))
    await expect(page.locator(".server-switch")).to_have_text(name)
    await is_live(page)


async def test_the_lists_differ_and_back_forward_and_reload_keep_to_their_server(open_it, apis):
    tasks = {name: await new_task(apis[name], f"only-on-{name}") for name in NAMES}
    page = await open_it("/tasks?limit=100&server=prod")
    await is_of(page, "prod")
    await expect(row_of(page, tasks["prod"].name)).to_be_visible()
    await expect(row_of(page, tasks["staging"].name)).to_have_count(0)

    async def is_staging() -> None:
        await is_of(page, "staging")
        await expect(row_of(page, tasks["staging"].name)).to_be_visible()
        await expect(row_of(page, tasks["prod"].name)).to_have_count(0)

    await switch_to(page, "staging")
    await is_staging()
    await page.go_back()
    await is_of(page, "prod")
    await expect(row_of(page, tasks["prod"].name)).to_be_visible()
    await expect(row_of(page, tasks["staging"].name)).to_have_count(0)
    await page.go_forward()
    await is_staging()
    await page.reload()
    await is_staging()


async def test_the_switch_keeps_filters_but_no_id_and_leads_from_a_detail_to_its_list(open_it, apis):
    page = await open_it(f"/executions?status=FAILED&task={SHARED}&page=2&server=prod")
    await is_of(page, "prod")
    await switch_to(page, "staging")
    await expect(page).to_have_url("/executions?status=FAILED&server=staging")
    await expect(segment(page, "Status", "Failed")).to_have_attribute("aria-current", "page")
    await page.goto(f"/tasks/{SHARED}?tab=schemas&server=staging")
    await is_of(page, "staging")
    await switch_to(page, "prod")
    await expect(page).to_have_url("/tasks?server=prod")
    await is_of(page, "prod")


async def test_an_id_of_both_shows_that_of_the_server_in_the_address(open_it):
    page = await open_it(f"/tasks/{SHARED}?server=prod")
    await expect(page.get_by_text("This is the one on prod")).to_be_visible()
    await page.goto(f"/tasks/{SHARED}?server=staging")
    await expect(page.get_by_text("This is the one on staging")).to_be_visible()
    await expect(page.get_by_text("This is the one on prod")).to_have_count(0)
    await page.go_back()
    await expect(page.get_by_text("This is the one on prod")).to_be_visible()
    await expect(page.get_by_text("This is the one on staging")).to_have_count(0)


async def test_every_link_keeps_the_server_and_a_copied_one_opens_the_same(open_it, apis):
    task = await new_task(apis["staging"], "chatty", CHATTY.format("staging"))
    execution = await run(apis["staging"], task)
    page = await open_it("/?server=staging")
    await is_of(page, "staging")
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Executions").click()
    await segment(page, "Status", "Completed").click()
    await row_of(page, execution.id).get_by_role("link", name=execution.id, exact=True).click()
    await expect(log_of(page)).to_contain_text("spoken on staging")
    await page.get_by_role("link", name="Input & output").click()
    await expect(page.get_by_role("region", name="Output")).to_contain_text("staging")
    await is_of(page, "staging")
    named = await page.locator("a[href^='/']:not(.skip)").evaluate_all(
        "links => links.filter(link => !link.href.includes('server=staging')).map(link => link.href)"
    )
    assert not named
    other = await open_it(page.url)
    await is_of(other, "staging")
    await expect(other.get_by_role("region", name="Output")).to_contain_text("staging")


async def test_a_run_started_on_one_server_lands_there_and_nowhere_else(open_it, apis):
    task = await new_task(apis["staging"], "chatty", CHATTY.format("staging"))
    page = await open_it(f"/tasks/{task.id}?server=staging")
    await page.get_by_role("button", name="Run…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Run", exact=True).click()
    id = await new_id(page, "executions")
    await is_of(page, "staging")
    await expect(status_of(page)).to_have_text("Completed")
    await expect(log_of(page)).to_contain_text("spoken on staging")
    assert (await apis["staging"].executions.get(id)).task_id == task.id
    elsewhere = await apis["prod"].executions.page(ExecutionQuery(limit=100))
    assert task.name not in {each.task_name for each in elsewhere.rows}


async def test_what_is_done_is_done_and_told_on_its_server_alone(open_it, apis):
    failed = await run(apis["staging"], await new_task(apis["staging"], "failing", FAILING))
    page = await open_it("/executions?server=staging")
    await row_of(page, failed.id).get_by_role("button", name=f"Retry execution {failed.id}").click()
    told = page.get_by_role("link", name="Open execution")
    await expect(told).to_have_attribute("href", re.compile(r"/executions/\d+\?server=staging$"))
    await switch_to(page, "prod")
    await is_of(page, "prod")
    await expect(told).to_have_count(0)


async def test_a_press_while_the_address_is_ahead_of_the_screen_does_nothing(open_it, apis):
    failed = await run(apis["staging"], await new_task(apis["staging"], "failing", FAILING))
    page = await open_it("/executions?server=staging")
    retry = row_of(page, failed.id).get_by_role("button", name=f"Retry execution {failed.id}")
    await expect(retry).to_be_enabled()
    for name in NAMES:
        await page.evaluate("name => history.replaceState(history.state, '', `?server=${name}`)", name)
        await retry.click()
    await expect(page.get_by_role("link", name="Open execution")).to_have_count(1)
    # A second press, or one on the other server, would have been told as well.
    await expect(page.locator(".toast")).to_have_count(1)
    runs = await apis["staging"].executions.page(ExecutionQuery(task=failed.task_id))
    assert len(runs.rows) == 2


async def test_what_was_written_on_one_server_is_no_draft_of_another(open_it):
    page, name = await open_it("/tasks/new?server=prod"), unique("draft-on-prod")
    field = page.get_by_role("textbox", name="Name", exact=True)
    await field.fill(name)
    await write(page, "Source", "async function main() { return 'written on prod'; }")
    await switch_to(page, "staging")
    await page.get_by_role("button", name="Leave", exact=True).click()
    await is_of(page, "staging")
    await page.get_by_role("link", name="New task").first.click()
    await is_of(page, "staging")
    await expect(field).to_have_value("")
    await expect(page.get_by_role("textbox", name="Source")).not_to_contain_text("written on prod")
    await page.goto("/tasks/new?server=prod")
    await expect(field).to_have_value(name)
    await page.get_by_role("button", name="Save task").click()
    await new_id(page, "tasks")
    await is_of(page, "prod")


async def test_an_address_without_a_server_is_of_the_first_and_then_says_so(open_it):
    page = await open_it(f"/tasks/{SHARED}?tab=schemas#below")
    await expect(page).to_have_url(f"/tasks/{SHARED}?tab=schemas&server=prod#below")
    await is_of(page, "prod")
    await expect(page.get_by_text("This is the one on prod")).to_be_visible()


async def test_a_strange_name_is_told_with_links_to_the_others(open_it):
    page = await open_it(f"/tasks/{SHARED}?server=live<b>")
    await expect(page.get_by_role("heading", name="This console knows no server “live<b>”")).to_be_visible()
    await expect(page.get_by_text("This is the one on")).to_have_count(0)
    await page.get_by_role("link", name="Open it on staging").click()
    await is_of(page, "staging")
    await expect(page.get_by_text("This is the one on staging")).to_be_visible()


async def test_a_server_that_is_away_does_not_disturb_the_other(open_it, two):
    prod, staging = await open_it("/executions?server=prod"), await open_it("/executions?server=staging")
    await is_of(prod, "prod")
    await is_of(staging, "staging")
    two.servers["prod"].kill()
    try:
        await is_noticed(prod)
        await is_of(staging, "staging")
        await expect(staging.locator(".banner")).to_be_hidden()
        await switch_to(prod, "staging")
        await is_of(prod, "staging")
        await expect(prod.locator(".banner")).to_be_hidden()
        await prod.go_back()
        await is_noticed(prod)
    finally:
        two.servers["prod"].start()
    await is_back(prod)


async def test_the_switch_can_be_reached_on_a_phone_while_a_server_is_away(open_it, two):
    page = await open_it("/executions?server=prod", viewport=NARROW, has_touch=True)
    await is_of(page, "prod")
    two.servers["prod"].kill()
    try:
        await is_noticed(page)
        await switch_to(page, "staging")
        await is_of(page, "staging")
    finally:
        two.servers["prod"].start()


async def test_the_switch_is_used_with_the_keyboard_and_fits_a_narrow_phone(open_it):
    page = await open_it("/executions?server=prod", viewport=NARROW)
    await is_of(page, "prod")
    await switch(page).focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await is_of(page, "staging")
    for late in (False, True):
        if late:
            # The choice itself comes after everything else.
            await page.route("**/server_select-*.js", lambda route: None)
        for path in ("/executions?server=staging", f"/tasks/{SHARED}?server=staging", "/?server=strange"):
            await page.goto(path)
            await expect(page.get_by_role("main").get_by_role("heading").first).to_be_visible()
            await expect(switch(page)).to_have_count(0 if late else 1)
            assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
