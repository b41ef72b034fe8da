"""The timeline of schedules: what ran, what is due, and finding the way in time."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, Route, ViewportSize, expect

from ratchet_web.api import Ratchet
from ratchet_web.models.jobs import Job, JobStatus
from ratchet_web.models.schedules import NewSchedule, Schedule
from tests.conftest import OpenPage
from tests.e2e.steps import is_live, new_task, unique

PHONE: ViewportSize = {"width": 390, "height": 844}
DATA = "**/console/schedules/timeline?*"


def half_hours() -> str:
    """Return an expression that fires each half an hour, and not within the next quarter of one."""
    minute = (datetime.now(UTC).minute + 15) % 30
    return f"0 {minute},{minute + 30} * * * *"


async def new_schedule(ratchet: Ratchet, cron: str = "") -> Schedule:
    """Create a schedule."""
    task = await new_task(ratchet, "by-the-clock")
    draft = NewSchedule(task_id=task.id, name=unique("clockwork"), cron_expression=cron or half_hours())
    return await ratchet.schedules.create(draft)


async def triggered(ratchet: Ratchet, schedule: Schedule) -> Job:
    """Run a schedule's job to its end."""
    async with ratchet.monitoring.events() as changes:
        job = await ratchet.schedules.trigger(schedule.id)
        async for _ in changes:
            if (await ratchet.jobs.get(job.id)).status is JobStatus.COMPLETED:
                break
    return job


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ran(ratchet: Ratchet) -> tuple[Schedule, Job]:
    """A schedule that ran once, and its job."""
    schedule = await new_schedule(ratchet)
    return schedule, await triggered(ratchet, schedule)


def runs(page: Page) -> Locator:
    """Return the picture of the runs."""
    return page.get_by_role("application", name="Runs of")


def row_of(page: Page, schedule: Schedule, status: str) -> Locator:
    """Return a row of the table of what is in view."""
    link = page.get_by_role("link", name=schedule.name, exact=True)
    return page.get_by_role("table").get_by_role("row").filter(has=link).filter(has_text=status)


async def middle_of(page: Page, schedule: Schedule) -> tuple[float, float]:
    """Return where the present of a schedule's lane is on the screen."""
    name = page.get_by_role("list", name="Schedules").get_by_role("link", name=schedule.name, exact=True)
    await name.scroll_into_view_if_needed()
    lane, picture = await name.bounding_box(), await runs(page).bounding_box()
    assert lane
    assert picture
    return picture["x"] + 200 + (picture["width"] - 200) / 2, lane["y"] + lane["height"] / 2


async def test_what_ran_and_what_is_due_is_told_in_a_picture_and_a_table(
    open_page: OpenPage, ran: tuple[Schedule, Job]
) -> None:
    schedule, job = ran
    page = await open_page("/schedules")
    await page.get_by_role("link", name="Timeline").click()
    await expect(page).to_have_url(re.compile("/schedules/timeline$"))
    await page.get_by_role("navigation", name="Range").get_by_role("link", name="6 h").click()
    await expect(page.get_by_text("Times in UTC")).to_be_visible()
    await page.get_by_role("button", name="Show as table").click()
    await expect(row_of(page, schedule, "due")).to_have_count(6)
    done = row_of(page, schedule, "completed").get_by_role("link", name="completed")
    await expect(done).to_have_attribute("href", f"/jobs/{job.id}")
    x, y = await middle_of(page, schedule)
    await page.mouse.move(x, y)
    await expect(page.locator(".timeline-tip")).to_contain_text(f"{schedule.name}: completed")
    await page.mouse.click(x, y)
    await expect(page).to_have_url(re.compile(f"/jobs/{job.id}$"))
    await page.go_back()
    await expect(page).to_have_url(re.compile(r"/schedules/timeline\?span=6h$"))
    await expect(runs(page)).to_be_visible()


async def test_keys_step_through_the_runs_and_open_one(open_page: OpenPage, ratchet: Ratchet) -> None:
    await new_schedule(ratchet)
    page = await open_page("/schedules/timeline?span=1h")
    await runs(page).focus()
    told = page.locator(".timeline [role=status]")
    await page.keyboard.press("p")
    await expect(told).to_contain_text(re.compile(": due "))
    last = await told.inner_text()
    await page.keyboard.press("n")
    await expect(told).to_have_text("No later run in view")
    await page.keyboard.press("l")
    listed = page.get_by_role("region", name=re.compile("^Runs of .* – "))
    await expect(listed.get_by_role("link", name=last.split(":")[0], exact=True)).to_be_visible()
    await listed.get_by_role("button", name="Close").click()
    await expect(listed).to_have_count(0)
    await runs(page).focus()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/schedules/\d+$"))
    await expect(page.get_by_role("heading", name=last.split(":")[0])).to_be_visible()


async def test_moving_and_zooming_change_the_address_which_leads_back(
    open_page: OpenPage, ran: tuple[Schedule, Job]
) -> None:
    page = await open_page("/schedules/timeline?span=7d")
    week = page.get_by_role("navigation", name="Range").get_by_role("link", name="7 d")
    await expect(week).to_have_attribute("aria-current", "page")
    x, y = await middle_of(page, ran[0])
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x - 150, y, steps=4)
    await page.mouse.up()
    await expect(page).to_have_url(re.compile(r"\?span=7d&from=2\d{3}-[\d-]+T[\d:]+Z$"))
    dragged = page.url
    await runs(page).focus()
    await page.keyboard.press("+")
    await expect(page).to_have_url(re.compile(r"span=423360s"))
    await expect(week).not_to_have_attribute("aria-current", "page")
    zoomed = page.url
    assert zoomed != dragged
    await page.reload()
    await expect(runs(page)).to_be_visible()
    assert page.url == zoomed
    await page.get_by_role("link", name="Now", exact=True).click()
    await expect(page).to_have_url(re.compile(r"\?span=423360s$"))
    await page.go_back()
    await expect(page).to_have_url(zoomed)
    await expect(page.get_by_role("link", name="Now", exact=True)).not_to_have_attribute(
        "aria-current", "true"
    )
    # A range that is chosen goes before a move that has not come to rest.
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x - 150, y, steps=4)
    await page.mouse.up()
    hours = page.get_by_role("navigation", name="Range").get_by_role("link", name="6 h")
    await hours.click()
    await expect(page.locator(".timeline[data-bucket='120']")).to_be_visible()
    await expect(hours).to_have_attribute("aria-current", "page")


async def test_a_press_on_the_load_lists_what_is_due_then(
    open_page: OpenPage, ran: tuple[Schedule, Job]
) -> None:
    page = await open_page("/schedules/timeline?span=30d")
    load = page.get_by_role("img", name="Load over time")
    box = await load.bounding_box()
    assert box
    await load.click(position={"x": box["width"] - 60, "y": 40})
    listed = page.get_by_role("region", name=re.compile("^Runs of .* – "))
    item = listed.get_by_role("listitem").filter(has=page.get_by_role("link", name=ran[0].name, exact=True))
    await expect(item).to_contain_text("6 due")
    # Several runs in one place: a press leads nearer.
    x, y = await middle_of(page, ran[0])
    await page.mouse.click(x + 100, y)
    await expect(page).to_have_url(re.compile("span=43200s&from="))


async def test_a_month_has_its_days_and_a_day_leads_to_the_timeline(
    open_page: OpenPage, ran: tuple[Schedule, Job]
) -> None:
    page = await open_page("/schedules/timeline")
    await page.get_by_role("link", name="Month").click()
    days = page.get_by_role("table", name="Runs by day")
    today = days.get_by_role("cell").filter(has=page.locator("[aria-current=date]"))
    await expect(today).to_contain_text(re.compile(r"\d+ ran"))
    await page.get_by_role("link", name="The month after").click()
    await expect(days.get_by_role("cell").filter(has_text="to come").first).to_be_visible()
    await days.get_by_role("link", name=re.compile(" 2, on the timeline")).click()
    await expect(page).to_have_url(re.compile(r"timeline\?from=2\d{3}-\d\d-02T00:00:00Z$"))
    await expect(runs(page)).to_be_visible()


async def test_what_happens_while_the_page_is_open_is_shown(open_page: OpenPage, ratchet: Ratchet) -> None:
    schedule = await new_schedule(ratchet, "0 0 0 29 2 *")
    page = await open_page("about:blank")
    await page.route(DATA, changed(lambda told: told | {"every": 1}))
    await page.goto("/schedules/timeline?span=1h")
    await page.get_by_role("button", name="Show as table").click()
    await expect(page.get_by_role("list", name="Schedules").get_by_text(schedule.name)).to_be_visible()
    await expect(row_of(page, schedule, "")).to_have_count(0)
    await triggered(ratchet, schedule)
    await expect(row_of(page, schedule, "completed")).to_have_count(1)


@pytest.mark.console_errors("502")
async def test_trouble_is_told_and_tried_again_and_nothing_is_told_as_nothing(open_page: OpenPage) -> None:
    page = await open_page("about:blank")

    async def refuse(route: Route) -> None:
        await route.fulfill(status=502, body=json.dumps({"message": "It is away", "request_id": "r1"}))

    await page.route(DATA, refuse)
    await page.goto("/schedules/timeline")
    await expect(page.get_by_role("alert")).to_contain_text("It is away.")
    await page.unroute(DATA)
    await page.route(DATA, changed(lambda told: told | {"lanes": [], "total": 0}))
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("heading", name="No schedules yet")).to_be_visible()
    await page.unroute(DATA)
    gone = "This server does not tell which runs a schedule had."
    await page.route(DATA, changed(lambda told: told | {"past": gone}))
    await page.reload()
    await expect(page.get_by_role("note")).to_contain_text(f"Past runs are not known. {gone}")


def changed(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Route], Any]:
    """Return what lets a page have the console's answer otherwise."""

    async def fulfil(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, json=change(await answer.json()))

    return fulfil


async def test_on_a_phone_nothing_is_wider_than_the_screen(
    open_page: OpenPage, ran: tuple[Schedule, Job]
) -> None:
    page = await open_page("/schedules/timeline", viewport=PHONE, has_touch=True)
    await is_live(page)
    name = page.get_by_role("list", name="Schedules").get_by_role("link", name=ran[0].name, exact=True)
    await name.scroll_into_view_if_needed()
    box = await name.bounding_box()
    assert box
    assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE["width"]
    for view in ("Month", "Timeline"):
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        await page.get_by_role("link", name=view, exact=True).click()
        await expect(page.locator(".month, .timeline")).to_be_visible()
