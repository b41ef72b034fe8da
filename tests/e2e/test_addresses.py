"""The address is the view: it survives a reload, Back and being sent to somebody else."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.steps import FAILING, is_live, new_task, row_of, run, segment, tab


async def shows(page: Page, *ids: str) -> None:
    """Wait until the list holds these rows in this order."""
    await expect(page.locator("tbody tr[data-id]")).to_have_count(len(ids))
    links = page.locator("td a.mono")
    await expect(links).to_have_text(list(ids))


async def test_filters_sort_and_page_survive_reload_back_and_being_shared(open_page, ratchet):
    task = await new_task(ratchet, "failing", FAILING)
    ids = [(await run(ratchet, task)).id for _ in range(3)]
    page = await open_page("/executions?limit=2")
    await segment(page, "Status", "Failed").click()
    await expect(segment(page, "Status", "Failed")).to_have_attribute("aria-current", "page")
    await page.get_by_role("combobox", name="Task").click()
    await page.keyboard.type(task.name)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(rf"task={task.id}"))
    await shows(page, ids[2], ids[1])
    queued = page.get_by_role("link", name="Queued", exact=True)
    await expect(queued).to_have_attribute("href", re.compile(rf"task={task.id}"))
    await queued.click()
    await shows(page, ids[0], ids[1])
    await expect(page.get_by_role("columnheader", name="Queued")).to_have_attribute("aria-sort", "ascending")
    await page.get_by_role("link", name="Next").click()
    await shows(page, ids[2])

    await page.reload()
    await shows(page, ids[2])
    await expect(segment(page, "Status", "Failed")).to_have_attribute("aria-current", "page")
    other = await open_page(page.url)
    await shows(other, ids[2])
    await expect(other.get_by_role("columnheader", name="Queued")).to_have_attribute("aria-sort", "ascending")

    await page.go_back()
    await shows(page, ids[0], ids[1])
    await page.go_back()
    await shows(page, ids[2], ids[1])
    await page.go_back()
    await expect(page).to_have_url(re.compile(r"\?limit=2&status=FAILED$|\?status=FAILED&limit=2$"))
    await page.go_forward()
    await shows(page, ids[2], ids[1])


async def test_back_from_a_detail_page_finds_the_list_as_it_was_left(open_page, ratchet):
    task = await new_task(ratchet, "failing", FAILING)
    execution = await run(ratchet, task)
    page = await open_page(f"/executions?task={task.id}&status=FAILED")
    await row_of(page, execution.id).get_by_role("link", name=execution.id, exact=True).click()
    await tab(page, "Input & output").click()
    await expect(page).to_have_url(re.compile(r"tab=data"))
    await page.reload()
    await expect(page.get_by_role("region", name="Input")).to_be_visible()
    await expect(tab(page, "Input & output")).to_have_attribute("aria-current", "page")
    await page.go_back()
    await shows(page, execution.id)


async def test_a_search_by_name_is_part_of_the_address(open_page, ratchet):
    task = await new_task(ratchet, "needle")
    page = await open_page("/tasks")
    find = page.get_by_role("textbox", name="Find by name")
    await find.press_sequentially(task.name)
    # It is found while it is typed, and leaving the field takes nothing away.
    await expect(page).to_have_url(f"/tasks?q={task.name}")
    await expect(page.locator("tbody tr[data-id]")).to_have_count(1)
    await page.get_by_role("checkbox", name=f"Tick task {task.id}").check()
    await expect(page.get_by_role("checkbox", name=f"Tick task {task.id}")).to_be_checked()
    await page.reload()
    await expect(find).to_have_value(task.name)
    await expect(page.locator("tbody tr[data-id]")).to_have_count(1)
    # All that was typed is one step back; then the address and the field agree again.
    await page.go_back()
    await expect(page).to_have_url("/tasks")
    await expect(find).to_have_value("")
    await page.get_by_role("link", name="Tasks").first.click()
    await find.fill("half \ud83d\ude00")
    await find.press("Enter")
    await expect(page.get_by_role("link", name="Clear the filters")).to_be_visible()
    await page.get_by_role("link", name="Clear the filters").click()
    await expect(find).to_have_value("")


@pytest.mark.parametrize(
    ("address", "heading", "strange"),
    [
        ("/executions?status=BROKEN", "Executions", "status"),
        ("/executions?sort=colour&page=-3&limit=many", "Executions", "sort"),
        ("/jobs?task=<b>", "Jobs", "task"),
        ("/tasks?enabled=perhaps", "Tasks", "enabled"),
        ("/schedules?colour=red", "Schedules", "colour"),
    ],
)
async def test_what_makes_no_sense_in_an_address_is_said_and_left_out(open_page, address, heading, strange):
    page = await open_page(address)
    await expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    await expect(page.locator(".notice[data-kind=warn]")).to_contain_text(strange)
    await is_live(page)
    await expect(page.locator(".notice[data-kind=error]")).to_be_hidden()


@pytest.mark.parametrize(
    ("address", "noun"),
    [
        ("/tasks/999999", "task"),
        ("/tasks/999999/edit", "task"),
        ("/executions/999999", "execution"),
        ("/jobs/999999", "job"),
        ("/schedules/999999", "schedule"),
        ("/executions/<b>bold", "execution"),
    ],
)
async def test_what_is_not_there_is_told_with_a_way_back(open_page, address, noun):
    page = await open_page(address)
    await expect(page.get_by_role("heading", name=f"There is no such {noun}")).to_be_visible()
    await page.get_by_role("link", name=f"All {noun}s").click()
    await expect(page).to_have_url(f"/{noun}s")


@pytest.mark.console_errors("404")
async def test_an_address_that_leads_nowhere_is_told_with_a_way_back(open_page):
    page = await open_page("/nowhere")
    await expect(page.get_by_role("heading", name="There is nothing at this address")).to_be_visible()
    await page.get_by_role("main").get_by_role("link", name="Dashboard").click()
    await expect(page).to_have_url("/")
    await expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
