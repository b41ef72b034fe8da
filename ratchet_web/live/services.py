"""What is behind one view of one server: a client, a hub, bulk runs, and whose view it is."""

from typing import NamedTuple

from ratchet_web.api import Ratchet
from ratchet_web.bulk.runs import Runs
from ratchet_web.live.hub import Hub
from ratchet_web.live.person import Person
from ratchet_web.live.ports import Rooms
from ratchet_web.models.console import AboutConsole


class Services(NamedTuple):
    """A client, a hub and the bulk runs of a server: for everybody, or, where people sign in, for one."""

    server: str
    api: Ratchet
    hub: Hub
    person: Person
    runs: Runs

    @classmethod
    def of(
        cls, server: str, api: Ratchet, rooms: Rooms, person: Person, console: AboutConsole | None = None
    ) -> "Services":
        """Return the services of a person on the server behind `api`; they begin with `start`."""
        runs = Runs(api)
        return cls(server, api, Hub(api, rooms, console, person, runs), person, runs)

    async def start(self) -> None:
        """Begin to look after viewers."""
        await self.hub.start()

    async def stop(self) -> None:
        """Let go of all viewers and of what goes on for them; the client stays open."""
        await self.runs.stop()
        await self.hub.stop()
