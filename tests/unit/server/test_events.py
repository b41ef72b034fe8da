"""The feed: what a reader sees, and where it resumes."""

import asyncio

import pytest

from ratchet_web.server import events
from ratchet_web.server.events import Feed, Turns


async def read(feed, last_event_id, count, *resources):
    """Return the first events after the greeting."""
    found = feed.follow(last_event_id, *resources)
    await anext(found)
    events = []
    async with asyncio.timeout(5):
        while len(events) < count:
            events += split(await anext(found))
    await found.aclose()
    return events


def split(block):
    return [f"{event}\n\n" for event in block.decode().split("\n\n")[:-1]]


def ids(events):
    return [event.split("\n")[0].removeprefix("id: ") for event in events]


async def test_a_reader_resumes_after_the_id_it_has():
    feed = Feed()
    for number in range(5):
        feed.publish("tasks", number)
    events = await read(feed, f"{feed.epoch}-2", 3)
    assert ids(events) == [f"{feed.epoch}-{number}" for number in (3, 4, 5)]
    assert 'data: {"resource":"tasks","id":"2","kind":"updated","version":3}' in events[0]


async def test_a_new_reader_begins_now():
    feed = Feed()
    feed.publish("tasks", 1)
    found = feed.follow(None)
    greeting = (await anext(found)).decode()
    assert greeting.startswith(f"id: {feed.epoch}-1\n:")
    feed.publish("jobs", 7, "created")
    assert b'"kind":"created"' in await anext(found)
    await found.aclose()


async def test_what_the_ring_has_lost_resets():
    feed = Feed(ring_size=3)
    for number in range(10):
        feed.publish("tasks", number)
    (event,) = await read(feed, f"{feed.epoch}-2", 1)
    assert event == f"id: {feed.epoch}-10\nevent: reset\ndata: {{}}\n\n"
    assert ids(await read(feed, f"{feed.epoch}-7", 3)) == [f"{feed.epoch}-{n}" for n in (8, 9, 10)]


async def test_a_slow_reader_is_told_to_load_anew_and_its_stream_ends():
    feed = Feed(ring_size=3)
    found = feed.follow(None)
    await anext(found)
    feed.publish("tasks", 0)
    assert b'"id":"0"' in await anext(found)
    for number in range(10):
        feed.publish("tasks", number)
    assert b"event: reset" in await anext(found)
    with pytest.raises(StopAsyncIteration):
        await anext(found)
    assert feed.readers == 0


async def test_a_reader_of_some_resources_gets_those_alone_and_resumes_by_the_same_ids():
    feed = Feed()
    for resource in ("tasks", "jobs", "executions", "jobs"):
        feed.publish(resource, 1)
    wanted = frozenset({"jobs", "executions"})
    assert ids(await read(feed, f"{feed.epoch}-0", 3, wanted)) == [f"{feed.epoch}-{n}" for n in (2, 3, 4)]
    assert ids(await read(feed, f"{feed.epoch}-2", 2, wanted)) == [f"{feed.epoch}-{n}" for n in (3, 4)]


async def test_a_burst_wakes_each_reader_once_and_is_encoded_once():
    feed = Feed()
    readers = [feed.follow(None) for _ in range(3)]
    for reader in readers:
        await anext(reader)
    waiting = [asyncio.create_task(anext(reader)) for reader in readers]
    await asyncio.sleep(0)
    for number in range(100):
        feed.publish("jobs", number)
    blocks = await asyncio.gather(*waiting)
    assert len(split(blocks[0])) == 100
    assert blocks[0] is blocks[1] is blocks[2]


async def test_a_quiet_reader_is_pinged_with_the_newest_id(monkeypatch):
    monkeypatch.setattr(events, "PING_S", 0.01)
    feed = Feed()
    found = feed.follow(None, frozenset({"jobs"}))
    await anext(found)
    waiting = asyncio.create_task(anext(found))
    await asyncio.sleep(0)
    feed.publish("tasks", 1)
    async with asyncio.timeout(5):
        assert await waiting == f"id: {feed.epoch}-1\n: ping\n\n".encode()
    feed.close()


async def test_publishing_without_a_reader_plans_nothing():
    feed = Feed()
    feed.publish("tasks", 1)
    assert (feed.readers, feed._planned, feed._pinging) == (0, None, None)


async def test_an_id_of_another_run_or_of_the_future_resets():
    feed = Feed()
    feed.publish("tasks", 1)
    for strange in ("ffff-1", f"{feed.epoch}-2", f"{feed.epoch}-x", "x"):
        (event,) = await read(feed, strange, 1)
        assert "event: reset" in event


async def test_closing_ends_every_reader():
    feed = Feed()
    reading = [asyncio.create_task(read_all(feed)) for _ in range(3)]
    await asyncio.sleep(0)
    feed.close()
    async with asyncio.timeout(5):
        assert [len(events) for events in await asyncio.gather(*reading)] == [1, 1, 1]


async def read_all(feed):
    return [event async for event in feed.follow(None)]


async def test_turns_wake_those_who_wait_for_one_execution():
    turns = Turns()
    mine, same, other = turns.of(1), turns.of(1), turns.of(2)
    turns.tell(1)
    assert (mine.is_set(), same.is_set(), other.is_set()) == (True, True, False)
    assert not turns.of(1).is_set()
    turns.close()
    assert other.is_set()
    assert turns.of(3).is_set()


async def test_an_id_that_no_server_gave_resets():
    feed = Feed(ring_size=3)
    (event,) = await read(feed, f"{feed.epoch}-{'9' * 5000}", 1)
    assert "event: reset" in event


async def test_readers_who_resume_at_many_places_do_not_fill_the_memory():
    feed = Feed()
    for number in range(2 * events.BLOCKS_KEPT):
        feed.publish("tasks", number)
    for number in range(2 * events.BLOCKS_KEPT):
        assert ids(await read(feed, f"{feed.epoch}-{number}", 1))[0] == f"{feed.epoch}-{number + 1}"
    assert 0 < len(feed._blocks) <= events.BLOCKS_KEPT
