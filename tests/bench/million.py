"""A million executions, jobs and log lines: start, lists, logs, lists while logs are written, memory."""

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import psutil

from ratchet_web.server.examples.history import NEEDLE, Sizes
from ratchet_web.server.seeds import seed
from ratchet_web.server.store.directory import FILE_NAME
from tests.bench.measure import Measured, percentiles
from tests.bench.million_queries import PAGE, Queries, Query
from tests.support.server import Process

ROWS = 1_000_000
MIXES, WINDOWS, SEARCHES = 600, 100, 5
WRITERS, LINES_PER_BURST, BURSTS = 2, 250, 150
# The past is longer than a server keeps by itself.
SETTINGS = {
    "RATCHET_TASK_LOG_LINES": "10000000",
    "RATCHET_KEEP_DAYS": "10000",
    "RATCHET_KEEP_EXECUTIONS": "100000000",
}
# Two of them print 5,000 lines a second.
PRINTER = """async function main(input) {
  for (let i = 0; i < input.bursts; i++) {
    for (let j = 0; j < input.lines; j++) console.log(`burst ${i}, line ${j}: parcel ${i * 7919 + j}`);
    await sleep(100);
  }
}"""
SLOWEST_SHOWN = 5


async def run(options: argparse.Namespace) -> list[Measured]:
    """Seed a directory, unless it is kept from an earlier run, and measure the real server on it."""
    rows = options.rows or ROWS
    with ExitStack() as stack:
        directory = Path(options.keep or stack.enter_context(tempfile.TemporaryDirectory()))
        measured = seeded(directory, rows)
        process = Process(directory, **SETTINGS)
        began = time.perf_counter()
        stack.callback(process.stop)
        process.start()
        started = Measured("start", {"seconds": _since(began)}, {"seconds": 2})
        async with httpx.AsyncClient(base_url=process.url, timeout=60, trust_env=False) as http:
            bench = Bench(http, rows)
            measured += [started, *await bench.lists(), *await bench.logs(), await bench.while_printing()]
        return [*measured, _memory(process)]


class Bench:
    """Requests one after another, each timed as its caller sees it."""

    def __init__(self, http: httpx.AsyncClient, rows: int) -> None:
        self._http, self._rows = http, rows
        self._plain_ms = 0.0

    async def lists(self) -> list[Measured]:
        """Measure every filter with every sort, and mixes of three."""
        queries = Queries(self._rows, int(time.time() * 1000))
        plain = await self._time("executions", [{"_start": 0}] * 50)
        self._plain_ms = percentiles(plain)["p50_ms"]
        found = [Measured("newest first", percentiles(plain))]
        for noun in ("executions", "jobs"):
            singles = await self._time(noun, queries.singles(noun))
            found.append(self._rated(f"{noun}: one filter, any sort", singles, {"p95_ms": 50}))
        for noun in ("executions", "jobs"):
            mixes = await self._time(noun, queries.mixes(noun, MIXES))
            limits = {"p95_ms": 300, "max_ms": 2_000}
            found.append(self._rated(f"{noun}: mixes of three filters", mixes, limits))
        return found

    async def logs(self) -> list[Measured]:
        """Measure windows anywhere in the longest log, and a search for its one line with `NEEDLE`."""
        path, draw = f"/executions/{self._rows}/logs", random.Random(3)
        places = [{"after": draw.randrange(self._rows), "limit": 200} for _ in range(WINDOWS)]
        windows = [await self._ask(path, place) for place in places]
        searches = [await self._ask(path, {"search": NEEDLE, "limit": 200}) for _ in range(SEARCHES)]
        return [
            self._rated("window of 200 lines anywhere in the log", windows, {"max_ms": 20}),
            self._rated("search in the log, one hit", searches, {"max_ms": 1_000}),
        ]

    async def while_printing(self) -> Measured:
        """Measure the same lists at rest and while tasks print."""
        asked = list(Queries(self._rows, int(time.time() * 1000), seed=5).singles("executions"))[::4]
        idle = percentiles(await self._time("executions", asked))["p95_ms"]
        task = await self._post("/tasks", {"name": f"printer-{time.time_ns()}", "sourceCode": PRINTER})
        body = {"taskId": task["id"], "input": {"lines": LINES_PER_BURST, "bursts": BURSTS}}
        running = [(await self._post("/executions", body))["id"] for _ in range(WRITERS)]
        await self._until_printing(running)
        began, before = time.perf_counter(), await self._lines(running)
        busy = percentiles(await self._time("executions", asked))["p95_ms"]
        per_second = (await self._lines(running) - before) / (time.perf_counter() - began)
        figures = {"p95_ms": busy, "idle_p95_ms": idle, "times_idle": round(busy / idle, 2)}
        return Measured(
            "lists while lines are written",
            {**figures, "lines_per_second": round(per_second)},
            {"times_idle": 2},
        )

    def _rated(self, what: str, values_ms: Sequence[float], limits: dict[str, float]) -> Measured:
        found = percentiles(values_ms)
        return Measured(
            what, {**found, "p95_times_plain": round(found["p95_ms"] / self._plain_ms, 1)}, limits
        )

    async def _time(self, noun: str, queries: Iterable[Query]) -> list[float]:
        """Return the ms of each; a query without an offset asks for the last page that the server names."""
        times: list[tuple[float, Query]] = []
        for query in queries:
            asked = query if "_start" in query else {**query, "_start": await self._last(noun, query)}
            asked = {**asked, "_end": asked["_start"] + PAGE}
            times.append((await self._ask(f"/{noun}", asked), asked))
        if os.environ.get("SLOW"):
            for ms, query in sorted(times, key=lambda pair: -pair[0])[:SLOWEST_SHOWN]:
                print(f"  slow: {ms:.0f} ms {noun} {query}", flush=True)
        return [ms for ms, _ in times]

    async def _last(self, noun: str, query: Query) -> int:
        answer = (await self._http.get(f"/{noun}", params={**query, "limit": 1})).raise_for_status().json()
        return max(0, answer["meta"]["pagination"]["total"] - PAGE)

    async def _ask(self, path: str, query: Query) -> float:
        began = time.perf_counter()
        (await self._http.get(path, params=query)).raise_for_status()
        return (time.perf_counter() - began) * 1000

    async def _post(self, path: str, body: Any) -> Any:
        return (await self._http.post(path, json=body)).raise_for_status().json()["data"]

    async def _lines(self, executions: Sequence[str]) -> int:
        rows = [(await self._http.get(f"/executions/{id}")).json()["data"] for id in executions]
        return sum(row["logLines"] for row in rows)

    async def _until_printing(self, executions: Sequence[str]) -> None:
        while await self._lines(executions) < 2 * LINES_PER_BURST * len(executions):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def seeded(directory: Path, rows: int) -> list[Measured]:
    if (directory / FILE_NAME).exists():
        return []
    began = time.perf_counter()
    seed(directory, Sizes(rows, rows, rows), int(time.time() * 1000))
    figures = {"seconds": _since(began), "megabytes": round((directory / FILE_NAME).stat().st_size / 2**20)}
    return [Measured("seed", figures, {"seconds": 180})]


def _memory(process: Process) -> Measured:
    """Return the memory of the server and its workers, shared pages divided among those who share them."""
    tree = [psutil.Process(pid) for pid in (process.pid, *process.family())]
    pss = {p.pid: p.memory_full_info().pss / 2**20 for p in tree}
    figures = {"server_mb": round(max(pss.values()), 1), "with_workers_mb": round(sum(pss.values()), 1)}
    return Measured("memory after all of it", {**figures, "processes": len(tree)}, {"server_mb": 200})


def _since(began: float) -> float:
    return round(time.perf_counter() - began, 2)
