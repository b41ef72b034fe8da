"""From `ratchet-web up` to a page that can be used: the first start in an empty directory, and later ones."""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from playwright.async_api import Page

from tests.bench.measure import Measured, percentiles
from tests.bench.running import browser
from tests.support.system import System

STARTS = 5


async def run(options: argparse.Namespace) -> list[Measured]:
    """Measure with a browser that is open already; what counts is what a person then sees."""
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
