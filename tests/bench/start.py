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
QUIET_LOOKS, REST_WITHIN_S = 3, 30.0


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
    """Wait until the browser does nothing: for a new window it loads pages of its own.

    Raises:
        TimeoutError: it never rests.
    """
    quiet, before = 0, _used_s()
    async with asyncio.timeout(REST_WITHIN_S):
        while quiet < QUIET_LOOKS:
            await asyncio.sleep(LOOK_EVERY_S)
            now = _used_s()
            used_s = sum(used - before.get(pid, 0.0) for pid, used in now.items())
            quiet, before = (quiet + 1 if used_s <= REST_S else 0), now


def _used_s() -> dict[int, float]:
    """Return the processor time of each process below this one, by its id."""
    used_s = {}
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            used_s[process.pid] = times.user + times.system
    return used_s
