"""The timeline of 200 schedules: the answer for 14 days, frames while it moves, a range → painted."""

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
from playwright.async_api import Page

from ratchet_web.server.store.directory import FILE_NAME
from tests.bench.measure import Measured, percentiles
from tests.bench.running import System, browser, running_system

SCHEDULES, ROUNDS, MOVES = 200, 10, 150
DAY_S, DAYS, HOUR_MS = 86_400, 7, 3_600_000
CRONS = (
    *("0 */5 * * * *", "0 0 * * * *", "0 30 2 * * *", "0 0 9 * * MON-FRI"),
    *("0 */15 8-18 * * *", "0 0 0 1 * *", "30 10/20 * * * *", "0 * * * * *"),
)
ZONES = ("UTC", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe")
PAST = """INSERT INTO jobs
  (task_id, schedule_id, status, priority, max_retries, queued_at, ready, started_at, completed_at)
  VALUES (?, ?, ?, 1, 0, ?, 0, ?, ?)"""
# Each frame of the page, from one to the next.
WATCH = """() => {
  window.frames_ms = [];
  let last = performance.now();
  const frame = (now) => {
    frames_ms.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""
GO = """([name, bucket]) => new Promise((resolve) => {
  const links = document.querySelectorAll('nav[aria-label="Range"] a');
  const began = performance.now();
  const there = () => resolve(performance.now() - began);
  const shown = `.timeline[data-bucket="${bucket}"]`;
  const look = () => requestAnimationFrame(document.querySelector(shown) ? there : look);
  [...links].find((link) => link.textContent === name).click();
  look();
})"""
RANGES = (("1 d", 600), ("7 d", 3_600), ("30 d", 10_800), ("6 h", 120))


async def run(options: argparse.Namespace) -> list[Measured]:
    """Make schedules with a past, and move about in it."""
    rounds = options.rounds or ROUNDS
    with tempfile.TemporaryDirectory() as directory:
        async with running_system(Path(directory)) as system, browser() as chromium:
            await _filled(system, Path(directory))
            page = await chromium.new_page(viewport={"width": 1440, "height": 900})
            answers = await _answers(system, rounds)
            await page.goto(f"{system.web}/schedules/timeline?span=7d")
            await page.locator(".timeline[data-bucket='3600']").wait_for()
            return [answers, await _moved(page), await _ranges(page, rounds, answers)]


def drafts(task: str) -> Iterator[dict[str, str]]:
    """Yield schedules of all kinds, in zones that turn their clocks and in one that does not."""
    for number in range(SCHEDULES):
        kind, zone = CRONS[number % len(CRONS)], ZONES[number // len(CRONS) % len(ZONES)]
        yield {"taskId": task, "name": f"bench-{number:03}", "cronExpression": kind, "timeZone": zone}


async def _filled(system: System, directory: Path) -> None:
    task = await system.create_task("timed", "function main() {}")
    ids = [(await system.post("/schedules", draft))["id"] for draft in drafts(task)]
    now_ms = int(time.time() * 1000)
    times = range(now_ms - DAYS * 24 * HOUR_MS, now_ms - HOUR_MS, HOUR_MS)
    rows = [(task, id, 3 if at % 7 == 0 else 2, at, at, at + 60_000) for id in ids for at in times]
    with closing(sqlite3.connect(directory / FILE_NAME, timeout=30)) as database, database:
        database.executemany(PAST, rows)


async def _answers(system: System, rounds: int) -> Measured:
    first = int(time.time()) // 3600 * 3600 - DAYS * DAY_S
    params = {"from": first, "to": first + 2 * DAYS * DAY_S, "bucket": 3600}
    took = []
    async with httpx.AsyncClient(base_url=system.web, timeout=30, trust_env=False) as http:
        for _ in range(rounds):
            began = time.perf_counter()
            answer = (await http.get("/console/schedules/timeline", params=params)).raise_for_status()
            took.append((time.perf_counter() - began) * 1000)
    return Measured(
        "the console's answer", {**percentiles(took), "kb": len(answer.content) // 1000}, {"p50_ms": 500}
    )


async def _moved(page: Page) -> Measured:
    box = await page.locator(".timeline .lanes canvas").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.evaluate(WATCH)
    for move in range(MOVES):
        await page.mouse.move(x + 200 * (-1 if move // 25 % 2 else 1) * (move % 25) / 25, y)
        await asyncio.sleep(0.01)
    frames: list[float] = await page.evaluate("frames_ms")
    await page.mouse.up()
    return Measured("frames while it is moved", percentiles(frames[1:]), {"p50_ms": 20})


async def _ranges(page: Page, rounds: int, answers: Measured) -> Measured:
    took = [await page.evaluate(GO, list(each)) for _ in range(rounds) for each in RANGES]
    figures = percentiles(took)
    # A range waits for an answer of about that size: what comes beside it is the page's own.
    figures["over_answer_p50_ms"] = round(figures["p50_ms"] - answers.figures["p50_ms"], 1)
    return Measured("a range → painted", figures, {"over_answer_p50_ms": 300})
