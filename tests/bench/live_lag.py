"""From the server to the screen: a log line printed → visible, a status changed → visible.

The status for one viewer, and for one among a hundred of the same page, who are sockets in another process.
"""

import argparse
import asyncio

from playwright.async_api import Page

from tests.bench.measure import Measured, percentiles
from tests.bench.running import System, browser, running_system
from tests.bench.watching import watching

SOURCE = """async function main(input) {
  for (let i = 0; i < input.lines; i++) { console.log(`at ${Date.now()}`); await sleep(150); }
  return null;
}"""
# Notes when each line and each status comes on screen. A frame later than the change at most.
WATCH_LINES = """() => {
  window.lags = new Map();
  const look = () => {
    for (const row of document.querySelectorAll('.log-row')) {
      const said = /at (\\d{13})/.exec(row.textContent);
      if (said && !lags.has(said[1])) lags.set(said[1], Date.now() - Number(said[1]));
    }
    requestAnimationFrame(look);
  };
  look();
}"""
WATCH_STATUS = """() => {
  window.ended = new Map();
  const look = () => {
    for (const row of document.querySelectorAll('tbody tr[data-id]')) {
      const id = row.dataset.id;
      if (row.querySelector('.status.ok') && !ended.has(id)) ended.set(id, Date.now());
    }
    requestAnimationFrame(look);
  };
  look();
}"""
STATUS_ROUNDS = 30
VIEWERS = 100


async def run(options: argparse.Namespace) -> list[Measured]:
    """Measure lines on a detail page, then statuses on the list."""
    lines = options.rounds or 60
    async with running_system() as system, browser() as chromium:
        task = await system.create_task("lag", SOURCE)
        page = await chromium.new_page()
        log = await _line_lags(system, page, task, lines)
        rounds = options.rounds or STATUS_ROUNDS
        status = await _status_lags(system, page, task, rounds)
        others = options.viewers or VIEWERS
        async with watching(system, ["/executions"] * others):
            among = await _status_lags(system, page, task, rounds)
    return [
        Measured("log line → visible", percentiles(log), {"p95_ms": 300}),
        Measured("status change → visible", percentiles(status), {"p95_ms": 300}),
        Measured(f"status change → visible, {others} more viewers", percentiles(among), {"p95_ms": 500}),
    ]


async def _line_lags(system: System, page: Page, task: str, lines: int) -> list[float]:
    execution = await system.run(task, {"lines": lines})
    await page.goto(f"{system.web}/executions/{execution}")
    await page.evaluate(WATCH_LINES)
    await system.finished(execution)
    await page.wait_for_function("n => document.body.textContent.includes(`${n} lines`)", arg=lines)
    lags: list[float] = await page.evaluate("[...lags.values()]")
    # Lines that were there before the page was are no measure of how fast a new one comes.
    return lags[10:]


async def _status_lags(system: System, page: Page, task: str, rounds: int) -> list[float]:
    await page.goto(f"{system.web}/executions")
    await page.locator("tbody tr[data-id]").first.wait_for()
    await page.evaluate(WATCH_STATUS)
    lags = []
    for _ in range(rounds):
        execution = await system.run(task, {"lines": 1})
        completed_ms = await system.finished(execution)
        await page.wait_for_function("id => ended.has(id)", arg=execution)
        lags.append(await page.evaluate("id => ended.get(id)", execution) - completed_ms)
        await asyncio.sleep(0.05)
    return lags
