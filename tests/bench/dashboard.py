"""The dashboard: what one update of a chart takes of the page, beside 24 hours of history."""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from ratchet_web.server.examples.history import Sizes
from ratchet_web.server.seeds import seed
from tests.bench.measure import Measured, percentiles
from tests.bench.running import System, browser, running_system

EXECUTIONS, UPDATES = 30_000, 12
MOST_MS = 50
# Marks each timer that draws in a chart; its layout is made within.
WATCH = """
window.draws = 0;
const later = window.setTimeout;
window.setTimeout = (act, ...rest) => later(typeof act !== "function" ? act : (...given) => {
  const seen = new MutationObserver(() => {});
  const all = { childList: true, subtree: true };
  document.querySelectorAll(".plot-area").forEach((box) => seen.observe(box, all));
  act(...given);
  const drew = seen.takeRecords().length;
  seen.disconnect();
  if (!drew || !document.body.offsetHeight) return;
  performance.mark("drew");
  draws += 1;
}, ...rest);
"""
TRACED = {"categories": "devtools.timeline,blink.user_timing", "transferMode": "ReportEvents"}


async def run(options: argparse.Namespace) -> list[Measured]:
    """Look at the dashboard while executions end."""
    updates = options.rounds or UPDATES
    with tempfile.TemporaryDirectory() as directory:
        seed(Path(directory), Sizes(EXECUTIONS, 1_000, 0), int(time.time() * 1000))
        async with running_system(Path(directory)) as system, browser() as chromium:
            page = await chromium.new_page(viewport={"width": 1440, "height": 900})
            await page.add_init_script(WATCH)
            await page.goto(system.web)
            # The first time each chart is drawn whole.
            await page.wait_for_function("() => draws >= 2")
            events = await _traced(page, lambda: _updated(page, system, updates))
    wall, own = drawing_ms(events)
    figures = {**percentiles(own), "wall_p50_ms": percentiles(wall)["p50_ms"]}
    return [Measured("an update of a chart, processor time of the main thread", figures, {"p95_ms": MOST_MS})]


def drawing_ms(events: Sequence[dict[str, Any]]) -> tuple[list[float], list[float]]:
    """Return how long each timer that drew lasted, and what it took of the processor itself."""
    marks = [event["ts"] for event in events if event["name"] == "drew"]
    timers = [event for event in events if event["name"] == "TimerFire" and "tdur" in event]
    drew = [each for each in timers if any(each["ts"] <= at <= each["ts"] + each["dur"] for at in marks)]
    return [each["dur"] / 1000 for each in drew], [each["tdur"] / 1000 for each in drew]


async def _traced(page: Page, act: Callable[[], Awaitable[None]]) -> list[dict[str, Any]]:
    """Return what the browser recorded while something was done."""
    cdp, ended = await page.context.new_cdp_session(page), asyncio.Event()
    events: list[dict[str, Any]] = []
    cdp.on("Tracing.dataCollected", lambda told: events.extend(told["value"]))
    cdp.on("Tracing.tracingComplete", lambda _: ended.set())
    await cdp.send("Tracing.start", TRACED)
    await act()
    await cdp.send("Tracing.end")
    await ended.wait()
    return events


async def _updated(page: Page, system: System, updates: int) -> None:
    """Let work end until the charts have followed so often."""
    task, before = await system.create_task("tick", "function main() {}"), await page.evaluate("draws")
    while await page.evaluate("draws") < before + updates:
        await system.run(task, None)
        # As often as people's work ends; the charts follow every five seconds.
        await asyncio.sleep(0.25)
