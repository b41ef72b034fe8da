"""Starts worker processes: from a fork server where the system has one to offer, else one by one."""

import asyncio
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
from typing import Protocol

from ratchet_web.server.engine.messages import FORKED, NOT_FORKED, REPORT

EXIT_WAIT_S = 1.0
# Workers run other people's code and get no more of our environment than Python needs to start.
KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME")


class Process(Protocol):
    """A worker process and our end of its socket."""

    pid: int
    sock: socket.socket

    def kill(self) -> None:
        """End it now, whatever it does."""

    async def exit_code(self) -> int | None:
        """Return the exit code (negative: the signal) once it has ended; None where nobody knows."""


class Launcher(Protocol):
    """Where worker processes come from."""

    async def launch(self) -> Process:
        """Return a new worker process.

        Raises:
            OSError: the system has no more processes or descriptors to give.
        """

    async def close(self) -> None:
        """End everything that was launched."""


def best_launcher() -> Launcher:
    """Return the best launcher that this system offers."""
    return ForkServer() if hasattr(os, "fork") and hasattr(socket, "send_fds") else Spawner()


class _Forked:
    def __init__(self, pid: int, sock: socket.socket) -> None:
        self.pid, self.sock = pid, sock
        self.ended: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    def kill(self) -> None:
        if not self.ended.done():
            _kill(self.pid)

    async def exit_code(self) -> int | None:
        done, _ = await asyncio.wait({self.ended}, timeout=EXIT_WAIT_S)
        return self.ended.result() if done else None


class ForkServer:
    """Our side of `forkserver.py`, which is started with the first worker and again when it died."""

    def __init__(self) -> None:
        self._starting = asyncio.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._workers: dict[int, _Forked] = {}
        self._offered: tuple[socket.socket, asyncio.Future[_Forked]] | None = None

    async def launch(self) -> Process:
        """See `Launcher`."""
        async with self._starting:
            control = self._control or await self._start()
            ours, theirs = socket.socketpair()
            forked: asyncio.Future[_Forked] = asyncio.get_running_loop().create_future()
            self._offered = ours, forked
            try:
                with theirs:
                    socket.send_fds(control, [b"f"], [theirs.fileno()])
                return await forked
            except BaseException:
                ours.close()
                raise
            finally:
                self._offered = None

    async def close(self) -> None:
        """See `Launcher`."""
        for worker in self._workers.values():
            worker.kill()
        if self._control is not None:
            self._control.shutdown(socket.SHUT_RDWR)
        if self._listening is not None:
            await self._listening
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)

    async def _start(self) -> socket.socket:
        if self._process is not None:
            await asyncio.to_thread(self._process.wait)
        ours, theirs = socket.socketpair()
        with theirs:
            # In no thread: who stops while this begins would leave a process that nobody knows.
            self._process = _start_fork_server(theirs.fileno())
        ours.setblocking(False)
        self._control = ours
        self._listening = asyncio.create_task(self._listen(ours))
        return ours

    async def _listen(self, control: socket.socket) -> None:
        loop, received = asyncio.get_running_loop(), b""
        with control:
            while part := await _receive(loop, control):
                received += part
                while len(received) >= REPORT.size:
                    self._report(*REPORT.unpack(received[: REPORT.size]))
                    received = received[REPORT.size :]
        self._control = None
        if self._offered is not None and not self._offered[1].done():
            self._offered[1].set_exception(ConnectionError("The process that starts workers ended"))
        for worker in self._workers.values():
            worker.ended.set_result(None)
        self._workers.clear()

    def _report(self, pid: int, code: int) -> None:
        if code != FORKED:
            if (worker := self._workers.pop(pid, None)) is not None:
                worker.ended.set_result(code)
        elif self._offered is None or self._offered[1].done():
            _kill(pid)
        elif pid == NOT_FORKED:
            self._offered[1].set_exception(OSError("The system has no further process to give"))
        else:
            ours, forked = self._offered
            worker = self._workers[pid] = _Forked(pid, ours)
            forked.set_result(worker)


class _Spawned:
    def __init__(self, process: multiprocessing.process.BaseProcess, sock: socket.socket) -> None:
        self._process = process
        self.pid, self.sock = process.pid or 0, sock

    def kill(self) -> None:
        self._process.kill()

    async def exit_code(self) -> int | None:
        await asyncio.to_thread(self._process.join, EXIT_WAIT_S)
        return self._process.exitcode


class Spawner:
    """Starts each worker as a new interpreter: slower, larger, and available everywhere."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._processes: list[multiprocessing.process.BaseProcess] = []

    async def launch(self) -> Process:
        """See `Launcher`."""
        from ratchet_web.server.engine import worker

        ours, theirs = socket.socketpair()
        with theirs:
            process = self._context.Process(target=worker.main, args=(theirs,), daemon=True)
            await asyncio.to_thread(process.start)
        self._processes = [started for started in self._processes if started.is_alive()] + [process]
        return _Spawned(process, ours)

    async def close(self) -> None:
        """See `Launcher`."""
        for process in self._processes:
            process.kill()
            await asyncio.to_thread(process.join)


def _start_fork_server(control_fd: int) -> subprocess.Popen[bytes]:
    program = f"from ratchet_web.server.engine.forkserver import main; main({control_fd})"
    environment = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    python_path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    return subprocess.Popen(
        [sys.executable, "-c", program],
        pass_fds=[control_fd],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        env=environment | {"PYTHONPATH": python_path, "TZ": "UTC", "LC_ALL": "C.UTF-8"},
        cwd=os.sep,
    )


async def _receive(loop: asyncio.AbstractEventLoop, control: socket.socket) -> bytes:
    try:
        return await loop.sock_recv(control, 4096)
    except ConnectionError:
        return b""


def _kill(pid: int) -> None:
    if pid <= 0:
        return
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
