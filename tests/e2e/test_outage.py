"""The server, or the console, dies while pages are open: they say so, keep what they have, and go on."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import FloatRect, Locator, Page, ViewportSize, expect

from ratchet_web.api import Ratchet
from tests.conftest import OpenPage, Visitors
from tests.e2e.outages import away, hung, is_back, is_noticed
from tests.e2e.steps import (
    ENDLESS,
    banner,
    freshness,
    is_live,
    log_of,
    new_id,
    new_task,
    row_of,
    run,
    status_of,
    unique,
    write,
)
from tests.support.system import System, running

ALL_CLEAR = re.compile("Nothing has failed|None is enabled|No single checks|always says")
PHONE: ViewportSize = {"width": 390, "height": 844}
TIMEOUT_S, SHORT_TIMEOUT_S = 3.0, 1.0
EDITORS_READY = ".code-editor[data-ready]"
# What comes after the page itself.
EDITOR_FILES = re.compile(r"/code_(editor_view|javascript|json)-[^/]*\.js")
# The client asks three times, and waits a little between.
GIVEN_UP_MS = 20_000
LINES = 500
STEADY = f"""async function main() {{
  for (let i = 1; i <= {LINES}; i++) {{ console.log(`line ${{i}}`); await sleep(12); }}
}}"""
SCHEMA = {"type": "object", "properties": {"title": {"type": "string", "title": "Title"}}}


@pytest.fixture(scope="module")
def own(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of these tests alone."""
    yield from running(tmp_path_factory.mktemp("data"), api_timeout_s=TIMEOUT_S)


@pytest.fixture
def unseen(built: None, tmp_path: Path) -> Iterator[System]:
    """A system at which nobody has looked yet: its console knows nothing of its server, and gives up soon."""
    yield from running(tmp_path, api_timeout_s=SHORT_TIMEOUT_S)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def api(own: System) -> AsyncIterator[Ratchet]:
    """A client of its server."""
    async with Ratchet(own.api_url) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def open_own(own: System, visitors: Visitors) -> OpenPage:
    """Open pages of its console."""
    return visitors.of(own.url)


async def test_pages_say_that_the_server_is_gone_keep_what_they_show_and_go_on(own, api, open_own):
    execution = await run(api, await new_task(api, "endless", ENDLESS))
    listed, detail = await open_own("/executions"), await open_own(f"/executions/{execution.id}")
    await expect(row_of(listed, execution.id)).to_contain_text("Running")
    await expect(log_of(detail)).to_contain_text("round and round")
    await listed.get_by_role("button", name="How fresh this is").click()
    told = listed.get_by_role("region", name="How fresh this is")
    await expect(told).to_contain_text(own.api_url.removesuffix("/api/v1"))
    await expect(told).to_contain_text("announced by the server as they happen")
    await expect(told).to_contain_text("up to date; connected since")
    await expect(told).not_to_contain_text("Why")
    async with away(own, "server"):
        for page in (listed, detail):
            await is_noticed(page)
        await expect(told).to_contain_text("none arrive: the console cannot reach the server")
        await expect(told).to_contain_text("as it was known")
        await expect(told).to_contain_text("stand still until changes arrive again")
        await expect(told).to_contain_text("Why")
        await expect(row_of(listed, execution.id)).to_contain_text("Running")
        await expect(log_of(detail)).to_contain_text("round and round")
    for page in (listed, detail):
        await is_back(page)
    # What ran in the dead server has ended, and new work shows without a reload.
    await expect(row_of(listed, execution.id)).to_contain_text("Failed")
    await expect(status_of(detail)).to_have_text("Failed")
    other = await run(api, await new_task(api, "after"))
    await expect(row_of(listed, other.id)).to_contain_text("Completed")


PANELS = ("Newest failures", "Next schedules", "Health")


def panels(page: Page) -> list[Locator]:
    """Return the dashboard's panels."""
    return [page.get_by_role("region", name=name, exact=True) for name in PANELS]


async def says_nothing_is_well(page: Page) -> None:
    """No panel says that there is nothing, or how the server is."""
    main = page.get_by_role("main")
    await expect(main).not_to_contain_text(ALL_CLEAR)
    await expect(main.locator(".kpi .value").first).to_have_text("–")


async def test_a_dashboard_that_knows_nothing_says_so_and_no_all_clear(own, open_own):
    async with away(own, "server"):
        page = await open_own()
        for panel in panels(page):
            await expect(panel).to_contain_text("Not known")
            await expect(panel).to_contain_text("The server does not answer.")
        await says_nothing_is_well(page)
        await expect(banner(page)).not_to_contain_text("what you see")
        await expect(page.get_by_role("main")).not_to_contain_text("What you see")
        # What all parts would say in the same words is said once.
        await expect(page.get_by_role("main").get_by_role("alert")).to_have_count(1)
    await is_back(page)
    for panel in panels(page):
        await expect(panel).not_to_contain_text("Not known")


async def test_a_dashboard_of_a_hung_server_waits_and_then_says_that_nothing_is_known(unseen, visitors):
    async with hung(unseen.server):
        page = await visitors.of(unseen.url)()
        for panel in panels(page):
            await expect(panel.locator(".skeleton").first).to_be_visible()
        await says_nothing_is_well(page)
        for panel in panels(page):
            await expect(panel).to_contain_text("Not known", timeout=GIVEN_UP_MS)
        await says_nothing_is_well(page)
    await is_live(page)
    await expect(panels(page)[0]).not_to_contain_text("Not known")


async def test_the_banner_lies_over_nothing_that_can_be_pressed(own, open_own):
    page = await open_own("/tasks/new", viewport=PHONE)
    await is_live(page)
    async with away(own, "server"):
        await expect(banner(page)).to_contain_text("Retrying")
        told = await box_of(banner(page))
        assert told["height"] < PHONE["height"] / 8
        assert (await box_of(page.get_by_role("banner")))["height"] < told["y"]
        save = await box_of(page.get_by_role("button", name="Save task"))
        assert save["y"] + save["height"] < told["y"]
        await page.get_by_role("button", name="Menu", exact=True).click()
        await expect(page.get_by_role("dialog", name="Ratchet")).to_be_visible()
    await is_back(page)


async def box_of(part: Locator) -> FloatRect:
    """Return where it is in the window."""
    box = await part.bounding_box()
    assert box
    return box


@pytest.mark.console_errors("WebSocket|ERR_(CONNECTION|EMPTY_RESPONSE|CONTENT_LENGTH_MISMATCH)")
async def test_a_link_does_nothing_while_the_console_is_away_and_leads_on_when_it_is_back(own, open_own):
    page = await open_own("/tasks/new")
    await is_live(page)
    # What comes after the first paint is there: it could not be fetched later.
    await expect(page.locator(EDITORS_READY)).to_have_count(3)
    await page.locator(".schema-form[data-ready]").wait_for()
    name = page.get_by_role("textbox", name="Name", exact=True)
    await name.fill("kept")
    await page.evaluate("window.opened = true")
    link = page.get_by_role("navigation", name="Main").get_by_role("link", name="Schedules")
    async with away(own, "console"):
        await expect(banner(page)).to_contain_text("Connection to the console lost")
        await expect(freshness(page)).to_contain_text("the console cannot be reached from here")
        for _ in range(2):
            await link.click()
        await expect(page).to_have_url(re.compile("/tasks/new$"))
        await expect(name).to_have_value("kept")
    await is_back(page)
    await expect(name).to_have_value("kept")
    await link.click()
    await page.get_by_role("button", name="Leave", exact=True).click()
    await expect(page.get_by_role("heading", name="Schedules", level=1)).to_be_visible()
    assert await page.evaluate("window.opened"), "the page was loaded anew"


@pytest.mark.console_errors(
    "WebSocket|ERR_(CONNECTION|EMPTY_RESPONSE|CONTENT_LENGTH_MISMATCH|FAILED)",
    "Failed to fetch dynamically imported",
)
async def test_an_editor_that_did_not_arrive_comes_by_itself_when_the_console_is_back(own, open_own):
    page = await open_own("/tasks", once=True)
    await is_live(page)
    await page.route(EDITOR_FILES, lambda route: route.abort())
    await page.get_by_role("main").get_by_role("link", name="New task").click()
    failed = page.get_by_role("alert").filter(has_text="The editor could not be loaded")
    await expect(failed).to_have_count(3)
    async with away(own, "console"):
        await expect(banner(page)).to_contain_text("Connection to the console lost")
        await page.unroute(EDITOR_FILES)
    await is_back(page)
    await expect(page.locator(EDITORS_READY)).to_have_count(3)
    await expect(failed).to_have_count(0)
    # The form of "Try it" may have been on its way when the console went.
    await expect(page.locator(".schema-form[data-ready]")).to_be_visible()


@pytest.mark.console_errors("ERR_INTERNET_DISCONNECTED", "dynamically imported module")
async def test_the_choice_of_a_task_that_did_not_arrive_says_so_and_comes_with_the_network(open_own):
    page = await open_own("/", once=True)
    await is_live(page)
    # The frame may be live before the page in it has come; without a network, that would not come any more.
    opens = page.get_by_role("button", name="Run task…")
    await expect(opens).to_be_visible()
    await page.context.set_offline(True)
    await opens.click()
    dialog = page.get_by_role("dialog", name="Run a task")
    await expect(dialog.get_by_role("alert")).to_have_text("The console does not answer. Try again")
    await page.context.set_offline(False)
    await expect(dialog.get_by_role("combobox", name="Task")).to_be_visible()
    await expect(dialog.get_by_role("alert")).to_have_count(0)


async def test_nothing_typed_is_lost_and_no_click_is_done_later(own, api, open_own):
    task = await new_task(api, "typed", input_schema=SCHEMA)
    editing, filling = await open_own("/tasks/new"), await open_own(f"/tasks/{task.id}?run={task.id}")
    triggering = await open_own("/schedules/5")
    await is_live(triggering)
    name = unique("written")
    dialog = filling.get_by_role("dialog", name="Run a task")
    title = dialog.get_by_label("Title")
    await editing.get_by_role("textbox", name="Name", exact=True).fill(name)
    await title.fill("before")
    async with away(own, "server"):
        await write(editing, "Source", "async function main() { return 'typed in the dark'; }")
        await title.fill("in the dark")
        await editing.get_by_role("button", name="Save task").click()
        await expect(editing.get_by_role("alert").filter(has_text="not saved")).to_be_visible()
        await triggering.get_by_role("button", name="Run now").click()
        await expect(triggering.get_by_text("Could not trigger schedule 5")).to_be_visible()
    for page in (editing, filling, triggering):
        await is_back(page)
    await expect(editing.get_by_role("textbox", name="Name", exact=True)).to_have_value(name)
    await expect(editing.get_by_role("textbox", name="Source")).to_contain_text("typed in the dark")
    await expect(title).to_have_value("in the dark")
    await editing.get_by_role("button", name="Save task").click()
    saved = await new_id(editing, "tasks")
    assert "typed in the dark" in (await api.tasks.get(saved)).source_code
    await dialog.get_by_role("button", name="Run", exact=True).click()
    assert (await api.executions.get(await new_id(filling, "executions"))).input == {"title": "in the dark"}
    assert (await api.schedules.get("5")).last_job_id is None


@pytest.mark.console_errors("ERR_(CONNECTION|EMPTY_RESPONSE|CONTENT_LENGTH_MISMATCH)", "WebSocket connection")
async def test_a_log_that_was_cut_off_goes_on_without_a_gap(own, api, open_own):
    page = await open_own("/executions", viewport={"width": 1280, "height": 1000})
    execution = await run(api, await new_task(api, "steady", STEADY))
    await page.goto(f"/executions/{execution.id}")
    await expect(log_of(page).get_by_text("line ").first).to_be_attached()
    async with away(own, "console"):
        await is_noticed(page)
    await expect(status_of(page)).to_have_text("Completed", timeout=30_000)
    await expect(log_of(page).get_by_text(f"line {LINES}", exact=True)).to_be_in_viewport()
    shown = (
        await log_of(page).locator(".log-row").evaluate_all("rows => rows.map(row => Number(row.dataset.n))")
    )
    assert len(shown) > 200
    assert shown == list(range(shown[0], LINES + 1))
