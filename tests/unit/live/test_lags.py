"""From hearing of a change to telling of it: what `/metrics` says of live updates."""

import asyncio

import pytest

from ratchet_web.live import lags
from ratchet_web.live.hub import Hub
from ratchet_web.models.timings import Timings
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import MemoryRooms

LIST = "executions?status=RUNNING"


@pytest.fixture
def lag(monkeypatch: pytest.MonkeyPatch) -> Timings:
    timings = Timings()
    monkeypatch.setattr(lags, "LIVE_LAG", timings)
    return timings


def count(timings: Timings) -> int:
    return timings.buckets()[-1][1]


async def test_a_change_that_viewers_see_has_a_lag(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet, lag: Timings
) -> None:
    server.put("executions", "1", status="RUNNING", taskId="1")
    await hub.watch("ann", [LIST])
    await rooms.until(lambda: LIST in rooms.browsers["ann"].rows and server.streams)
    await asyncio.sleep(1)
    assert count(lag) == 0, "first looks tell of no change"
    server.put("executions", "1", progress=0.5)
    await rooms.until(lambda: rooms.browsers["ann"].row(LIST, "1")["progress"] == 0.5)
    assert count(lag) == 1
    server.announce("executions", "1")
    await asyncio.sleep(1)
    assert count(lag) == 1, "nobody sees a difference"


async def test_what_is_heard_during_a_look_is_told_by_the_next(lag: Timings) -> None:
    watched, loop = lags.Lag(), asyncio.get_running_loop()
    watched.heard(loop.time() - 3)
    watched.looks()
    watched.heard(loop.time() - 1)
    watched.told(shown=True)
    assert count(lag) == 1
    assert lag.sum_s == pytest.approx(3, abs=0.5)
    watched.told(shown=True)
    assert count(lag) == 1
    watched.looks()
    watched.told(shown=True)
    assert count(lag) == 2
    assert lag.sum_s == pytest.approx(4, abs=0.5)
