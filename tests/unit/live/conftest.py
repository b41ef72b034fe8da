from collections.abc import AsyncIterator, Mapping

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.hub import Hub
from tests.doubles.clock import LOOPS, JumpingLoop
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import MemoryRooms


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, type[JumpingLoop]]:
    return LOOPS


@pytest.fixture
def server() -> FakeRatchet:
    return FakeRatchet()


@pytest.fixture
async def api(server: FakeRatchet) -> AsyncIterator[Ratchet]:
    async with Ratchet("http://ratchet.test/api/v1", transport=server.transport) as ratchet:
        yield ratchet


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms()


@pytest.fixture
async def hub(api: Ratchet, rooms: MemoryRooms) -> AsyncIterator[Hub]:
    hub = Hub(api, rooms)
    await hub.start()
    yield hub
    await hub.stop()
