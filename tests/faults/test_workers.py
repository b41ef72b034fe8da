"""Several workers and a Redis, all of them real: what is done at one is seen at all, and none is missed."""

import re
from collections.abc import AsyncIterator, Iterator

import httpx
import psutil
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from ratchet_web.api import Ratchet
from ratchet_web.models.tasks import TaskQuery
from tests.conftest import OpenPage, Visitors
from tests.e2e.outages import BACK_MS, is_back
from tests.e2e.steps import banner, freshness, is_live, new_id, new_task, row_of, unique, write
from tests.e2e.test_login import SIGN_IN, sign_in, sign_out
from tests.support.people import add_first, client_of
from tests.support.redis import Redis
from tests.support.redis import running as running_redis
from tests.support.system import System, running

GONE = pytest.mark.console_errors(
    "ERR_CONNECTION", "WebSocket connection", "ERR_(EMPTY_RESPONSE|CONTENT_LENGTH_MISMATCH)"
)
TRIES = 40


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    """A Redis of these tests alone."""
    yield from running_redis()


@pytest.fixture(scope="module")
def shared(built: None, redis: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system whose console has two workers, where people sign in."""
    data_dir = tmp_path_factory.mktemp("data")
    add_first(data_dir)
    # Long enough for the slowest machine: what waits here is taken back in the end.
    settings = {"web_redis_url": redis.url, "web_workers": 2, "web_undo_s": 60}
    yield from running(data_dir, web_auth="ratchet", **settings)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def api(shared: System) -> AsyncIterator[Ratchet]:
    """A client of its server that may do everything."""
    async with await client_of(shared.api_url, "ann") as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def open_it(shared: System, visitors: Visitors) -> OpenPage:
    """Open pages of its console."""
    return visitors.of(shared.url, once=True)


async def worker_of(page: Page) -> str:
    """Return the worker that holds the socket of a page."""
    await is_live(page)
    name = await page.locator(".live").get_attribute("data-worker")
    assert name
    return name


async def at_another(page: Page, path: str) -> Page:
    """Open a page of the same person whose socket another worker holds."""
    here = await worker_of(page)
    other = await page.context.new_page()
    for _ in range(TRIES):
        await other.goto(path)
        if await worker_of(other) != here:
            return other
    raise AssertionError(f"all sockets came to worker {here}")


@GONE
async def test_what_is_done_at_one_worker_is_seen_at_the_other_and_a_killed_one_costs_nobody_their_page(
    shared, api, redis, open_it
):
    task = await new_task(api, "shared")
    here = await sign_in(open_it, "ann", f"/tasks/{task.id}")
    there = await at_another(here, f"/tasks/{task.id}")

    await here.get_by_role("switch").first.click()
    undo = there.get_by_role("button", name=re.compile("^Undo"))
    await undo.click()
    await expect(undo).to_be_hidden()
    await expect(here.get_by_role("button", name=re.compile("^Undo"))).to_be_hidden()
    assert (await api.tasks.get(task.id)).enabled

    await here.goto("/tasks/new")
    await is_live(here)
    there = await at_another(here, "/tasks")
    name, killed = unique("survivor"), await worker_of(here)
    staying = await worker_of(there)
    await here.get_by_role("textbox", name="Name", exact=True).fill(name)
    await write(here, "Source", "async function main() { return 'typed before'; }")
    psutil.Process(int(killed.partition("-")[0])).kill()
    await expect(here.locator(".live")).not_to_have_attribute("data-worker", killed, timeout=BACK_MS)
    await is_back(here)
    await expect(here.get_by_role("textbox", name="Name", exact=True)).to_have_value(name)
    await here.get_by_role("button", name="Save task").click()
    saved = await new_id(here, "tasks")
    assert "typed before" in (await api.tasks.get(saved)).source_code
    assert (await api.tasks.page(TaskQuery(q=name))).total == 1
    await expect(row_of(there, name)).to_be_visible()
    assert await worker_of(there) == staying

    redis.stop()
    await expect(banner(there)).to_contain_text("Redis does not answer")
    await expect(freshness(there)).to_contain_text("Degraded")
    later = await new_task(api, "in-the-dark")
    await expect(row_of(there, later.name)).to_be_visible()
    redis.start()
    await expect(banner(there)).to_be_hidden()
    await is_live(here)

    there = await at_another(here, "/executions")
    await sign_out(here)
    await expect(there).to_have_url(SIGN_IN)
    assert redis.password not in "\n".join(shared.said)


async def test_the_console_tells_how_it_is_over_http(shared):
    async with httpx.AsyncClient(base_url=shared.url, trust_env=False) as asking:
        well = await asking.get("/healthz", headers={"accept": "text/html", "x-request-id": "of-a-probe"})
        metrics = await asking.get("/metrics")
    assert (well.status_code, well.json()["redis"]) == (200, "ok")
    assert well.headers["x-request-id"] == "of-a-probe"
    assert 'ratchet_web_redis_up{worker="' in metrics.text
