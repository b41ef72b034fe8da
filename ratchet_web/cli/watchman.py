"""Ends what `up` started when `up` itself was killed and could not.

A program of its own, run by path with nothing imported but the standard library: it is small and starts
at once. Each line of its standard input names a process that leads its own group: `+PID SECONDS` to watch it,
with the time that it has to end by itself, `-PID` to forget it. The end of the input means that `up` is gone.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from typing import BinaryIO

STEP_S = 0.05


def watch(orders: BinaryIO) -> dict[int, float]:
    """Return the processes that are still to be watched when the orders end, each with its seconds."""
    watched: dict[int, float] = {}
    for order in orders:
        pid, *grace_s = order[1:].split()
        if order.startswith(b"+"):
            watched[int(pid)] = float(grace_s[0])
        else:
            watched.pop(int(pid), None)
    return watched


def end(watched: dict[int, float]) -> None:
    """Ask the processes to end, then end the group of each whose time is over, or that has ended."""
    for pid in watched:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    began, left = time.monotonic(), dict(watched)
    while left:
        late = time.monotonic() - began
        for pid in [pid for pid, grace_s in left.items() if late >= grace_s or not _alive(pid)]:
            del left[pid]
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        time.sleep(STEP_S if left else 0)


def _alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


if __name__ == "__main__":
    end(watch(sys.stdin.buffer))
