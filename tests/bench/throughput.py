"""Trivial jobs end to end, against the same workers fed directly, turn by turn in the same run."""

import argparse
import asyncio
import statistics
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ratchet_web.cli.places import ROOT
from tests.bench.bare_pool import SOURCE
from tests.bench.measure import Measured
from tests.support.server import Api, asked_on_port

JOBS = 600
# Each POST takes a few milliseconds; until then no job may begin.
MS_PER_POST = 15
POSTS_AT_ONCE = 8


async def run(options: argparse.Namespace) -> list[Measured]:
    """Queue jobs over HTTP beforehand, let them begin at one moment, and see how long they take."""
    bare, queued = [], []
    for _ in range(options.rounds or 3):
        bare.append(await _bare())
        with tempfile.TemporaryDirectory() as directory:
            async with asked_on_port(Path(directory)) as (_, api):
                queued.append(await _queued(api))
    bare_per_second, per_second = statistics.median(bare), statistics.median(queued)
    share = 100 * per_second / bare_per_second
    return [
        Measured("bare pool", {"runs_per_second": bare_per_second, "rounds": len(bare)}),
        Measured(
            "queued jobs",
            {
                "jobs_per_second": per_second,
                "share_percent": round(share, 1),
                "lost_percent": round(100 - share, 1),
            },
            {"lost_percent": 50},
        ),
    ]


async def _bare() -> float:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.bare_pool", str(JOBS), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    return float(said)


async def _queued(api: Api) -> float:
    task = await api.task(SOURCE)
    await api.done(await api.post("/executions", {"taskId": task["id"], "input": 0}))
    begin = datetime.now(UTC) + timedelta(milliseconds=JOBS * MS_PER_POST)
    numbers = iter(range(JOBS))

    async def post() -> None:
        for number in numbers:
            body = {"taskId": task["id"], "input": number, "scheduledFor": begin.isoformat()}
            await api.post("/jobs", body)

    await asyncio.gather(*[post() for _ in range(POSTS_AT_ONCE)])
    assert datetime.now(UTC) < begin, "the jobs were not queued in time"
    await _all_completed(api)
    # The very first is the direct one.
    _, first = await api.get("/executions", _sort="started_at", _order="ASC", limit=2)
    (last,) = await api.get("/executions", _sort="completed_at", _order="DESC", limit=1)
    took = datetime.fromisoformat(last["completedAt"]) - datetime.fromisoformat(first["startedAt"])
    return round(JOBS / took.total_seconds(), 1)


async def _all_completed(api: Api) -> None:
    while True:
        if (await api.ask("GET", "/jobs/stats", 200))["stats"]["completedJobs"] >= JOBS:
            return
        await asyncio.sleep(0.25)
