"""From `ratchet-web up` to a page that can be used: the first start in an empty directory, and later ones."""

import argparse
import asyncio
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil
from playwright.async_api import Page

from tests.bench.measure import Measured, percentiles
from tests.bench.running import browser
from tests.support.system import System

STARTS = 5
# At rest is what uses no more of the processor between two looks than the system's clock can tell.
LOOK_EVERY_S, REST_S = 0.25, 0.01


async def run(options: argparse.Namespace) -> list[Measured]:
    """Measure with a browser that is open and at rest, as a person's is; what counts is what is then seen."""
    starts = options.rounds or STARTS
    with tempfile.TemporaryDirectory() as directory:
        async with browser() as chromium:
            took = [
                await _took_ms(System(Path(directory)), await chromium.new_page()) for _ in range(starts + 1)
            ]
    return [
        Measured("`up` in an empty directory → usable page", percentiles(took[:1]), {"p95_ms": 3000}),
        Measured("`up` → usable page", percentiles(took[1:]), {"p95_ms": 3000}),
    ]


async def _took_ms(system: System, page: Page) -> float:
    await _at_rest()
    began_s = time.monotonic()
    try:
        await asyncio.to_thread(system.start)
        await page.goto(f"{system.url}/executions")
        await page.locator(".live[data-mode=live]").wait_for()
        await page.locator("[data-topic] tbody tr, .empty").first.wait_for()
        return 1000 * (time.monotonic() - began_s)
    finally:
        await page.close()
        await asyncio.to_thread(system.stop)


async def _at_rest() -> None:
    """Wait until the browser does nothing: for a new window it loads pages of its own."""
    used_s, before_s = _used_s(), -1.0
    while used_s - before_s > REST_S:
        await asyncio.sleep(LOOK_EVERY_S)
        used_s, before_s = _used_s(), used_s


def _used_s() -> float:
    """Return the processor time of all processes below this one that still run."""
    used_s = 0.0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            used_s += times.user + times.system
    return used_s
