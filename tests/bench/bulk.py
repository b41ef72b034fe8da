"""Cancelling many waiting jobs, each way against bare concurrent requests to the same server.

By the server's operation, by a run of the console through that, and by one that acts on each row itself;
memory must not grow with them.
"""

import argparse
import asyncio
import gc
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import psutil

from ratchet_web.api import Ratchet
from ratchet_web.bulk.run import Run
from ratchet_web.bulk.runs import Runs
from ratchet_web.models.dialect import Ability, Dialect
from ratchet_web.models.jobs import JobQuery, JobStatus
from ratchet_web.models.runs import Choice, Outcome, Phase
from tests.bench.measure import Measured, percentiles
from tests.support.server import Api, asked_on_port, eventually
from tests.support.waiting import fill

JOBS = 10_000
CONNECTIONS = 16
WITHOUT = Dialect(cannot={Ability.BULK: "The console acts on the rows itself."})
LIMITS = {"ratio": 1.3, "grown_mb": 30.0}
# What a run keeps of each row, and what it cost while it went on.
CONSOLE_LIMITS = {"ratio": 1.3, "grown_mb": 30.0, "grown_of_twice_mb": 30.0}


async def run(options: argparse.Namespace) -> list[Measured]:
    """Measure each way on equal sets of jobs, the bare one first."""
    count = options.rounds or JOBS
    with tempfile.TemporaryDirectory() as directory:
        names = ("bare", "operation", *(f"{way}-{part}" for way in ("server", "console") for part in "ab"))
        tasks = dict(zip(names, await fill(Path(directory), count, *names), strict=True))
        async with asked_on_port(Path(directory)) as (process, api):
            server = max(process.family(), key=lambda pid: psutil.Process(pid).memory_info().rss)
            bare_s = await _bare(api, tasks["bare"])
            return [
                await _operation(api, tasks["operation"], count, server, bare_s),
                await _runs(process.url, "server", None, tasks, count, bare_s),
                await _runs(process.url, "console", WITHOUT, tasks, count, bare_s),
            ]


async def _operation(api: Api, task: str, count: int, server: int, bare_s: float) -> Measured:
    """Measure one operation; meanwhile another client looks at the list."""
    before_mb = _memory_mb(server)
    looked_ms: list[float] = []
    looking = asyncio.create_task(_look(api, looked_ms))
    began_s = time.perf_counter()
    body = {"action": "cancel", "filter": {"task_id": task, "status": "QUEUED"}}
    operation = await api.post("/jobs/bulk", body, 202)
    answered_s = time.perf_counter() - began_s
    path = f"/bulk/{operation['id']}"
    found = await eventually(lambda: api.get(path), lambda row: row["status"] != "RUNNING")
    bulk_s = time.perf_counter() - began_s
    looking.cancel()
    assert (found["status"], found["succeeded"]) == ("COMPLETED", count), found
    figures = {
        "bulk_s": round(bulk_s, 2),
        "answered_s": round(answered_s, 2),
        "singly_s": round(bare_s, 2),
        "ratio": round(bulk_s / bare_s, 3),
        "grown_mb": round(_memory_mb(server) - before_mb, 1),
        **{f"list_{name}": value for name, value in percentiles(looked_ms).items()},
    }
    return Measured(f"cancel {count} waiting jobs", figures, LIMITS)


async def _runs(
    url: str, way: str, dialect: Dialect | None, tasks: Mapping[str, str], count: int, bare_s: float
) -> Measured:
    """Measure two runs of the console, one after the other, from the person's word to the end."""
    async with Ratchet(url, dialect=dialect) as ratchet:
        runs = Runs(ratchet)
        before_mb = _memory_mb(os.getpid())
        first, counted_s, took_s = await _carried_out(runs, tasks[f"{way}-a"])
        grown_mb = _memory_mb(os.getpid()) - before_mb
        second, _, _ = await _carried_out(runs, tasks[f"{way}-b"])
        twice_mb = _memory_mb(os.getpid()) - before_mb
        await runs.stop()
    for each in (first, second):
        assert (each.phase, each.counts[Outcome.DONE]) == (Phase.COMPLETED, count), each.trouble
    figures = {
        "counted_s": round(counted_s, 2),
        "bulk_s": round(took_s, 2),
        "singly_s": round(bare_s, 2),
        "ratio": round(took_s / bare_s, 3),
        "grown_mb": round(grown_mb, 1),
        "grown_of_twice_mb": round(twice_mb, 1),
    }
    by = "through the server's operation" if dialect is None else "row by row"
    return Measured(f"a run of the console over {count} jobs, {by}", figures, CONSOLE_LIMITS)


async def _carried_out(runs: Runs, task: str) -> tuple[Run, float, float]:
    """Return a run that has ended, the seconds in which its rows were counted, and those that it took."""
    began_s = time.perf_counter()
    run = runs.plan(Choice("jobs", "cancel", query=JobQuery(task=task, status=JobStatus.QUEUED)))
    await _rested(run)
    counted_s = time.perf_counter() - began_s
    began_s = time.perf_counter()
    await runs.start(run.id, str(run.to_type or ""))
    await _rested(run)
    return run, counted_s, time.perf_counter() - began_s


async def _rested(run: Run) -> None:
    while run.is_busy:
        assert run.task is not None
        await run.task


async def _bare(api: Api, task: str) -> float:
    """Return the seconds that it takes to cancel each job of a task by a request of its own."""
    ids: list[str] = []
    while rows := await api.get("/jobs", task_id=task, _sort="id", _start=len(ids), _end=len(ids) + 100):
        ids += [row["id"] for row in rows]
    waiting = iter(ids)
    began_s = time.perf_counter()
    limits = httpx.Limits(max_connections=CONNECTIONS)
    async with httpx.AsyncClient(base_url=api.client.base_url, timeout=30, limits=limits) as client:

        async def cancel_some() -> None:
            for job_id in waiting:
                (await client.post(f"/jobs/{job_id}/cancel")).raise_for_status()

        await asyncio.gather(*(cancel_some() for _ in range(CONNECTIONS)))
    return time.perf_counter() - began_s


async def _look(api: Api, looked_ms: list[float]) -> None:
    while True:
        began_s = time.perf_counter()
        await api.get("/jobs")
        looked_ms.append(1000 * (time.perf_counter() - began_s))
        await asyncio.sleep(0.05)


def _memory_mb(pid: int) -> float:
    gc.collect()
    return float(psutil.Process(pid).memory_full_info().pss / 2**20)
