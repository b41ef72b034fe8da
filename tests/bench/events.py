"""500 readers of `/events`, ten changes a second: how late they hear of them, at what cost for the server."""

import argparse
import asyncio.subprocess
import json
import sys
import tempfile
from pathlib import Path

import psutil

from ratchet_web.cli.places import ROOT
from tests.bench.measure import Measured, percentiles
from tests.support.server import Process, asked_on_port

READERS = 500
EVENTS = 150
PER_SECOND = 10


async def run(options: argparse.Namespace) -> list[Measured]:
    """Measure with all readers in another process; the server has nothing else to do."""
    events = options.rounds or EVENTS
    with tempfile.TemporaryDirectory() as directory:
        async with asked_on_port(Path(directory)) as (process, api):
            task = await api.task("function main() {}")
            readers = await _readers(process, task["id"], events)
            before_s, before_mb = _cpu_s(process), _memory_mb(process)
            assert readers.stdin is not None, "it is a pipe"
            readers.stdin.write(b"go\n")
            told, _ = await readers.communicate()
            used_s = _cpu_s(process) - before_s
            memory_mb = _memory_mb(process)
    found = json.loads(told)
    figures = {
        **percentiles(found["lags_ms"]),
        "missed": found["missed"],
        "core_percent": round(100 * used_s / (events / PER_SECOND), 1),
        "memory_mb": memory_mb,
        "grown_mb": round(memory_mb - before_mb, 1),
    }
    what = f"{READERS} readers, {PER_SECOND} changes a second, from PATCH to receipt"
    return [Measured(what, figures, {"p95_ms": 100, "core_percent": 35, "missed": 0})]


async def _readers(process: Process, task: str, events: int) -> asyncio.subprocess.Process:
    """Return the process of the readers, once all of them are connected."""
    port = process.url.split(":")[2].split("/")[0]
    words = (port, task, str(READERS), str(events), str(PER_SECOND))
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bench.event_readers",
        *words,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 26,
    )
    assert started.stdout is not None, "it is a pipe"
    assert await started.stdout.readline() == b"ready\n"
    return started


def _cpu_s(process: Process) -> float:
    times = [psutil.Process(pid).cpu_times() for pid in _tree(process)]
    return sum(t.user + t.system for t in times)


def _memory_mb(process: Process) -> float:
    return round(sum(psutil.Process(pid).memory_full_info().pss for pid in _tree(process)) / 2**20, 1)


def _tree(process: Process) -> list[int]:
    return [process.pid, *process.family()]
