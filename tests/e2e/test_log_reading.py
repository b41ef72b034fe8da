"""A log is searched, filtered, gone through, copied and taken away."""

import re

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from ratchet_web.models.executions import Execution
from tests.e2e.steps import HELD, Gate, ended, log_of, new_task, run, status_of

LINES = 3_000
# Every 500th line is an error, every 100th a warning.
SHOP = f"""async function main() {{
  for (let i = 1; i <= {LINES}; i++) {{
    const write = i % 500 ? (i % 100 ? console.log : console.warn) : console.error;
    write(`parcel ${{i}} is \\x1b[32msent\\x1b[0m`);
  }}
}}
"""
HOSTILE = r"""async function main() {
  console.log("<img src=x onerror=alert(1)>");
  console.log("\x00\x01\x1b]0;title\x07\x1b[31;1mred\x1b[999;9z \x9b5m\u202eback\uFFFF end of rubbish");
  console.log("x".repeat(100000));
  console.log("last");
}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(ratchet) -> Execution:
    """An execution that has ended, with a long log."""
    return await ended(ratchet, await run(ratchet, await new_task(ratchet, "shop", SHOP)))


async def open_log(open_page, execution: Execution, rest: str = "", **options) -> Page:
    """Open the page of an execution that has ended, and its log."""
    page = await open_page(f"/executions/{execution.id}{rest}", **options)
    await expect(status_of(page)).to_have_text("Completed")
    await expect(page.get_by_role("region", name="Log", exact=True)).to_have_attribute("data-state", "ready")
    return page


def row(page: Page, number: int) -> Locator:
    """Return a line of the log."""
    return log_of(page).locator(f"[data-n='{number}']")


def search_field(page: Page) -> Locator:
    """Return where one types what to search for."""
    return page.get_by_role("textbox", name="Search the log")


def hits(page: Page) -> Locator:
    """Return what is said of the search."""
    return page.get_by_role("search", name="Search the log").get_by_role("status")


async def test_a_search_goes_through_all_lines_and_lives_in_the_address(open_page, shop):
    page = await open_log(open_page, shop)
    await search_field(page).fill("PARCEL 29")
    await expect(hits(page)).to_have_text("1 of 111")
    await expect(row(page, 29)).to_be_in_viewport()
    await page.get_by_role("button", name="Next match").click()
    await expect(hits(page)).to_have_text("2 of 111")
    await expect(row(page, 290)).to_be_in_viewport()
    await search_field(page).press("Shift+Enter")
    await search_field(page).press("Shift+Enter")
    await expect(hits(page)).to_have_text("111 of 111")
    await expect(row(page, 2999)).to_be_in_viewport()
    assert await page.evaluate("CSS.highlights.get('log-hit').size") >= 100
    await expect(page).to_have_url(re.compile("find=PARCEL\\+29"))
    await page.reload()
    await expect(search_field(page)).to_have_value("PARCEL 29")
    await expect(hits(page)).to_have_text("111 found")
    await search_field(page).press("Escape")
    await expect(hits(page)).to_have_count(0)
    await expect(page).not_to_have_url(re.compile("find="))


async def test_enter_while_one_types_searches_once(open_page, shop):
    page = await open_log(open_page, shop, once=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/matches" in request.url else None)
    await page.clock.install()
    await search_field(page).focus()
    await search_field(page).evaluate(
        "(field) => {"
        " document.execCommand('insertText', false, 'parcel 29');"
        " field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })); }"
    )
    await expect(hits(page)).to_have_text("1 of 111")
    await page.clock.run_for(1000)
    assert len(asked) == 1


@pytest.mark.console_errors("400 .Bad Request.")
async def test_an_expression_is_searched_for_and_a_wrong_or_endless_one_says_so(open_page, ratchet, shop):
    page = await open_log(open_page, shop)
    await page.get_by_role("button", name="Regular expression").click()
    await search_field(page).fill("parcel (17|18)00 is sent$")
    await expect(hits(page)).to_have_text("1 of 2")
    await expect(row(page, 1700)).to_be_in_viewport()
    await page.wait_for_function("() => CSS.highlights.get('log-hit').size === 2")
    await search_field(page).fill("(17")
    await expect(page.get_by_role("alert")).to_contain_text("This is no regular expression")
    await search_field(page).fill(r"^(\w+\s?)*!$")
    await expect(page.get_by_role("alert")).to_contain_text("This takes too long")
    await search_field(page).fill("parcel 3000")
    await expect(hits(page)).to_have_text("1 of 1")


async def test_a_worker_that_comes_late_costs_no_marks(open_page, shop):
    page = await open_log(open_page, shop, once=True)

    async def late(route):
        # Longer than an expression may take once the worker is there.
        await page.evaluate("new Promise((wake) => setTimeout(wake, 600))")
        await route.continue_()

    await page.route("**/log_worker*", late)
    await page.get_by_role("button", name="Regular expression").click()
    await search_field(page).fill("parcel (17|18)00 is sent$")
    await page.wait_for_function("() => CSS.highlights.get('log-hit').size === 2")
    await expect(hits(page)).to_have_text("1 of 2")


async def test_only_lines_of_a_level_are_shown_with_their_numbers_also_after_a_reload(open_page, shop):
    page = await open_log(open_page, shop)
    await page.get_by_role("button", name="Warn 30", exact=True).click()
    rows = log_of(page).locator(".log-row")
    await expect(rows).to_have_count(30)
    await expect(rows.nth(4)).to_have_attribute("data-n", "500")
    await page.get_by_role("button", name="Error 6", exact=True).click()
    await expect(rows).to_have_count(6)
    await row(page, 1500).locator(".log-number").click()
    await expect(page).to_have_url(re.compile(r"level=error.*#L1500$"))
    await page.reload()
    await expect(rows).to_have_count(6)
    await expect(log_of(page).locator("[data-mark]")).to_have_attribute("data-n", "1500")
    await search_field(page).fill("parcel 2")
    await expect(hits(page)).to_have_text(re.compile("of 2$"))
    await page.get_by_role("button", name="All", exact=True).click()
    await expect(hits(page)).to_have_text("1,111 found")


async def test_next_error_a_line_and_a_time_are_gone_to(open_page, shop):
    page = await open_log(open_page, shop)
    for number in (500, 1000):
        await page.get_by_role("button", name="Next error").click()
        await expect(row(page, number)).to_be_in_viewport()
        await expect(log_of(page).locator("[data-mark]")).to_have_attribute("data-n", str(number))
    await log_of(page).focus()
    await page.keyboard.press("Shift+E")
    await expect(log_of(page).locator("[data-mark]")).to_have_attribute("data-n", "500")
    await page.keyboard.press("g")
    place = page.get_by_role("textbox", name="Line or time")
    await place.fill("2,345")
    await place.press("Enter")
    await expect(row(page, 2345)).to_be_in_viewport()
    await expect(page).to_have_url(re.compile("#L2345$"))
    await page.keyboard.press("g")
    await place.fill("soon")
    await place.press("Enter")
    await expect(page.get_by_text("Type a line number")).to_be_visible()
    await place.fill("+0 s")
    await place.press("Enter")
    await expect(row(page, 1)).to_be_in_viewport()
    await expect(log_of(page)).to_be_focused()
    await page.keyboard.press("g")
    await place.press("Escape")
    await expect(place).to_have_count(0)
    await expect(log_of(page)).to_be_focused()


async def test_times_are_shown_as_one_likes_and_are_not_copied(open_page, shop):
    page = await open_log(open_page, shop, permissions=["clipboard-read", "clipboard-write"])
    time = row(page, 2).locator(".log-time")
    await expect(time).to_have_text(re.compile(r"^\+\d+\.\d{3} s$"))
    for name, looks in (("Clock time", r"^\d\d:\d\d:\d\d\.\d{3}$"), ("How long ago", r"^\d+ [sm] ago$")):
        await page.get_by_role("button", name="More", exact=True).click()
        await page.get_by_role("radio", name=name).check()
        await page.keyboard.press("Escape")
        await expect(time).to_have_text(re.compile(looks))
    await page.reload()
    await expect(time).to_have_text(re.compile(r" ago$"))
    await page.evaluate(
        "getSelection().setBaseAndExtent(document.querySelector('[data-n=\"2\"]'), 0,"
        " document.querySelector('[data-n=\"4\"] .log-text'), 1)"
    )
    await page.keyboard.press("ControlOrMeta+c")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied.split("\n")[:2] == ["parcel 2 is sent", "parcel 3 is sent"]
    # On a plain http address the browser offers only the old way.
    await page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })"
    )
    await page.get_by_role("button", name="More", exact=True).click()
    await page.get_by_role("button", name="Copy link to this place").click()
    await expect(page.get_by_text("Link copied")).to_have_count(1)
    await page.evaluate("delete navigator.clipboard")
    opened = page.url
    assert await page.evaluate("navigator.clipboard.readText()") == f"{opened}#L1"
    # A marked line has a link of its own, wherever somebody reads.
    await row(page, 5).locator(".log-number").click()
    await log_of(page).press("End")
    await expect(row(page, LINES)).to_be_in_viewport()
    for name, line in (("this place", "[12]\\d{3}"), ("line 5", "5")):
        await page.get_by_role("button", name="More", exact=True).click()
        await page.get_by_role("button", name=f"Copy link to {name}", exact=True).click()
        await expect(page.locator(".log-menu")).to_be_hidden()
        await page.wait_for_function(
            "async (wanted) => RegExp(wanted).test(await navigator.clipboard.readText())",
            arg=f"^{re.escape(opened)}#L{line}$",
        )
    await expect(page).to_have_url(f"{opened}#L5")


async def test_a_log_is_read_where_the_browser_keeps_nothing(open_page, shop):
    page = await open_page("/tasks", once=True)
    await page.add_init_script(
        "const set = Storage.prototype.setItem;"
        "Storage.prototype.setItem = function (name, text) {"
        " if (name.startsWith('ratchet.log.')) throw new DOMException('Full', 'QuotaExceededError');"
        " set.call(this, name, text); }"
    )
    await page.goto(f"/executions/{shop.id}")
    time = row(page, 1).locator(".log-time")
    await expect(time).to_have_text(re.compile(r"^\+"))
    await page.get_by_role("button", name="More", exact=True).click()
    await page.get_by_role("radio", name="No times").check()
    await page.get_by_role("checkbox", name="Wrap long lines").check()
    await page.keyboard.press("Escape")
    await expect(time).to_have_count(0)
    await expect(page.locator(".log-box")).to_have_attribute("data-wrap", "true")


async def test_the_log_is_taken_away_as_a_file(open_page, shop):
    page = await open_log(open_page, shop)
    await page.get_by_role("button", name="More", exact=True).click()
    async with page.expect_download() as begun:
        await page.get_by_role("link", name="Download as text").click()
    file = await begun.value
    assert file.suggested_filename == f"execution-{shop.id}.log"
    assert len((await file.path()).read_text().splitlines()) == LINES


async def test_whoever_scrolls_up_stays_there_and_is_told_of_new_lines(open_page, ratchet):
    gate = await Gate.closed(ratchet)
    execution = await run(ratchet, await new_task(ratchet, "held", HELD), gate.input)
    page = await open_page(f"/executions/{execution.id}")
    await expect(log_of(page).get_by_text("The first line")).to_be_visible()
    await page.get_by_role("button", name="Following").click()
    await gate.open()
    await page.get_by_role("button", name="1 new line").click()
    await expect(log_of(page).get_by_text("The last line")).to_be_in_viewport()
    await expect(page.locator("[data-said]")).to_contain_text("The log is complete: 2 lines.")


async def test_rubbish_is_shown_as_text_and_a_long_line_when_asked_for(open_page, ratchet):
    execution = await run(ratchet, await new_task(ratchet, "hostile", HOSTILE))
    page = await open_log(open_page, execution)
    await expect(row(page, 1)).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(row(page, 2)).to_contain_text("end of rubbish")
    text = row(page, 3).locator(".log-text")
    assert len(await text.text_content() or "") < 8_100
    await expect(text.get_by_role("button", name="more characters")).to_be_in_viewport()
    await text.get_by_role("button", name="more characters").click()
    await expect(text.get_by_role("button")).to_have_count(0)
    assert len(await text.text_content() or "") > 16_000
    await expect(row(page, 4)).to_contain_text("last")


async def test_on_a_phone_the_controls_fit(open_page, shop):
    page = await open_log(open_page, shop, viewport={"width": 390, "height": 844})
    await page.get_by_role("combobox", name="Level").select_option("Errors only (6)")
    await expect(log_of(page).locator(".log-row")).to_have_count(6)
    bar = await page.locator(".log-bar").bounding_box()
    assert bar
    assert bar["height"] < 120
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
