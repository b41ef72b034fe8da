"""The double as a process of its own on a port, for tests with a browser.

`python -m tests.doubles.native PORT '{"pass_s": 0.2}'` serves it; the settings are those of `Native`.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from ratchet_web.cli.places import ROOT
from tests.doubles.native.app import Native
from tests.doubles.native.clock import RealClock
from tests.doubles.native.controls import Controls
from tests.support.system import clean_environment, free_ports

READY_S, END_S = 30.0, 10.0


class NativeProcess:
    """`url` is where the API is, `root` the server's own address."""

    def __init__(self, **settings: Any) -> None:
        (self.port,) = free_ports(1)
        self.root = f"http://127.0.0.1:{self.port}"
        self.url = f"{self.root}/api/v1"
        self._settings = settings
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Return when it answers. What an earlier one knew is forgotten, as with the real one."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", __package__, str(self.port), json.dumps(self._settings)],
            cwd=ROOT,
            env=clean_environment(),
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + READY_S
        while not self._answers():
            assert self._process.poll() is None, self._process.communicate()[1]
            assert time.monotonic() < deadline, "the double does not answer"
            time.sleep(0.02)

    def stop(self) -> None:
        """End it, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(END_S)

    def spent(self) -> dict[str, int]:
        """Return how many requests it counted: `rest`, `refused` and `graphql`."""
        return dict(self._control("GET", "spent"))

    def requests(self) -> list[tuple[str, str]]:
        """Return method and path of the last requests."""
        return [(method, path) for method, path in self._control("GET", "requests")]

    def add(self, kind: str, count: int = 1, **fields: Any) -> list[str]:
        """Make rows directly, a `kind` of task, execution, job or schedule; return their ids."""
        sent = {"kind": kind, "count": count, "fields": fields}
        return [str(id) for id in self._control("POST", "rows", sent)]

    def _control(self, method: str, name: str, sent: Any = None) -> Any:
        with httpx.Client(trust_env=False, timeout=READY_S) as client:
            answer = client.request(method, f"{self.root}/__double__/{name}", json=sent)
            return answer.raise_for_status().json()

    def _answers(self) -> bool:
        try:
            self.spent()
        except httpx.TransportError:
            return False
        return True


@contextmanager
def native_on_port(**settings: Any) -> Iterator[NativeProcess]:
    """Run the double on a free port; `settings` are those of `Native`, without its clock."""
    process = NativeProcess(**settings)
    try:
        process.start()
        yield process
    finally:
        process.stop()


def serve(port: int, **settings: Any) -> None:
    """Serve it in this process."""
    from granian.constants import Interfaces
    from granian.server.embed import Server

    app = Controls(Native(RealClock(), **settings))
    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, log_enabled=False)
    asyncio.run(server.serve())
