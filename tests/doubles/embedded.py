"""The real embedded server for tests: in this process without sockets, or on a port of its own."""

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx

from ratchet_web.server.app import create
from ratchet_web.server.serve import command, environment
from ratchet_web.settings import Settings

READY_S = 20.0


@asynccontextmanager
async def in_process(data_dir: Path) -> AsyncIterator[httpx.ASGITransport]:
    """Run the server in this loop; the transport reaches it. It cannot carry endless streams."""
    app = create(Settings(data_dir=data_dir, workers=1))
    said: asyncio.Queue[str] = asyncio.Queue()
    told: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def send(message: Any) -> None:
        await said.put(message["type"])

    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    lifespan = asyncio.create_task(app(scope, told.get, send))
    await told.put({"type": "lifespan.startup"})
    assert await said.get() == "lifespan.startup.complete"
    try:
        yield httpx.ASGITransport(app)
    finally:
        await told.put({"type": "lifespan.shutdown"})
        await lifespan


class OnPort:
    """The server as a process of its own, which can be killed and started again on the same port."""

    def __init__(self, data_dir: Path) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}/api/v1"
        self._settings = Settings(data_dir=data_dir, workers=1, server_port=self.port)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        variables = {**os.environ, **environment(self._settings)}
        with (self._settings.data_dir / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command(self._settings), env=variables, start_new_session=True, stdout=log, stderr=log
            )
        deadline = time.monotonic() + READY_S
        with httpx.Client(trust_env=False) as client:
            while not _is_well(client, self.url):
                assert self._process.poll() is None, (
                    "the server ended at its start: see server.log in its directory"
                )
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.02)

    def kill(self) -> None:
        """End it at once, with all that it started."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@contextmanager
def on_port(data_dir: Path) -> Iterator[OnPort]:
    """Run the server on a free port."""
    server = OnPort(data_dir)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def _is_well(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(f"{url}/health").is_success
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
