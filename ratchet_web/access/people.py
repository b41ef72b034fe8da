"""Everybody who is signed in: each has, on each server, a client and a hub of their own."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ratchet_web.access.sessions import Seat, Sessions, Sharing
from ratchet_web.api import Broken, Ratchet, RatchetError, Unreachable
from ratchet_web.live.hub import Hub
from ratchet_web.live.person import Person
from ratchet_web.live.rows import Row
from ratchet_web.live.services import Services, Surroundings
from ratchet_web.logic.roles import acts_of, may
from ratchet_web.models.acts import Act
from ratchet_web.models.servers import chosen
from ratchet_web.models.users import Account, Login
from ratchet_web.peers.peers import AwayError

LOOK_EVERY_S = 5.0
ROLE_EVERY_S = 60.0
# Longer than any handler takes that has asked for its services.
LINGER_S = 600.0
TOKEN = re.compile(r"[\x21-\x7e]{1,8000}")
# What browsers are told by this topic: on this server nobody is signed in any more (assets/live.js).
ENDED = "session"
logger = logging.getLogger(__name__)
# The client of a server, with a token, that says when the server does not take the token any more.
Connect = Callable[[str, str | None, Callable[[], None] | None], Ratchet]


class SignedIn(Person):
    """Somebody who signed in."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    @property
    def name(self) -> str:
        """Return the name on this server."""
        return self._seat.account.username

    @property
    def role(self) -> str:
        """Return the role on this server."""
        return str(self._seat.account.role)

    def may(self, act: Act) -> bool:
        """Return whether the role is enough."""
        return may(self._seat.account.role, act)

    def told(self) -> Row:
        """Return name and role, and what it may do."""
        account = self._seat.account
        told = {"name": account.username, "role": str(account.role)}
        return {"account": told, "may": [act.value for act in acts_of(account.role)]}


@dataclass
class Desk:
    """Where somebody works: what is open for a seat while it is in use."""

    services: Services
    asked_at: float
    checked_at: float


class People:
    """Who is signed in on which of `servers`.

    What is open for somebody is closed when it has not been used for a while, unless it keeps bulk runs:
    those stay as long as the session. `connect` makes the client of one of the servers. `sharing`, where
    there are other workers, lets sessions be those of all.
    """

    def __init__(
        self,
        servers: Collection[str],
        connect: Connect,
        around: Surroundings,
        *,
        idle_s: float,
        longest_s: float,
        now_s: Callable[[], float] = time.monotonic,
        sharing: Sharing | None = None,
    ) -> None:
        self.servers = tuple(servers)
        self._sharing = sharing
        if sharing is None:
            self.sessions = Sessions(idle_s=idle_s, longest_s=longest_s, ended=self._leave, now_s=now_s)
        else:
            # Workers may be on several machines: what they tell each other is the time of day.
            now_s = time.time
            self.sessions = sharing.sessions(idle_s=idle_s, longest_s=longest_s, ended=self._leave)
        self._connect, self._around, self._now_s = connect, around, now_s
        self._strangers = {name: connect(name, None, None) for name in servers}
        self._desks: dict[Seat, Desk] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def present(self) -> AsyncIterator[None]:
        """Look after them for as long as the context lasts; then all are signed out."""
        janitor = asyncio.create_task(self._look_after(), name="people")
        try:
            yield
        finally:
            janitor.cancel()
            with suppress(asyncio.CancelledError):
                await janitor
            self.sessions.close()
            for desk in self._desks.values():
                self._begin(_closed(desk.services))
            await asyncio.gather(*self._tasks, return_exceptions=True)
            for stranger in self._strangers.values():
                await stranger.close()

    async def sign_in(self, server: str, login: Login, old_id: str = "") -> str:
        """Return the id of a session in which somebody is signed in on a server; `old_id` was the browser's.

        Raises:
            Forbidden: with status 401, name or password are wrong.
            RatchetError: any other of the tree.
        """
        told = await self._strangers[server].auth.login(login)
        token, user = told.token.get_secret_value(), told.user
        if not TOKEN.fullmatch(token):
            raise Broken("The server's answer to the sign-in holds no token that can be sent")
        lasts_s = (told.expires_at - datetime.now(UTC)).total_seconds() if told.expires_at else None
        account = Account(id=user.id, username=user.username or login.username, role=user.role)
        id, _ = self.sessions.sign_in(server, account, token, lasts_s, old_id)
        try:
            await self.sessions.keep(id)
        except AwayError as error:
            self.sessions.sign_out(id)
            raise Unreachable(str(error)) from error
        return id

    def own(self, id: str) -> Mapping[str, Services]:
        """Return what the owner of a session has, by server, in their order; nothing without a session."""
        session = self.sessions.of(id)
        seats = session.seats if session else {}
        return {name: self._desk(seats[name]).services for name in self.servers if name in seats}

    def admits(self, id: str, asked: str) -> bool:
        """Return whether the owner of a session may see pages of the server that an address asks for.

        That there is no such server is said to everybody who is signed in on any.
        """
        session, server = self.sessions.of(id), chosen(self.servers, asked)
        return session is not None and (server is None or server in session.seats)

    def hubs(self) -> list[Hub]:
        """Return the hubs of all who are here."""
        return [desk.services.hub for desk in self._desks.values()]

    def _desk(self, seat: Seat) -> Desk:
        desk = self._desks.get(seat)
        if desk is None:
            api = self._connect(seat.server, seat.token, lambda: self._refused(seat))
            peers = self._sharing.peers(seat.space) if self._sharing else None
            services = Services.of(
                seat.server, api, SignedIn(seat), self._around, peers, whose=f"#{seat.number}"
            )
            desk = self._desks[seat] = Desk(services, self._now_s(), self._now_s())
            self._begin(services.start())
        desk.asked_at = self._now_s()
        return desk

    def _refused(self, seat: Seat) -> None:
        seat.token = ""
        self.sessions.end(seat)

    def _leave(self, seat: Seat) -> None:
        self._begin(self._left(seat, self._desks.pop(seat, None)))

    async def _left(self, seat: Seat, desk: Desk | None) -> None:
        """Lead the open pages of a seat that has ended to the sign-in, and let its token be worth nothing."""
        token, seat.token = seat.token, ""
        if desk:
            for sid in desk.services.hub.viewers:
                await self._around.rooms.send(sid, {"topic": ENDED, "server": seat.server})
            await desk.services.stop()
        api = desk.services.api if desk else self._connect(seat.server, token or None, None)
        try:
            if token:
                await api.auth.logout()
        except RatchetError as error:
            logger.info("A sign-out was not told to the server: %s (request %s)", error, error.request_id)
        finally:
            await api.close()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.sessions.refresh()
                self.look()
            except Exception:
                logger.exception("Looking after those who are signed in met a mistake and is tried again")

    def look(self) -> None:
        """End what is over, close what nobody uses, and learn of changed roles."""
        now_s = self._now_s()
        for seat, desk in self._desks.items():
            if desk.services.runs.are_going:
                # A bulk run uses the session as its owner would.
                self.sessions.use(seat.session)
        self.sessions.sweep()
        for seat, desk in list(self._desks.items()):
            # What became of the rows of a run is known nowhere else.
            if desk.services.hub.viewers or desk.services.runs.begun():
                desk.asked_at = now_s
            if now_s >= desk.asked_at + LINGER_S:
                del self._desks[seat]
                self._begin(_closed(desk.services))
            elif self._is_due(desk, now_s):
                desk.checked_at, desk.services.person.doubted = now_s, False
                self._begin(self._check(seat, desk.services))

    def _is_due(self, desk: Desk, now_s: float) -> bool:
        """Return whether the role may have changed since it was read."""
        looked_at = bool(desk.services.hub.viewers)
        return looked_at and (desk.services.person.doubted or now_s >= desk.checked_at + ROLE_EVERY_S)

    async def _check(self, seat: Seat, services: Services) -> None:
        try:
            account = await services.api.auth.me()
        except RatchetError as error:
            logger.info("Whose token it is was not told: %s (request %s)", error, error.request_id)
            return
        if account.role != seat.account.role:
            self.sessions.change(seat, seat.account.model_copy(update={"role": account.role}))
            services.hub.tell_person()


async def _closed(services: Services) -> None:
    await services.stop()
    await services.api.close()
