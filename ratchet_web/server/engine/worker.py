"""The worker process: one task at a time, a fresh isolate for each, messages over a socket."""

import asyncio
import os
import socket
import sys
from typing import Any, Final

from ratchet_web.server.engine import limits
from ratchet_web.server.engine.isolate import Isolates, Limits, warm_up
from ratchet_web.server.engine.messages import Message, pack, pack_json, read_message
from ratchet_web.server.engine.script import Order, Script

# A process that holds this much more than it did when idle is replaced rather than reused.
BLOATED_BYTES = 150 * limits.MB
# How mini-racer's callback is named, by which V8 hands a value over.
_FROM_V8: Final = "_handle_callback_from_v8"


def main(sock: socket.socket) -> None:
    """Serve the socket until its other end is closed, then leave the process."""
    limits.settle()
    _hush_v8()
    warm_up()
    asyncio.run(_serve(sock))
    os._exit(0)


def _hush_v8() -> None:
    """Let what V8 writes as it dies go nowhere, pages for each task without memory; Python is heard."""
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, errors="backslashreplace")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # What a source ends with may be nothing that Python can hold: `Isolate.load` does not wait for it.
    if _FROM_V8 not in context["message"]:
        loop.default_exception_handler(context)


async def _serve(sock: socket.socket) -> None:
    asyncio.get_running_loop().set_exception_handler(_note)
    reader, writer = await asyncio.open_connection(sock=sock)
    writer.transport.set_write_buffer_limits(high=0)
    await Worker(reader, writer).serve()


class Worker:
    """Takes orders and answers of fetch from the server, sends back what the task says."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._idle_bytes = limits.mapped_bytes()
        self._isolates = Isolates()
        self._script: Script | None = None
        self._job: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Return when the server is gone."""
        self._send({"op": "ready"})
        while (message := await read_message(self._reader)) is not None:
            if message["op"] == "run":
                self._job = asyncio.create_task(self._run(message))
                self._job.add_done_callback(_leave_on_error)
            elif message["op"] in ("judge", "match"):
                self._judge(message)
            elif self._script is not None:
                self._script.answer(message)

    async def _run(self, message: Message) -> None:
        order = Order(
            source=message["source"],
            timeout_s=message["timeout_s"],
            limits=Limits(**message["limits"]),
            input_json=message["input_json"],
            context_json=message["context_json"],
        )
        limits.allow_memory(self._idle_bytes, order.limits.memory_mb)
        self._script = Script(order, self._isolates, self._send_json)
        end = await self._script.run()
        self._script = None
        if end["spent"] or self._bloated():
            os._exit(0)
        self._send({"op": "ready"})
        if order.input_json is not None:
            # The next order will most likely have the same limits, and need not wait for this then.
            self._isolates.prepare(order.limits)

    def _judge(self, message: Message) -> None:
        # Here, because only a process that judges needs it, and it takes long to load.
        from ratchet_web.server.engine.judgement import judged, matched

        answer = judged if message["op"] == "judge" else matched
        self._send(answer(message, self._idle_bytes))

    def _bloated(self) -> bool:
        mapped = limits.mapped_bytes()
        return mapped is not None and mapped > (self._idle_bytes or 0) + BLOATED_BYTES

    def _send(self, message: Message) -> None:
        self._writer.write(pack(message))

    async def _send_json(self, text: str) -> None:
        self._writer.write(pack_json(text))
        await self._writer.drain()


def _leave_on_error(job: asyncio.Task[None]) -> None:
    """A worker that failed in its own code is of no use: end it, so that the server replaces it."""
    if not job.cancelled() and (error := job.exception()) is not None:
        asyncio.get_running_loop().call_exception_handler({"message": "worker failed", "exception": error})
        os._exit(1)
