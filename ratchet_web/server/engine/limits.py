"""What a task is held to: fixed limits, and what the system holds its worker to."""

import ctypes
import os
import signal
import sys
from pathlib import Path

MB = 1 << 20
NICENESS = 5
# Of one execution: fetches that wait for an answer, fetches in all, and the length of one request.
PARALLEL_FETCHES = 16
FETCHES = 10_000
REQUEST_CHARS = 6_000_000
PR_SET_PDEATHSIG = 1
# V8 aborts with less room than this above what it has mapped at its start.
LEAST_ROOM_MB = 300


def settle() -> None:
    """Give the server's own processes precedence, leave no core files, end with the parent process."""
    if sys.platform == "win32":
        return
    import resource

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def mapped_bytes() -> int | None:
    """Return the private writable memory of this process, or None where the system does not say."""
    if sys.platform != "linux":
        return None
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmData"))


def allow_memory(base_bytes: int | None, memory_mb: int) -> None:
    """Cap what V8's heap limit does not count (ArrayBuffers, WebAssembly); `base_bytes`: mapped when idle.

    The heap overshoots its limit before the next garbage collection, so it gets twice its size.
    """
    if base_bytes is None or sys.platform == "win32":
        return
    import resource

    room = max(LEAST_ROOM_MB, 2 * memory_mb + 172)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (base_bytes + room * MB, hard))
