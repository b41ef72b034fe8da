"""What all sessions of this process share: the client of the server and the live hub."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from ratchet_web.api import Ratchet
from ratchet_web.live.hub import Hub
from ratchet_web.live.ports import Rooms


class Services(NamedTuple):
    """One client and one hub for everybody."""

    api: Ratchet
    hub: Hub


_running: list[Services] = []


def services() -> Services:
    """Return the services of this process; they exist while the application runs."""
    if not _running:
        raise RuntimeError("The console's services are not running: the application's lifespan starts them")
    return _running[-1]


@asynccontextmanager
async def running(api: Ratchet, rooms: Rooms) -> AsyncIterator[Services]:
    """Run the services for as long as the context lasts."""
    async with api:
        hub = Hub(api, rooms)
        await hub.start()
        _running.append(Services(api, hub))
        try:
            yield _running[-1]
        finally:
            _running.pop()
            await hub.stop()
