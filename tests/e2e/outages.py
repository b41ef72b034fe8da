"""Taking a process of a system away for a while, and what a page must say meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import psutil
from playwright.async_api import Page, expect

from tests.e2e.steps import banner
from tests.support.system import READY_S, System

# Twice of what is promised: the machine may do other things as well.
NOTICED_MS = 6_000
BACK_MS = 10_000


@asynccontextmanager
async def away(system: System, name: str) -> AsyncIterator[None]:
    """Kill the `server` or the `console`; let the supervisor bring it back in the end, and wait for that."""
    victim, supervisor = getattr(system, name), system.process
    supervisor.suspend()
    try:
        # Its parent must not start a part of it anew meanwhile.
        victim.suspend()
        for process in [*victim.children(recursive=True), victim]:
            # What ended with its parent is as gone as it should be.
            with suppress(psutil.NoSuchProcess):
                process.kill()
        yield
    finally:
        supervisor.resume()
    await _answers(system.address(name))


@asynccontextmanager
async def hung(process: psutil.Process) -> AsyncIterator[None]:
    """Let a process, and all that it started, answer nobody for a while; what it holds stays open."""
    tree = [process, *process.children(recursive=True)]
    for each in tree:
        each.suspend()
    try:
        yield
    finally:
        for each in tree:
            each.resume()


async def is_noticed(page: Page) -> None:
    """The page says in time that its data is not to be trusted, and dims it."""
    await expect(banner(page)).to_be_visible(timeout=NOTICED_MS)
    await expect(page.get_by_role("main")).to_have_css("opacity", "0.55")


async def is_back(page: Page) -> None:
    """The page says in time that its data is live again."""
    await expect(page.locator(".live")).to_have_text("Live", timeout=BACK_MS)
    await expect(banner(page)).to_be_hidden()
    await expect(page.get_by_role("main")).to_have_css("opacity", "1")


async def _answers(url: str) -> None:
    async with asyncio.timeout(READY_S), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                await client.get(url)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return
