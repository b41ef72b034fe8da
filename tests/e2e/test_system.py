"""The system page, on the embedded server and on one of the other tongue."""

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from ratchet_web.models.dialect import Ability
from tests.doubles.native.process import NativeProcess, native_on_port
from tests.e2e.steps import is_live, tab
from tests.support.system import System

TOKEN = "hunter2-Zx9-hunter2-Zx9-hunter2-Zx9-hunter2"


@pytest.fixture(scope="module")
def native() -> Iterator[NativeProcess]:
    with native_on_port() as process:
        yield process


@pytest.fixture(scope="module")
def console(built: None, native: NativeProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A console before the native server, with secrets in its settings."""
    system = System(
        tmp_path_factory.mktemp("console"),
        api_url=native.url.replace("//", f"//ann:{TOKEN}@"),
        api_token=TOKEN,
        server_console_token=TOKEN,
    )
    try:
        system.start()
        yield system
    finally:
        system.end()


async def open_tab(page: Page, name: str) -> None:
    await tab(page, name).click()
    await expect(tab(page, name)).to_have_attribute("aria-current", "page")


def group(page: Page, name: str):
    return page.get_by_role("region", name=name, exact=True)


def figure(page: Page, name: str, of: str):
    rows = group(page, name).locator("dl > div")
    return rows.filter(has=page.get_by_text(of, exact=True)).locator("dd")


async def test_health_names_each_component_and_what_it_means(open_page):
    page = await open_page()
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="System").click()
    await expect(page.get_by_role("heading", name="System", level=1)).to_be_visible()
    await expect(page).to_have_title("System · Ratchet")
    parts = group(page, "Components").get_by_role("listitem")
    await expect(parts.locator("h3")).to_have_text(["Database", "Workers", "Queue", "Schedules"])
    await expect(parts.first.locator(".status")).to_have_text("Healthy")
    await expect(parts.nth(2)).to_contain_text("gives waiting work to free workers")
    await expect(group(page, "Overall")).to_contain_text("Work is accepted and run")
    await is_live(page)


async def test_each_tab_is_an_address(open_page):
    page = await open_page("/system?tab=server")
    await expect(group(page, "Dialect")).to_contain_text("Ratchet's published API")
    await expect(group(page, "Dialect")).to_contain_text("The server announces them")
    await expect(group(page, "What it can do").locator(".status")).to_have_text(["Yes"] * len(Ability))
    await open_tab(page, "Metrics")
    await expect(page).to_have_url(re.compile(r"/system\?tab=metrics$"))
    await page.reload()
    await expect(tab(page, "Metrics")).to_have_attribute("aria-current", "page")
    await page.goto("/system?tab=nonsense")
    await expect(tab(page, "Health")).to_have_attribute("aria-current", "page")


async def test_metrics_stand_in_groups_with_units(open_page):
    page = await open_page("/system?tab=metrics")
    await expect(figure(page, "Resources", "Memory")).to_have_text(re.compile(r"^[\d.]+ [MG]B$"))
    await expect(figure(page, "Resources", "Heap")).to_have_text("–")
    await expect(figure(page, "Database", "Query, on average")).to_have_text(re.compile(r"^[\d.]+ m?s$"))
    await expect(figure(page, "Tasks", "Tasks")).to_have_text(re.compile(r"^\d+$"))
    await expect(figure(page, "Server", "SQLite")).to_have_text(re.compile(r"^3\."))
    await expect(group(page, "Server")).not_to_contain_text("Rust")


async def test_the_prometheus_text_is_searched_while_typing_and_copied(open_page):
    page = await open_page("/system?tab=prometheus", permissions=["clipboard-read", "clipboard-write"])
    text = page.get_by_role("region", name="Prometheus text")
    await expect(text).to_contain_text("# TYPE ratchet_uptime_seconds gauge")
    await expect(page.get_by_text("/metrics/prometheus")).to_be_visible()
    find = page.get_by_role("textbox", name="Find in the metrics")
    await find.press_sequentially("UPTIME_sec")
    await expect(text.locator("mark")).to_have_count(3)
    await expect(text).not_to_contain_text("ratchet_jobs")
    await expect(page.get_by_role("status").filter(has_text="hits")).to_have_text(
        re.compile(r"^3 hits in 3 of \d+ lines$")
    )
    await expect(page).to_have_url(re.compile(r"tab=prometheus&q=UPTIME_sec$"))
    await page.get_by_role("button", name="Copy 3 lines").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(
        r"# HELP ratchet_uptime_seconds .*\n# TYPE .*\nratchet_uptime_seconds [\d.]+\n", copied
    )

    await page.reload()
    await expect(find).to_have_value("UPTIME_sec")
    await expect(text.locator("mark")).to_have_count(3)
    await find.fill("nothing has this name")
    await expect(text).to_have_text("No line holds this.")
    await find.press("Escape")
    await expect(text).to_contain_text("ratchet_jobs")
    await page.get_by_role("button", name="Copy all").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert "ratchet_jobs{" in await page.evaluate("navigator.clipboard.readText()")


async def test_settings_in_force_are_told_with_where_they_come_from(open_page, system):
    page = await open_page("/system?tab=settings")
    rows = page.get_by_role("table", name="Settings").get_by_role("row")
    data_dir = rows.filter(has=page.get_by_text("RATCHET_DATA_DIR", exact=True))
    await expect(data_dir).to_contain_text(str(system.data_dir))
    await expect(data_dir).to_contain_text("Set")
    days = rows.filter(has=page.get_by_text("RATCHET_KEEP_DAYS", exact=True))
    await expect(days.get_by_role("cell")).to_have_text(
        ["RATCHET_KEEP_DAYS", "30", "Default", re.compile("^Days after their end")]
    )
    token = rows.filter(has=page.get_by_text("RATCHET_API_TOKEN", exact=True))
    await expect(token.get_by_role("cell").nth(1)).to_have_text("not set")
    console = group(page, "This console")
    await expect(console).to_contain_text("Live: the server announces changes")
    await expect(
        console.locator("dl > div").filter(has_text="Viewers of this server").locator("dd")
    ).to_have_text(re.compile(r"^\d+$"))


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("name", ["health", "metrics", "prometheus", "server", "settings"])
async def test_it_fits_a_phone(open_page, width, name):
    page = await open_page(f"/system?tab={name}", viewport={"width": width, "height": 844})
    await is_live(page)
    await expect(page.locator(".skeleton")).to_have_count(0)
    await expect(page.locator("main .card").first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    wide = (
        "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth)"
    )
    spilt = await page.evaluate(f"{wide}.map(e => e.className + ': ' + e.textContent.slice(0, 60))")
    assert not [each for each in spilt if "tab-bar" not in each and not each.startswith(": ")]


async def test_a_server_that_makes_things_up_is_told_as_such(visitors, console):
    page = await visitors.of(console.url)("/system")
    await expect(page.get_by_role("note")).to_contain_text("always says that it is healthy")
    await expect(group(page, "Overall").locator(".status")).to_have_text("Not known")
    await expect(group(page, "Components")).to_contain_text("does not say how its parts are")

    await open_tab(page, "Metrics")
    await expect(page.get_by_role("note")).to_contain_text("its other statistics are made up and not shown")
    await expect(group(page, "Server").locator("dt")).to_have_text(["Version"])
    await expect(group(page, "Executions").locator("dt")).to_have_text(["Executions"])
    await expect(group(page, "Database")).to_have_count(0)
    await expect(group(page, "Requests")).to_have_count(0)

    await open_tab(page, "Server")
    await expect(group(page, "Dialect")).to_contain_text("The native server's own API")
    await expect(group(page, "Dialect")).to_contain_text("GraphQL")
    await expect(group(page, "What it can do")).to_contain_text("This server keeps no logs")
    await expect(group(page, "Requests by this console")).to_contain_text(re.compile(r"7,\d{3} of 8,000"))

    await open_tab(page, "Prometheus")
    await expect(page.get_by_role("region", name="Prometheus text")).to_contain_text("ratchet_tasks_total")


async def test_no_secret_reaches_the_browser(visitors, console):
    heard: list[str] = []
    page = await visitors.of(console.url)("/")
    page.on("websocket", lambda ws: ws.on("framereceived", lambda frame: heard.append(str(frame))))
    for name in ("settings", "server", "health"):
        await page.goto(f"/system?tab={name}")
        await is_polling(page)
        assert TOKEN not in await page.content()
    await page.goto("/system?tab=settings")
    table = page.get_by_role("table", name="Settings")
    for name in ("RATCHET_API_TOKEN", "RATCHET_SERVER_CONSOLE_TOKEN"):
        row = table.get_by_role("row").filter(has=page.get_by_text(name, exact=True))
        await expect(row.get_by_role("cell").nth(1)).to_have_text("set")
    assert "RATCHET_API_TOKEN" in "".join(heard)
    assert "hunter2" not in "".join(heard)


async def is_polling(page: Page) -> None:
    await expect(page.locator(".live")).to_contain_text("Polling")
