import asyncio
from collections import deque

import httpx

from ratchet_web.live.hub import Hub
from ratchet_web.live.logs import TAIL, newest
from ratchet_web.models.logs import LogLine
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer

LOG = "executions/1/logs"


def seqs(count: int, first: int = 1) -> list[int]:
    return list(range(first, first + count))


async def test_lines_arrive_as_they_are_printed(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    server.print("a", "b")
    await hub.watch("ann", [LOG])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: server.follows and ann.of(LOG))
    first = ann.of(LOG)[0]
    assert (first["first"], first["total"], first["done"], first["error"]) == (1, 2, False, None)
    assert set(first["lines"][0]) == {"seq", "time", "level", "source", "text"}
    server.print("c")
    await rooms.until(lambda: ann.lines[LOG] == [1, 2, 3], within_s=0.06)
    server.finish_log()
    await rooms.until(lambda: ann.of(LOG)[-1]["done"])
    assert [message["version"] for message in ann.of(LOG)] == [1, 2, 3]


async def test_all_viewers_share_one_follow_and_a_late_one_gets_the_tail(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    server.print(*"x" * 500)
    await hub.watch("ann", [LOG])
    await rooms.until(lambda: server.follows)
    assert rooms.browsers["ann"].lines[LOG] == seqs(TAIL, 301)
    await hub.watch("bob", [LOG])
    assert rooms.browsers["bob"].lines[LOG] == seqs(TAIL, 301)
    server.print("y")
    await rooms.until(lambda: rooms.browsers["bob"].lines[LOG][-1] == 501)
    assert rooms.browsers["ann"].lines[LOG][-1] == 501
    assert len(server.follows) == 1


async def test_a_flood_is_told_twenty_times_a_second_with_its_newest_lines(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await hub.watch("ann", [LOG])
    await rooms.until(lambda: server.follows)
    ann = rooms.browsers["ann"]
    before = len(ann.of(LOG))
    for _ in range(100):
        server.print(*"x" * 50)
        await asyncio.sleep(0.01)
    await rooms.until(lambda: ann.of(LOG)[-1]["total"] == 5000)
    told = ann.of(LOG)[before:]
    assert len(told) <= 22
    assert all(len(message["lines"]) <= TAIL for message in told)
    assert all(message["first"] == message["lines"][0]["seq"] for message in told if message["lines"])
    assert ann.lines[LOG][-1] == 5000
    assert ann.lines[LOG] == sorted(set(ann.lines[LOG]))


async def test_a_broken_stream_goes_on_without_gap_or_repeat(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await hub.watch("ann", [LOG])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: server.follows)
    server.print("a", "b")
    await rooms.until(lambda: ann.lines[LOG] == [1, 2])
    server.go_down()
    await rooms.until(lambda: ann.of(LOG)[-1]["error"])
    assert ann.of(LOG)[-1]["error"]["kind"] == "Unreachable"
    server.print("c", "d")
    await asyncio.sleep(60)
    server.come_back()
    await rooms.until(lambda: ann.lines[LOG] == [1, 2, 3, 4], within_s=3)
    assert ann.of(LOG)[-1]["error"] is None
    server.follows[-1].say("lines", {"lines": server.log[2:], "total": 4})
    server.print("e")
    await rooms.until(lambda: ann.lines[LOG] == [1, 2, 3, 4, 5])


async def test_a_finished_log_is_read_once(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    server.print("a")
    server.finish_log()
    await hub.watch("ann", [LOG])
    await rooms.until(lambda: rooms.browsers["ann"].of(LOG))
    await asyncio.sleep(100)
    assert server.count("/executions/1/logs") == 1
    await hub.watch("bob", [LOG])
    assert rooms.browsers["bob"].of(LOG)[0]["done"]


async def test_an_unknown_execution_has_no_log(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    server.transport.on(
        f"{AT}/executions/1/logs", answer(404, {"error": {"message": "There is no execution 1"}})
    )
    await hub.watch("ann", [LOG])
    await rooms.until(lambda: rooms.browsers["ann"].of(LOG))
    told = rooms.browsers["ann"].of(LOG)[0]
    assert (told["done"], told["total"], told["error"]["kind"]) == (True, 0, "NotFound")


async def test_without_follow_the_log_is_polled(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    server.capabilities = None
    await hub.watch("ann", [LOG])
    ann = rooms.browsers["ann"]
    server.print(*"x" * 2500)
    await rooms.until(lambda: ann.of(LOG) and ann.of(LOG)[-1]["total"] == 2500)
    server.print("y")
    await rooms.until(lambda: ann.lines[LOG][-1:] == [2501], within_s=2.5)
    server.finish_log()
    await rooms.until(lambda: ann.of(LOG)[-1]["done"])
    looks = server.count("/executions/1/logs")
    await asyncio.sleep(1000)
    assert server.count("/executions/1/logs") == looks
    assert not server.follows


async def test_nobody_reads_nobody_follows(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    await hub.watch("ann", [LOG])
    await rooms.until(lambda: server.follows)
    await hub.watch("ann", [])
    await asyncio.sleep(0.1)
    assert server.follows[0].closed.is_set()


async def test_the_follow_begins_after_the_tail(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    server.print(*"x" * 300)
    await hub.watch("ann", [LOG])
    await rooms.until(lambda: server.follows)
    asked = [request for request in server.transport.requests if request.url.path.endswith("/logs")]
    assert [dict(request.url.params) for request in asked] == [
        {"tail": "200"},
        {"follow": "true", "after": "300"},
    ]


def test_long_lines_do_not_make_long_messages() -> None:
    lines = deque(LogLine(seq=n, text="x" * 50_000) for n in range(1, 40))
    assert [line.seq for line in newest(lines)] == list(range(15, 40))
    assert newest(deque()) == []
    assert len(newest(deque([LogLine(seq=1, text="x" * 900_000)]))) == 1


async def test_the_servers_trouble_is_told_once(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    server.transport.on(f"{AT}/executions/1/logs", httpx.ReadError("no"))
    await hub.watch("ann", [LOG])
    await asyncio.sleep(60)
    assert len(rooms.browsers["ann"].of(LOG)) == 1
