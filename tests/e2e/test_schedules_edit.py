"""Writing a schedule: controls and text in step, what it will do, and running it with another input."""

import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, expect

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
    text, runs = text_of(page), page.get_by_label("Runs", exact=True)
    told, zone = page.get_by_role("status").filter(has_text="At "), page.get_by_label("Time zone")
    await expect(told).to_have_text("At 09:00, every day")
    await expect(zone).to_have_value("Europe/Amsterdam")

    # The controls write the text.
    await runs.select_option("On weekdays")
    await expect(text).to_have_value("0 0 9 * * MON-FRI")
    await page.get_by_label("Wednesday").uncheck()
    await expect(text).to_have_value("0 0 9 * * MON,TUE,THU,FRI")
    await page.get_by_label("At", exact=True).fill("17:45")
    await expect(told).to_have_text("At 17:45, only on Monday, Tuesday, Thursday, and Friday")

    # The text moves the controls; what they cannot say stays as it is written, and is told at its field.
    await text.fill("30 6 15 * *")
    await expect(runs).to_have_value("monthly")
    await expect(page.get_by_label("On day")).to_have_value("15")
    await text.fill("0 0 25 * * *")
    await expect(runs).to_have_value("custom")
    hours = page.get_by_label("Hours")
    await expect(hours).to_have_attribute("aria-invalid", "true")
    await expect(
        page.get_by_role("alert").filter(has_text="Hours: “25” is not possible; allowed are 0 to 23")
    ).to_be_visible()
    await hours.fill("8,20")
    await expect(text).to_have_value("0 0 8,20 * * *")
    await text.fill("0 0 31 2 *")
    await expect(page.get_by_role("alert").filter(has_text="February has at most 29 days")).to_be_visible()
    await text.fill("0 0 29 2 1")
    await expect(page.get_by_text("29 February comes in leap years only")).to_be_visible()
    await expect(page.get_by_text("Kept as 0 0 0 29 2 MON")).to_be_visible()
    await text.fill("@daily")
    await expect(runs).to_have_value("daily")

    # What the clocks of the zone do, and what else is due.
    await zone.fill("New York")
    await expect(page.get_by_role("alert").filter(has_text=f"did you mean {NEW_YORK}?")).to_be_visible()
    await zone.fill(NEW_YORK)
    await text.fill("0 17 1 1-7 11 SUN")
    preview = page.get_by_role("complementary", name="Preview")
    again = preview.get_by_role("listitem").filter(
        has_text="The clock goes back and shows this time once more"
    )
    await expect(again.first).to_contain_text("01:17 UTC-5")
    await expect(again.first).to_contain_text("07:17 for you")
    await expect(again.first).to_have_text(re.compile(f"due then: .*{beside.name}"))

    # Nothing that was typed is lost, be it wrong, or the page opened anew.
    name = unique("autumn")
    await page.get_by_label("Name").fill(name)
    await page.get_by_role("radio", name="Run once").check()
    await page.get_by_role("button", name="Save schedule").click()
    await expect(page.get_by_text("Choose the task that it is to run.")).to_be_visible()
    await page.get_by_role("combobox", name="Task").fill(task.name)
    await (
        page.get_by_role("option", name=task.name)
        .or_(page.locator(f".ant-select-item-option[title='{task.name}']"))
        .last.click()
    )
    await expect(page.get_by_label("Rows")).to_be_visible()
    await page.get_by_label("Rows").fill("1")
    await page.get_by_role("button", name="Save schedule").click()
    await expect(page.get_by_text("Not saved yet")).to_be_visible()
    await expect(page.get_by_label("Rows")).to_have_attribute("aria-invalid", "true")
    await page.reload()
    await expect(page.get_by_label("Name")).to_have_value(name)
    await expect(text).to_have_value("0 17 1 1-7 11 SUN")
    await expect(page.get_by_label("Rows")).to_have_value("1")
    await page.get_by_label("Rows").fill("7")
    await page.get_by_role("button", name="Save schedule").click()

    made = await ratchet.schedules.get(await new_id(page, "schedules"))
    assert (made.cron_expression, made.time_zone, made.input) == ("0 17 1 1-7 11 SUN", NEW_YORK, {"rows": 7})
    assert (made.misfire_policy, made.allow_overlap, made.max_retries) == ("RUN_ONCE", False, 3)
    how = page.get_by_role("region", name="How", exact=True)
    await expect(how).to_contain_text("One run makes up for all times")
    await expect(page.get_by_role("list", name="Next runs").get_by_role("listitem")).to_have_count(10)


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
