"""How large the chunks of an operation are, and how fast they follow each other."""

import asyncio
import math
from typing import Final

CHUNK_FIRST: Final = 50
CHUNK_MOST: Final = 1_000
# Others wait for the writer while a chunk is written.
CHUNK_S: Final = 0.03
# A throttled operation moves at least so often.
STEPS_PER_S: Final = 5


class Pace:
    """The pace of one operation since it began to run in this process, or was given another one.

    Rows a second; None: as many as can be, 0: none.
    """

    def __init__(self, rate_per_second: float | None = None) -> None:
        self._rate = rate_per_second
        self._size = CHUNK_FIRST
        self._began_s = asyncio.get_running_loop().time()
        self._done = 0

    def turn(self, rate_per_second: float | None) -> None:
        """Go on at another pace, as if it began now."""
        self._rate, self._done = rate_per_second, 0
        self._began_s = asyncio.get_running_loop().time()

    @property
    def chunk(self) -> int:
        """How many rows to take next."""
        most = CHUNK_MOST if self._rate is None else max(1, int(self._rate / STEPS_PER_S))
        return min(self._size, most)

    def took(self, rows: int, took_s: float) -> None:
        """Note how long the transaction of a chunk of rows took: the next one is to take `CHUNK_S`."""
        self._done += rows
        if took_s > 0:
            fitting = int(rows * CHUNK_S / took_s)
            self._size = max(1, min(fitting, self._size * 2, CHUNK_MOST))

    def wait_s(self) -> float:
        """Return the seconds until the next chunk may begin."""
        if self._rate is None:
            return 0.0
        if self._rate == 0:
            return math.inf
        return max(0.0, self._began_s + self._done / self._rate - asyncio.get_running_loop().time())

    def per_second(self) -> float | None:
        """Return the rows acted on per second, None before the first."""
        elapsed_s = asyncio.get_running_loop().time() - self._began_s
        return self._done / elapsed_s if self._done and elapsed_s > 0 else None
