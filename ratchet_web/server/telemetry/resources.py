"""What this process uses of the machine; None where the system does not say (only Linux says all)."""

import gc
import os
import platform
import sys
import threading
import time
from pathlib import Path

_PROC = Path("/proc")


def memory_bytes(pid: int | str = "self") -> int | None:
    """Return the memory of a process; what several share counts in parts (PSS)."""
    return _kilobytes(_PROC / str(pid) / "smaps_rollup", "Pss")


def machine_bytes() -> int | None:
    """Return the memory of the machine."""
    return _kilobytes(_PROC / "meminfo", "MemTotal")


def descriptors() -> int | None:
    """Return how many descriptors are open."""
    try:
        return len(os.listdir(_PROC / "self" / "fd"))
    except OSError:
        return None


def threads() -> int:
    """Return how many threads Python knows."""
    return threading.active_count()


def collections() -> int:
    """Return how often Python's garbage collector ran."""
    return sum(generation["collections"] for generation in gc.get_stats())


def target() -> str:
    """Return machine and system: `x86_64-linux`."""
    return f"{platform.machine()}-{sys.platform}"


class Processor:
    """The share of one processor that this process used since the last look, in percent."""

    def __init__(self) -> None:
        self._wall_s, self._used_s = time.monotonic(), time.process_time()

    def percent(self) -> float | None:
        """Return the share; None if no time has passed."""
        wall_s, used_s = time.monotonic(), time.process_time()
        passed_s = wall_s - self._wall_s
        share = 100 * (used_s - self._used_s) / passed_s if passed_s > 0 else None
        self._wall_s, self._used_s = wall_s, used_s
        return None if share is None else round(share, 2)


def _kilobytes(file: Path, name: str) -> int | None:
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return None
    found = [int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")]
    return found[0] if found else None
