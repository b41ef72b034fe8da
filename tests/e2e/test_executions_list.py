"""The list of executions: what it can be narrowed by, and what stands around it."""

import json
import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.steps import FAILING, new_task, read_csv, row_of, run, segment


def time_button(page: Page) -> Locator:
    """Return the button of the filter by time."""
    return page.get_by_role("button", name="Queued:")


async def test_time_duration_and_error_narrow_the_list_and_stand_in_the_address(open_page, ratchet):
    failing, good = await new_task(ratchet, "failing", FAILING), await new_task(ratchet, "good")
    failed, fine = await run(ratchet, failing), await run(ratchet, good)
    page = await open_page("/executions?limit=50", timezone_id="Europe/Berlin")
    await time_button(page).click()
    await page.get_by_role("link", name="Last hour").click()
    await expect(page).to_have_url(re.compile(r"\?limit=50&range=1h$"))
    await expect(time_button(page)).to_have_text(re.compile("Last hour"))
    await expect(row_of(page, fine.id)).to_be_visible()

    await page.get_by_role("button", name="More filters").click()
    await page.get_by_label("Took at most").fill("soon")
    await page.get_by_label("Error message contains").fill("till does not")
    await page.get_by_role("button", name="Apply").click()
    await expect(page.get_by_role("alert")).to_have_text(re.compile("Write a time with its unit"))
    await expect(page.get_by_label("Took at most")).to_be_focused()
    await expect(page.get_by_label("Error message contains")).to_have_value("till does not")
    await page.get_by_label("Took at most").fill("10 m")
    await page.keyboard.press("Enter")
    await expect(row_of(page, failed.id)).to_be_visible()
    await expect(row_of(page, fine.id)).to_be_hidden()
    # The counts are those within the other filters.
    await expect(segment(page, "Status", "Completed")).to_have_text("Completed0")
    await page.reload()
    await expect(row_of(page, failed.id)).to_be_visible()
    await page.get_by_role("link", name="Remove the filter error has “till does not”").click()
    await expect(row_of(page, fine.id)).to_be_visible()
    await page.get_by_role("link", name="Clear all").click()
    await expect(page).to_have_url(re.compile(r"/executions\?limit=50$"))


async def test_what_is_in_an_input_or_an_output_is_found(open_page, ratchet):
    task = await new_task(ratchet, "echo")
    first = await run(ratchet, task, {"customer": "c-17"})
    second = await run(ratchet, task, {"customer": "c-18"})
    page = await open_page(f"/executions?task={task.id}&range=1h")
    await expect(row_of(page, first.id)).to_be_visible()
    await page.get_by_role("button", name="More filters").click()
    await page.get_by_label("Input contains").fill("C-18")
    await page.get_by_role("button", name="Apply").click()
    await expect(row_of(page, first.id)).to_be_hidden()
    await expect(row_of(page, second.id)).to_be_visible()
    await expect(page.get_by_role("region", name="Executions by the time")).to_contain_text("1 queued")
    await expect(page.get_by_role("link", name="Remove the filter input has “C-18”")).to_be_visible()


async def test_exact_times_are_written_in_the_viewers_zone(open_page, ratchet):
    task = await new_task(ratchet, "good")
    execution = await run(ratchet, task)
    page = await open_page(f"/executions?task={task.id}", timezone_id="Asia/Kolkata")
    await expect(row_of(page, execution.id)).to_be_visible()
    await time_button(page).click()
    panel = page.get_by_role("dialog", name="When it was queued")
    await expect(panel).to_contain_text("Asia/Calcutta (GMT+5:30)")
    await panel.get_by_label("From").fill("2026-02-01 10:00")
    await panel.get_by_label("To").fill("2026-02-01 09:00")
    await panel.get_by_role("button", name="Apply").click()
    await expect(panel.get_by_role("alert")).to_have_text("The end is before the beginning.")
    await panel.get_by_label("To").fill("2026-02-02")
    await panel.get_by_role("button", name="Apply").click()
    await expect(page).to_have_url(
        re.compile(r"since=2026-02-01T04%3A30%3A00Z&until=2026-02-02T18%3A29%3A59Z")
    )
    await expect(time_button(page)).to_have_text(re.compile("Feb 1, 10:00 – Feb 2, 23:59:59"))
    await expect(page.get_by_text("Nothing matches")).to_be_visible()
    await time_button(page).click()
    await expect(panel.get_by_label("From")).to_have_value("2026-02-01 10:00")
    await page.keyboard.press("Escape")
    await expect(time_button(page)).to_be_focused()


async def test_a_stretch_of_time_that_is_drawn_over_becomes_the_range(open_page, ratchet):
    task = await new_task(ratchet, "good")
    execution = await run(ratchet, task)
    page = await open_page(f"/executions?task={task.id}&range=15m")
    strip = page.get_by_role("region", name="Executions by the time they were queued")
    await expect(strip).to_contain_text("1 queued")
    bars = strip.locator(".bars")
    box = await bars.bounding_box()
    assert box
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] - 1, box["y"] + 20, steps=3)
    await page.mouse.up()
    await expect(page).to_have_url(re.compile(r"task=\d+&since=[^&]+Z&until=[^&]+Z$"))
    await expect(row_of(page, execution.id)).to_be_visible()
    await expect(strip).to_contain_text("1 queued")
    await bars.dblclick(position={"x": 40, "y": 10})
    await expect(page).to_have_url(re.compile(r"/executions\?task=\d+$"))

    # The same with keys: all but the last moments, in which it was queued.
    last = strip.get_by_role("slider", name="To")
    await expect(strip).to_contain_text("1 queued")
    await last.focus()
    await page.keyboard.press("PageDown")
    await expect(strip).to_contain_text(": 0")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"until="))
    await expect(page.get_by_text("Nothing matches")).to_be_visible()
    await page.go_back()
    await expect(row_of(page, execution.id)).to_be_visible()


async def columns_stay_hidden(page: Page) -> None:
    """Hide a column of a list that has rows."""
    queued = page.get_by_role("columnheader", name="Queued")
    await page.get_by_role("button", name="Columns").click()
    await expect(page.get_by_role("checkbox", name="Execution", exact=True)).to_be_disabled()
    await page.get_by_role("checkbox", name="Queued").uncheck()
    await expect(queued).to_be_hidden()
    await expect(page.locator("tbody tr[data-id] time").first).to_be_hidden()
    await page.reload()
    await expect(page.locator("tbody tr[data-id]").first).to_be_visible()
    await expect(queued).to_be_hidden()
    # Each list has its own.
    await page.goto("/tasks")
    await expect(page.get_by_role("columnheader", name="Name")).to_be_visible()
    await expect(page.locator("html")).not_to_have_attribute("data-hide", re.compile(r"\d"))


async def test_what_is_chosen_of_a_range_stays_chosen_while_time_goes_on_and_columns_stay_hidden(
    open_page, ratchet
):
    task = await new_task(ratchet, "good")
    await run(ratchet, task)
    page = await open_page(f"/executions?task={task.id}&range=15m")
    strip = page.get_by_role("region", name="Executions by the time they were queued")
    begin = strip.get_by_role("slider", name="From")
    for _ in range(3):
        await begin.press("PageUp")
    # Both at one moment: a bucket is 10 s long, and the strip goes on between two looks.
    chosen, instant = await begin.evaluate("el => [el.ariaValueNow, el.ariaValueText]")
    assert int(chosen) > 20
    # It takes a bucket's time: another page is looked at meanwhile.
    await columns_stay_hidden(await open_page("/executions"))
    await expect(begin).not_to_have_attribute("aria-valuenow", chosen, timeout=30_000)
    await expect(begin).to_have_attribute("aria-valuetext", instant)
    await expect(strip.locator(".chosen")).to_be_visible()


async def test_a_view_is_saved_renamed_and_deleted(open_page):
    page = await open_page("/executions?status=FAILED&range=7d")
    views = page.get_by_role("button", name=re.compile("^(Views|Bad weeks|Bad week|Running)$"))
    await views.click()
    save = page.get_by_label("Save what is shown as")
    await save.fill("Bad weeks")
    await save.press("Enter")
    await save.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("Give it a name.")
    await page.get_by_role("link", name="Running", exact=True).click()
    await expect(page).to_have_url(re.compile(r"/executions\?status=RUNNING$"))
    await expect(views).to_have_text("Running")
    await page.reload()
    await views.click()
    await page.get_by_role("button", name="Rename the view Bad weeks").click()
    await page.get_by_label("New name of Bad weeks").fill("Bad week")
    await page.get_by_role("button", name="Rename", exact=True).click()
    await page.get_by_role("link", name="Bad week", exact=True).click()
    await expect(page).to_have_url(re.compile(r"/executions\?range=7d&status=FAILED$"))
    await expect(views).to_have_text("Bad week")
    await views.click()
    await page.get_by_role("button", name="Delete the view Bad week").click()
    await expect(page.get_by_role("link", name="Bad week", exact=True)).to_be_hidden()


@pytest.mark.console_errors("ERR_FAILED", "ERR_CONNECTION")
async def test_everything_that_matches_is_exported_or_nothing(open_page, ratchet):
    task = await new_task(ratchet, "failing", FAILING)
    ids = [(await run(ratchet, task)).id for _ in range(3)]
    page = await open_page(f"/executions?task={task.id}&limit=2")
    await expect(segment(page, "Status", "Failed")).to_have_text("Failed3")
    export = page.get_by_role("button", name=re.compile("^Export"))
    await export.click()
    for form, read in (("CSV", read_csv), ("JSON", read_json)):
        async with page.expect_download() as downloading:
            await page.get_by_role("button", name=form, exact=True).click()
        rows = read(Path(await (await downloading.value).path()))
        assert [row["id"] for row in rows] == ids[::-1]
        assert {row["error_message"] for row in rows} == {"DataError: The till does not balance"}
        await expect(page.get_by_role("status").filter(has_text="3 rows are in")).to_be_visible()

    broken = '{"text": "[", "rows": 0}\n{"error": {"message": "It went away", "request_id": "r1"}}\n'
    await page.route("**/console/executions/export?**", lambda route: route.fulfill(body=broken))
    await page.get_by_role("button", name="JSON", exact=True).click()
    said = page.get_by_role("alert").filter(has_text="nothing was saved")
    await expect(said).to_contain_text("It went away (request r1)")
    await expect(export).to_have_text("Export failed")
    await page.unroute("**/console/executions/export?**")
    await page.route("**/console/executions/export?**", lambda route: None)
    await page.get_by_role("button", name="JSON", exact=True).click()
    await page.get_by_role("button", name="Cancel export").click()
    await expect(export).to_have_text("Export")


async def test_two_ticked_rows_can_be_compared(open_page, ratchet):
    task = await new_task(ratchet, "good")
    ids = [(await run(ratchet, task)).id for _ in range(3)]
    page = await open_page(f"/executions?task={task.id}")
    compare = page.get_by_role("link", name="Compare")
    for id in reversed(ids[:2]):
        await expect(compare).to_be_hidden()
        await page.get_by_role("checkbox", name=f"Tick execution {id}", exact=True).check()
    await expect(compare).to_have_attribute(
        "href", re.compile(rf"^/executions/compare\?a={ids[0]}&b={ids[1]}(&|$)")
    )
    await page.get_by_role("checkbox", name=f"Tick execution {ids[2]}", exact=True).check()
    await expect(compare).to_be_hidden()


def read_json(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file."""
    found: list[dict[str, str]] = json.loads(path.read_text("utf-8"))
    return found


async def test_a_link_that_is_pressed_before_another_was_answered_undoes_nothing(open_page, ratchet):
    task = await new_task(ratchet, "hasty", FAILING)
    await run(ratchet, task)
    page = await open_page("/", once=True)
    told, waits, held = [], False, []

    def between(socket):
        server = socket.connect_to_server()
        socket.on_message(server.send)
        server.on_message(lambda message: held.append(message) if waits else socket.send(message))
        told.append(socket)

    await page.route_web_socket(re.compile("/_event"), between)
    await page.goto(f"/executions?task={task.id}")
    failed = page.get_by_role("navigation", name="Status").get_by_role("link", name="Failed")
    duration = page.get_by_role("columnheader", name="Duration")
    await expect(page.locator("tbody tr[data-id]")).to_have_count(1)
    waits = True
    await failed.click()
    await expect(page).to_have_url(re.compile("status=FAILED"))
    await duration.get_by_role("link").click()
    await expect(page).to_have_url(re.compile("sort=-duration_ms"))
    waits = False
    for message in held:
        told[-1].send(message)
    await expect(duration).to_have_attribute("aria-sort", "descending")
    await expect(failed).to_have_attribute("aria-current", "page")
    await expect(page).to_have_url(re.compile(rf"task={task.id}"))
