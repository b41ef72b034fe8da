"""What everyone needs of every page: nothing that axe complains of, room on small screens, stillness."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page, ViewportSize, expect

from ratchet_web.api import Ratchet
from ratchet_web.models.failures import FailureQuery
from ratchet_web.models.jobs import JobStatus, NewJob
from tests.conftest import OpenPage
from tests.e2e.steps import is_live, new_task, run

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 720}
# The window at 200 %, and the narrowest phone.
NARROW: tuple[ViewportSize, ...] = ({"width": 640, "height": 360}, {"width": 320, "height": 640})
OPTIONS: dict[str, Any] = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
NAMELESS = re.compile(
    r"- (?:button|link|textbox|combobox|switch|spinbutton|slider|checkbox)(?:$|:| \[)", re.M
)
LONG_NAME = "looked-at-by-a-name-that-is-far-too-long-for-a-phone-" + "unbroken" * 4
UNLUCKY = f"""async function main() {{
  console.log("about to fail");
  throw new DataError("{"unbroken" * 20} is lost");
}}
"""
# What moves, or would on a press, although less motion is wanted.
MOVING = """() => {
  const long = (times) => times.split(",").some((each) => parseFloat(each) > 0.01);
  const moves = (each, part) => {
    const style = getComputedStyle(each, part);
    const runs = style.animationName !== "none" && long(style.animationDuration);
    return runs || long(style.transitionDuration);
  };
  const all = [...document.querySelectorAll("body, body *")];
  return all.filter((each) => [null, "::before", "::after"].some((part) => moves(each, part)))
    .map((each) => `${each.localName}.${each.getAttribute("class")} moves`);
}"""
SCHEMA = {
    "type": "object",
    "required": ["title"],
    "properties": {
        "title": {"type": "string", "title": "Title", "description": "What it is called"},
        "kind": {"enum": ["small", "large"]},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}},
    },
}
PAGES = (
    "/",
    "/tasks",
    "/tasks/new",
    "/tasks/{task}",
    "/tasks/{task}?tab=schemas",
    "/tasks/{task}?tab=runs",
    "/tasks/{task}?tab=versions",
    "/tasks/{task}?tab=statistics",
    "/tasks/{task}?tab=call",
    "/tasks/{task}/run-many",
    "/tasks/{task}/edit",
    "/tasks/{task}?run={task}",
    "/executions",
    "/executions?task={task}&status=FAILED",
    "/executions/{failed}",
    "/executions/{failed}?tab=data",
    "/executions/{again}?tab=attempts",
    "/executions/{failed}/rerun",
    "/executions/compare?a={failed}&b={again}",
    "/jobs",
    "/jobs/queue?job={later}",
    "/jobs/{job}",
    "/jobs/{later}?edit=1",
    "/jobs/new?task={task}",
    "/schedules",
    "/schedules/new",
    "/schedules/new?task={task}",
    "/schedules/1",
    "/schedules/1?trigger=input",
    "/schedules/1/edit",
    "/schedules/timeline",
    "/schedules/timeline?view=month",
    "/failures",
    "/failures/{failure}",
    "/system",
    "/system?tab=metrics",
    "/audit",
)


# Each test walks some of them, on one page: a page that is there already opens in a third of the time.
WALKS = 4


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ids(ratchet: Ratchet) -> dict[str, str]:
    """Rows to look at: a task, how it failed, the execution and its retry, a job, a schedule that has run."""
    task = await new_task(ratchet, LONG_NAME, UNLUCKY, input_schema=SCHEMA, description="long " * 40)
    failed = await run(ratchet, task, {"title": "unbroken" * 40})
    job = await ratchet.jobs.create(NewJob(task_id=task.id, input={"title": "second"}))
    await ratchet.schedules.trigger("1")
    async with asyncio.timeout(20), ratchet.monitoring.events() as changes:
        while not (await ratchet.executions.get(failed.id)).can_retry:
            await anext(changes)
        while (await ratchet.schedules.get("1")).last_status != JobStatus.COMPLETED:
            await anext(changes)
    again = await ratchet.executions.retry(failed.id, {"title": "again"})
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    later = await ratchet.jobs.create(NewJob(task_id=task.id, input={"title": "x"}, scheduled_for=tomorrow))
    (failure,) = (await ratchet.failures.page(FailureQuery(task=task.id))).rows
    rows = {"task": task, "failed": failed, "again": again, "job": job, "later": later, "failure": failure}
    return {name: row.id for name, row in rows.items()}


async def is_drawn(page: Page) -> None:
    """Wait until nothing of the page is still on its way."""
    await is_live(page)
    await expect(page).to_have_title(re.compile("Ratchet"))
    await expect(page.locator("[aria-busy=true], .skeleton, [aria-label^='Loading']")).to_have_count(0)


async def complaints(page: Page, within: Locator | None = None) -> list[str]:
    """Return what axe says against the page, or what is `within`, with the first places of each."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(Axe().axe_script)
    place = within or page.locator("html")
    found = await place.evaluate(
        "async (place, options) => (await axe.run(place, options)).violations", OPTIONS
    )
    return [
        f"{each['id']}: {each['help']} {[node['html'][:160] for node in each['nodes'][:3]]}" for each in found
    ]


def route_of(path: str) -> str:
    """Return which page of the console a path is of."""
    return re.sub(r"/(\d+|[0-9a-f]{16})(?=/|$)", "/1", path.partition("?")[0])


async def lead_to(page: Page, path: str) -> None:
    """Open a path as a link does, where it is of another page; else anew."""
    here = await page.evaluate("location.pathname")
    if route_of(here) == route_of(path):
        await page.goto(path)
    else:
        left = await page.evaluate(
            """path => {
                document.querySelectorAll("h1").forEach((each) => (each.old = true));
                const title = document.title;
                history.pushState(null, "", path);
                dispatchEvent(new PopStateEvent("popstate"));
                return title;
            }""",
            path,
        )
        # A page that is left may draw its heading anew; its title it has alone.
        await page.wait_for_function(
            """left => document.title !== left
                && [...document.querySelectorAll("#main h1")].some((each) => !each.old)""",
            arg=left,
        )
    await is_drawn(page)


async def crowded(page: Page, *sizes: ViewportSize) -> list[str]:
    """Return at which sizes the page scrolls sideways."""
    found = []
    for size in sizes:
        await page.set_viewport_size(size)
        width = await page.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            found.append(f"it is {width} px wide on {size['width']}")
    return found


async def turn(page: Page, dark: bool) -> None:
    """Show the page in light and on a desktop, or in dark and on a phone."""
    scheme = "dark" if dark else "light"
    await page.emulate_media(color_scheme=scheme)
    await expect(page.locator("html")).to_have_class(scheme)
    await page.set_viewport_size(PHONE if dark else DESKTOP)


async def wrongs(page: Page, *sizes: ViewportSize, within: Locator | None = None) -> list[str]:
    """Return all that is wrong with what the page shows: in light on a desktop, in dark on a phone.

    At `sizes` it must not scroll sideways either. `within`: only what is in there is looked at.
    """
    found = []
    # As it is now goes first: each turn takes its time.
    now = await page.evaluate("document.documentElement.classList.contains('dark')")
    for dark in (now, not now):
        await turn(page, dark)
        found += [
            f"{'dark, on a phone' if dark else 'light'}: {each}" for each in await complaints(page, within)
        ]
        if dark:
            found += await crowded(page, PHONE, *sizes)
        else:
            seen = await (within or page.locator("body")).aria_snapshot()
            found += [f"nameless {each}" for each in NAMELESS.findall(seen)]
            found += await page.evaluate(MOVING)
    return found


def told(found: dict[str, list[str]]) -> str:
    """Return what was found, a line for each."""
    return "\n".join(f"{path}: {each}" for path, wrong in found.items() for each in wrong)


@pytest.mark.parametrize("walk", range(WALKS))
async def test_pages_have_nothing_against_them_in_light_and_dark_wide_and_narrow(
    open_page: OpenPage, ids: dict[str, str], walk: int
):
    page = await open_page("/", viewport=DESKTOP)
    await is_drawn(page)
    found = {}
    for path in PAGES[walk::WALKS]:
        await lead_to(page, path.format(**ids))
        headings = await page.get_by_role("heading", level=1).count()
        found[path] = await wrongs(page, *NARROW) + (
            [] if headings == 1 or "run=" in path else [f"{headings} h1"]
        )
    assert not told(found), told(found)


async def _palette(page: Page, ids: dict[str, str]) -> Locator:
    await page.keyboard.press("ControlOrMeta+k")
    await page.keyboard.type(LONG_NAME)
    await expect(page.get_by_role("group", name="On the server").get_by_role("option").first).to_be_visible()
    return page.get_by_role("dialog", name="Search and commands")


async def _keys(page: Page, ids: dict[str, str]) -> Locator:
    await page.get_by_role("button", name="all keys").click()
    return page.get_by_role("dialog", name="Keys on this page")


async def _log_menu(page: Page, ids: dict[str, str]) -> Locator:
    await page.get_by_role("button", name="More", exact=True).click()
    return page.get_by_role("group", name="Log options")


async def _bell(page: Page, ids: dict[str, str]) -> Locator:
    await page.get_by_role("button", name=f"Retry execution {ids['failed']}", exact=True).click()
    bell = page.get_by_role("button", name="Notifications")
    await expect(bell).to_have_accessible_name("Notifications, 1 unread")
    await bell.click()
    await expect(page.get_by_role("list", name="Ended").get_by_role("link")).to_have_count(1)
    return page.get_by_role("dialog", name="Notifications")


def _dropdown(button: str, panel: str) -> "Show":
    async def show(page: Page, ids: dict[str, str]) -> Locator:
        await page.get_by_role("button", name=button, exact=True).click()
        return page.get_by_role("dialog", name=panel, exact=True)

    return show


async def _views(page: Page, ids: dict[str, str]) -> Locator:
    await page.get_by_role("button", name="Views", exact=True).click()
    panel = page.get_by_role("dialog", name="Saved views", exact=True)
    await panel.get_by_label("Save what is shown as").fill("what failed")
    await panel.get_by_role("button", name="Save").click()
    await panel.get_by_role("button", name="Rename the view what failed").click()
    await expect(panel.get_by_label("New name of what failed")).to_be_visible()
    return panel


async def _fresh(page: Page, ids: dict[str, str]) -> Locator:
    await page.get_by_role("button", name="How fresh this is").click()
    return page.get_by_role("region", name="How fresh this is")


async def _priority(page: Page, ids: dict[str, str]) -> Locator:
    await page.locator(f"tr[data-id='{ids['later']}']").get_by_role("checkbox").check()
    await page.get_by_role("button", name="Set priority").click()
    return page.get_by_role("dialog", name="Set priority")


async def _many(page: Page, ids: dict[str, str]) -> Locator:
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Cancel…").click()
    question = page.get_by_role("dialog")
    await expect(question.get_by_role("button", name=re.compile("^Cancel 1 "))).to_be_visible()
    return question


async def _pause(page: Page, ids: dict[str, str]) -> Locator:
    await page.get_by_role("button", name="Pause queue…").click()
    return page.get_by_role("dialog", name="Pause the queue?")


async def _leaving(page: Page, ids: dict[str, str]) -> Locator:
    await page.get_by_role("textbox", name="Name", exact=True).fill("a draft")
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Jobs").click()
    return page.get_by_role("dialog", name="Leave without saving?")


async def _menu(page: Page, ids: dict[str, str]) -> Locator:
    await page.set_viewport_size(PHONE)
    await page.get_by_role("button", name="Menu", exact=True).click()
    return page.get_by_role("dialog", name="Ratchet")


async def _question(page: Page, ids: dict[str, str]) -> Locator:
    button = page.get_by_role("button", name="Cancel", exact=True)
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Keep it", exact=True)).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(button).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Keep it", exact=True)).to_be_focused()
    return page.get_by_role("tooltip").filter(visible=True)


async def _whole(page: Page, ids: dict[str, str]) -> Locator:
    return page.locator("html")


Show = Callable[[Page, dict[str, str]], Awaitable[Locator]]
LIST = "/executions?task={task}&status=FAILED"
# Where something opens, what opens there, one after the other.
OPENED: tuple[tuple[str, tuple[Show, ...]], ...] = (
    ("/tasks", (_palette,)),
    ("/executions/{failed}", (_log_menu, _keys)),
    (
        LIST,
        (
            _dropdown("Queued: Any time", "When it was queued"),
            _dropdown("More filters", "More filters"),
            _views,
            _dropdown("Columns", "Columns"),
            _dropdown("Export", "Export everything that matches"),
            _fresh,
            _bell,
            _menu,
        ),
    ),
    ("/jobs?task={task}", (_priority, _many)),
    ("/jobs/queue", (_pause,)),
    ("/jobs/{later}", (_question,)),
    ("/executions?status=CANCELLED&task={task}", (_whole,)),
    ("/failures?task={task}&state=IGNORED", (_whole,)),
    ("/executions/999999999", (_whole,)),
    ("/failures/0000000000000000", (_whole,)),
    ("/no/such/page", (_whole,)),
    ("/tasks/new", (_leaving,)),
)


@pytest.mark.console_errors("404 .*/no/such/page")
async def test_what_opens_over_pages_and_what_is_not_there_have_nothing_against_them(
    open_page: OpenPage, ids: dict[str, str]
):
    page = await open_page("/", viewport=DESKTOP)
    found = {}
    for path, shows in OPENED:
        await page.goto(path.format(**ids))
        await is_drawn(page)
        for number, show in enumerate(shows):
            await turn(page, dark=False)
            opened = await show(page, ids)
            await expect(opened).to_be_visible()
            found[f"{show.__name__} {number} {path}"] = await wrongs(page, within=opened)
            await page.keyboard.press("Escape")
    assert not told(found), told(found)
