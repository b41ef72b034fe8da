"""The console before a server that lies: no page is ever blank or broken, and each recovers by itself.

Some pages are open at once, before one hostile server; the cases change while the console runs.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, expect

from tests.conftest import Visitors
from tests.doubles.hostile import Case, Hostile, hostile
from tests.doubles.mischief import KINDS
from tests.faults.hostile_pages import PLACES, Place, go, is_settled, is_well, look
from tests.support.system import System
from tests.support.xss import CORPUS

AT_ONCE = 7
# With the default of three rounds: a hundred cases.
KINDS_A_ROUND = 5
# Loading the whole console takes most of the time: only every third case does.
AFRESH = 3
TIMEOUT_S = 1.0
# A console that finds a server odd asks it again more and more slowly.
LINK_MS = 35_000
# The link itself lives; another test attacks it.
SPARED = ("/capabilities", "/events")
# What the browser says of ranges of a log that cannot be had.
LOGS = pytest.mark.console_errors("Failed to load resource")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server() -> AsyncIterator[Hostile]:
    async with hostile() as good:
        yield good


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def console(
    built: None, server: Hostile, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[System]:
    """A console whose server is the hostile one."""
    system = System(tmp_path_factory.mktemp("data"), api_url=f"{server.url}/api/v1", api_timeout_s=TIMEOUT_S)
    try:
        await asyncio.to_thread(system.start)
        yield system
    finally:
        await asyncio.to_thread(system.end)


def _kinds(truth: str, most: int) -> Iterator[Case]:
    """Yield so many kinds, from all over."""
    wanted = [kind for kind in KINDS if not kind.heavy and kind.name != "good"]
    for place in range(min(most, len(wanted))):
        kind = wanted[place * len(wanted) // min(most, len(wanted))]
        yield Case(kind.name, truth, seed=place, spared=SPARED)


@LOGS
async def test_no_page_is_blank_or_broken_and_each_recovers_by_itself(
    console, server, visitors, pytestconfig
):
    server.turn(Case("good"))
    cases = list(_kinds("contract", pytestconfig.getoption("--rounds") * KINDS_A_ROUND))
    wrong = await _faults(server, await _open(console, visitors), visitors, cases)
    assert not wrong, "\n".join(wrong)


@LOGS
@pytest.mark.parametrize("kind", ["redirect elsewhere", "reset first"])
async def test_a_link_that_is_attacked_is_told_and_comes_back(console, server, visitors, kind):
    server.turn(Case("good"))
    server.hang_up()
    page = await visitors.of(console.url)("/executions")
    await expect(page.locator(".live")).to_have_text("Live", timeout=LINK_MS)
    server.turn(Case(kind))
    server.hang_up()
    await server.until_asked("/capabilities")
    await expect(page.locator(".banner")).to_be_visible()
    assert not await look(page)
    server.turn(Case("good"), "again")
    await expect(page.locator(".live")).to_have_text("Live", timeout=LINK_MS)
    await is_well(page, PLACES[2], "again")


@LOGS
async def test_nor_with_the_native_server(console, server, visitors, pytestconfig):
    good = Case("good", "native")
    server.turn(good)
    server.hang_up()
    pages = await _open(console, visitors)
    await expect(pages[0].locator(".live")).to_contain_text("Polling")
    cases = list(_kinds("native", pytestconfig.getoption("--rounds") // 3))
    wrong = await _faults(server, pages, visitors, cases)
    assert not wrong, "\n".join(wrong)
    server.turn(Case("scripts", "native", spared=SPARED))
    for page, place in zip(pages, PLACES[1:], strict=False):
        await go(page, place, afresh=False)
        await is_settled(page, place)
    assert not [page for page in pages if await page.evaluate("window.__ran")]


@LOGS
async def test_no_text_that_a_server_says_runs(console, server, visitors):
    server.turn(Case("good"))
    page = await visitors.of(console.url)("/", once=True)
    await expect(page.locator(".live")).to_have_text("Live", timeout=LINK_MS)
    seen = ""
    for kind, places in (("scripts", PLACES[:-1]), ("scripts everywhere", PLACES[:9])):
        server.turn(Case(kind, spared=SPARED))
        for place in places:
            await go(page, place, afresh=False)
            await is_settled(page, place)
            seen += await page.locator("body").inner_text()
    # At last what it says of itself, and what it announces.
    server.turn(Case("scripts"))
    server.hang_up()
    await server.until_asked("/capabilities")
    await page.goto("/system?tab=server")
    await expect(page.locator("main").get_by_role("heading").first).to_be_visible()
    assert sum(text in seen for text in CORPUS) > 10
    assert not await page.evaluate("window.__ran")


async def _open(console: System, visitors: Visitors) -> list[Page]:
    open_page = visitors.of(console.url)
    return [await open_page("/") for _ in range(AT_ONCE)]


async def _faults(server: Hostile, pages: list[Page], visitors: Visitors, cases: list[Case]) -> list[str]:
    """Return what is wrong with any page under any of these cases, or after it."""
    wrong: list[str] = []
    for number, case in enumerate(cases):
        places = [PLACES[(number * AT_ONCE + n) % len(PLACES)] for n in range(AT_ONCE)]
        # The native server's rows carry no names of tasks: those are kept for a while.
        marker = f"good{number}" if case.truth == "contract" else "task-1"
        server.turn(case)
        both = list(zip(pages, places, strict=True))
        afresh = number % AFRESH == 0
        told = await asyncio.gather(*(_meets(server, page, place, afresh) for page, place in both))
        server.turn(Case("good", case.truth), marker if case.truth == "contract" else "true")
        back = await asyncio.gather(*(_recovers(page, place, marker) for page, place in both))
        for place, *faults in zip(places, told, back, strict=True):
            wrong += [f"{case.kind!r} on {place.path}: {fault}" for fault in faults if fault]
        wrong += [f"{case.kind!r}: the page logs {e}" for e in visitors.errors() if "Failed to load" not in e]
    print(f"{len(cases) * len(pages)} cases")
    return wrong


async def _meets(server: Hostile, page: Page, place: Place, afresh: bool) -> str:
    """Open a page and return what is wrong with it."""
    await go(page, place, afresh=afresh)
    server.poke()
    try:
        await server.until_asked("/graphql" if server.now.truth == "native" else place.asks)
        await is_settled(page, place)
    except (PlaywrightError, TimeoutError) as error:
        return f"it does not settle: {str(error)[:80]}"
    return await look(page)


async def _recovers(page: Page, place: Place, marker: str) -> str:
    try:
        await is_well(page, place, marker)
    except (AssertionError, PlaywrightError, TimeoutError) as error:
        return f"it does not recover: {str(error)[:300]}"
    return await look(page)
