"""What many viewers cost: the console's processor and memory, requests to the server, and how late they hear.

Rows change through the server's API, all viewers are sockets in another process. Each holds 200 rows, as a
page with the largest list does: its 100 jobs, and the 100 tasks that can be chosen anywhere. A tenth of them
changes each second, on the list in sight.
"""

import argparse
import asyncio
import time
from datetime import UTC, datetime, timedelta
from functools import partial

from tests.bench.measure import Measured, percentiles
from tests.bench.running import System, running_system
from tests.bench.watching import memory_kb, paced, watching

# The largest page of a list; each viewer holds two.
ROWS, CHANGES_PER_S, RUNS_PER_S = 100, 20, 5
LOOK_S, SETTLE_S = 20.0, 3.0
FIRST = 20
FAR = datetime(2100, 1, 1, tzinfo=UTC)
QUICK = "function main(input) { return input; }"
TASKS = 10
VARIANTS = (
    *("", "&limit=50", "&limit=100", "&status=COMPLETED", "&status=FAILED", "&status=RUNNING"),
    *("&min_ms=1000", "&sort=queued_at", "&error=0", "&range=24h"),
)
PARTS = ("d", "e", "f", "i", "n", "-", "de", "ef", "fi", "in")
DEFINED = (
    *("limit=25", "limit=50", "sort=-name", "sort=-id", "sort=id", "sort=updated_at", "sort=-updated_at"),
    *("sort=-created_at", "sort=enabled", "enabled=true"),
)
YEARLY = "0 0 0 1 1 *"


async def run(options: argparse.Namespace) -> list[Measured]:
    """Measure one page for all, then a page for each."""
    viewers = max(2 * FIRST, options.viewers or 500)
    look_s = options.rounds or LOOK_S
    async with running_system() as system:
        crowd = await _crowd(system, viewers, look_s)
        others = max(2, viewers // 5)
        asked = await _asked(system, others, look_s)
        defined = await _defined(system, others, look_s)
    return [*crowd, *asked, *defined]


async def _crowd(system: System, viewers: int, look_s: float) -> list[Measured]:
    """Measure a page of which rows change all the time."""
    task, *_ = [await system.create_task(f"crowd-{n}", QUICK) for n in range(ROWS)]
    jobs = [await _job(system, task) for _ in range(ROWS)]
    page = f"/jobs?limit={ROWS}"
    # What the first of them costs are caches and code, not viewers.
    async with watching(system, [page] * FIRST) as watched:
        await asyncio.sleep(SETTLE_S)
        before_kb = memory_kb(system.console)
        await watched.open([page] * (viewers - FIRST))
        await asyncio.sleep(SETTLE_S)
        grown_kb = memory_kb(system.console) - before_kb
        held = await watched.held()
        planned: dict[str, float] = {}
        cost = await watched.watch(look_s, lambda: _replan(system, jobs, planned))
    lags = [1000 * (at_s - planned[value]) for value, at_s in cost.heard["planned"] if value in planned]
    figures = {**percentiles(lags), "core_percent": cost.core_percent, "messages": cost.heard["messages"]}
    what = f"{viewers} viewers of {held} rows, {CHANGES_PER_S} changes a second"
    memory = {"kb_each": round(grown_kb / (viewers - FIRST), 1)}
    return [
        Measured(what, figures, {"p95_ms": 500, "core_percent": 10}),
        Measured(f"memory of {viewers} viewers", memory, {"kb_each": 150}),
    ]


async def _asked(system: System, viewers: int, look_s: float) -> list[Measured]:
    """Measure what the server is asked for one viewer, for many of one page, and for many pages."""
    tasks = [await system.create_task(f"asked-{n}", QUICK) for n in range(TASKS)]
    many = [f"/executions?task={task}{variant}" for variant in VARIANTS for task in tasks]
    found = {}
    for name, pages in (
        ("one", ["/executions"]),
        ("same", ["/executions"] * viewers),
        ("other", (many * viewers)[:viewers]),
    ):
        async with watching(system, pages) as watched:
            await asyncio.sleep(SETTLE_S)
            found[name] = await watched.watch(look_s, lambda: _run(system, tasks))
        # The hub lets go of closed sockets, and of what they watched.
        await asyncio.sleep(SETTLE_S)
    one = found["one"].requests_per_s
    measured = []
    for name, most, what in (("same", 1.1, "one page"), ("other", 3, f"{viewers} filters")):
        cost = found[name]
        figures = {
            "times": round(cost.requests_per_s / one, 2),
            "one_per_s": one,
            "all_per_s": cost.requests_per_s,
            "core_percent": cost.core_percent,
            **percentiles(cost.heard["ended_ms"]),
        }
        measured.append(
            Measured(f"requests for {viewers} viewers of {what}", figures, {"times": most, "p95_ms": 500})
        )
    return measured


async def _defined(system: System, viewers: int, look_s: float) -> list[Measured]:
    """Measure what the server is asked for lists of tasks and of schedules, for one and for many filters."""
    tasks = [await system.create_task(f"defined-{n}", QUICK) for n in range(TASKS)]
    draft = {"cronExpression": YEARLY, "input": {}}
    schedules = [
        str((await system.post("/schedules", {**draft, "taskId": id, "name": f"defined-{id}"}))["id"])
        for id in tasks
    ]
    measured = []
    for noun, ids in (("tasks", tasks), ("schedules", schedules)):
        others = [f"/{noun}?q={part}&{more}" for part in PARTS for more in DEFINED]
        stir = partial(_define, system, noun, ids)
        per_s = []
        for pages in ([f"/{noun}"], (others * viewers)[:viewers]):
            async with watching(system, pages) as watched:
                # From here on it is known what each row was before.
                await watched.watch(SETTLE_S + TASKS / CHANGES_PER_S, stir)
                per_s.append((await watched.watch(look_s, stir)).requests_per_s)
            await asyncio.sleep(SETTLE_S)
        one, every = per_s
        figures = {"times": round(every / one, 2), "one_per_s": one, "all_per_s": every}
        what = f"requests for {viewers} viewers of other {noun}"
        measured.append(Measured(what, figures, {"times": 3}))
    return measured


async def _define(system: System, noun: str, ids: list[str]) -> None:
    """Change one row after the other."""
    async for n in paced(CHANGES_PER_S):
        await system.patch(f"/{noun}/{ids[n % len(ids)]}", {"description": f"change {n}"})


async def _job(system: System, task: str) -> str:
    draft = {"taskId": task, "input": {}, "scheduledFor": FAR.isoformat()}
    return str((await system.post("/jobs", draft))["id"])


async def _replan(system: System, jobs: list[str], planned: dict[str, float]) -> None:
    """Change one row after the other, each time to a moment that was never named before."""
    async for n in paced(CHANGES_PER_S):
        moment = (FAR + timedelta(seconds=n)).isoformat().replace("+00:00", "Z")
        at_s = time.time()
        await system.patch(f"/jobs/{jobs[n % len(jobs)]}", {"scheduledFor": moment})
        planned[moment] = at_s


async def _run(system: System, tasks: list[str]) -> None:
    """Run one task after the other."""
    async for n in paced(RUNS_PER_S):
        await system.run(tasks[n % len(tasks)], n)
