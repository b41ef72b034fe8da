"""Two hubs over the same sockets: what is said of one server never reaches the view of another."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.hub import Hub
from ratchet_web.live.servers import ServerRooms
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import MemoryRooms

LIST = "executions"
TOPICS = {f"{server}:{topic}" for server in ("prod", "staging") for topic in ("link", LIST)}


@pytest.fixture
def other() -> FakeRatchet:
    return FakeRatchet()


@pytest.fixture
async def hubs(
    api: Ratchet, other: FakeRatchet, rooms: MemoryRooms, server: FakeRatchet
) -> AsyncIterator[dict[str, Hub]]:
    server.put("executions", "1", status="RUNNING", progress=0.1)
    other.put("executions", "1", status="FAILED", progress=0.2)
    async with Ratchet("http://other.test/api/v1", transport=other.transport) as staging:
        clients = {"prod": api, "staging": staging}
        made = {name: Hub(client, ServerRooms(name, rooms)) for name, client in clients.items()}
        for hub in made.values():
            await hub.start()
        yield made
        for hub in made.values():
            await hub.stop()


async def test_the_same_topic_of_two_servers_has_two_rooms(
    hubs: dict[str, Hub], rooms: MemoryRooms, server: FakeRatchet, other: FakeRatchet
) -> None:
    await hubs["prod"].watch("ann", [LIST])
    await hubs["staging"].watch("bob", [LIST])
    ann, bob = rooms.browsers["ann"], rooms.browsers["bob"]
    await rooms.until(lambda: server.streams and other.streams)
    server.put("executions", "1", progress=0.5)
    other.put("executions", "1", progress=0.9)
    await rooms.until(lambda: ann.row(f"prod:{LIST}", "1").get("progress") == 0.5)
    await rooms.until(lambda: bob.row(f"staging:{LIST}", "1").get("progress") == 0.9)
    assert {message["topic"] for message in ann.messages} == {"prod:link", f"prod:{LIST}"}
    assert {message["topic"] for message in bob.messages} == {"staging:link", f"staging:{LIST}"}


async def test_who_turns_to_another_server_hears_no_more_of_the_first(
    hubs: dict[str, Hub], rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await hubs["prod"].watch("ann", [LIST])
    await rooms.until(lambda: server.streams and rooms.browsers["ann"].rows.get(f"prod:{LIST}"))
    await hubs["prod"].drop("ann")
    await hubs["staging"].watch("ann", [LIST])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: ann.row(f"staging:{LIST}", "1"))
    heard = len(ann.of(f"prod:{LIST}"))
    server.put("executions", "1", progress=0.7)
    await asyncio.sleep(5)
    assert len(ann.of(f"prod:{LIST}")) == heard
    assert ann.row(f"staging:{LIST}", "1")["progress"] == 0.2
    assert rooms.members("prod:link") == rooms.members(f"prod:{LIST}") == 0


async def test_each_server_has_a_link_of_its_own(
    hubs: dict[str, Hub], rooms: MemoryRooms, server: FakeRatchet
) -> None:
    for name, hub in hubs.items():
        await hub.watch(name, [LIST])
    links = {name: rooms.browsers[name] for name in hubs}
    await rooms.until(lambda: server.streams and links["staging"].about.get("staging:link"))
    server.go_down()
    await rooms.until(lambda: links["prod"].about["prod:link"]["mode"] == "offline")
    assert links["staging"].about["staging:link"]["mode"] == "live"
    assert links["staging"].about["staging:link"]["server"] == "http://other.test"


async def test_a_message_is_under_the_topic_that_its_room_is_of(
    hubs: dict[str, Hub], rooms: MemoryRooms
) -> None:
    for hub in hubs.values():
        await hub.watch("both", [LIST, "executions/1/logs", "nonsense"])
    both = rooms.browsers["both"]
    await rooms.until(lambda: both.about.get("staging:nonsense") and both.rows.keys() >= TOPICS)
    assert all(message["topic"].startswith(("prod:", "staging:")) for message in both.messages)
