"""What is behind one view of one server: a client, a hub, what goes on for it, and whose view it is."""

from typing import NamedTuple

from ratchet_web.api import Ratchet
from ratchet_web.bulk.delays import Delays
from ratchet_web.bulk.runs import Runs
from ratchet_web.live.hub import Hub
from ratchet_web.live.person import Person
from ratchet_web.live.ports import Rooms
from ratchet_web.models.console import AboutConsole


class Services(NamedTuple):
    """A client, a hub, bulk runs and what waits to be done on a server.

    For everybody, or, where people sign in, for one.
    """

    server: str
    api: Ratchet
    hub: Hub
    person: Person
    runs: Runs
    delays: Delays

    @classmethod
    def of(
        cls,
        server: str,
        api: Ratchet,
        rooms: Rooms,
        person: Person,
        console: AboutConsole | None = None,
        undo_s: float = 0.0,
    ) -> "Services":
        """Return the services of a person on the server behind `api`; they begin with `start`.

        `undo_s`: so long what can be undone waits.
        """
        runs, delays = Runs(api, undo_s), Delays(api, undo_s, person.doubt)
        hub = Hub(api, rooms, console, person, runs, delays)
        return cls(server, api, hub, person, runs, delays)

    async def start(self) -> None:
        """Begin to look after viewers."""
        await self.hub.start()

    async def stop(self) -> None:
        """Let go of all viewers and of what goes on for them; the client stays open."""
        await self.delays.stop()
        await self.runs.stop()
        await self.hub.stop()
