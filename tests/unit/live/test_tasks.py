"""The lists of tasks: definitions and what tasks did are looked at apart, each at its own pace."""

import asyncio

from ratchet_web.live.hub import Hub
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer

LIST, ACTIVITY = "tasks", "activity"


def tells_activity(server: FakeRatchet) -> None:
    assert server.capabilities is not None
    server.capabilities["activity"] = True
    rows = [{"id": "7", "completed": 3, "failed": 1, "lastRun": {"id": "9", "status": "FAILED"}}]
    server.transport.on(f"{AT}/tasks/activity", answer(200, {"data": rows}))


async def test_executions_refresh_the_activity_now_and_then_and_never_the_list(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    tells_activity(server)
    await hub.watch("ann", [LIST, ACTIVITY])
    await rooms.until(lambda: rooms.browsers["ann"].row(ACTIVITY, "7"))
    await rooms.until(lambda: server.streams)
    await asyncio.sleep(5)
    lists, looks = server.count("/tasks"), server.count("/tasks/activity")
    for n in range(90):
        server.announce("executions", str(n))
        await asyncio.sleep(0.1)
    await asyncio.sleep(5)
    assert server.count("/tasks") == lists
    assert 3 <= server.count("/tasks/activity") - looks <= 5
    assert rooms.browsers["ann"].row(ACTIVITY, "7")["last_run"]["status"] == "FAILED"


async def test_a_server_that_does_not_tell_is_not_asked(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await hub.watch("ann", [LIST, ACTIVITY])
    await rooms.until(lambda: ACTIVITY in rooms.browsers["ann"].rows)
    assert rooms.browsers["ann"].rows[ACTIVITY] == {}
    assert server.count("/tasks/activity") == 0
