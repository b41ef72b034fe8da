"""From a click to the data on screen, among a million executions: filters, sorts, pages, a row and back."""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Page

from ratchet_web.models.executions import ExecutionQuery
from tests.bench.measure import Measured, percentiles
from tests.bench.million import ROWS, SETTINGS, seeded
from tests.bench.running import browser
from tests.support.system import System

ROUNDS = 10
# In the page itself, so that no message of the test is in the measure; painted is a frame later.
GO = """([link, shown]) => new Promise((resolve) => {
  const act = link ? document.querySelector(link) : null;
  const began = performance.now();
  const there = () => resolve(performance.now() - began);
  const look = () => requestAnimationFrame(document.querySelector(shown) ? there : look);
  act ? act.click() : history.back();
  look();
})"""
# What is typed, or chosen from a menu, ends in the address; each of these has rows.
OPEN = """([address, shown]) => new Promise((resolve) => {
  const began = performance.now();
  const there = () => resolve(performance.now() - began);
  const look = () => requestAnimationFrame(document.querySelector(shown) ? there : look);
  history.pushState({}, "", address);
  dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  look();
})"""
# Each narrows, orders or turns what the one before left on screen, by a link that stands there.
STEPS: tuple[dict[str, Any], ...] = (
    {"status": "FAILED"},
    {"page": 2},
    {"sort": "-duration_ms"},
    {"status": "COMPLETED"},
    {"page": 2},
    {"status": None},
    {"sort": "-queued_at"},
)
FILTERS = (
    ExecutionQuery(range="24h"),
    ExecutionQuery(range="30d"),
    ExecutionQuery(task="3"),
    ExecutionQuery(min_ms=1_000),
    ExecutionQuery(min_ms=1_000, max_ms=5_000, sort="-duration_ms"),
    ExecutionQuery(error=True),
    ExecutionQuery(text="timeout"),
    ExecutionQuery(status="FAILED", range="30d", task="2"),
    ExecutionQuery(min_progress=50),
)


async def run(options: argparse.Namespace) -> list[Measured]:
    """Seed a directory, unless it is kept from an earlier run, and click through the console on it."""
    rows, rounds = options.rows or ROWS, options.rounds or ROUNDS
    with ExitStack() as stack:
        directory = Path(options.keep or stack.enter_context(tempfile.TemporaryDirectory()))
        measured = seeded(directory, rows)
        settings = {name.removeprefix("RATCHET_"): value for name, value in SETTINGS.items()}
        system = System(directory, **settings)
        stack.callback(system.end)
        system.start()
        async with browser() as chromium, httpx.AsyncClient(base_url=system.api_url, trust_env=False) as http:
            page = await chromium.new_page()
            await page.goto(f"{system.url}/executions")
            await page.locator(_rows_of(ExecutionQuery())).first.wait_for()
            lists = [await _lists(page, http, rounds), await _filters(page, http, rounds)]
            return [*measured, *lists, *await _there_and_back(page, rounds)]


def queries() -> Iterator[ExecutionQuery]:
    """Yield the list that each step leads to; the last is the first one again."""
    query = ExecutionQuery()
    for changes in STEPS:
        query = ExecutionQuery.model_validate(query.model_dump() | {"page": 1} | changes)
        yield query


async def _lists(page: Page, http: httpx.AsyncClient, rounds: int) -> Measured:
    clicks, over = [], []
    for _ in range(rounds):
        for query in queries():
            server_ms = await _server_ms(http, query)
            clicks.append(await _go(page, f'main a[href="{query.address()}"]', _rows_of(query)))
            over.append(clicks[-1] - server_ms)
    return _against_server("status, sort, page → painted", clicks, over)


async def _filters(page: Page, http: httpx.AsyncClient, rounds: int) -> Measured:
    took, over = [], []
    for _ in range(rounds):
        for query in FILTERS:
            server_ms = await _server_ms(http, query.as_of(datetime.now(UTC)))
            took.append(await page.evaluate(OPEN, [query.address(), _rows_of(query)]))
            over.append(took[-1] - server_ms)
    await page.evaluate(OPEN, [ExecutionQuery().address(), _rows_of(ExecutionQuery())])
    return _against_server("any other filter → painted", took, over)


async def _server_ms(http: httpx.AsyncClient, query: ExecutionQuery) -> float:
    """Return how long the bare server takes for a list."""
    began = time.perf_counter()
    (await http.get("/executions", params=query.params())).raise_for_status()
    return (time.perf_counter() - began) * 1000


def _against_server(what: str, took: list[float], over: list[float]) -> Measured:
    figures = {**percentiles(took), "over_server_p95_ms": percentiles(over)["p95_ms"]}
    return Measured(what, figures, {"p95_ms": 300, "over_server_p95_ms": 200})


async def _there_and_back(page: Page, rounds: int) -> list[Measured]:
    there, back = [], []
    links = page.locator(f'{_rows_of(ExecutionQuery())} a[href^="/executions/"].mono')
    for round in range(2 * rounds):
        id = await links.nth(round % 25).inner_text()
        there.append(await _go(page, f'main a.mono[href="/executions/{id}"]', "main .facts .mono"))
        back.append(await _go(page, None, _rows_of(ExecutionQuery())))
    # The first opens what the page is made of.
    return [
        Measured(what, percentiles(values[1:]), {"p95_ms": 150})
        for what, values in (("list → detail", there), ("detail → list", back))
    ]


async def _go(page: Page, link: str | None, shown: str) -> float:
    """Press a link, or Back without one; return the ms until what is `shown` was painted."""
    took_ms: float = await page.evaluate(GO, [link, shown])
    return took_ms


def _rows_of(query: ExecutionQuery) -> str:
    return f'[data-topic="{query.address().lstrip("/")}"] tbody tr[data-id]'
