"""Workers that a hole in V8 has taken over: what they send is checked, and only their own execution fails."""

import asyncio
import contextlib
import json
import socket

import pytest

from ratchet_web.server.engine.messages import LENGTH_BYTES, pack, pack_json
from ratchet_web.server.engine.pool import Pool
from ratchet_web.settings import Settings
from tests.support.engine_listener import Heard, work

READY = pack({"op": "ready"})
STARTED = pack({"op": "started"})
END = {"op": "end", "output": "1", "error": None, "dropped": [0, 0], "duration_ms": 1}
SAID = {"op": "said", "lines": [], "progress": None, "dropped": None}
LINE = {"level": "info", "text": "x", "time": 1, "fields": None}
FETCH = {"url": "http://10.0.0.1/", "method": "GET", "headers": {}, "redirect": "follow", "body": None}


class Impostor:
    """Says that it is ready, and answers its order with these bytes; then it waits to be killed."""

    pid = 0

    def __init__(self, said: bytes) -> None:
        self.sock, self._theirs = socket.socketpair()
        self._talking = asyncio.create_task(self._talk(said))
        self.killed = asyncio.Event()

    async def _talk(self, said: bytes) -> None:
        reader, writer = await asyncio.open_connection(sock=self._theirs)
        writer.write(READY)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            length = int.from_bytes(await reader.readexactly(LENGTH_BYTES), "little")
            await reader.readexactly(length)
            writer.write(said)
        await self.killed.wait()
        writer.close()

    def kill(self) -> None:
        self.killed.set()

    async def exit_code(self) -> int | None:
        await self.killed.wait()
        return -9


class Impostors:
    """Where the first worker says something else than those after it, who are honest."""

    def __init__(self, first: bytes) -> None:
        self._next = first
        self._launched: list[Impostor] = []

    async def launch(self) -> Impostor:
        said, self._next = self._next, STARTED + pack(END) + READY
        self._launched.append(Impostor(said))
        return self._launched[-1]

    async def close(self) -> None:
        for one in self._launched:
            one.kill()


async def ran(said: bytes, heard: Heard, **chosen: object):
    """Return how an execution of such a worker ends; the next one, elsewhere, must be well."""
    pool = Pool(1, Settings(**chosen), Impostors(said))
    await pool.start()
    try:
        async with asyncio.timeout(5):
            outcome = await pool.run(work("function main() {}", timeout_s=60), heard)
            if outcome.kind == "failed" and outcome.error.name == "WorkerError":
                assert (await pool.run(work("function main() {}"), Heard())).output_json == "1"
    finally:
        await pool.stop()
    return outcome


@pytest.mark.parametrize(
    ("garbage", "part"),
    [
        (b"\xff\xff\xff\xff{}", "a message of 4294967295 bytes"),
        (pack_json("nonsense"), "a message that is no JSON"),
        (pack_json("[" * 200_000), "a message that is no JSON"),
        ((4).to_bytes(4, "little") + b"\xff\xfe\xfd\xfc", "a message that is no JSON"),
        (pack_json("[]"), "a message that is no object"),
        (pack_json("{}"), "a message without its kind"),
        (pack({"op": "shout"}), "a message of the kind 'shout'"),
        (pack({"op": "said"}), "lines: Field required"),
        (pack(SAID | {"lines": [LINE | {"level": "loud"}]}), "lines.0.level"),
        (pack(SAID | {"lines": [LINE | {"text": 5}]}), "lines.0.text"),
        (pack(SAID | {"lines": [LINE | {"time": -1}]}), "lines.0.time"),
        (pack_json(json.dumps(SAID | {"lines": [LINE | {"text": "\ud800"}]})), "lines.0.text"),
        (pack(SAID | {"progress": {"value": float("nan"), "note": None}}), "progress.value"),
        (pack(SAID | {"progress": {"value": 0.5, "note": "x" * 5_000}}), "progress.note"),
        (pack(SAID | {"dropped": [1]}), "dropped"),
        (pack({"op": "fetch", "request": None}), "a message"),
        (pack({"op": "fetch", "request": FETCH | {"id": 1, "headers": {"a": 1}}}), "headers.a"),
        (pack(END | {"duration_ms": "long"}), "duration_ms"),
        (pack(END | {"output": 5}), "output"),
        (pack(END | {"error": {"name": "E"}}), "error.message"),
    ],
)
async def test_a_worker_that_sends_garbage_is_killed_and_replaced(garbage, part):
    outcome = await ran(STARTED + garbage, Heard())
    assert outcome.error.name == "WorkerError"
    assert outcome.error.message.startswith("The worker process of this execution sent ")
    assert part in outcome.error.message


async def test_a_worker_cannot_ask_for_more_fetches_at_once_than_its_prelude():
    asked = b"".join(pack({"op": "fetch", "request": FETCH | {"id": n}}) for n in range(17))
    outcome = await ran(STARTED + asked, Heard())
    assert outcome.error.message.endswith("sent more than 16 fetches at once")


async def test_an_output_beyond_the_limit_is_refused_whatever_the_worker_says():
    outcome = await ran(
        STARTED + pack(END | {"output": '"' + "x" * 2_000 + '"'}), Heard(), task_output_bytes=1_000
    )
    assert outcome.error.message == "The output is larger than 1000 bytes (limit)"


async def test_lines_beyond_the_limit_are_dropped_whatever_the_worker_says():
    heard = Heard()
    lines = [LINE | {"text": "x" * 1_000} for _ in range(50)]
    said = pack(SAID | {"lines": lines}) * 2
    outcome = await ran(STARTED + said + pack(END), heard, task_log_lines=20, task_log_line_chars=80)
    assert outcome.kind == "completed"
    assert [len(text) for text in heard.texts] == [140] * 20
    assert heard.lines[-1][1].startswith("80 more lines (11,200 characters) were dropped")


@pytest.mark.parametrize(
    ("given", "kept"),
    [('{"a":1}', '{"a":1}'), ("[1]", None), ("nonsense", None), ('{"a":"\\ud800"}', '{"a":"\ufffd"}')],
)
async def test_only_an_object_of_valid_json_becomes_fields(given, kept):
    heard = Heard()
    await ran(STARTED + pack(SAID | {"lines": [LINE | {"fields": given}]}) + pack(END), heard)
    assert heard.fields == [kept]


async def test_nothing_counts_after_the_end():
    heard = Heard()
    outcome = await ran(
        STARTED + pack(END) + pack(SAID | {"lines": [LINE]}) + pack(END | {"output": "2"}), heard
    )
    assert (outcome.output_json, heard.texts) == ("1", [])


class Crowded(Heard):
    """A listener whose room is full until it is told otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.free = asyncio.Event()

    def crowded(self) -> bool:
        return bool(self.lines) and not self.free.is_set()

    async def room(self) -> None:
        await self.free.wait()


async def test_a_worker_waits_while_its_lines_have_nowhere_to_go():
    heard = Crowded()
    said = pack(SAID | {"lines": [LINE]})
    running = asyncio.create_task(ran(STARTED + said + said + pack(END), heard))
    await heard.spoke.wait()
    assert len(heard.lines) == 1
    heard.free.set()
    assert (await running).kind == "completed"
    assert len(heard.lines) == 2


async def test_a_worker_that_waits_can_still_be_cancelled():
    pool = Pool(1, Settings(), Impostors(STARTED + pack(SAID | {"lines": [LINE]})))
    await pool.start()
    heard, item = Crowded(), work("function main() {}", timeout_s=60)
    running = asyncio.create_task(pool.run(item, heard))
    await heard.spoke.wait()
    async with asyncio.timeout(5):
        assert await pool.cancel(item.execution_id)
        assert (await running).kind == "cancelled"
        await pool.stop()
