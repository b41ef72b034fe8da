"""The files of the record: JSON lines, the newest in `audit.jsonl`, older ones beside it.

Several processes may write: each takes the lock for a moment, and nobody keeps a file open.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

NEWEST: Final = "audit.jsonl"
LOCK: Final = "audit.lock"
# The newest one and so many older ones.
PARTS: Final = 10


class AuditFiles:
    """The files in a directory, which have `most_bytes` in all."""

    def __init__(self, directory: Path, most_bytes: int) -> None:
        self._directory, self._part_bytes = directory, max(1, most_bytes // PARTS)
        self._newest = directory / NEWEST

    def append(self, lines: bytes) -> None:
        """Add whole lines, and come back when the disk has them (fsync). All or nothing of them is there.

        Raises:
            OSError: they could not be written.
        """
        with self._locked():
            size = self._size()
            if size and size + len(lines) > self._part_bytes:
                self._turn()
                size = 0
            file = os.open(self._newest, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                _write_whole(file, _after_torn(file, size) + lines, size)
            finally:
                os.close(file)

    def newest_first(self) -> Iterator[bytes]:
        """Yield what each file holds; one that is written meanwhile may end in the middle of a line."""
        for path in [self._newest, *reversed(self._older())]:
            try:
                yield path.read_bytes()
            except FileNotFoundError:  # it was turned, or removed, at this moment
                continue

    def mark(self) -> tuple[int, int]:
        """Return what changes whenever something is written."""
        try:
            found = self._newest.stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_ino, found.st_size

    def _turn(self) -> None:
        """Begin a new file, and let the oldest go."""
        at = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        self._newest.rename(self._directory / f"audit-{at}.jsonl")
        for path in self._older()[: -(PARTS - 1)]:
            path.unlink(missing_ok=True)

    def _older(self) -> list[Path]:
        return sorted(self._directory.glob("audit-*.jsonl"))

    def _size(self) -> int:
        return self._newest.stat().st_size if self._newest.exists() else 0

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._directory / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _after_torn(file: int, size: int) -> bytes:
    """Return what ends a line that a crash tore off."""
    return b"\n" if size and os.pread(file, 1, size - 1) != b"\n" else b""


def _write_whole(file: int, lines: bytes, size: int) -> None:
    try:
        left = memoryview(lines)
        while left:
            left = left[os.write(file, left) :]
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)
        raise
