"""A hundred thousand failures: how soon they are answered, while they are grouped and after a start."""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any, Final

import httpx

from ratchet_web.models.failures import FailureQuery, FailureState
from ratchet_web.server.examples.history import EXECUTION_COLUMNS, SPAN_MS, History, Sizes
from ratchet_web.server.store import seeding
from ratchet_web.server.store.beginning import Beginning
from ratchet_web.server.store.codes import ExecutionCode
from ratchet_web.server.store.directory import FILE_NAME
from tests.bench.measure import Measured, percentiles
from tests.bench.million import SETTINGS
from tests.data.failures import KINDS, made
from tests.support.server import Process

FAILURES: Final = 100_000
# One in so many is like no other: beside the hundred kinds there is a long tail.
LONE: Final = 20
MOST_MS: Final = 1_000
GROUPED_S: Final = 900.0
TASKS: Final = 40
_PLACE: Final = {name: EXECUTION_COLUMNS.index(name) for name in ("status", "error_message", "started_at")}
_SORTS: Final = ("-count", "count", "-last_seen", "first_seen")
_NARROWED: Final = (
    FailureQuery(),
    FailureQuery(task="1"),
    FailureQuery(q="connect"),
    FailureQuery(state=FailureState.OPEN),
    FailureQuery(range="24h"),
    FailureQuery(range="30d"),
)


async def run(options: argparse.Namespace) -> list[Measured]:
    """Fill a server's database with failures and nothing else, start it twice, ask."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        await asyncio.to_thread(write, directory / FILE_NAME, FAILURES, int(time.time() * 1000))
        process = Process(directory, **SETTINGS)
        stack.callback(lambda: process.stop())
        measured = [await _while_grouped(process)]
        process.stop()
        return [*measured, *await _after_a_start(process)]


def write(file: Path, rows: int, now_ms: int) -> None:
    """Make a database in which so many executions failed in the last 90 days."""
    tasks = [
        {"name": f"failing-{n}", "version": "1.0.0", "enabled": True, "source_code": "function main() {}"}
        for n in range(TASKS)
    ]

    def rest(tasks: Sequence[int], schedules: Sequence[int]) -> Iterable[seeding.Portion]:
        for batch in History(Sizes(rows, 0, 0), tasks, schedules, now_ms).batches():
            yield "executions", EXECUTION_COLUMNS, [_failed(row) for row in batch.executions]

    seeding.write(file, Beginning(now_ms - SPAN_MS, tasks), rest)


def message(n: int) -> str:
    """Return what the `n`th failure says: one of the kinds that are met in the world, or its own."""
    if n % LONE == 0:
        # In letters: numbers are folded.
        return f"Error: {''.join(chr(ord('g') + int(digit)) for digit in str(n))} is unheard of"
    name, text, _ = KINDS[n % len(KINDS)].split("|")
    return f"{name}: {made(text)}"


def _failed(row: tuple[Any, ...]) -> tuple[Any, ...]:
    values = list(row)
    values[_PLACE["status"]] = ExecutionCode.FAILED
    values[_PLACE["error_message"]] = message(row[0])
    return tuple(values)


async def _while_grouped(process: Process) -> Measured:
    """Return how long answers take on the first start, from the first on until all are grouped."""
    times: list[float] = []
    began = time.monotonic()
    await asyncio.to_thread(process.start)
    async with _http(process) as http:
        whole = False
        while not whole:
            taken_ms, answer = await _ask(http, FailureQuery())
            times.append(taken_ms)
            whole = answer["meta"]["complete"]
            assert time.monotonic() - began < GROUPED_S, "the failures of older rows are not all grouped"
            # As often as a page follows.
            await asyncio.sleep(1)
    grouped_s = round(time.monotonic() - began, 1)
    figures = {"first_ms": round(times[0], 1), **percentiles(times), "grouped_s": grouped_s}
    return Measured("answers while older ones are grouped", figures, {"first_ms": MOST_MS})


async def _after_a_start(process: Process) -> list[Measured]:
    """Return how long the first answer takes, and each sort of each narrowing."""
    await asyncio.to_thread(process.start)
    async with _http(process) as http:
        first_ms, answer = await _ask(http, FailureQuery())
        asked = [narrowed.model_copy(update={"sort": sort}) for narrowed, sort in product(_NARROWED, _SORTS)]
        times = [(await _ask(http, query))[0] for query in asked]
        key = answer["data"][0]["id"]
        began = time.perf_counter()
        (await http.get(f"/failures/{key}")).raise_for_status()
        one_ms = (time.perf_counter() - began) * 1000
    figures = {"first_ms": round(first_ms, 1), "groups": answer["meta"]["pagination"]["total"]}
    return [
        Measured("the first answer after a start", figures, {"first_ms": MOST_MS}),
        Measured("one narrowing, any sort", percentiles(times), {"max_ms": MOST_MS}),
        Measured("the commonest failure", {"ms": round(one_ms, 1)}, {"ms": MOST_MS}),
    ]


async def _ask(http: httpx.AsyncClient, query: FailureQuery) -> tuple[float, Any]:
    began = time.perf_counter()
    params = query.as_of(datetime.now(UTC)).params()
    answer = (await http.get("/failures", params=params)).raise_for_status()
    return (time.perf_counter() - began) * 1000, answer.json()


def _http(process: Process) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=process.url, timeout=60, trust_env=False)
