"""Streams of readers who read, leave, or take nothing."""

import asyncio

import pytest

from ratchet_web.server import streams as streams_of
from ratchet_web.server.streams import Stream, Streams


class Reader:
    """The server's side of one connection; `full` keeps its socket from taking more."""

    def __init__(self):
        self.sent, self.left, self.full = [], asyncio.Event(), asyncio.Event()
        self.room = asyncio.Event()
        self.room.set()

    async def receive(self):
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        await self.room.wait()
        self.sent.append(message)


async def blocks(ended, count=1_000_000):
    try:
        for number in range(count):
            await asyncio.sleep(0)
            yield b"%d" % number
    finally:
        ended.set()


async def serve(stream, reader):
    await stream({"type": "http"}, reader.receive, reader.send)


async def test_a_stream_that_ends_is_sent_whole():
    reader, ended = Reader(), asyncio.Event()
    await serve(Stream(Streams(), blocks(ended, 2)), reader)
    assert [message.get("body") for message in reader.sent] == [None, b"0", b"1", b""]
    assert dict(reader.sent[0]["headers"])[b"content-type"].startswith(b"text/event-stream")


async def test_a_reader_who_leaves_ends_the_stream():
    reader, ended, streams = Reader(), asyncio.Event(), Streams()
    serving = asyncio.create_task(serve(Stream(streams, blocks(ended)), reader))
    await asyncio.sleep(0.01)
    reader.left.set()
    async with asyncio.timeout(5):
        await serving
    assert (ended.is_set(), streams.dropped) == (True, 0)


async def test_a_reader_who_takes_nothing_is_dropped_and_the_others_go_on():
    stuck, well, ended, streams = Reader(), Reader(), asyncio.Event(), Streams(stall_s=0.02)
    going = asyncio.create_task(serve(Stream(streams, blocks(asyncio.Event())), well))
    serving = asyncio.create_task(serve(Stream(streams, blocks(ended)), stuck))
    await asyncio.sleep(0.01)
    stuck.room.clear()
    async with asyncio.timeout(5):
        await serving
    assert (ended.is_set(), streams.dropped, going.done()) == (True, 1, False)
    before = len(well.sent)
    await asyncio.sleep(0.01)
    assert len(well.sent) > before
    well.left.set()
    await going
    streams.close()


async def test_a_reader_who_may_have_no_more_gets_no_more(monkeypatch):
    monkeypatch.setattr(streams_of, "ADMITTED_S", 0)
    reader, ended, answers = Reader(), asyncio.Event(), [True, True, False]

    async def admitted():
        return answers.pop(0)

    scope = {"type": "http", "state": {"admitted": admitted}}
    await Stream(Streams(), blocks(ended))(scope, reader.receive, reader.send)
    assert [message.get("body") for message in reader.sent] == [None, b"0", b"1", b""]
    assert ended.is_set()


async def test_a_mistake_in_a_stream_is_raised():
    async def broken():
        yield b"1"
        raise LookupError("a mistake")

    with pytest.raises(LookupError):
        await serve(Stream(Streams(), broken()), Reader())
