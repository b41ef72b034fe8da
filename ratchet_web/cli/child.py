"""One process of `up`: start, look whether it answers, stop, all of its group included."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ratchet_web.cli import watchman
from ratchet_web.cli.checks import reachable_host
from ratchet_web.cli.places import ROOT

LOOK_EVERY_S = 0.05
ANSWER_S = 2.0


@dataclass(frozen=True)
class Program:
    """What to run: its name for people, command, environment, and the path that answers once it runs.

    `stop_s` are the seconds that it has to end by itself when it is told to.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(repr=False)
    host: str
    port: int
    health_path: str
    stop_s: float


class Watchman:
    """Our side of `watchman.py`."""

    def __init__(self) -> None:
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it, out of reach of signals to our terminal and our group."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-IS", str(Path(watchman.__file__)), stdin=PIPE, start_new_session=True
        )

    def watch(self, pid: int, grace_s: float) -> None:
        """End this process and its group when we are gone; it has `grace_s` seconds to do so by itself."""
        self._tell(f"+{pid} {grace_s:g}")

    def forget(self, pid: int) -> None:
        """This process has ended."""
        self._tell(f"-{pid}")

    async def stop(self) -> None:
        """Let it end whatever is left."""
        if self._process is not None:
            self._pipe().close()
            await self._process.wait()

    def _tell(self, order: str) -> None:
        self._pipe().write(f"{order}\n".encode())

    def _pipe(self) -> asyncio.StreamWriter:
        assert self._process is not None
        assert self._process.stdin is not None
        return self._process.stdin


class Child:
    """A running program."""

    def __init__(self, program: Program, process: Process, watch: Watchman) -> None:
        self.program, self._process, self._watch = program, process, watch
        self._swept = False

    @classmethod
    async def start(cls, program: Program, watch: Watchman) -> "Child":
        """Start the program in a session of its own, so that Ctrl-C comes to us alone."""
        process = await asyncio.create_subprocess_exec(
            *program.command, env=program.environment, cwd=ROOT, stdin=DEVNULL, start_new_session=True
        )
        watch.watch(process.pid, program.stop_s)
        return cls(program, process, watch)

    async def answers(self) -> None:
        """Return as soon as it answers."""
        while True:
            if await _is_well(self.program):
                return
            await asyncio.sleep(LOOK_EVERY_S)

    async def ended(self) -> str:
        """Wait until it has ended and its group is gone too; return how, in words."""
        code = await self._process.wait()
        self._sweep()
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    async def stop(self) -> None:
        """Ask it to end, and after its time end it."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), self.program.stop_s)
        self._sweep()
        await self._process.wait()

    def kill(self) -> None:
        """End it and its group at once."""
        if not self._swept:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _sweep(self) -> None:
        # A main process that was killed leaves its workers behind, on the port that the next one needs.
        self.kill()
        # The system may give the number to another group from now on.
        self._swept = True
        self._watch.forget(self._process.pid)


async def _is_well(program: Program) -> bool:
    # By hand: a whole HTTP client would cost this process more than all the rest of it.
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(ANSWER_S):
            reader, writer = await asyncio.open_connection(reachable_host(program.host), program.port)
            with closing(writer):
                writer.write(f"GET {program.health_path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
                return (await reader.readline()).split()[1:2] == [b"200"]
    return False
