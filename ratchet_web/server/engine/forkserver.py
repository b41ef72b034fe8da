"""The process that workers are forked from: it loads V8 once and then only forks and reaps.

The standard library's fork server would import the server's main module again in every worker, and keeps
one more process to track resources.
"""

import gc
import os
import select
import signal
import socket
import traceback

from ratchet_web.server.engine import worker
from ratchet_web.server.engine.isolate import preload
from ratchet_web.server.engine.messages import FORKED, NOT_FORKED, REPORT


def main(control_fd: int) -> None:
    """Fork one worker for each socket received; report `(pid, FORKED)` and later `(pid, exit code)`.

    A fork that the system refuses is reported as process `NOT_FORKED`.
    """
    control = socket.socket(fileno=control_fd)
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_read, False)
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    preload()
    # Objects that the collector never touches again stay shared between the forks.
    gc.collect()
    gc.freeze()
    try:
        _serve(control, wake_read, wake_write)
    except ConnectionError:
        # The server is gone, or closed its end: so does this process, and with it every worker.
        pass
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(0)


def _serve(control: socket.socket, wake_read: int, wake_write: int) -> None:
    while True:
        readable, _, _ = select.select([control.fileno(), wake_read], [], [])
        if control.fileno() in readable:
            _, fds, _, _ = socket.recv_fds(control, 1, 1)
            if not fds:
                return
            _fork(control, fds[0], (wake_read, wake_write))
        if wake_read in readable:
            os.read(wake_read, 4096)
            _reap(control)


def _fork(control: socket.socket, fd: int, ours: tuple[int, int]) -> None:
    try:
        pid = os.fork()
    except OSError:
        traceback.print_exc()
        pid = NOT_FORKED
    if pid == 0:
        _become_worker(control, fd, ours)
    os.close(fd)
    control.sendall(REPORT.pack(pid, FORKED))


def _become_worker(control: socket.socket, fd: int, ours: tuple[int, int]) -> None:
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        for inherited in ours:
            os.close(inherited)
        worker.main(socket.socket(fileno=fd))
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(1)


def _reap(control: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        control.sendall(REPORT.pack(pid, os.waitstatus_to_exitcode(status)))
