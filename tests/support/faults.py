"""What stands in a server's way from outside: a full disk, a lock, permissions, sockets that nobody reads."""

import ctypes
import os
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from ratchet_web.server.store.directory import FILE_NAME
from tests.support.server import Process

# Linux: take a capability from this process and all that it becomes.
_PR_CAPBSET_DROP = 24
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1, 2


def serving(process: Process) -> psutil.Process:
    """Return the process in which the server's code runs."""
    return psutil.Process(process.family()[0])


def memory_mb(process: Process) -> float:
    """Return the memory of the serving process."""
    return float(serving(process).memory_full_info().pss) / 2**20


def port(process: Process) -> int:
    """Return the port on which it listens."""
    return int(process.url.split(":")[2].split("/")[0])


def heed_permissions() -> None:
    """Let what this process becomes be refused what its files refuse, also if it is root's."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (_DAC_OVERRIDE, _DAC_READ_SEARCH):
            if libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "a capability cannot be dropped")


@contextmanager
def full_disk(process: Process, _data_dir: Path) -> Iterator[None]:
    """Let the server write to no file, as `full_disk_of` does."""
    with full_disk_of(serving(process)):
        yield


@contextmanager
def full_disk_here() -> Iterator[None]:
    """Let this process, and the server that runs in it, write to no file, as `full_disk_of` does."""
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with full_disk_of(psutil.Process()):
            yield
    finally:
        signal.signal(signal.SIGXFSZ, before)


@contextmanager
def full_disk_of(found: psutil.Process) -> Iterator[None]:
    """Let a process write to no file: SQLite takes it for a full disk.

    It may not write over what is there either: a log that begins anew at its start would have room.
    """
    soft, hard = found.rlimit(psutil.RLIMIT_FSIZE)
    found.rlimit(psutil.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        found.rlimit(psutil.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def locked(_process: Process, data_dir: Path) -> Iterator[None]:
    """Lock the database as another program would."""
    other = sqlite3.connect(data_dir / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def reader_of_events(process: Process, received_bytes: int | None = None) -> socket.socket:
    """Return a socket that has asked for all events, with so little room on this side."""
    made = socket.socket()
    if received_bytes is not None:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, received_bytes)
        # The other side's buffer is measured in segments, which are 64 KB here if nobody wants less.
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
    made.connect(("127.0.0.1", port(process)))
    made.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{port(process)}\r\n\r\n".encode())
    made.setblocking(False)
    return made
