"""The dashboard: an empty system shows how to begin, what is wrong is said with its place, charts lead on."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, Route, TimeoutError, expect

from ratchet_web.api import Ratchet
from ratchet_web.server.store.store import Store
from tests.conftest import OpenPage, Visitors
from tests.e2e.steps import FAILING, new_task, run, segment
from tests.support.system import System, running

FAILURES = 6
# Where the library that draws charts is.
LIBRARY = re.compile(r"/assets/plotly[^/]*\.js$")
# The colour of what is written in the first chart.
INK = "() => getComputedStyle(document.querySelector('.plot-area .xtick text')).fill"
# How far the plots end before the edges of their cards, and the last of their times.
ENDS = """() => [...document.querySelectorAll('.dash-charts .card')].map((card) => {
  const right = (part) => part.getBoundingClientRect().right;
  const last = (of) => Math.max(...[...card.querySelectorAll(of)].map(right));
  return ['.nsewdrag', '.xtick text'].map((of) => right(card) - last(of));
})"""
# Whether a time of many letters is cut in the last cell of a row.
IS_CUT = """(row) => {
  const other = row.parentNode.appendChild(row.cloneNode(true));
  other.lastChild.textContent = "59 m 59 s ago";
  const cut = other.lastChild.scrollWidth > other.lastChild.clientWidth;
  other.remove();
  return cut;
}"""
PRESSES, SOON_MS = 5, 3_000
# The middle of the last bar of the last trace, null while none is drawn.
LAST_BAR = """() => {
  const of = '[role=img][aria-label="Executions that ended"] .trace.bars:last-child path';
  const bars = [...document.querySelectorAll(of)];
  const drawn = bars.map((bar) => bar.getBoundingClientRect()).filter(({ height }) => height > 2).at(-1);
  return drawn ? [drawn.x + drawn.width / 2, drawn.y + drawn.height / 2] : null;
}"""


@pytest.fixture(scope="module")
def empty(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system with neither tasks nor schedules: nothing runs in it by itself."""
    directory = tmp_path_factory.mktemp("data")

    async def make() -> None:
        await (await Store.open(directory)).close()

    asyncio.run(make())
    yield from running(directory)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def api(empty: System) -> AsyncIterator[Ratchet]:
    async with Ratchet(empty.api_url) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def open_empty(empty: System, visitors: Visitors) -> OpenPage:
    return visitors.of(empty.url)


def alerts(page: Page) -> Locator:
    return page.get_by_role("region", name="Alerts")


def figure(page: Page, name: str) -> Locator:
    return page.locator(".kpi").filter(has_text=name)


async def press_last_bar(page: Page) -> None:
    """Press the newest failures in the chart; as time goes on bars move, also between a look and a press."""
    for _ in range(PRESSES):
        x, y = await (await page.wait_for_function(LAST_BAR)).json_value()
        await page.mouse.move(x - 1, y - 1)
        await page.mouse.move(x, y)
        await page.mouse.down()
        await page.mouse.up()
        with suppress(TimeoutError):
            await page.wait_for_url(re.compile("/executions"), timeout=SOON_MS)
            return
    raise AssertionError("pressing a bar leads nowhere")


async def test_from_an_empty_system_to_failures_and_what_is_behind_them(open_empty, api):
    page = await open_empty("/?range=1h")
    begin = page.get_by_role("region", name="Nothing has run yet")
    await expect(begin.get_by_role("link", name="New task")).to_be_visible()
    await expect(alerts(page)).to_contain_text("Nothing seems wrong.")
    await expect(page.get_by_role("region", name="Next schedules")).to_contain_text("None is enabled")
    await expect(figure(page, "Success rate").locator(".value")).to_have_text("–")

    # What fails shows by itself, in a sentence with its figures.
    task = await new_task(api, "failing", FAILING)
    for _ in range(FAILURES):
        await run(api, task)
    words = rf"{FAILURES} of the {FAILURES} executions that ended in the last [34]\d min failed: 100 %"
    await expect(alerts(page)).to_contain_text(re.compile(words))
    await expect(begin).to_be_hidden()
    await expect(figure(page, "Failed").locator(".value")).to_have_text(str(FAILURES))
    # This system was not there in the hour before: that is said once, not on each card.
    await expect(page.get_by_text("last hour; there are no figures of the time before")).to_be_visible()
    await expect(page.locator(".kpi .change")).to_have_count(0)
    # It counts by the end, whenever they were queued: so does the list behind it.
    await expect(figure(page, "Failed")).to_have_attribute("href", re.compile("status=FAILED&ended=1h$"))
    worst = page.get_by_role("table", name="Failing most").get_by_role("row").filter(has_text=task.name)
    await expect(worst).to_contain_text(f"{FAILURES} failed")
    await expect(page.get_by_role("region", name="Health", exact=True)).to_contain_text("database")
    newest = page.get_by_role("table", name="Newest failures").locator("tbody tr").first
    assert await newest.evaluate(IS_CUT) is False

    # The chart, its table, and both lead to the executions of a bucket.
    chart = page.get_by_role("img", name="Executions that ended")
    ended = page.get_by_role("region", name="Executions that ended", exact=True)
    await ended.get_by_text("As a table").click()
    behind = ended.get_by_role("table").get_by_role("link")
    await expect(behind.first).to_have_attribute(
        "href", re.compile("ended_since=.+ended_until=.+status=FAILED")
    )
    await press_last_bar(page)
    await expect(page).to_have_url(re.compile(r"/executions\?.*ended_since=.+&ended_until=.+status=FAILED"))
    rows = page.get_by_role("table", name="Executions").locator("tbody tr[data-id]")
    await expect(rows.first).to_contain_text("Failed")
    await page.go_back()

    # What is drawn over is zoomed into; the range is in the address.
    await page.wait_for_function(LAST_BAR)
    box = await chart.bounding_box()
    assert box
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2, steps=8)
    await page.mouse.up()
    await ended.get_by_role("button", name="Show all").click()
    await expect(ended.get_by_role("button", name="Show all")).to_be_hidden()
    await segment(page, "Range", "7 days").click()
    await expect(page).to_have_url(re.compile(r"/\?range=7d$"))
    await page.reload()
    await expect(segment(page, "Range", "7 days")).to_have_attribute("aria-current", "page")
    await expect(ended).to_contain_text("in the last 7 days")
    await expect(figure(page, "Failed").locator(".value")).to_have_text(str(FAILURES))

    # Nothing is kept with which 30 days could be compared, and that is said.
    await segment(page, "Range", "30 days").click()
    await expect(page.get_by_text("last 30 days; there are no figures of the time before")).to_be_visible()
    await expect(figure(page, "Failed").locator(".change")).to_have_count(0)
    await page.get_by_role("link", name="All failures").click()
    await expect(page).to_have_url(re.compile(r"/failures$"))
    await page.go_back()

    await alerts(page).get_by_role("link", name="See what failed").click()
    await expect(page).to_have_url(re.compile(r"/executions\?ended_since=.+status=FAILED"))
    await expect(rows).to_have_count(FAILURES)

    # What runs a task asks first which one.
    await page.go_back()
    await page.get_by_role("button", name="Run task…").click()
    await expect(page.get_by_role("combobox", name="Task")).to_be_focused()


async def test_charts_come_after_the_figures_and_follow_the_colours(open_page, ratchet):
    task = await new_task(ratchet, "drawn")
    await run(ratchet, task)
    page = await open_page("/system", once=True)
    held: asyncio.Future[Route] = asyncio.get_running_loop().create_future()

    async def hold(route: Route) -> None:
        held.set_result(route)

    await page.route(LIBRARY, hold)
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Dashboard").click()
    await expect(figure(page, "Queued").locator(".value")).not_to_have_text("–")
    route = await held
    chart = page.get_by_role("img", name="Executions that ended")
    await expect(chart).not_to_have_attribute("data-ready", "")
    # What they show is there as a table before, and without, the picture.
    depth = page.get_by_role("region", name="Most jobs waiting at once")
    await depth.get_by_text("As a table").click()
    heads = depth.get_by_role("table").get_by_role("columnheader")
    await expect(heads).to_have_text(["From", "Critical", "High", "Normal", "Low"])
    await route.continue_()
    await expect(chart).to_have_attribute("data-ready", "")
    await expect(page.locator(".dash-charts .plot-area:has(.xtick)")).to_have_count(2)
    # No stripe is left free at the right, and no time is cut off.
    assert all(plot < 30 and time > 2 for plot, time in await page.evaluate(ENDS))
    light = await page.evaluate(INK)
    await page.emulate_media(color_scheme="dark")
    await page.wait_for_function(f"light => ({INK})() !== light", arg=light)
