"""Judges by JSON Schema and regular expression: in a process that can be ended, cheap schemas at once.

A hostile schema (references that double at each step, a pattern that tries every split) would hold this
process, and with it every request: Python runs one thing at a time.
"""

import asyncio
import json
import signal
from collections.abc import Sequence

from ratchet_web.logic.judging import TEXT_LIMIT, is_cheap_schema, is_cheap_value
from ratchet_web.logic.schemas import Fault, schema_faults, value_faults
from ratchet_web.server.engine.launcher import Launcher, Process
from ratchet_web.server.engine.messages import Message, pack_json, read_message

AT_ONCE = 2
START_LIMIT_S = 10.0
# Processor time; a large value may take longer than a small one.
LIMIT_S, LIMIT_S_PER_MB = 1.0, 2.0
# One step of a search, by a regular expression.
MATCH_LIMIT_S = 0.5
# A process that gets little processor time is waited for this much longer.
PATIENCE = 10
TOO_SLOW = "takes too long to judge: simplify `pattern` and `$ref` in its schema"
TOO_SLOW_TO_MATCH = "takes too long or too much memory on this log: use a simpler expression"
TOO_LARGE = "needs too much memory to judge: simplify its schema"


class Judge:
    """Judges schemas and values, given as JSON. Used from one event loop."""

    def __init__(self, launcher: Launcher) -> None:
        self._launcher = launcher
        self._turns = asyncio.Semaphore(AT_ONCE)
        # Searches leave a place to what has to be judged before it runs.
        self._searches = asyncio.Semaphore(AT_ONCE - 1)
        self._idle: list[_Bench] = []
        self._replacing: set[asyncio.Task[None]] = set()

    async def schema(self, schema_json: str, root: str) -> list[Fault]:
        """Return why this is no usable JSON Schema; the first part of each path is `root`.

        Raises:
            OSError: no process could be started.
        """
        if len(schema_json) <= TEXT_LIMIT and is_cheap_schema(schema := json.loads(schema_json)):
            return schema_faults(schema, root)
        return await self._ask(root, f'"schema":{schema_json}')

    async def value(self, schema_json: str, value_json: str, root: str) -> list[Fault]:
        """Return where a value breaks a valid schema; the first part of each path is `root`.

        Raises:
            OSError: no process could be started.
        """
        if len(schema_json) + len(value_json) <= TEXT_LIMIT:
            schema, value = json.loads(schema_json), json.loads(value_json)
            if is_cheap_value(schema, value):
                return value_faults(schema, value, root)
        return await self._ask(root, f'"schema":{schema_json},"value":{value_json}')

    async def matching(self, pattern: str, texts: Sequence[str]) -> list[int]:
        """Return the positions of those texts that hold what a regular expression describes.

        Raises:
            ValueError: it is none, or takes too long or too much memory; the message ends a sentence.
            OSError: no process could be started.
        """
        said = f'"pattern":{json.dumps(pattern)},"texts":{json.dumps(texts)}'
        cpu_s = MATCH_LIMIT_S + MATCH_LIMIT_S * len(said) / 1e6
        async with self._searches:
            try:
                message = await self._answer("match", said, cpu_s)
            except (TimeoutError, ConnectionError) as error:
                raise ValueError(TOO_SLOW_TO_MATCH) from error
        if message["fault"]:
            raise ValueError(f"is no regular expression: {message['fault']}")
        matching: list[int] = message["matching"]
        return matching

    async def stop(self) -> None:
        """End all processes."""
        for replacing in self._replacing:
            replacing.cancel()
        await asyncio.gather(*self._replacing, return_exceptions=True)
        for bench in self._idle:
            bench.end()
        self._idle.clear()

    async def _ask(self, root: str, said: str) -> list[Fault]:
        cpu_s = LIMIT_S + LIMIT_S_PER_MB * len(said) / 1e6
        try:
            message = await self._answer("judge", f'"root":{json.dumps(root)},{said}', cpu_s)
        except TimeoutError:
            return [Fault(root, TOO_SLOW, "TOO_SLOW")]
        except ConnectionError:
            return [Fault(root, TOO_LARGE, "TOO_LARGE")]
        return [Fault(*fault) for fault in message["faults"]]

    async def _answer(self, op: str, said: str, cpu_s: float) -> Message:
        async with self._turns:
            bench = self._warm() or await _Bench.start(self._launcher)
            try:
                message = await bench.ask(op, said, cpu_s)
            except BaseException:
                bench.end()
                self._replace()
                raise
        self._idle.append(bench)
        return message

    def _warm(self) -> "_Bench | None":
        """Return a process that waits; one that died meanwhile is left out."""
        while self._idle:
            if (bench := self._idle.pop()).alive:
                return bench
            bench.end()
        return None

    def _replace(self) -> None:
        """Have another process ready for the next one who asks."""
        task = asyncio.create_task(self._start())
        self._replacing.add(task)
        task.add_done_callback(self._replacing.discard)

    async def _start(self) -> None:
        try:
            self._idle.append(await _Bench.start(self._launcher))
        except OSError:
            # Who asks next tries again, and is told.
            return


class _Bench:
    """Our hold on one process that judges."""

    def __init__(self, process: Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._process, self._reader, self._writer = process, reader, writer

    @classmethod
    async def start(cls, launcher: Launcher) -> "_Bench":
        """Return a process that has judged already, so that all is loaded; raises `OSError`."""
        process = await launcher.launch()
        bench = cls(process, *await asyncio.open_connection(sock=process.sock))
        try:
            async with asyncio.timeout(START_LIMIT_S):
                await bench._read()
            await bench.ask("judge", '"root":"","schema":true,"value":null', START_LIMIT_S)
        except BaseException:
            bench.end()
            raise
        return bench

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return not self._reader.at_eof()

    async def ask(self, op: str, said: str, cpu_s: float) -> Message:
        """Return what it answers.

        Raises:
            TimeoutError: it takes too long.
            ConnectionError: the process died of something else, most likely for want of memory.
        """
        self._writer.write(pack_json(f'{{"op":"{op}","cpu_s":{cpu_s},{said}}}'))
        async with asyncio.timeout(PATIENCE * cpu_s):
            try:
                return await self._read()
            except ConnectionError:
                if await self._process.exit_code() == -signal.SIGPROF:
                    raise TimeoutError from None
                raise

    def end(self) -> None:
        """End the process now, whatever it does."""
        self._process.kill()
        self._writer.close()

    async def _read(self) -> Message:
        message = await read_message(self._reader)
        if message is None:
            raise ConnectionError("The process that judges ended")
        return message
