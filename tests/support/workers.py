"""Workers of the console without a browser, which meet through a real Redis."""

import asyncio
from collections.abc import Callable

from ratchet_web.access.sessions import Seat
from ratchet_web.access.shared_sessions import OverRedis, SharedSessions
from ratchet_web.models.delays import Intent
from ratchet_web.models.users import Account, Role
from ratchet_web.peers.bus import Bus, connected
from tests.doubles.native import Native
from tests.support.redis import Redis

UNTIL_S = 20.0
ANN = Account(id="1", username="ann", role=Role.ADMIN)
OFF = Intent("tasks", "7", "disable", name="nightly")


class Worker:
    """One worker, without a browser."""

    def __init__(self, redis: Redis) -> None:
        self.bus = Bus(connected(redis.url), look_s=0.05)

    async def die(self) -> None:
        """End as a killed process does: without a word."""
        await self.bus.end()

    def sessions(self, ended: Callable[[Seat], None], idle_s: float = 1_000.0) -> SharedSessions:
        return OverRedis(self.bus).sessions(idle_s=idle_s, longest_s=10_000.0, ended=ended)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(UNTIL_S):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def ids(double: Native, count: int) -> tuple[str, ...]:
    """Queue so many jobs at a server; return their ids."""
    return tuple(str(double.add_job().id) for _ in range(count))
