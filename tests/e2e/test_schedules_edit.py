"""Writing a schedule: controls and text in step, what it will do, and running it with another input."""

import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import Locator, Page, expect

from ratchet_web.logic.retry_policy import read_policy
from ratchet_web.models.jobs import RetryPolicy
from ratchet_web.models.schedules import NewSchedule, ScheduleChange, ScheduleQuery
from tests.e2e.steps import is_live, new_id, new_task, row_of, unique

NEW_YORK = "America/New_York"
SCHEMA = {
    "type": "object",
    "properties": {"rows": {"type": "integer", "title": "Rows", "minimum": 2}},
    "required": ["rows"],
}


def text_of(page: Page):
    return page.get_by_label("Cron expression")


async def test_a_schedule_is_written_by_controls_and_by_text_and_saved_with_its_input(open_page, ratchet):
    task = await new_task(ratchet, "reports", input_schema=SCHEMA)
    beside = NewSchedule(
        task_id=task.id,
        name=unique("beside"),
        cron_expression="17 1 * 11 *",
        time_zone=NEW_YORK,
        input={"rows": 3},
    )
    await ratchet.schedules.create(beside)
    page = await open_page("/schedules", timezone_id="Europe/Amsterdam")
    await page.get_by_role("link", name="New schedule").click()
    await _write_by_controls(page)
    await _write_by_text(page)
    await _see_what_the_clocks_do(page, beside.name)
    await _choose_retries_and_destinations(page)
    name = await _save_what_is_wrong(page, task.name)
    await _open_anew_and_save(page, name)

    made = await ratchet.schedules.get(await new_id(page, "schedules"))
    assert (made.cron_expression, made.time_zone, made.input) == ("0 17 1 1-7 11 SUN", NEW_YORK, {"rows": 7})
    assert (made.misfire_policy, made.allow_overlap, made.max_retries) == ("RUN_ONCE", False, 4)
    assert read_policy(made.retry_policy) == RetryPolicy(delay_seconds=90)
    assert made.output_destinations == [{"destinationType": "STDIO", "stdio": {"stream": "stdout"}}]
    how = page.get_by_role("region", name="How", exact=True)
    await expect(how).to_contain_text("One run makes up for all times")
    await expect(how).to_contain_text("Waits 1 m 30 s before the first retry")
    goes = page.get_by_role("list", name="Output destinations").get_by_role("listitem")
    await expect(goes).to_contain_text("Standard output")
    await expect(page.get_by_role("list", name="Next runs").get_by_role("listitem")).to_have_count(10)
    # Nothing was changed yet: the form opens with what was saved, and is left without a question.
    await page.get_by_role("link", name="Edit", exact=True).click()
    await expect(page.get_by_label("First wait")).to_have_value("90 s")
    await expect(page.get_by_label("Stream")).to_have_value("stdout")
    await page.get_by_role("link", name="Cancel").click()
    await expect(page).to_have_url(re.compile(rf"/schedules/{made.id}$"))


async def _write_by_controls(page: Page) -> None:
    """See that the controls write the text."""
    text, runs, told = text_of(page), _runs(page), _told(page)
    await expect(told).to_have_text("At 09:00, every day")
    await expect(page.get_by_label("Time zone")).to_have_value("Europe/Amsterdam")
    await runs.select_option("On weekdays")
    await expect(text).to_have_value("0 0 9 * * MON-FRI")
    await page.get_by_label("Wednesday").uncheck()
    await expect(text).to_have_value("0 0 9 * * MON,TUE,THU,FRI")
    await page.get_by_label("At", exact=True).fill("17:45")
    await expect(told).to_have_text("At 17:45, only on Monday, Tuesday, Thursday, and Friday")


async def _write_by_text(page: Page) -> None:
    """See that the text moves the controls; what they cannot say stays, and is told at its field."""
    text, runs = text_of(page), _runs(page)
    await text.fill("30 6 15 * *")
    await expect(runs).to_have_value("monthly")
    await expect(page.get_by_label("On day")).to_have_value("15")
    await text.fill("0 0 25 * * *")
    await expect(runs).to_have_value("custom")
    hours = page.get_by_label("Hours")
    await expect(hours).to_have_attribute("aria-invalid", "true")
    await expect(_said(page, "Hours: “25” is not possible; allowed are 0 to 23")).to_be_visible()
    await hours.fill("8,20")
    await expect(text).to_have_value("0 0 8,20 * * *")
    await text.fill("0 0 31 2 *")
    await expect(_said(page, "February has at most 29 days")).to_be_visible()
    await text.fill("0 0 29 2 1")
    await expect(page.get_by_text("29 February comes in leap years only")).to_be_visible()
    await expect(page.get_by_text("Kept as 0 0 0 29 2 MON")).to_be_visible()
    await text.fill("@daily")
    await expect(runs).to_have_value("daily")


async def _see_what_the_clocks_do(page: Page, beside: str) -> None:
    """See what the clocks of a zone do, and what else is due."""
    zone = page.get_by_label("Time zone")
    await zone.fill("New York")
    await expect(_said(page, f"did you mean {NEW_YORK}?")).to_be_visible()
    await zone.fill(NEW_YORK)
    await text_of(page).fill("0 17 1 1-7 11 SUN")
    preview = page.get_by_role("complementary", name="Preview")
    again = preview.get_by_role("listitem").filter(
        has_text="The clock goes back and shows this time once more"
    )
    await expect(again.first).to_contain_text("01:17 UTC-5")
    await expect(again.first).to_contain_text("07:17 for you")
    await expect(again.first).to_have_text(re.compile(f"due then: .*{beside}"))


async def _choose_retries_and_destinations(page: Page) -> None:
    await page.get_by_label("Retries at most").fill("4")
    await page.get_by_label("Wait between them").select_option("Twice as long each time")
    await page.get_by_label("First wait").fill("soon")
    await page.get_by_role("button", name="Add a destination").click()
    place = page.get_by_role("group", name="Destination 1")
    await place.get_by_label("Kind").select_option("Standard output")
    await place.get_by_role("button", name="Send a test").click()
    await expect(place.get_by_role("status")).to_have_text("It works. A line was printed.")


async def _save_what_is_wrong(page: Page, task: str) -> str:
    """Save what cannot be, one fault after the other; return the name that was given."""
    name, save = unique("autumn"), page.get_by_role("button", name="Save schedule")
    await page.get_by_label("Name").fill(name)
    await page.get_by_role("radio", name="Run once").check()
    await save.click()
    await expect(page.get_by_text("Choose the task that it is to run.")).to_be_visible()
    await expect(_said(page, "Write a time up to a day, like 30 s or 5 m")).to_be_visible()
    await page.get_by_label("First wait").fill("90 s")
    coming = page.get_by_role("list", name="Retries to come").get_by_role("listitem")
    await expect(coming.first).to_contain_text("Retry 1: after 1 m 12 s to 1 m 48 s")
    await page.get_by_role("combobox", name="Task").fill(task)
    named = page.get_by_role("option", name=task)
    await named.or_(page.locator(f".ant-select-item-option[title='{task}']")).last.click()
    await expect(page.get_by_label("Rows")).to_be_visible()
    await page.get_by_label("Rows").fill("1")
    await save.click()
    await expect(page.get_by_text("Not saved yet")).to_be_visible()
    await expect(page.get_by_label("Rows")).to_have_attribute("aria-invalid", "true")
    return name


async def _open_anew_and_save(page: Page, name: str) -> None:
    """See that nothing of what was typed is lost, be it wrong, when the page is opened anew."""
    await page.reload()
    await expect(page.get_by_label("Name")).to_have_value(name)
    await expect(text_of(page)).to_have_value("0 17 1 1-7 11 SUN")
    await expect(page.get_by_label("First wait")).to_have_value("90 s")
    await expect(page.get_by_label("Rows")).to_have_value("1")
    await page.get_by_label("Rows").fill("7")
    await page.get_by_role("button", name="Save schedule").click()


def _runs(page: Page) -> Locator:
    return page.get_by_label("Runs", exact=True)


def _told(page: Page) -> Locator:
    return page.get_by_role("status").filter(has_text="At ")


def _said(page: Page, words: str) -> Locator:
    return page.get_by_role("alert").filter(has_text=words)


async def test_a_schedule_is_changed_without_losing_what_others_did_and_leaving_asks(open_page, ratchet):
    task = await new_task(ratchet, "changed")
    draft = NewSchedule(task_id=task.id, name=unique("shared"), cron_expression="*/7 * * * *", enabled=False)
    made = await ratchet.schedules.create(draft)
    page = await open_page(f"/schedules/{made.id}")
    await page.get_by_role("link", name="Edit", exact=True).click()
    description = page.get_by_label("Description")
    await expect(page.get_by_label("Runs", exact=True)).to_have_value("custom")
    await expect(page.get_by_text("Every 7 minutes begins anew with each hour")).to_be_visible()
    await description.fill("Mine")
    await page.get_by_role("link", name="Cancel").click()
    ask = page.get_by_role("dialog", name="Leave without saving?")
    await ask.get_by_role("button", name="Stay").click()

    await ratchet.schedules.change(made.id, ScheduleChange(description="Theirs", cron_expression="0 5 * * *"))
    await page.get_by_role("button", name="Save schedule").click()
    panel = page.get_by_role("region", name="Two versions")
    await expect(panel).to_contain_text("Theirs")
    await panel.get_by_role("button", name="Keep mine").click()
    await expect(page).to_have_url(f"/schedules/{made.id}")
    await expect(page.get_by_text("Mine", exact=True)).to_be_visible()
    now = await ratchet.schedules.get(made.id)
    # What nobody touched here is as the other one made it.
    assert (now.description, now.cron_expression, now.enabled) == ("Mine", "0 0 5 * * *", False)


async def test_a_schedule_is_run_with_another_input_and_one_that_is_late_is_marked(open_page, ratchet):
    task = await new_task(ratchet, "triggered", input_schema=SCHEMA)
    draft = NewSchedule(
        task_id=task.id,
        name=unique("late"),
        cron_expression="0 4 * * *",
        time_zone=NEW_YORK,
        input={"rows": 3},
    )
    made = await ratchet.schedules.create(draft)
    page = await open_page(f"/schedules/{made.id}", once=True)
    await page.get_by_role("button", name="Run with input…").click()
    dialog = page.get_by_role("dialog", name=f"Run {made.name} now")
    await expect(dialog.get_by_label("Rows")).to_have_value("3")
    await dialog.get_by_label("Rows").fill("5")
    await dialog.get_by_role("button", name="Run now").click()
    job = await ratchet.jobs.get(await new_id(page, "jobs"))
    assert (job.schedule_id, job.input) == (made.id, {"rows": 5})
    await expect(page.locator(".title .status")).to_have_text("Completed")

    query = ScheduleQuery(task=task.id).address()
    await page.goto(query)
    await is_live(page)
    row = row_of(page, made.name)
    await expect(row.get_by_role("link", name="Completed", exact=True)).to_be_visible()
    by_its_clock = re.compile(r", 04:00 by the clock of America/New_York$")
    await expect(row.locator(".next-run")).to_have_attribute("title", by_its_clock)
    await expect(row.get_by_text("Overdue")).to_have_count(0)
    assert made.next_run
    await page.clock.set_system_time(max(made.next_run, datetime.now(UTC)) + timedelta(minutes=2))
    await expect(row.get_by_text("Overdue")).to_be_visible()
