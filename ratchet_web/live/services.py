"""What is behind one view of one server: a client, a hub, what goes on for it, and whose view it is."""

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
from ratchet_web.models.console import AboutConsole
from ratchet_web.peers.bus import space_of
from ratchet_web.peers.ledger import Ledger
from ratchet_web.peers.peers import Peers


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
        rooms: Rooms,
        person: Person,
        console: AboutConsole | None = None,
        undo_s: float = 0.0,
        peers: Peers | None = None,
        *,
        journal: Journal | None = None,
        ledger: Ledger | None = None,
    ) -> "Services":
        """Return the services of a person on the server behind `api`; they begin with `start`.

        `undo_s`: so long what can be undone waits. `peers`, where there are other workers, are those who have
        the same person or people there. `journal`: where acts are written down;
        `ledger`: who is at what, of all who may reach this server.
        """
        journal = journal or Journal()
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
        runs.claim_by(Claims(ledger or Ledger(), space_of(api.server), lambda: person.name))
        also = audit_topics(journal, server, person)
        hub = Hub(api, rooms, console, person, runs, delays, peers, also)
        return cls(server, api, hub, person, runs, delays, recorder)

    async def start(self) -> None:
        """Begin to look after viewers."""
        await self.hub.start()

    async def stop(self) -> None:
        """Let go of all viewers and of what goes on for them; the client stays open."""
        await self.delays.stop()
        await self.runs.stop()
        await self.hub.stop()
