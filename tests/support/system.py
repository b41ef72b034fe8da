"""The real thing for tests: `ratchet-web up` on free ports, with a data directory of its own."""

import os
import queue
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import count as counted
from itertools import islice
from pathlib import Path

import psutil

from ratchet_web.cli.places import ROOT

READY_S = 60.0
# Below those that a system gives to connections: between here and its use, none of them takes a port. Other
# processes that look for ports here begin elsewhere.
LOWEST_PORT, PORTS = 16_000, 16_000
_PORTS = (LOWEST_PORT + number % PORTS for number in counted(random.randrange(PORTS)))
END_S = 5.0


class System:
    """A running console and embedded server.

    `url` is the console's address, `api_url` the server's, `command`, `folder` and `environment` how and
    where it is started, `said` the lines that `up` has printed so far, `start_s` the seconds that its last
    start took.
    """

    def __init__(self, data_dir: Path, **settings: object) -> None:
        web_port, server_port = free_ports(2)
        self.data_dir = data_dir
        self.url = f"http://localhost:{web_port}"
        self.api_url = f"http://127.0.0.1:{server_port}/api/v1"
        chosen = {
            "RATCHET_WEB_PORT": web_port,
            "RATCHET_SERVER_PORT": server_port,
            "RATCHET_DATA_DIR": data_dir,
            "RATCHET_FETCH_ALLOW": "127.0.0.1",
            # Most tests are not about undoing: what can be undone happens at once.
            "RATCHET_WEB_UNDO_S": 0,
            # Nor about what still runs when it stops: that need not be waited for.
            "RATCHET_STOP_GRACE_S": 0,
            **{f"RATCHET_{name}".upper(): value for name, value in settings.items()},
        }
        self.environment = clean_environment() | {name: str(value) for name, value in chosen.items()}
        self.start_s = 0.0
        self.command, self.folder = [sys.executable, "-m", "ratchet_web", "up"], ROOT
        self._process: subprocess.Popen[str] | None = None
        self._forget()

    def start(self) -> float:
        """Start it, wait until it says that it is ready, and return the seconds that this took."""
        began = time.monotonic()
        self.launch()
        self.wait_for_line("Ratchet Web is ready", READY_S)
        self.start_s = time.monotonic() - began
        return self.start_s

    def launch(self) -> subprocess.Popen[str]:
        """Start it without waiting for anything."""
        self._forget()
        self._process = subprocess.Popen(
            self.command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        heard = (self._process, self.said, self._lines)
        threading.Thread(target=_listen, args=heard, daemon=True).start()
        return self._process

    def wait_for_line(self, part: str, timeout_s: float = 10.0) -> str:
        """Return the next line of `up` that holds `part`.

        Raises:
            AssertionError: it ends, or the time is over, without such a line.
        """
        deadline = time.monotonic() + timeout_s
        while (left := deadline - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            assert line is not None, f"`up` ended and said {self.said}"
            if part in line:
                return line
        raise AssertionError(f"`up` did not say {part!r} within {timeout_s} s; it said {self.said}")

    @property
    def process(self) -> psutil.Process:
        """The supervisor."""
        assert self._process is not None
        return psutil.Process(self._process.pid)

    @property
    def server(self) -> psutil.Process:
        """The main process of the embedded server."""
        return self._child("ratchet_web.server")

    @property
    def console(self) -> psutil.Process:
        """The main process of the console."""
        return self._child("ratchet_web.console")

    def address(self, name: str) -> str:
        """Return an address that answers when `server`, or `console`, does."""
        return f"{self.api_url}/tasks" if name == "server" else self.url

    def tree(self) -> list[psutil.Process]:
        """Return all processes of it, those of V8 included."""
        return [self.process, *self.process.children(recursive=True)]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code; nothing of it is left afterwards."""
        assert self._process is not None
        tree = self.tree() if self._process.poll() is None else []
        self._process.send_signal(number)
        code = self._process.wait(END_S)
        assert_gone(tree)
        return code

    def end(self) -> None:
        """Stop it if it still runs."""
        if self._process is not None and self._process.poll() is None:
            self.stop()

    def _child(self, part: str) -> psutil.Process:
        return next(child for child in self.process.children() if part in _command(child))

    def _forget(self) -> None:
        self.said: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # it ended just now
        return ""


def _listen(process: subprocess.Popen[str], said: list[str], lines: "queue.Queue[str | None]") -> None:
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            said.append(line.rstrip("\n"))
            lines.put(said[-1])
    lines.put(None)


def running(data_dir: Path, **settings: object) -> Iterator[System]:
    """Yield a system that runs, and stop it."""
    system = System(data_dir, **settings)
    try:
        system.start()
        yield system
    finally:
        system.end()


def assert_gone(processes: list[psutil.Process], timeout_s: float = END_S) -> None:
    """Wait until all of them have ended; raise `AssertionError` naming those that have not."""
    deadline = time.monotonic() + timeout_s
    while left := [process for process in processes if _lives(process)]:
        assert time.monotonic() < deadline, f"still there: {[_command(process) for process in left]}"
        time.sleep(0.02)


def _lives(process: psutil.Process) -> bool:
    # One that has ended may stay on the system's list for seconds, until whoever inherited it looks.
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def clean_environment() -> dict[str, str]:
    """Return the environment without the settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("RATCHET_")}


def free_ports(count: int) -> list[int]:
    """Return ports that nobody uses now; each call returns others."""
    return list(islice(filter(_is_free, _PORTS), count))


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
