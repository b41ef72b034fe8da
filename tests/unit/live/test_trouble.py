"""What goes wrong between the hub and the server."""

import asyncio

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live import upstream
from ratchet_web.live.hub import Hub
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer

DETAIL = "executions/1"


@pytest.fixture(autouse=True)
def rows(server: FakeRatchet) -> None:
    server.put("executions", "1", status="RUNNING", progress=0.1)


@pytest.mark.parametrize("trouble", [answer(500), RuntimeError("a mistake of ours")])
async def test_a_look_that_failed_once_is_repeated_though_nothing_is_announced(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet, trouble: object
) -> None:
    ann = rooms.browsers["ann"]
    await hub.watch("ann", [DETAIL])
    await rooms.until(lambda: DETAIL in ann.rows and server.streams)
    await asyncio.sleep(1)
    good = answer(200, {"data": {"id": "1", "status": "COMPLETED"}})
    server.announce("executions", "1")
    server.transport.on(f"{AT}/{DETAIL}", trouble, good)
    await rooms.until(lambda: ann.rows[DETAIL]["1"]["status"] == "COMPLETED", within_s=2.5)
    assert ann.about[DETAIL]["error"] is None


async def test_events_that_never_stream_are_replaced_by_looking(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    server.transport.on(f"{AT}/events", answer(200, {"data": []}))
    await hub.watch("ann", [DETAIL])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: ann.mode == "polling")
    server.put("executions", "1", progress=0.9)
    await rooms.until(lambda: ann.rows[DETAIL]["1"]["progress"] == 0.9, within_s=3)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (
            answer(401),
            "The server wants a login, and the console has no token (RATCHET_API_TOKEN, or RATCHET_WEB_AUTH)",
        ),
        (answer(429), "The server's request limit is reached"),
        (answer(200, "hello"), "The server's answer is no Capabilities"),
    ],
)
async def test_a_server_that_will_not_talk_is_not_pestered(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet, trouble: object, words: str
) -> None:
    server.transport.on(f"{AT}/capabilities", trouble)
    await hub.watch("ann", [])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: ann.mode == "offline")
    assert ann.about["link"]["error"] == words
    await asyncio.sleep(300)
    before = len(server.transport.requests)
    await asyncio.sleep(300)
    assert len(server.transport.requests) - before <= 10


async def test_a_stream_that_keeps_breaking_off_is_opened_more_and_more_slowly(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await hub.watch("ann", [DETAIL])
    await rooms.until(lambda: server.streams)
    for _ in range(60):
        for stream in server.streams:
            stream.end()
        await asyncio.sleep(1)
    assert 15 <= server.count("/events") <= 45


async def test_the_link_says_since_when(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hub.watch("ann", [])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: ann.mode == "live")
    since = ann.about["link"]["since"]
    monkeypatch.setattr(upstream, "now_ms", lambda: since + 5_000)
    server.go_down()
    await rooms.until(lambda: ann.mode == "offline")
    assert ann.about["link"]["since"] == since + 5_000
    versions = [message["version"] for message in ann.of("link")]
    assert versions == sorted(set(versions))


async def test_viewers_that_left_are_let_go_after_a_mistake(
    hub: Hub,
    rooms: MemoryRooms,
    server: FakeRatchet,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await hub.watch("ann", [DETAIL])
    await rooms.until(lambda: server.streams)
    rooms.close("ann")
    leave = rooms.leave

    async def flawed(sid: str, topic: str) -> None:
        monkeypatch.setattr(rooms, "leave", leave)
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(rooms, "leave", flawed)
    await asyncio.sleep(60)
    assert server.streams[0].closed.is_set()
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [RuntimeError]


async def test_a_token_that_is_refused_is_said_plainly(rooms: MemoryRooms, server: FakeRatchet) -> None:
    server.transport.on(f"{AT}/capabilities", answer(401, {"error": {"message": "It was revoked."}}))
    async with Ratchet("http://ratchet.test", token="secret", transport=server.transport) as api:
        hub = Hub(api, rooms)
        await hub.watch("ann", [])
        ann = rooms.browsers["ann"]
        told = "The server refuses the console's token (It was revoked)"
        await rooms.until(lambda: ann.about.get("link", {}).get("error") == told)
        await hub.stop()
