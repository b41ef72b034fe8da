"""One execution, in the worker: runs the source in a fresh isolate and passes on what it says."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

from py_mini_racer import JSOOMException

from ratchet_web.server.engine.errors import (
    TaskError,
    at_function,
    ran_too_long,
    thrown,
    used_too_much_memory,
)
from ratchet_web.server.engine.fields import only_whole_characters
from ratchet_web.server.engine.isolate import Isolate, Isolates, Limits, SourceError
from ratchet_web.server.engine.messages import Message

SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.002, 0.02
DROPPED_EVERY_S = 0.25

Send = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class Order:
    """What to run. An order without `input_json` only loads the source."""

    source: str
    timeout_s: float
    limits: Limits
    input_json: str | None = None
    context_json: str = "{}"


@dataclass(frozen=True)
class End:
    """How it ended; `spent`: a limit was reached, this process should run nothing more."""

    output_json: str | None = None
    error: TaskError | None = None
    spent: bool = False


class Script:
    """Runs one order. `send` takes JSON messages and waits while the server is behind."""

    def __init__(self, order: Order, isolates: Isolates, send: Send) -> None:
        self._order = order
        self._isolates = isolates
        self._send = send
        self._end: End | None = None
        self._isolate: Isolate | None = None
        self._answers: set[asyncio.Task[None]] = set()
        self._told_dropped, self._told_at = (0, 0), 0.0

    async def run(self) -> Message:
        """Return the last message: output or error, lines dropped, duration."""
        began = time.monotonic()
        with self._isolates.fresh(self._order.limits) as isolate:
            self._isolate = isolate
            await self._send('{"op":"started"}')
            end = await self._run_within_time(isolate)
            await self._pump(isolate)
            dropped = isolate.ring.dropped
            await self._cancel_answers()
            self._isolate = None
            message = {
                "op": "end",
                "output": end.output_json,
                "error": asdict(end.error) if end.error else None,
                "spent": end.spent,
                "dropped": dropped,
                "duration_ms": round((time.monotonic() - began) * 1000),
            }
            # Told before the isolate is torn down: a task that left a busy timer behind delays that.
            await self._send(json.dumps(message))
        return message

    def answer(self, message: Message) -> None:
        """Settle a fetch of the task."""
        if self._isolate is None:
            return
        answer = self._isolate.answer(message["id"], message["ok"], message["said"], message["body"])
        task = asyncio.ensure_future(answer)
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _run_within_time(self, isolate: Isolate) -> End:
        main = asyncio.ensure_future(self._evaluate(isolate))
        try:
            async with asyncio.timeout(self._order.timeout_s):
                return await self._watch(isolate, main)
        except TimeoutError:
            return End(error=ran_too_long(self._order.timeout_s), spent=True)
        except JSOOMException:
            return End(error=used_too_much_memory(self._order.limits.memory_mb), spent=True)
        except SourceError as problem:
            return End(error=problem.error)
        finally:
            main.cancel()

    async def _evaluate(self, isolate: Isolate) -> None:
        order = self._order
        anonymous = await isolate.load(order.source)
        if order.input_json is None:
            self._end = self._end or End()
        else:
            await isolate.start(order.input_json, order.context_json, anonymous)

    async def _watch(self, isolate: Isolate, main: "asyncio.Future[None]") -> End:
        pause = SHORTEST_PAUSE_S
        while True:
            if main.done():
                await main
                await asyncio.sleep(pause if self._end is None else 0)
            else:
                await asyncio.wait({main}, timeout=pause)
            spoke = await self._pump(isolate)
            pause = SHORTEST_PAUSE_S if spoke or self._answers else min(pause * 1.5, LONGEST_PAUSE_S)
            if self._end is not None:
                return self._end
            if isolate.out_of_memory:
                raise JSOOMException

    async def _pump(self, isolate: Isolate) -> bool:
        """Pass on what the ring holds; return whether it held anything."""
        lines: list[str] = []
        progress: str | None = None
        spoke = False
        for frame in isolate.ring.frames():
            spoke = True
            kind, json_text = frame[0], frame[1:]
            if kind == "l":
                lines.append(json_text)
            elif kind == "p":
                progress = json_text
            elif kind == "f":
                await self._send(f'{{"op":"fetch","request":{json_text}}}')
            elif self._end is None:
                self._end = self._ended(kind, json_text)
        dropped = self._news_of_dropped(isolate)
        if lines or progress or dropped is not None:
            counts = json.dumps(dropped)
            body = f'"lines":[{",".join(lines)}],"progress":{progress or "null"},"dropped":{counts}'
            await self._send(f'{{"op":"said",{body}}}')
        return spoke

    def _news_of_dropped(self, isolate: Isolate) -> tuple[int, int] | None:
        dropped, now = isolate.ring.dropped, time.monotonic()
        if dropped == self._told_dropped or now - self._told_at < DROPPED_EVERY_S:
            return None
        self._told_dropped, self._told_at = dropped, now
        return dropped

    def _ended(self, kind: str, text: str) -> End:
        if kind == "d":
            return self._delivered(text)
        said = json.loads(text)
        error = thrown(said["name"], said["message"], said["stack"])
        return End(error=at_function(error, said.get("entry", ""), self._order.source))

    def _delivered(self, output: str) -> End:
        output = only_whole_characters(output)
        limit = self._order.limits.output_bytes
        if len(output.encode()) > limit:
            return End(error=TaskError("OutputError", f"The output is larger than {limit} bytes (limit)"))
        return End(output_json=output)

    async def _cancel_answers(self) -> None:
        for task in list(self._answers):
            task.cancel()
        await asyncio.gather(*self._answers, return_exceptions=True)
