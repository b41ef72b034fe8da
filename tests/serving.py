"""The embedded server for tests: in this process, or as the real process on a port of its own."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from ratchet_web.server.app import create
from ratchet_web.settings import Settings

PATIENCE_S = 15.0
FINAL = ("COMPLETED", "FAILED", "CANCELLED")
ROOT = Path(__file__).parents[1]


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
    settings = Settings(data_dir=data_dir, **{"retry_base_s": 0.05, **chosen})
    app = create(settings, clock)
    async with lived(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://server/api/v1") as client:
            yield Api(client)


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
    """The server as its own process."""

    def __init__(self, data_dir: Path, **variables: str) -> None:
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}/api/v1"
        own = {"RATCHET_DATA_DIR": str(data_dir), "RATCHET_SERVER_PORT": str(self.port)}
        self._environment = {**os.environ, **own, "RATCHET_RETRY_BASE_S": "0.05", **variables}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Return when it answers."""
        await self.launch()
        await self.answers()

    async def answers(self) -> None:
        """Return once it answers."""
        async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient() as client:
            while True:
                try:
                    await client.get(f"{self.base_url}/health")
                    return
                except httpx.TransportError:
                    await self._still_there()
                    await asyncio.sleep(0.02)

    async def _still_there(self) -> None:
        assert self._process is not None
        if self._process.returncode is not None:
            assert self._process.stderr is not None
            raise AssertionError((await self._process.stderr.read()).decode())

    async def launch(self) -> asyncio.subprocess.Process:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "ratchet_web.server",
            cwd=ROOT,
            env=self._environment,
            stderr=asyncio.subprocess.PIPE,
        )
        return self._process

    async def stop(self) -> float:
        """Ask it to end; return the seconds that it took."""
        begun = asyncio.get_running_loop().time()
        await self._end(signal.SIGTERM)
        return asyncio.get_running_loop().time() - begun

    async def kill(self) -> None:
        """End the server and all processes below it with no chance to tidy up."""
        assert self._process is not None
        family = descendants(self._process.pid)
        for pid in (self._process.pid, *family):
            os.kill(pid, signal.SIGKILL)
        await self._process.wait()
        await eventually(lambda: asyncio.to_thread(living, family), lambda pids: not pids)

    def family(self) -> list[int]:
        """Return the ids of all processes below this one."""
        assert self._process is not None
        return descendants(self._process.pid)

    async def _end(self, number: int) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)
            async with asyncio.timeout(PATIENCE_S):
                await self._process.wait()


@asynccontextmanager
async def on_port(data_dir: Path, **variables: str) -> AsyncIterator[tuple[Process, Api]]:
    """Run the real process."""
    process = Process(data_dir, **variables)
    await process.start()
    try:
        async with httpx.AsyncClient(base_url=process.base_url, timeout=PATIENCE_S) as client:
            yield process, Api(client)
    finally:
        await process.stop()


async def eventually(look, wanted):
    """Return what `look` finds, once it is what is wanted."""
    async with asyncio.timeout(PATIENCE_S):
        found = await look()
        while not wanted(found):
            await asyncio.sleep(0.02)
            found = await look()
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def descendants(pid: int) -> list[int]:
    """Return the ids of all processes below this one; each thread lists its own."""
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for each in listed for child in each.read_text().split()]
    return [*children, *(below for child in children for below in descendants(child))]


def living(pids: list[int]) -> list[int]:
    return [pid for pid in pids if alive(pid)]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
