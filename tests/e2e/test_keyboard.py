"""Journeys by Tab, Enter and arrows alone: the focus is always seen, and comes back from what opens."""

from datetime import UTC, datetime, timedelta

from playwright.async_api import Locator, Page, expect

from ratchet_web.models.failures import FailureQuery, FailureState
from ratchet_web.models.jobs import JobStatus, NewJob
from ratchet_web.models.schedules import NewSchedule
from tests.e2e.steps import FAILING, is_live, new_task, run, segment, unique
from tests.support.server import eventually

MOST_STOPS = 80
# What is wrong with where the focus is; null where nothing is.
UNSEEN = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "the focus is nowhere";
  const name = at.outerHTML.slice(0, 160);
  // The browser itself marks which part of a time is typed.
  if (at.type === "time") return null;
  const marked = [at, at.parentElement, at.nextElementSibling, at.closest(".ant-select, .code-editor")];
  const seen = marked.filter(Boolean).some((each) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
  });
  if (!seen) return `nothing marks ${name}`;
  const box = at.getBoundingClientRect();
  const here = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return here ? null : `out of sight: ${name}`;
}"""
DESCRIBED = """editor => (editor.getAttribute("aria-describedby") ?? "").split(" ")
  .map((id) => document.getElementById(id)?.textContent ?? "").join(" ")"""
OUT_OF_ORDER = 'document.querySelectorAll(\'[tabindex]:not([tabindex="0"], [tabindex^="-"])\').length'


async def tab_to(page: Page, element: Locator, key: str = "Tab") -> None:
    """Press Tab until an element has the focus; each stop on the way must be seen."""
    for _ in range(MOST_STOPS):
        if await element.evaluate("element => element === document.activeElement"):
            return
        await page.keyboard.press(key)
        assert await page.evaluate(UNSEEN) is None, await page.evaluate(UNSEEN)
    raise AssertionError(f"{key} never gets there")


async def enter(page: Page, element: Locator) -> None:
    """Go to an element, and press Enter there."""
    await tab_to(page, element)
    await page.keyboard.press("Enter")


async def test_a_schedule_is_edited(open_page, ratchet):
    task = await new_task(ratchet, "typed")
    draft = NewSchedule(task_id=task.id, name=unique("nightly"), cron_expression="0 0 3 * * *")
    schedule = await ratchet.schedules.create(draft)
    page = await open_page(f"/schedules/{schedule.id}")
    await expect(page.get_by_role("heading", level=1)).to_contain_text(schedule.name)
    await enter(page, page.get_by_role("link", name="Edit", exact=True))
    name = page.get_by_role("textbox", name="Name", exact=True)
    await expect(name).to_have_value(schedule.name)
    await tab_to(page, name)
    await page.keyboard.press("End")
    await page.keyboard.type("-by-hand")
    runs = page.get_by_label("Runs", exact=True)
    await tab_to(page, runs)
    before = await runs.input_value()
    await page.keyboard.press("ArrowDown")
    await expect(runs).not_to_have_value(before)
    assert await page.evaluate(OUT_OF_ORDER) == 0
    # In an editor Tab indents, and after Escape leads on, as the editor's description says.
    editor = page.get_by_role("textbox", name="Input")
    await tab_to(page, editor)
    assert "Escape" in await editor.evaluate(DESCRIBED)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Tab")
    await expect(editor).not_to_be_focused()
    await enter(page, page.get_by_role("button", name="Save schedule"))
    await expect(page).to_have_url(f"/schedules/{schedule.id}")
    await expect(page.get_by_role("heading", level=1)).to_contain_text(f"{schedule.name}-by-hand")
    changed = await ratchet.schedules.get(schedule.id)
    assert (changed.name, changed.cron_expression) != (schedule.name, schedule.cron_expression)


async def test_jobs_are_cancelled_together(open_page, ratchet):
    task = await new_task(ratchet, "many")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    job = await ratchet.jobs.create(NewJob(task_id=task.id, input={}, scheduled_for=tomorrow))
    page = await open_page(f"/jobs?task={task.id}")
    row = page.locator(f"tr[data-id='{job.id}']")
    await tab_to(page, row.get_by_role("checkbox"))
    await page.keyboard.press("Space")
    act = page.get_by_role("button", name="Cancel…")
    await tab_to(page, act, "Shift+Tab")
    await page.keyboard.press("Enter")
    question = page.get_by_role("dialog")
    confirm = question.get_by_role("button", name="Cancel 1 job")
    await expect(confirm).to_be_visible()
    # On the frame of the dialog, which keeps Tab within.
    await expect(page.locator(".ant-drawer:focus, .ant-drawer :focus")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(question).to_be_hidden()
    await expect(act).to_be_focused()
    await page.keyboard.press("Enter")
    await enter(page, confirm)
    await expect(row.locator(".status")).to_have_text("Cancelled")
    assert (await ratchet.jobs.get(job.id)).status is JobStatus.CANCELLED


async def test_a_failure_is_judged(open_page, ratchet):
    task = await new_task(ratchet, "judged", FAILING.replace("till", unique("till").replace("-", " ")))
    await run(ratchet, task)

    async def found():
        return (await ratchet.failures.page(FailureQuery(task=task.id))).rows

    (failure,) = await eventually(found, bool)
    page = await open_page(f"/failures?task={task.id}")
    row = page.locator(f"tr[data-id='{failure.id}']")
    await enter(page, row.get_by_role("button", name="Resolve"))
    await expect(row.locator(".status")).to_have_text("Resolved")
    # The button that was pressed is gone. What takes it back is near, and a second press would not do it.
    await expect(row.get_by_role("link").first).to_be_focused()
    await enter(page, row.get_by_role("button", name="Reopen"))
    await expect(row.locator(".status")).to_have_text("Open")
    await expect(row.get_by_role("link").first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("does not balance")
    await enter(page, page.get_by_role("button", name="Ignore"))
    await expect(page.locator(".facts .status")).to_have_text("Ignored")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await page.keyboard.press("Enter")
    assert (await found())[0].state is FailureState.IGNORED


async def test_a_range_and_the_table_of_a_chart_are_chosen_on_the_dashboard_and_a_command_in_the_palette(
    open_page, ratchet
):
    task = await new_task(ratchet, "charted", FAILING)
    await run(ratchet, task)
    page = await open_page("/")
    await is_live(page)
    week = segment(page, "Range", "7 days")
    await enter(page, week)
    await expect(page).to_have_url("/?range=7d")
    await expect(week).to_have_attribute("aria-current", "page")
    await expect(week).to_be_focused()
    ended = page.get_by_role("region", name="Executions that ended", exact=True)
    twin = ended.get_by_text("As a table")
    await expect(twin).to_be_visible()
    await enter(page, twin)
    link = ended.get_by_role("table").get_by_role("link").first
    await tab_to(page, link)
    assert await page.evaluate(OUT_OF_ORDER) == 0

    await page.keyboard.press("ControlOrMeta+k")
    field = page.get_by_role("combobox", name="Search, or a command")
    await expect(field).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(link).to_be_focused()
    await page.keyboard.press("ControlOrMeta+k")
    await page.keyboard.type("task")
    options = page.get_by_role("listbox", name="Results").get_by_role("option")
    await expect(options.nth(1)).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("ArrowUp")
    await expect(options.first).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Search and commands")).to_have_count(0)
    await expect(page).to_have_url("/tasks")
