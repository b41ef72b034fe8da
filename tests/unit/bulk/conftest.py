"""Here time jumps: a run that takes a minute passes at once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.bulk.run import Run
from ratchet_web.bulk.runs import Runs
from tests.doubles.clock import LOOPS, JumpingLoop
from tests.doubles.native import LoopClock, Native


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, type[JumpingLoop]]:
    return LOOPS


@pytest.fixture
async def double() -> Native:
    return Native(clock=LoopClock(), works=False)


@pytest.fixture
async def api(double: Native) -> AsyncIterator[Ratchet]:
    async with Ratchet("http://native.test", transport=double.transport) as client:
        yield client


@pytest.fixture
async def runs(api: Ratchet) -> AsyncIterator[Runs]:
    made = Runs(api)
    yield made
    await made.stop()


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, for an hour at most."""
    for _ in range(72_000):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came to that")


async def rested(run: Run) -> Run:
    """Wait until a run is counted, or has ended."""
    await until(lambda: not run.is_busy)
    return run
