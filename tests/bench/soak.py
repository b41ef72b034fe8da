"""A hundred viewers for ten minutes, of whom some leave and others come: what the console keeps of it."""

import argparse
import asyncio
from collections.abc import Sequence

from tests.bench.measure import Measured, percentiles
from tests.bench.running import System, running_system
from tests.bench.watching import memory_kb, paced, watching

VIEWERS, MINUTES = 100, 10.0
# So much of the time passes before it counts: caches fill, and what is rare has happened once.
WARM_SHARE = 0.2
RUNS_PER_S, STAY_S = 5, 8.0
PAGES = (
    "/executions",
    "/jobs",
    "/",
    "/executions?status=COMPLETED",
    "/jobs?limit=100",
    "/executions?limit=100",
)


async def run(options: argparse.Namespace) -> list[Measured]:
    """Measure the memory of the console between the warm-up and the end."""
    viewers, seconds = options.viewers or VIEWERS, 60 * options.minutes
    pages = (PAGES * viewers)[:viewers]
    stay = max(1, viewers // 10)
    async with running_system() as system:
        task = await system.create_task("soak", "function main(input) { return input; }")
        async with watching(system, pages[stay:]) as watched:
            moving = [
                asyncio.create_task(_run(system, task)),
                asyncio.create_task(_visit(system, pages[:stay])),
            ]
            await asyncio.sleep(WARM_SHARE * seconds)
            before_mb = await _least_mb(system)
            cost = await watched.watch((1 - WARM_SHARE) * seconds)
            after_mb = await _least_mb(system)
            for each in moving:
                each.cancel()
            await asyncio.gather(*moving, return_exceptions=True)
    figures = {
        "before_mb": before_mb,
        "after_mb": after_mb,
        "grown_percent": round(100 * (after_mb - before_mb) / before_mb, 2),
        "core_percent": cost.core_percent,
        **percentiles(cost.heard["ended_ms"]),
    }
    return [Measured(f"{viewers} viewers for {seconds:g} s", figures, {"grown_percent": 5})]


async def _least_mb(system: System) -> float:
    """Return the least of some looks: garbage comes and goes."""
    found = []
    for _ in range(5):
        found.append(memory_kb(system.console) / 1024)
        await asyncio.sleep(0.5)
    return round(min(found), 1)


async def _run(system: System, task: str) -> None:
    async for n in paced(RUNS_PER_S):
        await system.run(task, n)


async def _visit(system: System, pages: Sequence[str]) -> None:
    """Let some come, look for a while and leave, again and again."""
    while True:
        async with watching(system, pages):
            await asyncio.sleep(STAY_S)
