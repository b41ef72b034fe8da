"""Viewers in a process of their own, and what they cost the console and the server."""

import asyncio.subprocess
import json
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import psutil

from ratchet_web.cli.places import ROOT
from tests.bench.running import System

# Each request of somebody else than the console's own is no GET, or is of these.
NOT_ASKED = ("/metrics", "/health", "/ready", "/live")


@dataclass(frozen=True)
class Cost:
    """What some seconds of watching cost: processor time of the console in percent of a core, requests."""

    core_percent: float
    requests_per_s: float
    heard: dict[str, Any]


class Viewers:
    """The process of the viewers."""

    def __init__(self, system: System, process: asyncio.subprocess.Process) -> None:
        self._system, self._process = system, process

    async def open(self, addresses: Sequence[str]) -> None:
        """Let a viewer more look at each of these, and wait until all of them see it."""
        self._say(json.dumps(list(addresses)))
        assert await self._answer() == "ready"

    async def held(self) -> int:
        """Return how many rows of lists each viewer has, at least."""
        self._say("held")
        return int(await self._answer())

    async def watch(self, seconds: float, stir: Any = None) -> Cost:
        """Return what it costs to watch for some seconds, while `stir` makes something happen."""
        self._say("begin")
        before_s, before = cpu_s(self._system.console), await self._requests()
        began_s = asyncio.get_running_loop().time()
        stirred = asyncio.create_task(stir()) if stir else None
        await asyncio.sleep(seconds)
        if stirred:
            stirred.cancel()
        took_s = asyncio.get_running_loop().time() - began_s
        used_s, asked = cpu_s(self._system.console) - before_s, await self._requests() - before
        # What is on its way still comes.
        await asyncio.sleep(1)
        self._say("end")
        heard = json.loads(await self._answer())
        return Cost(round(100 * used_s / took_s, 2), round(asked / took_s, 2), heard)

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None, "it is a pipe"
        self._process.stdin.write(f"{line}\n".encode())

    async def _answer(self) -> str:
        assert self._process.stdout is not None, "it is a pipe"
        line = await self._process.stdout.readline()
        assert line, "the process of the viewers ended"
        return line.decode().strip()

    async def _requests(self) -> int:
        """Return how many questions the server has answered."""
        text = await self._system.text("/metrics/prometheus")
        counted = re.findall(r"^ratchet_http_request\w*_count\{(.*)\} ([0-9.e+]+)$", text, re.MULTILINE)
        assert counted, "the server counts its requests"
        return sum(
            round(float(n))
            for labels, n in counted
            if 'method="GET"' in labels and not any(path in labels for path in NOT_ASKED)
        )


@asynccontextmanager
async def watching(system: System, addresses: Sequence[str]) -> AsyncIterator[Viewers]:
    """Start a process with a viewer for each address, and end it."""
    port = httpx.URL(system.web).port
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.viewers", str(port)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 28,
    )
    try:
        viewers = Viewers(system, process)
        await viewers.open(addresses)
        yield viewers
    finally:
        process.terminate()
        await process.wait()


async def paced(per_s: float) -> AsyncIterator[int]:
    """Yield 0, 1, … at this rate, for ever."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    for n in count():
        await asyncio.sleep(max(0.0, began_s + n / per_s - loop.time()))
        yield n


def tree(top: psutil.Process) -> list[psutil.Process]:
    """Return a process and all that it started."""
    return [top, *top.children(recursive=True)]


def cpu_s(top: psutil.Process) -> float:
    """Return the processor time that a process and its children have used."""
    times = [process.cpu_times() for process in tree(top)]
    return sum(each.user + each.system for each in times)


def memory_kb(top: psutil.Process) -> float:
    """Return the memory of a process and its children, shared pages counted once."""
    return sum(process.memory_full_info().pss for process in tree(top)) / 1024
