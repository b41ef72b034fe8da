"""Cancelling many waiting jobs: one bulk operation against bare concurrent requests, on the same server."""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

import httpx
import psutil

from ratchet_web.server.store.jobs import NewRow
from ratchet_web.server.store.store import Store
from tests.bench.measure import Measured, percentiles
from tests.support.server import Api, asked_on_port, eventually

JOBS = 10_000
CONNECTIONS = 16
LATER_MS = 4_000_000_000_000


async def run(options: argparse.Namespace) -> list[Measured]:
    """Measure both ways on two equal sets of jobs; meanwhile another client looks at the list."""
    count = options.rounds or JOBS
    with tempfile.TemporaryDirectory() as directory:
        one, other = await _fill(Path(directory), count)
        async with asked_on_port(Path(directory)) as (process, api):
            server = max(process.family(), key=lambda pid: psutil.Process(pid).memory_info().rss)
            singly_s = await _singly(api, other)
            before_mb = _memory_mb(server)
            looked_ms: list[float] = []
            looking = asyncio.create_task(_look(api, looked_ms))
            began_s = time.perf_counter()
            body = {"action": "cancel", "filter": {"task_id": one, "status": "QUEUED"}}
            operation = await api.post("/jobs/bulk", body, 202)
            answered_s = time.perf_counter() - began_s
            path = f"/bulk/{operation['id']}"
            found = await eventually(lambda: api.get(path), lambda row: row["status"] != "RUNNING")
            bulk_s = time.perf_counter() - began_s
            looking.cancel()
            assert (found["status"], found["succeeded"]) == ("COMPLETED", count), found
            grown_mb = _memory_mb(server) - before_mb
    lists = {f"list_{name}": value for name, value in percentiles(looked_ms).items()}
    figures = {
        "bulk_s": round(bulk_s, 2),
        "answered_s": round(answered_s, 2),
        "singly_s": round(singly_s, 2),
        "ratio": round(bulk_s / singly_s, 3),
        "grown_mb": round(grown_mb, 1),
        **lists,
    }
    return [Measured(f"cancel {count} waiting jobs", figures, {"ratio": 1.3, "grown_mb": 30})]


async def _fill(directory: Path, count: int) -> tuple[str, str]:
    """Return two tasks, each with so many jobs that wait for a time far away."""
    store = await Store.open(directory)
    tasks = []
    for name in ("one", "other"):
        values = {"name": name, "version": "1.0.0", "enabled": True, "source_code": "function main() {}"}
        task = await store.tasks.add(values, 1_000)
        tasks.append(str(task.id))
        row = NewRow(task.id, "null", scheduled_for_ms=LATER_MS)
        for _ in range(0, count, 500):
            await asyncio.gather(*(store.jobs.add(row, 1_000) for _ in range(min(500, count))))
    await store.close()
    return tasks[0], tasks[1]


async def _singly(api: Api, task: str) -> float:
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
    return float(psutil.Process(pid).memory_full_info().pss / 2**20)
