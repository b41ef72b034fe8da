"""Everything can be reached: on a phone, with the keyboard alone, by the names that a screen reader reads."""

import re

import pytest_asyncio
from playwright.async_api import Page, expect

from ratchet_web.models.jobs import NewJob
from tests.e2e.steps import FAILING, is_live, new_task, row_of, run

PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def paths(ratchet) -> list[str]:
    """Every page, with a long name on it."""
    task = await new_task(
        ratchet, "a-task-with-a-name-that-is-far-too-long-for-a-phone", FAILING, description="long " * 40
    )
    execution = await run(ratchet, task, {"text": "unbroken" * 40})
    job = await ratchet.jobs.create(NewJob(task_id=task.id, input={}, max_retries=0))
    details = [f"/tasks/{task.id}", f"/executions/{execution.id}", f"/jobs/{job.id}", "/schedules/1"]
    more = [f"/tasks/{task.id}/edit", f"/tasks/{task.id}?tab=runs", f"/executions/{execution.id}?tab=data"]
    lists = ["/", "/tasks?limit=100", "/executions", "/jobs", "/jobs/queue", "/schedules", "/system"]
    return [*lists, *details, *more, f"/tasks/{task.id}?run={task.id}", "/tasks/new", "/executions/999999"]


async def settled(page: Page) -> None:
    """Wait until nothing of the page is still to come."""
    await is_live(page)
    await expect(page.locator(".skeleton, [aria-busy=true], .code-editor-skeleton")).to_have_count(0)


async def test_no_page_scrolls_sideways_on_a_phone_light_or_dark(open_page, paths):
    page = await open_page("/", viewport=PHONE, has_touch=True, is_mobile=True)
    for path in paths:
        await page.goto(path)
        await settled(page)
        for scheme, size in (("light", PHONE), ("dark", NARROW)):
            await page.set_viewport_size(size)
            await page.emulate_media(color_scheme=scheme)
            await expect(page.locator("html")).to_have_class(scheme)
            width = await page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], f"{path} is {width} px wide on {size['width']}"


async def test_the_menu_of_a_phone_opens_leads_on_and_closes(open_page):
    page = await open_page("/", viewport=PHONE, has_touch=True, is_mobile=True)
    await expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    await page.get_by_role("button", name="Menu").tap()
    drawer = page.get_by_role("dialog")
    await drawer.get_by_role("link", name="Jobs").tap()
    await expect(page.get_by_role("heading", name="Jobs", exact=True)).to_be_visible()
    await expect(drawer).to_be_hidden()


async def test_a_list_on_a_phone_has_the_same_actions(open_page, ratchet):
    execution = await run(ratchet, await new_task(ratchet, "failing", FAILING))
    page = await open_page("/executions", viewport=PHONE, has_touch=True, is_mobile=True)
    retry = row_of(page, execution.id).get_by_role("button", name=f"Retry execution {execution.id}")
    box = await retry.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 40
    await retry.tap()
    await expect(page.get_by_role("link", name="Open execution")).to_be_visible()


async def test_the_keyboard_skips_to_the_page_opens_a_row_and_gets_its_focus_back_from_a_dialog(open_page):
    page = await open_page("/tasks?q=add-numbers")
    await expect(row_of(page, "add-numbers")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main")).to_be_focused()
    await expect(page).to_have_url("/tasks?q=add-numbers")

    run_it = row_of(page, "add-numbers").get_by_role("button", name="Run…")
    await tab_to(page, run_it)
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Run a task")
    await expect(dialog.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    assert await dialog.evaluate("dialog => dialog.contains(document.activeElement)")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(run_it).to_be_focused()

    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Shift+Tab")
    await expect(row_of(page, "add-numbers").get_by_role("link")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="add-numbers")).to_be_visible()


async def tab_to(page: Page, element) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(50):
        if await element.evaluate("element => element === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError("Tab never gets there")


async def test_everything_that_can_be_used_has_a_name(open_page, paths):
    page = await open_page("/")
    for path in paths:
        await page.goto(path)
        await settled(page)
        tree = await page.locator("body").aria_snapshot()
        nameless = re.findall(
            r"- (?:button|link|textbox|combobox|switch|spinbutton|slider|checkbox)(?:$|:| \[)", tree, re.M
        )
        assert not nameless, f"{path}: {nameless}"


async def test_the_colours_are_chosen_by_the_system_and_then_by_hand(open_page):
    page = await open_page("/", color_scheme="dark")
    await expect(page.locator("html")).to_have_class("dark")
    await page.get_by_role("button", name="Light colours").click()
    await expect(page.locator("html")).to_have_class("light")
    await page.reload()
    await expect(page.locator("html")).to_have_class("light")
