"""`python -m tests.bench.bare_pool COUNT`: the same workers, fed directly; prints runs a second.

A process of its own, so that what it measures shares nothing with the server.
"""

import asyncio
import sys
import time

from ratchet_web.models.logs import LogLevel
from ratchet_web.server.engine.pool import Pool
from ratchet_web.server.engine.work import Work
from ratchet_web.settings import Settings

SOURCE = "function main(input) { return input; }"


class Nobody:
    """Listens to nothing."""

    def started(self, worker: str) -> None:
        """See `Listener`."""

    def line(self, level: LogLevel, text: str, time_ms: int, source: str, fields: str | None = None) -> None:
        """See `Listener`."""

    def progress(self, value: float, note: str | None) -> None:
        """See `Listener`."""

    def crowded(self) -> bool:
        """See `Listener`."""
        return False

    async def room(self) -> None:
        """See `Listener`."""


async def measure(count: int) -> float:
    """Return how many trivial runs a second go through the pool."""
    settings = Settings()
    pool = Pool(settings.workers, settings)
    await pool.start()
    numbers = iter(range(count))

    async def feed() -> None:
        for number in numbers:
            work = Work(str(number), SOURCE, number, {}, settings.task_timeout_s, settings.task_memory_mb)
            outcome = await pool.run(work, Nobody())
            assert outcome.kind == "completed", outcome

    try:
        await asyncio.gather(*[feed() for _ in range(4 * settings.workers)])
        numbers = iter(range(count))
        began = time.perf_counter()
        await asyncio.gather(*[feed() for _ in range(2 * settings.workers)])
        return count / (time.perf_counter() - began)
    finally:
        await pool.stop()


if __name__ == "__main__":
    print(round(asyncio.run(measure(int(sys.argv[1]))), 1))
