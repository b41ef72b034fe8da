"""What can be undone waits at the console, for every tab to see; whatever becomes of the tab, it is done."""

import re
from collections.abc import Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.conftest import OpenPage, Visitors
from tests.doubles.native import NativeProcess, native_on_port
from tests.e2e.outages import away
from tests.e2e.steps import row_of
from tests.support.system import System, running

BACK_MS = 30_000


@pytest.fixture(scope="module")
def native() -> Iterator[NativeProcess]:
    with native_on_port(works=False) as double:
        yield double


@pytest.fixture(scope="module")
def console(built: None, native: NativeProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    # Longer than any test takes: nothing here is a race.
    yield from running(tmp_path_factory.mktemp("undo"), api_url=native.url, web_undo_s=60)


@pytest_asyncio.fixture(loop_scope="session")
async def open_native(console: System, visitors: Visitors) -> OpenPage:
    return visitors.of(console.url)


def switch(page: Page, name: str) -> Locator:
    return row_of(page, name).get_by_role("switch")


def undo(page: Page, words: str) -> Locator:
    return page.get_by_role("button", name=f"Undo: {words}")


def sent(native: NativeProcess) -> list[tuple[str, str]]:
    """Return what the server was told to do."""
    return [(method, path) for method, path in native.requests() if path.endswith(("/disable", "/enable"))]


async def test_a_switch_waits_for_every_tab_to_see_and_any_takes_it_back(
    open_native: OpenPage, native: NativeProcess
) -> None:
    for name in ("early", "late"):
        native.add("schedule", 1, name=name)
    here = await open_native("/schedules")
    await switch(here, "early").click()
    await expect(here.locator(".toast")).to_contain_text("Disabling early in")
    await expect(row_of(here, "early")).to_contain_text("Disabling…")
    await expect(switch(here, "early")).to_be_checked()
    there = await open_native("/")
    await undo(there, "Disabling early").focus()
    await there.keyboard.press("Enter")
    for tab in (here, there):
        await expect(tab.locator(".toast")).to_have_count(0)
    await expect(row_of(here, "early")).not_to_contain_text("Disabling…")
    # It is kept through a reload, and another press takes it back as well; so does a key.
    await switch(here, "early").click()
    await expect(undo(there, "Disabling early")).to_be_visible()
    await here.reload()
    await expect(row_of(here, "early")).to_contain_text("Disabling…")
    await switch(here, "early").click()
    await expect(undo(there, "Disabling early")).to_be_hidden()
    await switch(here, "late").click()
    await expect(undo(here, "Disabling late")).to_be_visible()
    await here.keyboard.press("Control+z")
    await expect(undo(here, "Disabling late")).to_be_hidden()
    assert sent(native) == []


@pytest.mark.console_errors("WebSocket|ERR_(CONNECTION|EMPTY_RESPONSE|CONTENT_LENGTH_MISMATCH)")
async def test_many_wait_after_the_question_and_a_console_that_is_killed_has_done_nothing(
    open_native: OpenPage, native: NativeProcess, console: System
) -> None:
    native.add("schedule", 1, name="many-one")
    native.add("schedule", 1, name="many-two")
    page = await open_native("/schedules?q=many-")
    for name in ("many-one", "many-two"):
        await row_of(page, name).get_by_role("checkbox").check()
    bar = page.get_by_role("group", name="Act on these schedules")
    await bar.get_by_role("button", name="Disable…").click()
    panel = page.get_by_role("dialog")
    await panel.get_by_role("button", name="Disable 2 schedules").click()
    await expect(panel).to_contain_text("Nothing was done yet")
    await panel.get_by_role("button", name="Undo").click()
    await expect(panel).to_contain_text("Disable 2 schedules?")
    await panel.get_by_role("button", name="Disable 2 schedules").click()
    await expect(panel).to_contain_text("Nothing was done yet")
    await panel.get_by_role("button", name="Close").click()
    await undo(page, "Disabling 2 schedules").click()
    await expect(page.locator(".toast")).to_have_count(0)
    await switch(page, "many-one").click()
    await expect(undo(page, "Disabling many-one")).to_be_visible()
    async with away(console, "console"):
        await expect(page.locator(".banner")).to_be_visible()
    told = page.locator(".toast").filter(has_text=re.compile("started again.*Nothing was changed"))
    await expect(told).to_be_visible(timeout=BACK_MS)
    await expect(switch(page, "many-one")).to_be_checked()
    assert sent(native) == []
