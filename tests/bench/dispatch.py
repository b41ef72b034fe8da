"""From POST to the script's first statement, and how many jobs a second go through."""

import argparse
import asyncio
import time

from tests.bench.measure import Measured, percentiles
from tests.bench.running import System, running_system

# The script says when it began.
SOURCE = "function main() { return Date.now(); }"
THROUGHPUT_JOBS = 200
DISPATCH_MS = 20


async def run(options: argparse.Namespace) -> list[Measured]:
    """Measure executions, then jobs, one after another on an idle server; then a burst of jobs."""
    rounds = options.rounds or 60
    async with running_system() as system:
        task = await system.create_task("stamp", SOURCE)
        await _lags(system, "executions", task, 5)
        executions = await _lags(system, "executions", task, rounds)
        jobs = await _lags(system, "jobs", task, rounds)
        per_second = await _burst(system, task)
    return [
        Measured("POST /executions → script begun", percentiles(executions), {"p50_ms": DISPATCH_MS}),
        Measured("POST /jobs → script begun", percentiles(jobs), {"p50_ms": DISPATCH_MS}),
        Measured("burst", {"jobs_per_second": per_second}),
    ]


async def _lags(system: System, noun: str, task: str, rounds: int) -> list[float]:
    lags = []
    for _ in range(rounds):
        sent_ms = time.time() * 1000
        created = await system.post(f"/{noun}", {"taskId": task, "input": None})
        execution = created["id"] if noun == "executions" else await system.execution_of(created["id"])
        await system.finished(execution)
        lags.append((await system.get(f"/executions/{execution}"))["output"] - sent_ms)
    return lags


async def _burst(system: System, task: str) -> float:
    began = time.perf_counter()
    body = {"taskId": task, "input": None}
    jobs = await asyncio.gather(*[system.post("/jobs", body) for _ in range(THROUGHPUT_JOBS)])
    for job in jobs:
        await system.finished(await system.execution_of(job["id"]))
    return round(THROUGHPUT_JOBS / (time.perf_counter() - began), 1)
