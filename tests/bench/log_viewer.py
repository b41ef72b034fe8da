"""A million lines of a log in a real browser: jumps, wheel, search; and following 5,000 lines a second."""

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.async_api import Browser, Page

from ratchet_web.server.examples.history import NEEDLE, Sizes
from ratchet_web.server.seeds import seed
from tests.bench.measure import Measured, percentiles
from tests.bench.running import System, browser, running_system

# The log is that of the newest of these.
EXECUTIONS = 50
JUMPS, WHEEL_STEPS = 40, 200
FOLLOW_S, LINES_PER_S, SETTLE_S = 60, 5_000, 10
SETTINGS = {
    "task_log_lines": 10_000_000,
    "task_log_bytes": 2_000_000_000,
    "keep_days": 10_000,
    "keep_executions": 100_000_000,
}
PRINTER = """async function main({ lines, turns }) {
  const began = Date.now();
  for (let i = 0; i < turns; i++) {
    for (let j = 0; j < lines; j++) console.log(`parcel ${i * lines + j} is on its way, at ${Date.now()}`);
    await sleep(Math.max(0, began + (i + 1) * 50 - Date.now()));
  }
}"""
TURNS_PER_S = 20
# 600 lines are held while following, of about ten nodes each; the page around them has some 2,000.
MOST_NODES = 12_000
# What each of these does ends with the first frame in which the line is on screen.
SHOWS = """
window.shows = async (line, act) => {
  const frame = () => new Promise(requestAnimationFrame);
  const box = document.querySelector('.log-box');
  const shown = () => {
    const row = box.querySelector(`[data-n="${line}"]`)?.getBoundingClientRect();
    const { top, bottom } = box.getBoundingClientRect();
    return row && row.bottom > top && row.top < bottom;
  };
  const began = performance.now();
  act();
  do await frame(); while (!shown() && performance.now() - began < 10_000);
  return performance.now() - began;
};
window.slide = (line) => shows(line, () => {
  const slider = document.querySelector('.log-slider');
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(slider, line);
  slider.dispatchEvent(new Event('input', { bubbles: true }));
});
window.bare = async (line) => {
  const frame = () => new Promise(requestAnimationFrame);
  const began = performance.now();
  await (await fetch(`/console${location.pathname}/logs?from=${Math.max(0, line - 120)}&n=240`)).json();
  await frame();
  await frame();
  return performance.now() - began;
};
window.link = (line) => shows(line, () => { location.hash = `#L${line}`; });
window.count = () => {
  window.frames_ms = [];
  let last = performance.now();
  const next = (now) => {
    frames_ms.push(now - last);
    last = now;
    if (window.counting) requestAnimationFrame(next);
  };
  window.counting = true;
  requestAnimationFrame(next);
};
window.lags = [];
window.follow = () => {
  let last = '';
  const look = () => {
    const text = document.querySelector('.log-lines')?.lastElementChild?.lastElementChild?.textContent ?? '';
    const said = / at (\\d{13})$/.exec(text);
    if (said && text !== last) lags.push(Date.now() - Number(said[1]));
    last = text;
    requestAnimationFrame(look);
  };
  look();
};
"""


async def run(options: argparse.Namespace) -> list[Measured]:
    """Measure a long log that is finished, then one that grows."""
    lines = options.rows
    async with seeded_system(lines) as system, browser() as chromium:
        page = await _log_of(chromium, system, str(EXECUTIONS))
        await page.wait_for_function("n => document.querySelector('.log').dataset.total == n", arg=lines)
        jumps = options.rounds or JUMPS
        measured = [
            await _jumps(page, "slide", lines, jumps),
            await _jumps(page, "link", lines, jumps),
            await _wheel(page),
            await _search(page, options.rounds or 5),
        ]
        await page.context.close()
        return [*measured, *await _follow(chromium, system)]


@asynccontextmanager
async def seeded_system(lines: int) -> AsyncIterator[System]:
    """Start a system with a log of so many lines."""
    with TemporaryDirectory() as directory:
        sizes = Sizes(EXECUTIONS, EXECUTIONS, lines)
        await asyncio.to_thread(seed, Path(directory), sizes, int(time.time() * 1000))
        async with running_system(Path(directory), **SETTINGS) as system:
            yield system


async def _log_of(chromium: Browser, system: System, execution: str) -> Page:
    context = await chromium.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    await page.add_init_script(SHOWS)
    await page.goto(f"{system.web}/executions/{execution}")
    await page.locator(".log[data-state=ready]").wait_for()
    return page


async def _jumps(page: Page, how: str, lines: int, count: int) -> Measured:
    draw = random.Random(7)
    places = [1, lines, *(draw.randrange(1, lines + 1) for _ in range(count))]
    took, bare = [], []
    for place in places:
        took.append(await page.evaluate(f"{how}({place})"))
        bare.append(await page.evaluate(f"bare({place})"))
    names = {"slide": "jump by the slider", "link": "jump to a linked line"}
    # Against what nobody could do without: the same lines, and two frames without anything drawn.
    times = round(statistics.median(took) / statistics.median(bare), 2)
    figures = {**percentiles(took), "times_bare": times}
    return Measured(names[how], figures, {"p95_ms": 200, "times_bare": 3})


async def _wheel(page: Page) -> Measured:
    middle = int(await page.locator(".log").get_attribute("data-total") or 0) // 2
    await page.evaluate(f"slide({middle})")
    await page.locator(".log-box").hover()
    await page.evaluate("count()")
    for _ in range(WHEEL_STEPS):
        await page.mouse.wheel(0, 120)
    frames: list[float] = await page.evaluate("counting = false, frames_ms.slice(1)")
    return Measured("a frame while the wheel turns", percentiles(frames), {"p50_ms": 20})


async def _search(page: Page, rounds: int) -> Measured:
    """Measure from the last key to a match in all lines, the pause before a search included."""
    field = page.get_by_role("textbox", name="Search the log")
    took = []
    for _ in range(rounds):
        await field.fill("")
        await page.locator(".log-hits").wait_for(state="detached")
        await page.evaluate("slide(1)")
        began = time.perf_counter()
        await field.fill(NEEDLE)
        await page.wait_for_function(
            "() => /^1 of 1$/.test(document.querySelector('.log-hits')?.textContent)"
        )
        took.append((time.perf_counter() - began) * 1000)
    return Measured("search through all lines, one match", percentiles(took), {"p95_ms": 2_500})


async def _follow(chromium: Browser, system: System) -> list[Measured]:
    task = await system.create_task("printer", PRINTER)
    told = {"lines": LINES_PER_S // TURNS_PER_S, "turns": FOLLOW_S * TURNS_PER_S}
    execution = await system.run(task, told)
    page = await _log_of(chromium, system, execution)
    await page.evaluate("follow()")
    await asyncio.sleep(SETTLE_S)
    before = await _memory(page)
    await system.finished(execution)
    await page.wait_for_function("() => document.querySelector('.log').dataset.done")
    lags: list[float] = await page.evaluate("lags")
    after = await _memory(page)
    row = await system.get(f"/executions/{execution}")
    ran_s = row["durationMs"] / 1000
    figures = {**percentiles(lags), "lines_per_s": round(row["logLines"] / ran_s), "seconds": round(ran_s)}
    # A machine that does not print as fast proves nothing: then this is missed too.
    slow = max(0, round(LINES_PER_S * 0.95 - row["logLines"] / ran_s))
    return [
        Measured(
            "newest line → visible, 5,000 lines/s",
            {**figures, "missing_lines_per_s": slow},
            {"p95_ms": 500, "missing_lines_per_s": 0},
        ),
        grown(before, after),
    ]


async def _memory(page: Page) -> dict[str, float]:
    """Return what the page holds once all garbage is gone."""
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("HeapProfiler.collectGarbage")
    await cdp.send("Performance.enable")
    found: Sequence[Any] = (await cdp.send("Performance.getMetrics"))["metrics"]
    values = {metric["name"]: metric["value"] for metric in found}
    await cdp.detach()
    return {"heap_mb": values["JSHeapUsedSize"] / 2**20, "nodes": values["Nodes"]}


def grown(before: dict[str, float], after: dict[str, float]) -> Measured:
    """Return what a page holds at the end of a log that it followed, against soon after the beginning."""
    figures = {
        "heap_mb": round(after["heap_mb"], 1),
        "nodes": after["nodes"],
        "heap_ratio": round(after["heap_mb"] / before["heap_mb"], 2),
    }
    return Measured("memory of the page that followed", figures, {"heap_ratio": 1.5, "nodes": MOST_NODES})
