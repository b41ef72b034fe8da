"""The embedded server for tests: in this process, or as the real process on a port of its own."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import httpx

from ratchet_web.cli.places import ROOT
from ratchet_web.server.app import create
from ratchet_web.settings import Settings
from tests.support.system import clean_environment, free_ports

PATIENCE_S = 30.0
# A machine that does other things as well may need long to start V8 and its workers.
READY_S = 60.0
# What tests would wait for without learning anything.
QUICK = {"retry_base_s": 0.05, "stop_grace_s": 0}
FINAL = ("COMPLETED", "FAILED", "CANCELLED")
# What the system says of a process that has ended.
GONE = (FileNotFoundError, ProcessLookupError)


class Api:
    """Requests to one server, with the waits that tests need."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def ask(self, method: str, path: str, status: int, **more):
        answer = await self.client.request(method, path, **more)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text[:500])
        return answer.json() if answer.content else None

    async def get(self, path: str, **params):
        return (await self.ask("GET", path, 200, params=params))["data"]

    async def post(self, path: str, body=None, status: int = 201):
        return (await self.ask("POST", path, status, json=body))["data"]

    async def fails(self, method: str, path: str, status: int, body=None, **more):
        error = (
            await self.ask(method, path, status, **({"json": body} if body is not None else {}), **more)
        )["error"]
        assert error["status"] == status
        return error

    async def task(self, source: str, **more):
        """Create a task with a name of its own."""
        self.named = getattr(self, "named", 0) + 1
        return await self.post("/tasks", {"name": f"test-{self.named}", "sourceCode": source, **more})

    async def run(self, source: str, value=None, **more):
        task = await self.task(source, **more)
        return await self.post("/executions", {"taskId": task["id"], "input": value})

    async def until(self, path: str, *statuses: str):
        """Return the row once its status is one of these."""
        return await eventually(lambda: self.get(path), lambda row: row["status"] in statuses)

    async def done(self, execution):
        return await self.until(f"/executions/{execution['id']}", *FINAL)


@asynccontextmanager
async def in_process(data_dir: Path, clock=None, **chosen) -> AsyncIterator[Api]:
    """Run the whole server in this process."""
    async with (
        transport(data_dir, clock, **chosen) as reached,
        httpx.AsyncClient(transport=reached, base_url="http://127.0.0.1/api/v1") as client,
    ):
        yield Api(client)


@asynccontextmanager
async def transport(data_dir: Path, clock=None, **chosen) -> AsyncIterator[httpx.ASGITransport]:
    """Run it in this process; what is yielded reaches it, but cannot carry endless streams."""
    app = create(Settings(data_dir=data_dir, **{**QUICK, **chosen}), clock)
    async with lived(app):
        yield httpx.ASGITransport(app, raise_app_exceptions=False)


@asynccontextmanager
async def lived(app) -> AsyncIterator[None]:
    """Drive an application's lifespan."""
    into, out = asyncio.Queue(), asyncio.Queue()
    life = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}}, into.get, out.put))
    await into.put({"type": "lifespan.startup"})
    started = await out.get()
    assert started["type"] == "lifespan.startup.complete", started
    try:
        yield
    finally:
        await into.put({"type": "lifespan.shutdown"})
        await life


class Process:
    """The server as its own process, which can be ended and started again on the same port."""

    def __init__(
        self, data_dir: Path, before_exec: Callable[[], None] | None = None, **variables: str
    ) -> None:
        """`before_exec` runs in the new process before it becomes the server."""
        self._before_exec = before_exec
        (port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{port}/api/v1"
        own = {"RATCHET_DATA_DIR": str(data_dir), "RATCHET_SERVER_PORT": str(port)}
        quick = {f"RATCHET_{name}".upper(): str(value) for name, value in QUICK.items()}
        self._environment = {**clean_environment(), **own, **quick, **variables}
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Return when it answers."""
        self.launch()
        self.wait_for_answer()

    def launch(self) -> subprocess.Popen[str]:
        """Start it without waiting for anything."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ratchet_web.server"],
            cwd=ROOT,
            env=self._environment,
            preexec_fn=self._before_exec,
            stderr=subprocess.PIPE,
            text=True,
        )
        return self._process

    def wait_for_answer(self) -> None:
        """Return once it answers; raise `AssertionError` with what it said if it ends."""
        deadline = time.monotonic() + READY_S
        with httpx.Client(trust_env=False) as client:
            while not _answers(client, self.url):
                assert self._running.poll() is None, self._running.communicate()[1]
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.02)

    def see_back(self) -> None:
        """Return once it answers again; it is started anew if it gave up (granian does after two deaths)."""
        deadline = time.monotonic() + READY_S
        with httpx.Client(trust_env=False) as client:
            while not _answers(client, self.url):
                if self.ended():
                    self.launch()
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.02)

    def stop(self) -> float:
        """Ask it to end, if it runs; return the seconds that it took."""
        began = time.monotonic()
        if self._running.poll() is None:
            self._running.terminate()
            self._running.wait(PATIENCE_S)
        return time.monotonic() - began

    def kill(self) -> None:
        """End the server and all processes below it with no chance to tidy up."""
        family = self.family()
        for pid in (self._running.pid, *family):
            # What is below ends by itself with what is above.
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._running.wait(PATIENCE_S)
        deadline = time.monotonic() + PATIENCE_S
        while left := living(family):
            assert time.monotonic() < deadline, f"still there: {left}"
            time.sleep(0.02)

    def overheard(self) -> list[str]:
        """Return a list that grows by each line that it says from now on."""
        said: list[str] = []
        threading.Thread(target=self._listen, args=(said,), daemon=True).start()
        return said

    def _listen(self, said: list[str]) -> None:
        for line in self._running.stderr or ():
            said.append(line)

    @property
    def pid(self) -> int:
        """Return the id of the process that was started."""
        return self._running.pid

    def ended(self) -> bool:
        """Whether the process that was started is gone."""
        return self._running.poll() is not None

    def family(self) -> list[int]:
        """Return the ids of all processes below this one."""
        return descendants(self._running.pid)

    @property
    def _running(self) -> "subprocess.Popen[str]":
        assert self._process is not None
        return self._process


@contextmanager
def on_port(
    data_dir: Path, before_exec: Callable[[], None] | None = None, **variables: str
) -> Iterator[Process]:
    """Run the real process."""
    process = Process(data_dir, before_exec, **variables)
    try:
        process.start()
        yield process
    finally:
        process.stop()


@asynccontextmanager
async def asked_on_port(
    data_dir: Path, before_exec: Callable[[], None] | None = None, **variables: str
) -> AsyncIterator[tuple[Process, Api]]:
    """Run the real process and talk to it."""
    with on_port(data_dir, before_exec, **variables) as process:
        async with httpx.AsyncClient(base_url=process.url, timeout=PATIENCE_S) as client:
            yield process, Api(client)


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        client.get(f"{url}/health")
    except httpx.TransportError:
        return False
    return True


async def eventually(look, wanted):
    """Return what `look` finds, once it is what is wanted; else fail and tell what was found last."""
    found = None
    try:
        async with asyncio.timeout(PATIENCE_S):
            found = await look()
            while not wanted(found):
                await asyncio.sleep(0.02)
                found = await look()
    except TimeoutError as error:
        raise AssertionError(f"after {PATIENCE_S:g} s: {found!r}") from error
    return found


def descendants(pid: int) -> list[int]:
    """Return the ids of all processes below this one; each thread lists its own, any may end meanwhile."""
    children: list[int] = []
    with suppress(*GONE):
        for each in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(*GONE):
                children += map(int, each.read_text().split())
    return [*children, *(below for child in children for below in descendants(child))]


def living(pids: list[int]) -> list[int]:
    return [pid for pid in pids if alive(pid)]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except GONE:
        return False
