"""What is behind one view of one server: a client, a hub, what goes on for it, and whose view it is."""

from dataclasses import dataclass, field
from typing import NamedTuple

from ratchet_web.api import Ratchet
from ratchet_web.audit.journal import Journal
from ratchet_web.audit.recorder import Recorder
from ratchet_web.bulk.claims import Claims
from ratchet_web.bulk.delays import Delays
from ratchet_web.bulk.recording import RecordedDelays, RecordedRuns
from ratchet_web.bulk.runs import Runs
from ratchet_web.bulk.shared_recording import SharedRecordedDelays, SharedRecordedRuns
from ratchet_web.live.audit import audit_topics
from ratchet_web.live.hub import Hub
from ratchet_web.live.person import Person
from ratchet_web.live.ports import Rooms
from ratchet_web.live.servers import ServerRooms
from ratchet_web.models.console import AboutConsole
from ratchet_web.peers.bus import space_of
from ratchet_web.peers.ledger import Ledger
from ratchet_web.peers.peers import Peers


@dataclass(frozen=True)
class Surroundings:
    """What all views of one process have in common.

    `console` is what is shown of this process, `undo_s`: so long what can be undone waits, `journal`: where
    acts are written down, `ledger`: who is at what, of all who may reach the same servers.
    """

    rooms: Rooms
    console: AboutConsole = field(default_factory=AboutConsole)
    undo_s: float = 0.0
    journal: Journal = field(default_factory=Journal)
    ledger: Ledger = field(default_factory=Ledger)


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
    recorder: Recorder

    @classmethod
    def of(
        cls,
        server: str,
        api: Ratchet,
        person: Person,
        around: Surroundings,
        peers: Peers | None = None,
        whose: str = "",
    ) -> "Services":
        """Return the services of a person on the server behind `api`; they begin with `start`.

        `peers`, where there are other workers, are those who have the same person or people there. `whose`
        keeps its rooms apart, where others have this server too.
        """
        journal, undo_s = around.journal, around.undo_s
        recorder = Recorder(journal, server, person)
        api.attend(recorder)
        runs: RecordedRuns
        delays: RecordedDelays
        if peers is None:
            runs = RecordedRuns(api, recorder, undo_s)
            delays = RecordedDelays(api, recorder, undo_s, person.doubt)
        else:
            runs = SharedRecordedRuns(api, recorder, undo_s, peers)
            delays = SharedRecordedDelays(api, recorder, undo_s, person.doubt, peers)
        runs.claim_by(Claims(around.ledger, space_of(api.server), lambda: person.name))
        also = audit_topics(journal, server, person)
        rooms = ServerRooms(server, around.rooms, whose)
        hub = Hub(api, rooms, around.console, person, runs, delays, peers, also)
        return cls(server, api, hub, person, runs, delays, recorder)

    async def start(self) -> None:
        """Begin to look after viewers."""
        await self.hub.start()

    async def stop(self) -> None:
        """Let go of all viewers and of what goes on for them; the client stays open."""
        await self.delays.stop()
        await self.runs.stop()
        await self.hub.stop()
