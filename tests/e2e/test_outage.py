"""The server dies while pages are open: they say so, keep what they have, and go on when it is back."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from ratchet_web.api import Ratchet
from tests.conftest import OpenPage, Visitors
from tests.e2e.outages import away, is_back, is_noticed
from tests.e2e.steps import ENDLESS, is_live, log_of, new_id, new_task, row_of, run, status_of, unique, write
from tests.support.system import System, running

SCHEMA = {"type": "object", "properties": {"title": {"type": "string", "title": "Title"}}}


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
    return visitors.of(own.url)


async def test_pages_say_that_the_server_is_gone_keep_what_they_show_and_go_on(own, api, open_own):
    execution = await run(api, await new_task(api, "endless", ENDLESS))
    listed, detail = await open_own("/executions"), await open_own(f"/executions/{execution.id}")
    await expect(row_of(listed, execution.id)).to_contain_text("Running")
    await expect(log_of(detail)).to_contain_text("round and round")
    async with away(own, "server"):
        for page in (listed, detail):
            await is_noticed(page)
        await expect(row_of(listed, execution.id)).to_contain_text("Running")
        await expect(log_of(detail)).to_contain_text("round and round")
    for page in (listed, detail):
        await is_back(page)
    # What ran in the dead server has ended, and new work shows without a reload.
    await expect(row_of(listed, execution.id)).to_contain_text("Failed")
    await expect(status_of(detail)).to_have_text("Failed")
    other = await run(api, await new_task(api, "after"))
    await expect(row_of(listed, other.id)).to_contain_text("Completed")


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
