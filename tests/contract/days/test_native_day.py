"""What a day costs of the native server's requests: eight hours with a list open, two without anyone."""

import asyncio

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.hub import LINGER_S, Hub
from tests.doubles.native import LoopClock, Native, RestOnly
from tests.doubles.rooms import MemoryRooms

HOUR_S = 3_600
LIST, CHOICES = "executions", "tasks?limit=100"


# By GraphQL what counts does not grow with the hours; an hour of it shows that as well as eight.
@pytest.mark.parametrize(("graphql", "hours", "most"), [(True, 1, 10), (False, 8, 2_000)])
@pytest.mark.parametrize("busy", [False, True], ids=["quiet", "busy"])
async def test_a_day_of_normal_use_stays_within_the_budget(
    graphql: bool, hours: int, most: int, busy: bool
) -> None:
    double = Native(clock=LoopClock())
    rooms = MemoryRooms()
    async with Ratchet(
        "http://native.test", transport=double.transport if graphql else RestOnly(double)
    ) as api:
        hub = Hub(api, rooms)
        await hub.start()
        await hub.watch("ann", [LIST, CHOICES])
        for hour in range(hours):
            if busy:
                double.add_execution(status="RUNNING")
            await asyncio.sleep(HOUR_S)
            assert len(rooms.browsers["ann"].rows[LIST]) >= (hour if busy else 0)
        await hub.drop("ann")
        # The page may only be loaded anew: for that long it is kept.
        await asyncio.sleep(LINGER_S + 1)
        watched = double.spent.rest
        await asyncio.sleep(2 * HOUR_S)
        await hub.stop()
    assert double.spent.refused == 0
    assert double.spent.rest < most
    assert double.spent.rest == watched
