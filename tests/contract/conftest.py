"""One embedded server for each module of tests, and two workers of the console around one Redis."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from ratchet_web.api import Ratchet
from tests.doubles.native import Native, RestOnly
from tests.support.redis import Redis, running
from tests.support.server import in_process
from tests.support.workers import Worker


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory):
    async with in_process(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    yield from running()


@pytest.fixture
def double() -> Native:
    """A double of the native server. Its clock stands, so that no job runs until a test moves it."""
    return Native()


@pytest.fixture
async def ratchet(double: Native) -> AsyncIterator[Ratchet]:
    async with Ratchet(double.url, transport=double.transport) as client:
        yield client


@pytest.fixture
async def by_rest(double: Native) -> AsyncIterator[Ratchet]:
    async with Ratchet(double.url, transport=RestOnly(double)) as client:
        yield client


@pytest.fixture
async def workers(redis: Redis) -> AsyncIterator[tuple[Worker, Worker]]:
    here, there = Worker(redis), Worker(redis)
    await here.bus.start()
    await there.bus.start()
    yield here, there
    for each in (here, there):
        await each.bus.stop()
