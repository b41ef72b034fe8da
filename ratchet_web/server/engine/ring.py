"""The shared-memory ring through which everything leaves JavaScript; `prelude.js` is its writer."""

from collections.abc import Iterator

HEADER_BYTES = 32
LENGTH_BYTES = 4


class Ring:
    """Frames of UTF-16 text, each behind its length in two units; readable while V8 is busy."""

    def __init__(self, memory: memoryview) -> None:
        self._head = memory[:12].cast("i")
        self._dropped = memory[16:HEADER_BYTES].cast("d")
        self._units = memory[HEADER_BYTES:]
        self._rest = bytearray()

    @property
    def dropped(self) -> tuple[int, int]:
        """How many log lines the task wrote beyond its limits, and the characters that they had."""
        return int(self._dropped[0]), int(self._dropped[1])

    def frames(self) -> Iterator[str]:
        """Yield what was written since the last call, oldest first."""
        self._take()
        at, end = 0, len(self._rest)
        while at + LENGTH_BYTES <= end:
            stop = at + LENGTH_BYTES + 2 * int.from_bytes(self._rest[at : at + LENGTH_BYTES], "little")
            if stop > end:
                break
            yield self._rest[at + LENGTH_BYTES : stop].decode("utf-16-le", "replace")
            at = stop
        del self._rest[:at]

    def _take(self) -> None:
        write, read = 2 * self._head[0], 2 * self._head[1]
        if write >= read:
            self._rest += self._units[read:write]
        else:
            self._rest += self._units[read:]
            self._rest += self._units[:write]
        self._head[1] = write // 2
