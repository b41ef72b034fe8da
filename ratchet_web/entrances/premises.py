"""What lies behind every entrance: the servers, the record of acts, the other workers."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import reflex as rx

from ratchet_web import __version__
from ratchet_web.api import Ratchet
from ratchet_web.audit.files import AuditFiles
from ratchet_web.audit.journal import Journal
from ratchet_web.live.rooms import SocketRooms
from ratchet_web.live.services import Surroundings
from ratchet_web.logic.masking import shown
from ratchet_web.models.console import AboutConsole
from ratchet_web.peers.bus import Bus, connected, space_of, together
from ratchet_web.peers.ledger import Ledger, SharedLedger
from ratchet_web.peers.peers import Peers
from ratchet_web.settings import Settings


class Premises:
    """One process of the console, and when it `began`.

    `workers` carries messages to the others; None where there is one alone.
    """

    def __init__(self, app: rx.App, settings: Settings) -> None:
        self.settings = settings
        self.began = datetime.now(UTC)
        self.journal = Journal(AuditFiles(settings.audit_dir, int(settings.web_audit_mb * 1_000_000)))
        self.servers = {each.name: each for each in settings.known_servers}
        url = settings.web_redis_url
        self.workers = Bus(connected(url.get_secret_value())) if url else None
        self.around = Surroundings(
            rooms=SocketRooms(app),
            console=AboutConsole(version=__version__, started_at=self.began, settings=shown(settings)),
            undo_s=settings.web_undo_s,
            journal=self.journal,
            ledger=SharedLedger(self.workers.redis) if self.workers else Ledger(),
        )

    def connect(
        self, server: str, token: str | None = None, on_unauthorized: Callable[[], None] | None = None
    ) -> Ratchet:
        """Return a client of one of the servers."""
        url, timeout_s = self.servers[server].url, self.settings.api_timeout_s
        return Ratchet(url, token=token, timeout_s=timeout_s, on_unauthorized=on_unauthorized)

    def with_own_tokens(self) -> dict[str, Ratchet]:
        """Return a client of each server with the token that the console has for it."""
        return {name: self.connect(name, self._token_of(name) or None) for name in self.servers}

    def sharing(self, server: str, also: str = "") -> Peers | None:
        """Return the workers that have this very server, with the same token; `also`: for the same people.

        None where there are no others.
        """
        if self.workers is None:
            return None
        # Two names of one server are two servers to people.
        shared_by = server, self.servers[server].url, self._token_of(server), also
        return self.workers.about(space_of(*shared_by))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Be one of the workers for as long as the context lasts; then write what is still to be recorded."""
        try:
            async with together(self.workers):
                yield
        finally:
            await self.journal.close()

    def _token_of(self, server: str) -> str:
        token = self.servers[server].token
        return token.get_secret_value() if token else ""
