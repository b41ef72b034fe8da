"""The command palette, the keys of all pages, and the bell, by keyboard alone."""

import asyncio
import re

from playwright.async_api import Page, Route, expect

from tests.e2e.steps import FAILING, HELD, Gate, is_live, new_task, row_of, run

# Somebody presses keys as soon as the next page has its address.
LEAVES_AT_ONCE = """() => {
  const push = history.pushState;
  history.pushState = (...given) => {
    history.pushState = push;
    push.apply(history, given);
    const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    queueMicrotask(() => ["g", "s"].forEach(press));
  };
}"""


def field(page: Page):
    """Return what is typed into."""
    return page.get_by_role("combobox", name="Search, or a command")


async def look_for(page: Page, text: str) -> None:
    """Open the palette and type."""
    await page.keyboard.press("ControlOrMeta+k")
    await expect(field(page)).to_be_focused()
    await page.keyboard.type(text)


async def test_rows_pages_and_commands_are_found_and_the_focus_comes_back(open_page, ratchet):
    task = await new_task(ratchet, "findable")
    page = await open_page("/tasks")
    await is_live(page)
    opener = page.get_by_role("button", name="Search and commands")
    await opener.focus()
    await page.keyboard.press("Enter")
    await expect(field(page)).to_be_focused()
    await expect(
        page.get_by_role("group", name="On this page").get_by_role("option", name="New task")
    ).to_be_visible()
    # The button that closes the palette itself is none of its commands.
    await expect(page.get_by_role("option", name="Notifications")).to_be_visible()
    await expect(page.get_by_role("option", name="Close", exact=True)).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(opener).to_be_focused()

    await look_for(page, task.name)
    first = page.get_by_role("listbox", name="Results").get_by_role("option").first
    await expect(first).to_contain_text(f"Task {task.id}")
    await expect(field(page)).to_have_attribute(
        "aria-activedescendant", await first.get_attribute("id") or ""
    )
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"/tasks/{task.id}")
    await expect(page.get_by_role("heading", name=task.name)).to_be_visible()

    # An id is the server's to answer: Enter waits for that. A command of the frame is done at once.
    await look_for(page, task.id)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"/tasks/{task.id}")
    await expect(field(page)).to_have_count(0)
    await look_for(page, "dark col")
    await page.keyboard.press("Enter")
    await expect(page.locator("html")).to_have_class("dark")
    await look_for(page, "queue")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url("/jobs/queue")
    await page.keyboard.press("ControlOrMeta+k")
    recent = page.get_by_role("group", name="Recently visited")
    await expect(recent.get_by_role("option", name=task.name)).to_be_visible()

    # Between a link and its page, the page before is still shown, and its title is none of a row.
    await page.keyboard.press("Escape")
    other = await new_task(ratchet, "hardly-seen")
    await page.get_by_role("link", name="Tasks", exact=True).click()
    link = page.get_by_role("link", name=other.name)
    await expect(link).to_be_visible()
    await page.evaluate(LEAVES_AT_ONCE)
    await link.click()
    await expect(page).to_have_url("/schedules")
    await page.keyboard.press("ControlOrMeta+k")
    await expect(recent.get_by_role("option", name=task.name)).to_be_visible()
    await expect(recent.get_by_role("option")).to_have_count(1)


async def test_a_late_answer_takes_no_newer_ones_place_and_enter_waits_for_its_own(open_page, ratchet):
    slow, fast = await new_task(ratchet, "slow-one"), await new_task(ratchet, "fast-one")
    page = await open_page("/system")
    await is_live(page)
    asked, let_go = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        if slow.name in route.request.url:
            asked.set()
            await let_go.wait()
        await route.continue_()

    await page.route("**/console/search?**", hold)
    await look_for(page, slow.name)
    async with asyncio.timeout(20):
        await asked.wait()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("what is found first opens")).to_be_visible()
    await field(page).fill(fast.name)
    let_go.set()
    results = page.get_by_role("listbox", name="Results")
    await expect(results.get_by_role("option", name=f"{fast.name} Task {fast.id}")).to_be_visible()
    await expect(results.get_by_role("option", name=re.compile(slow.name))).to_have_count(0)
    await expect(page).to_have_url("/system")


async def test_keys_lead_through_lists_and_from_row_to_row(open_page, ratchet):
    task = await new_task(ratchet, "keyed", FAILING)
    older, newer = await run(ratchet, task), await run(ratchet, task)
    page = await open_page("/tasks")
    await is_live(page)
    for key, path in {"j": "/jobs", "a": "/audit", "d": "/", "t": "/tasks", "e": "/executions"}.items():
        await page.keyboard.press("g")
        await page.keyboard.press(key)
        await expect(page).to_have_url(path)
    await page.goto(f"/executions?task={task.id}")
    await expect(row_of(page, older.id)).to_contain_text("Failed")
    await page.keyboard.press("j")
    await expect(row_of(page, newer.id).get_by_role("link", name=newer.id, exact=True)).to_be_focused()
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await expect(row_of(page, older.id).get_by_role("checkbox")).to_be_checked()
    await page.keyboard.press("x")
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"/executions/{newer.id}")
    results = page.get_by_role("navigation", name="In the list")
    await expect(results).to_contain_text("1 of /2")
    await page.keyboard.press("]")
    await expect(page).to_have_url(f"/executions/{older.id}")
    await expect(results).to_contain_text("2 of /2")
    await page.keyboard.press("[")
    await expect(page).to_have_url(f"/executions/{newer.id}")
    await page.keyboard.press("/")
    await expect(field(page)).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(field(page)).to_have_count(0)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys on this page")).to_contain_text("Next row in the list")


async def test_the_bell_tells_of_what_this_tab_started_after_a_reload_and_elsewhere(open_page, ratchet):
    gate = await Gate.closed(ratchet)
    task = await new_task(ratchet, "awaited", HELD)
    page = await open_page(f"/tasks/{task.id}?run={task.id}")
    bell = page.get_by_role("button", name="Notifications")
    dialog = page.get_by_role("dialog", name="Run a task")
    await dialog.get_by_role("textbox", name="Input").fill(f'{{"gate": "{gate.input["gate"]}"}}')
    await dialog.get_by_role("button", name="Run", exact=True).click()
    await expect(page).to_have_url(re.compile(r"/executions/\d+$"))
    id = page.url.rsplit("/", 1)[1]
    await page.goto("/schedules")
    await bell.click()
    await expect(page.get_by_text("Not finished yet")).to_contain_text(f"Execution {id}")
    await page.keyboard.press("Escape")
    await gate.open()
    told = f"Execution {id} of {task.name} completed"
    await expect(page.get_by_role("status").filter(has_text=told)).to_have_count(1)
    await expect(bell).to_have_accessible_name("Notifications, 1 unread")
    await bell.click()
    await page.get_by_role("link", name=told).click()
    await expect(page).to_have_url(f"/executions/{id}")
    await expect(bell).to_have_accessible_name("Notifications")
