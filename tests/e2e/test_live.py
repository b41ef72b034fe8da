"""Two people at the console see each other's work as it happens, and nothing jumps about under a hand."""

from playwright.async_api import expect

from ratchet_web.models.schedules import NewSchedule
from tests.e2e.steps import HELD, Gate, freshness, is_live, new_task, row_of, run, segment, status_of, unique

YEARLY = "0 0 5 1 1 *"


async def test_an_execution_started_elsewhere_appears_in_an_open_list_and_moves_in_place(open_page, ratchet):
    gate = await Gate.closed(ratchet)
    task = await new_task(ratchet, "held", HELD)
    page = await open_page("/executions")
    await is_live(page)
    execution = await run(ratchet, task, gate.input)
    row = row_of(page, execution.id)
    await expect(row).to_contain_text("Running")
    await expect(row.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "40")
    drawn = await row.element_handle()
    await gate.open()
    await expect(row).to_contain_text("Completed")
    assert await drawn.evaluate("row => row.isConnected && row.textContent.includes('Completed')")


async def test_a_run_of_one_visitor_shows_in_the_filtered_list_of_another(open_page, ratchet):
    gate = await Gate.closed(ratchet)
    task = await new_task(ratchet, "held", HELD)
    watching = await open_page(f"/executions?status=RUNNING&task={task.id}")
    await expect(watching.get_by_text("Nothing matches")).to_be_visible()
    running = await open_page(f"/tasks/{task.id}?run={task.id}")
    await running.get_by_role("textbox", name="Input as JSON").click()
    await running.keyboard.press("ControlOrMeta+a")
    await running.keyboard.insert_text(f'{{"gate": "{gate.input["gate"]}"}}')
    await running.get_by_role("dialog").get_by_role("button", name="Run", exact=True).click()
    await expect(row_of(watching, task.name)).to_contain_text("Running")
    await gate.open()
    await expect(status_of(running)).to_have_text("Completed")
    await expect(watching.get_by_text("Nothing matches")).to_be_visible()
    await segment(watching, "Status", "All").click()
    await expect(row_of(watching, task.name)).to_contain_text("Completed")


async def test_a_task_switched_off_in_one_browser_is_off_in_the_other(open_page, ratchet):
    task = await new_task(ratchet, "switched")
    here, there = await open_page(f"/tasks?q={task.name}"), await open_page(f"/tasks/{task.id}")
    await expect(status_of(there)).to_have_text("Enabled")
    switch = row_of(here, task.name).get_by_role("switch")
    await switch.click()
    await expect(status_of(there)).to_have_text("Disabled")
    await expect(there.get_by_role("button", name="Run…")).to_be_disabled()
    await there.get_by_role("switch", name=f"Enable {task.name}").click()
    await expect(switch).to_be_checked()
    await expect(row_of(here, task.name).get_by_role("button", name="Run…")).to_be_enabled()


async def test_a_schedule_switched_on_in_one_browser_is_on_in_the_other(open_page, ratchet):
    task = await new_task(ratchet, "scheduled")
    draft = NewSchedule(task_id=task.id, name=unique("yearly"), cron_expression=YEARLY, enabled=False)
    schedule = await ratchet.schedules.create(draft)
    here, there = (
        await open_page(f"/schedules/{schedule.id}"),
        await open_page(f"/schedules?task={task.id}"),
    )
    row = row_of(there, schedule.name)
    await expect(row).to_contain_text("disabled")
    await here.get_by_role("switch", name=f"Enable {schedule.name}").click()
    await expect(status_of(here)).to_have_text("Enabled")
    await expect(row.get_by_role("switch")).to_be_checked()
    await expect(row).not_to_contain_text("disabled")


async def test_rows_stay_under_the_pointer_and_the_pill_lets_new_ones_in(open_page, ratchet):
    task = await new_task(ratchet, "still")
    old = await run(ratchet, task)
    page = await open_page(f"/executions?task={task.id}")
    row = row_of(page, old.id)
    await expect(row).to_contain_text("Completed")
    await row.hover()
    before = await row.bounding_box()
    new = [await run(ratchet, task), await run(ratchet, task)]
    pill = page.get_by_role("button", name="2 new")
    await expect(pill).to_be_visible()
    await expect(freshness(page)).to_contain_text("paused: they stand still while you point at them")
    assert await row.bounding_box() == before
    await expect(row_of(page, new[0].id)).to_be_hidden()
    await pill.press("Enter")
    await expect(row_of(page, new[1].id)).to_be_visible()
    await expect(pill).to_be_hidden()
    await page.mouse.move(0, 0)
    await expect(freshness(page)).to_contain_text("new ones come in at once")
    assert [await link.inner_text() for link in await page.locator("td a.mono").all()] == [
        new[1].id,
        new[0].id,
        old.id,
    ]
