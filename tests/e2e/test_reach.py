"""Everything can be reached: on a phone, and with the keyboard alone."""

import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import Locator, Page, expect

from ratchet_web.models.schedules import NewSchedule
from tests.e2e.steps import FAILING, ended, is_live, new_task, row_of, run, unique

PHONE = {"width": 390, "height": 844}
FAILS_ONCE = """async function main({ well }) {
  await sleep(120);
  if (!well) throw new DataError("The till does not balance");
}
"""
NOT_SIDEWAYS = """() => {
  const card = document.querySelector(".table-card");
  return card.scrollWidth <= card.clientWidth;
}"""


async def test_the_menu_of_a_phone_opens_leads_on_and_closes(open_page):
    page = await open_page("/", viewport=PHONE, has_touch=True, is_mobile=True)
    await expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    await is_live(page)
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


async def test_what_a_list_on_a_phone_is_searched_with_and_a_task_is_chosen_with_are_easy_to_hit(open_page):
    page = await open_page("/tasks?q=add-numbers", viewport=PHONE, has_touch=True, is_mobile=True)
    searched = page.locator(".filters .ant-input-affix-wrapper")
    await row_of(page, "add-numbers").get_by_role("button", name="Run…").tap()
    chosen = page.get_by_role("dialog", name="Run a task").locator(".field .ant-select")
    for touched in (searched, chosen):
        box = await touched.bounding_box()
        assert box is not None
        assert box["height"] >= 40


async def test_a_long_name_leaves_room_for_the_rest_of_its_row(open_page, ratchet):
    task, name = await new_task(ratchet, "named-at-length"), unique("all about the name of a schedule " * 2)
    await ratchet.schedules.create(NewSchedule(name=name, task_id=task.id, cron_expression="0 0 1 1 *"))
    page = await open_page(f"/schedules?task={task.id}")
    box = await row_of(page, name).get_by_role("link", name=name, exact=True).bounding_box()
    assert box is not None
    assert box["width"] <= 220


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


async def test_the_colours_are_chosen_by_the_system_and_then_by_hand(open_page):
    page = await open_page("/", color_scheme="dark")
    await expect(page.locator("html")).to_have_class("dark")
    await page.get_by_role("button", name="Light colours").click()
    await expect(page.locator("html")).to_have_class("light")
    await page.reload()
    await expect(page.locator("html")).to_have_class("light")


async def test_in_a_small_window_lists_leave_columns_out_and_do_not_scroll_sideways(open_page, ratchet):
    task = await new_task(ratchet, "a-task-with-a-name-about-as-long-as-those-of-tasks-may-be", FAILS_ONCE)
    for input in ({}, {"well": True}):
        await ended(ratchet, await run(ratchet, task, input))
    draft = NewSchedule(task_id=task.id, name=unique("on working days"), cron_expression="0 30 6 * * 1-5")
    await ratchet.schedules.create(
        draft.model_copy(update={"time_zone": "America/Argentina/ComodRivadavia", "enabled": True})
    )
    small = {"width": 1280, "height": 720}
    page = await open_page(f"/schedules?task={task.id}", once=True, viewport=small)
    row, named = row_of(page, draft.name), {"name": task.name, "exact": True}
    await expect(row.get_by_role("link", **named)).to_have_count(1)
    await expect(page.get_by_role("columnheader", name="Task")).to_be_hidden()
    ofs, found = f"?task={task.id}", f"/tasks?q={task.name}"
    lists = (f"/schedules{ofs}", f"/executions{ofs}", f"/failures{ofs}", f"{found}&sort=-updated_at", found)
    # What was done hours ago needs more room than what was done just now.
    await page.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=23, minutes=30))
    for path in lists:
        await page.goto(path)
        await expect(page.locator("tbody tr[data-id]").first).to_be_visible()
        for width in (1440, 1280, 1200, 1024):
            await page.set_viewport_size({"width": width, "height": 720})
            assert await page.evaluate(NOT_SIDEWAYS), (path, width)
    await page.get_by_role("button", name="Columns").click()
    await expect(page.get_by_role("checkbox", name=re.compile("Source.*in a wider window"))).to_be_checked()


async def test_a_small_window_shows_of_what_it_leaves_out_only_what_a_list_is_sorted_by(open_page):
    page = await open_page("/tasks?sort=-updated_at", viewport={"width": 1024, "height": 720})
    await expect(page.get_by_role("columnheader", name="Changed")).to_be_visible()
    await expect(page.get_by_role("columnheader", name="Source")).to_be_hidden()


async def test_what_belongs_together_stays_on_a_line_where_there_is_little_room(open_page):
    page = await open_page("/", viewport={"width": 1024, "height": 720})
    await on_a_line(page.get_by_role("link", name="1 hour"), page.get_by_role("button", name="Run task…"))
    await page.goto("/jobs")
    filters = [page.get_by_role("button", name=name) for name in ("Any time", "More filters", "Views")]
    for width in (1024, 1280):
        await page.set_viewport_size({"width": width, "height": 720})
        await on_a_line(*filters)
    await page.set_viewport_size(PHONE)
    await on_a_line(
        page.get_by_role("heading", name="Jobs", exact=True), page.get_by_role("link", name="New job")
    )


async def on_a_line(*controls: Locator) -> None:
    """Hold that controls stand beside each other."""
    boxes = [await each.bounding_box() for each in controls]
    middles = [box["y"] + box["height"] / 2 for box in boxes if box]
    assert len(middles) == len(boxes)
    assert max(middles) - min(middles) < 10
