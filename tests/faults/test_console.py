"""The console dies while pages are open: they say so, keep what was typed, and go on when it is back."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from ratchet_web.api import Ratchet
from tests.conftest import OpenPage, Visitors
from tests.e2e.outages import away, is_back, is_noticed
from tests.e2e.steps import (
    HELD,
    Gate,
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

SCHEMA = {"type": "object", "properties": {"title": {"type": "string", "title": "Title"}}}
# What the browser itself logs of a console that does not answer.
GONE = pytest.mark.console_errors(
    "ERR_CONNECTION", "WebSocket connection", "ERR_(EMPTY_RESPONSE|CONTENT_LENGTH_MISMATCH)"
)


@pytest.fixture(scope="module")
def own(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of these tests alone."""
    yield from running(tmp_path_factory.mktemp("data"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def api(own: System) -> AsyncIterator[Ratchet]:
    """A client of its server."""
    async with Ratchet(own.api_url) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def open_own(own: System, visitors: Visitors) -> OpenPage:
    """Open pages of its console."""
    return visitors.of(own.url, once=True)


@GONE
async def test_pages_say_that_the_console_is_gone_keep_what_they_show_and_go_on(own, api, open_own):
    gate = await Gate.closed(api)
    execution = await run(api, await new_task(api, "held", HELD), gate.input)
    listed, detail = await open_own("/executions"), await open_own(f"/executions/{execution.id}")
    await expect(row_of(listed, execution.id)).to_contain_text("Running")
    await expect(log_of(detail)).to_contain_text("The first line")
    async with away(own, "console"):
        for page in (listed, detail):
            await is_noticed(page)
        await expect(row_of(listed, execution.id)).to_contain_text("Running")
        await gate.open()
    for page in (listed, detail):
        await is_back(page)
    await expect(row_of(listed, execution.id)).to_contain_text("Completed")
    await expect(status_of(detail)).to_have_text("Completed")
    await expect(log_of(detail)).to_contain_text("The last line")


@GONE
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
    async with away(own, "console"):
        await is_noticed(triggering)
        await write(editing, "Source", "async function main() { return 'typed in the dark'; }")
        await editing.get_by_role("textbox", name="Description").fill("Typed in the dark")
        await title.fill("in the dark")
        await editing.get_by_role("button", name="Save task").click()
        await dialog.get_by_role("button", name="Run", exact=True).click()
        await triggering.get_by_role("button", name="Run now").click()
    for page in (editing, filling, triggering):
        await is_back(page)
    await expect(editing).to_have_url("/tasks/new")
    await expect(editing.get_by_role("textbox", name="Name", exact=True)).to_have_value(name)
    await expect(editing.get_by_role("textbox", name="Description")).to_have_value("Typed in the dark")
    await expect(editing.get_by_role("textbox", name="Source")).to_contain_text("typed in the dark")
    await expect(title).to_have_value("in the dark")
    await editing.get_by_role("button", name="Save task").click()
    saved = await new_id(editing, "tasks")
    assert "typed in the dark" in (await api.tasks.get(saved)).source_code
    await dialog.get_by_role("button", name="Run", exact=True).click()
    started = await new_id(filling, "executions")
    assert (await api.executions.get(started)).input == {"title": "in the dark"}
    assert (await api.executions.get(str(int(started) - 1))).task_id != task.id
    assert (await api.schedules.get("5")).last_job_id is None
