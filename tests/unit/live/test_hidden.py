"""Tabs that nobody looks at: they cost nothing, and catch up when they are shown again."""

import asyncio

from ratchet_web.live.hub import Hub
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import MemoryRooms

LIST = "executions?status=RUNNING"


async def test_a_hidden_viewer_costs_nothing_and_catches_up_when_shown(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    server.capabilities = None  # without announcements each look is a request
    server.put("executions", "1", status="RUNNING")
    await hub.watch("ann", [LIST])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: "1" in ann.rows.get(LIST, {}))
    await hub.hide("ann")
    assert rooms.members(LIST) == 0
    asked = len(server.transport.requests)
    assert hub.watching == 0
    await asyncio.sleep(3_600)
    assert len(server.transport.requests) == asked
    server.put("executions", "2", status="RUNNING")
    await hub.show("ann")
    await rooms.until(lambda: "2" in ann.rows[LIST], within_s=1)
    assert ann.mode == "polling"


async def test_hiding_twice_forgets_nothing(hub: Hub, rooms: MemoryRooms) -> None:
    await hub.watch("ann", [LIST])
    await hub.hide("ann")
    await hub.hide("ann")
    await hub.show("ann")
    assert rooms.members(LIST) == 1
    await hub.show("ann")
    assert rooms.members(LIST) == 1


async def test_a_page_that_opens_counts_as_shown(hub: Hub, rooms: MemoryRooms) -> None:
    await hub.watch("ann", [LIST])
    await hub.hide("ann")
    await hub.watch("ann", ["jobs"])
    await hub.show("ann")
    assert (rooms.members(LIST), rooms.members("jobs")) == (0, 1)


async def test_one_who_hides_takes_nothing_from_the_others(hub: Hub, rooms: MemoryRooms) -> None:
    await hub.watch("ann", [LIST])
    await hub.watch("bob", [LIST])
    await hub.hide("ann")
    assert rooms.members(LIST) == 1
    await hub.hide("nobody")
    await hub.show("nobody")


async def test_a_hidden_tab_that_waits_for_what_it_started_is_looked_at_by_nobody(
    hub: Hub, rooms: MemoryRooms
) -> None:
    await hub.watch("ann", [LIST])
    await hub.follow("ann", "started/jobs.4")
    assert hub.watching == 1
    await hub.hide("ann")
    assert (rooms.members("started/jobs.4"), hub.watching) == (1, 0)


async def test_a_hidden_tab_that_closes_is_forgotten(hub: Hub, rooms: MemoryRooms) -> None:
    await hub.watch("ann", [LIST])
    await hub.hide("ann")
    rooms.close("ann")
    await asyncio.sleep(11)
    await hub.show("ann")
    assert rooms.members(LIST) == 0
