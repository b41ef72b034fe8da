"""Memory and processor at rest: the console, and the embedded server with its two workers."""

import argparse
import asyncio

import psutil

from tests.bench.measure import Measured
from tests.bench.running import running_system

REST_S = 20.0


async def run(options: argparse.Namespace) -> list[Measured]:
    """Measure both process trees over some quiet seconds."""
    rest_s = options.seconds
    async with running_system() as system:
        # What starting left behind (garbage, first connections) is not the state at rest.
        await asyncio.sleep(5)
        trees = {name: _tree(top) for name, top in (("console", system.console), ("server", system.server))}
        before = {name: _cpu_s(tree) for name, tree in trees.items()}
        await asyncio.sleep(rest_s)
        limits = {"console": 150, "server": 200}
        return [
            Measured(
                name,
                {
                    "memory_mb": round(sum(p.memory_full_info().pss for p in tree) / 2**20, 1),
                    "cpu_percent": round(100 * (_cpu_s(tree) - before[name]) / rest_s, 2),
                    "processes": len(tree),
                },
                {"memory_mb": limits[name], "cpu_percent": 2},
            )
            for name, tree in trees.items()
        ]


def _tree(top: psutil.Process) -> list[psutil.Process]:
    """Return a process and all that it started."""
    return [top, *top.children(recursive=True)]


def _cpu_s(tree: list[psutil.Process]) -> float:
    times = [p.cpu_times() for p in tree]
    return sum(t.user + t.system for t in times)
