"""What the typed client costs beside bare HTTP: a page of 100 executions, and a page that many look at."""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from ratchet_web.api import Ratchet
from ratchet_web.live.hub import Hub
from ratchet_web.models.executions import ExecutionQuery
from tests.bench.measure import Measured, percentiles
from tests.doubles.native import NativeProcess, native_on_port
from tests.doubles.rooms import MemoryRooms
from tests.support.server import asked_on_port

ROUNDS = 200
VIEWERS = 100
LOOK_S = 20.0
QUERY = ExecutionQuery(limit=100)
TOPIC = "executions"


async def run(options: argparse.Namespace) -> list[Measured]:
    """Measure both, each against its plain counterpart in the same run."""
    return [await _page(options.rounds or ROUNDS), await _viewers()]


async def _page(rounds: int) -> Measured:
    with tempfile.TemporaryDirectory() as directory:
        async with asked_on_port(Path(directory)) as (process, api):
            task = await api.task("function main(input) { return input }")
            for n in range(QUERY.limit):
                await api.done(await api.post("/executions", {"taskId": task["id"], "input": {"n": n}}))
            async with Ratchet(process.url) as ratchet, httpx.AsyncClient(base_url=process.url) as bare:
                await ratchet.dialect()

                async def plainly() -> None:
                    (await bare.get("/executions", params=QUERY.params())).raise_for_status().json()

                ours_ms, bare_ms = await _paired(lambda: ratchet.executions.page(QUERY), plainly, rounds)
    ours, plain = percentiles(ours_ms), percentiles(bare_ms)
    figures = {
        "ratio": round(ours["p50_ms"] / plain["p50_ms"], 2),
        **{f"ours_{name}": value for name, value in ours.items()},
        **{f"bare_{name}": value for name, value in plain.items()},
    }
    return Measured(f"a page of {QUERY.limit} executions, client against bare httpx", figures, {"ratio": 1.5})


async def _paired(
    one: Callable[[], Awaitable[object]], other: Callable[[], Awaitable[object]], rounds: int
) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each, taken in turns."""
    took: tuple[list[float], list[float]] = ([], [])
    for n in range(rounds + 10):
        for place, call in enumerate((one, other)):
            began = time.perf_counter()
            await call()
            if n >= 10:
                took[place].append(1_000 * (time.perf_counter() - began))
    return took


async def _viewers() -> Measured:
    """Count what one viewer costs a server whose changes are polled, then what many do."""
    with native_on_port(pass_s=0.5) as double:
        double.add("execution", 200, task_id="1")
        double.add("execution", 1, task_id="1", status="RUNNING")
        one = await _asked(double, 1)
        many = await _asked(double, VIEWERS)
    figures = {"ratio": round(many / one, 2), "one": one, "many": many}
    what = f"upstream requests in {LOOK_S:g} s, {VIEWERS} viewers against one"
    return Measured(what, figures, {"ratio": 1.1})


async def _asked(double: NativeProcess, viewers: int) -> int:
    async with Ratchet(double.url) as api:
        hub = Hub(api, MemoryRooms())
        await hub.start()
        before = sum(double.spent().values())
        for n in range(viewers):
            await hub.watch(f"viewer {n}", [TOPIC])
        await asyncio.sleep(LOOK_S)
        after = sum(double.spent().values())
        await hub.stop()
    return after - before
