"""What answers as Redis and is none: it is said to be away, and nothing else goes wrong."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from ratchet_web.access.shared_sessions import OverRedis
from ratchet_web.peers.bus import Bus, connected
from ratchet_web.peers.look import redis_fault
from ratchet_web.peers.peers import AwayError
from tests.support.workers import ANN

RUBBISH = {
    "no number": b"$abc\r\nxx\r\n",
    "of another kind": b":1\r\n" * 6,
    "too deep": b"*1\r\n" * 5_000,
    "no protocol": b"\x00\xffHTTP/1.1 400\r\n" * 3,
}


@asynccontextmanager
async def answering(rubbish: bytes) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while await reader.read(65_536):
                writer.write(rubbish)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
    finally:
        server.close()


@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH)
async def test_rubbish_in_the_place_of_redis_is_no_answer(
    rubbish: bytes, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ratchet_web.peers.bus.RETRY_S", 0.01)
    async with answering(rubbish) as url:
        bus = Bus(connected(url))
        try:
            await bus.start()
            await _is_no_answer(bus)
        finally:
            await bus.stop()
        assert "127.0.0.1:" in await asyncio.to_thread(redis_fault, url)
    # It is tried again and again: that is no reason to write of it again and again.
    ours = [each for each in caplog.records if each.name.startswith("ratchet_web")]
    assert sum(each.levelno >= logging.ERROR for each in ours) <= 1


async def _is_no_answer(bus: Bus) -> None:
    sessions = OverRedis(bus).sessions(idle_s=100, longest_s=1_000, ended=lambda seat: None)
    with pytest.raises(AwayError):
        await sessions.meet("an-id")
    with pytest.raises(AwayError):
        await bus.about("server").ask_all("run", "1")
    id, _ = sessions.sign_in("prod", ANN, "one")
    with pytest.raises(AwayError):
        await sessions.keep(id)
    await sessions.refresh()
    assert sessions.of(id)
