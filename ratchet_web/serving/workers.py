"""Processes that serve, forked from this one: one that dies is replaced, and all end with it."""

import logging
import multiprocessing
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.context import ForkProcess
from typing import Final

STOPS: Final = (signal.SIGTERM, signal.SIGINT)
HEARD: Final = (*STOPS, signal.SIGCHLD)
# One that died sooner is not replaced at once: to start again and again takes the whole processor.
LIVES_S: Final = 1.0
logger = logging.getLogger(__name__)


@dataclass
class Place:
    """A socket, and who serves it; from `due_s` on, by `time.monotonic`, somebody shall."""

    listener: socket.socket
    process: ForkProcess | None = None
    due_s: float = 0.0


class Workers:
    """One process for each socket. The socket outlives it: who connects meanwhile waits for the next."""

    def __init__(
        self, listeners: Sequence[socket.socket], serve: Callable[[socket.socket], None], kill_s: float
    ) -> None:
        self._places = [Place(listener) for listener in listeners]
        self._serve, self._kill_s = serve, kill_s
        self._woken, self._wake = socket.socketpair()

    def run(self) -> int:
        """Keep them running until this process is told to stop, or one cannot start; return an exit code."""
        self._wake.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno())
        for number in HEARD:
            signal.signal(number, _heard)
        code, told = 0, False
        try:
            while not (told or code):
                for place in self._empty():
                    if place.due_s <= time.monotonic():
                        self._start(place)
                told = self._is_told_to_stop()
                code = 0 if told else self._reap()
        finally:
            # Also where none can be forked any more: Python would wait for those that are left, deaf.
            self._stop()
        return code

    def _start(self, place: Place) -> None:
        process = multiprocessing.get_context("fork").Process(target=self._be, args=(place.listener,))
        # A child that has not got so far as to hear for itself would wake its parent instead.
        signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
        try:
            process.start()
            place.process = process
        except OSError as error:
            logger.error("No worker could be started (%s)", error.strerror)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
        place.due_s = time.monotonic() + LIVES_S

    def _be(self, listener: socket.socket) -> None:
        """Be a worker; this happens in the child."""
        signal.set_wakeup_fd(-1)
        for number in HEARD:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
        for ours in (self._woken, self._wake):
            ours.close()
        self._serve(listener)

    def _is_told_to_stop(self) -> bool:
        """Wait until there is something to do."""
        due_s = min((place.due_s for place in self._empty()), default=None)
        wait_s = None if due_s is None else max(0.0, due_s - time.monotonic())
        heard = self._woken.recv(4096) if connection.wait([self._woken], wait_s) else b""
        return any(number in heard for number in STOPS)

    def _reap(self) -> int:
        """Forget who died; return the exit code of one that gave up by itself, which the next would too."""
        code = 0
        for place in self._places:
            if place.process and (ended := place.process.exitcode) is not None:
                how = f"killed by {signal.Signals(-ended).name}" if ended < 0 else f"exit code {ended}"
                logger.error("A worker stopped (%s)", how)
                code = max(code, ended)
                place.process.close()
                place.process = None
        return code

    def _empty(self) -> list[Place]:
        return [place for place in self._places if place.process is None]

    def _stop(self) -> None:
        left = [place.process for place in self._places if place.process]
        for process in left:
            process.terminate()
        deadline_s = time.monotonic() + self._kill_s
        for process in left:
            process.join(max(0.0, deadline_s - time.monotonic()))
            process.kill()
            process.join()


def listeners(host: str, port: int, count: int) -> list[socket.socket]:
    """Return so many sockets at one address, to which Linux spreads who connects; elsewhere one may get all.

    Who does so before anybody serves waits: until it listens, another console might take the same port.

    Raises:
        OSError: there is no such address, or somebody listens there already.
    """
    # Sockets that share a port are refused beside others only by one that does not.
    _bound(host, port, shares=False).close()
    made = [_bound(host, port, shares=count > 1) for _ in range(count)]
    for each in made:
        each.listen()
    return made


def _bound(host: str, port: int, *, shares: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named, or asyncio does not know it for TCP, and what is sent in two pieces waits for 40 ms between them.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shares:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made


def _heard(number: int, frame: object) -> None:
    """Do nothing: its number wakes `run`."""
