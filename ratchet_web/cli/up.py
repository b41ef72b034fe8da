"""Runs the console and the embedded server as two processes, for as long as it runs itself."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence

from ratchet_web.cli.checks import is_free
from ratchet_web.cli.child import LOOK_EVERY_S, Child, Program, Watchman
from ratchet_web.cli.problems import ProblemError
from ratchet_web.cli.restarts import delay_s
from ratchet_web.cli.terminal import on_close

START_S = 120.0
PORT_S = 2.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A terminal that is closed may be told twice, by the system and by the shell.
INSISTENT = (signal.SIGINT, signal.SIGTERM)


async def up(programs: Sequence[Program], url: str) -> None:
    """Start the programs, say at which `url` the console is once all answer, keep them up until told to stop.

    A program that dies is started again. The first signal stops everything in order, the second at once.

    Raises:
        ProblemError: a program cannot start, or dies again and again; everything is stopped then.
    """
    running = Running(programs)
    work = asyncio.create_task(running.keep(url))
    _on_signal(SIGNALS, work.cancel)
    on_close(work.cancel)
    try:
        await asyncio.wait({work})
        if not work.cancelled():
            work.result()
    finally:
        _on_signal(INSISTENT, running.kill)
        await running.stop()


class Running:
    """The children of this process."""

    def __init__(self, programs: Sequence[Program]) -> None:
        self._programs = programs
        self._children: dict[str, Child] = {}
        self._watchman = Watchman()

    async def keep(self, url: str) -> None:
        """Start all, wait until all answer, and keep them running. Ends by an error or by being cancelled."""
        await self._watchman.start()
        for program in self._programs:
            await self._start(program)
        await _together(self._first_answer(program) for program in self._programs)
        print(f"Ratchet Web is ready at {url}", flush=True)
        await _together(self._keep(program) for program in self._programs)

    async def stop(self) -> None:
        """Stop all of them."""
        await asyncio.gather(*(child.stop() for child in self._children.values()))
        await self._watchman.stop()

    def kill(self) -> None:
        """End all of them at once."""
        for child in self._children.values():
            child.kill()

    async def _start(self, program: Program) -> Child:
        child = self._children[program.name] = await Child.start(program, self._watchman)
        return child

    async def _first_answer(self, program: Program) -> None:
        child = self._children[program.name]
        ended, answers = asyncio.create_task(child.ended()), asyncio.create_task(child.answers())
        try:
            await asyncio.wait({ended, answers}, timeout=START_S, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise ProblemError(f"The {program.name} could not start ({ended.result()}).")
            if not answers.done():
                raise ProblemError(f"The {program.name} did not answer within {START_S:.0f} s of its start.")
            answers.result()
        finally:
            ended.cancel()
            answers.cancel()

    async def _keep(self, program: Program) -> None:
        deaths_s: list[float] = []
        while True:
            how = await self._children[program.name].ended()
            deaths_s.append(time.monotonic())
            if (wait_s := delay_s(deaths_s)) is None:
                raise ProblemError(f"The {program.name} keeps stopping (the last time: {how}); giving up.")
            print(f"The {program.name} stopped ({how}): starting it again", file=sys.stderr, flush=True)
            await asyncio.sleep(wait_s)
            await _port_free(program)
            await self._start(program)


async def _together(works: Iterable[Coroutine[None, None, None]]) -> None:
    """Do all at once; the first that fails cancels the others, and its error is ours."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None


async def _port_free(program: Program) -> None:
    # What held the port was told to end, and may need a moment.
    deadline = time.monotonic() + PORT_S
    while time.monotonic() < deadline:
        if is_free(program.host, program.port):
            return
        await asyncio.sleep(LOOK_EVERY_S)


def _on_signal(numbers: Iterable[signal.Signals], call: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    for number in numbers:
        # `nohup` and shells that start a background job have their reasons to ignore one.
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, call)
