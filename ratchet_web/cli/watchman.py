"""Ends what `up` started when `up` itself was killed and could not.

A program of its own, run by path with nothing imported but the standard library: it is small and starts
at once. Each line of its standard input names a process that leads its own group: `+PID` to watch, `-PID`
to forget. The end of the input means that `up` is gone.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from typing import BinaryIO

GRACE_S = 3.5
STEP_S = 0.05


def watch(orders: BinaryIO) -> set[int]:
    """Return the processes that are still to be watched when the orders end."""
    watched: set[int] = set()
    for order in orders:
        pid = int(order[1:])
        (watched.add if order.startswith(b"+") else watched.discard)(pid)
    return watched


def end(pids: set[int], grace_s: float = GRACE_S) -> None:
    """Ask the processes to end, then end their groups."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    while any(map(_alive, pids)) and time.monotonic() < deadline:
        time.sleep(STEP_S)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


if __name__ == "__main__":
    end(watch(sys.stdin.buffer))
