"""Who is signed in, on which servers. Kept in memory: a console that starts again asks everybody anew."""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from ratchet_web.models.users import Account
from ratchet_web.peers.peers import Peers

SESSIONS_MOST = 1_000
# Of one account on one server, so that nobody can push everybody else out.
OWN_MOST = 20


@dataclass(eq=False)
class Seat:
    """What a session is on one server. `number` is its own for ever; `ends_at` by the sessions' clock.

    `space` names it to all workers.
    """

    number: int
    session: "Session" = field(repr=False)
    server: str
    account: Account
    token: str = field(repr=False)
    ends_at: float
    space: str = field(default_factory=lambda: secrets.token_hex(8), repr=False)


@dataclass(eq=False)
class Session:
    """One browser in which somebody signed in. `names`: who it was on each server, the last time."""

    number: int
    key: bytes = field(repr=False)
    began_at: float
    used_at: float
    seats: dict[str, Seat] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def is_of(self, server: str, username: str) -> bool:
        """Return whether this account is signed in here on this server."""
        return server in self.seats and self.seats[server].account.username == username


class Sessions:
    """All sessions of this process, known by the hashes of random ids. `ended` hears of each seat that ends.

    The id is given out once, for a cookie. A session ends `longest_s` after its last sign-in, or `idle_s`
    after its last use; with more than `most` of them, or `OWN_MOST` of one account, the one that was not used
    for the longest time.
    """

    def __init__(
        self,
        *,
        idle_s: float,
        longest_s: float,
        ended: Callable[[Seat], None],
        most: int = SESSIONS_MOST,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.longest_s = longest_s
        self._idle_s, self._most, self._ended, self._now_s = idle_s, most, ended, now_s
        # In the order of their last use.
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()
        self._numbers = count(1)

    def __len__(self) -> int:
        return len(self._sessions)

    def sign_in(
        self, server: str, account: Account, token: str, lasts_s: float | None = None, old_id: str = ""
    ) -> tuple[str, Seat]:
        """Return the id of a session with a seat on this server for `lasts_s` seconds at most, and the seat.

        What the browser's session before, `old_id`, has on other servers goes on in it, unless it was
        somebody else's on this one. The old id is worth nothing any more: it may not be the browser's own.
        """
        now_s, session = self._now_s(), self.of(old_id)
        if session and session.names.get(server, account.username) != account.username:
            self._close(session)
            session = None
        if session:
            del self._sessions[session.key]
            if server in session.seats:
                self._ended(session.seats.pop(server))
        id = secrets.token_urlsafe(32)
        session = session or Session(next(self._numbers), b"", now_s, now_s)
        session.key, session.began_at, session.used_at = key_of(id), now_s, now_s
        ends_at = now_s + min(self.longest_s, self.longest_s if lasts_s is None else max(0.0, lasts_s))
        seat = Seat(next(self._numbers), session, server, account, token, ends_at)
        session.seats[server], session.names[server] = seat, account.username
        self._sessions[session.key] = session
        own = [each for each in self._sessions.values() if each.is_of(server, account.username)]
        for each in own[:-OWN_MOST]:
            self._close(each)
        while len(self._sessions) > self._most:
            self._close(next(iter(self._sessions.values())))
        return id, seat

    def of(self, id: str) -> Session | None:
        """Return the session with this id, None if there is none any more. It counts as a use."""
        session = self._sessions.get(key_of(id)) if id else None
        if session is None or not self._is_on(session):
            return None
        self.use(session)
        return session

    def use(self, session: Session) -> None:
        """Count a use of a session."""
        if session.key in self._sessions:
            session.used_at = self._now_s()
            self._sessions.move_to_end(session.key)

    def change(self, seat: Seat, account: Account) -> None:
        """Note that the server says otherwise by now whose seat it is: another role, say."""
        seat.account = account

    def sign_out(self, id: str) -> None:
        """End a session on all servers."""
        if session := self._sessions.get(key_of(id)):
            self._close(session)

    def end(self, seat: Seat) -> None:
        """End one seat: its token is worth nothing any more. A session without any is over."""
        session = seat.session
        if session.seats.get(seat.server) is not seat:
            return
        del session.seats[seat.server]
        self._ended(seat)
        if not session.seats:
            self._close(session)

    async def meet(self, id: str) -> None:
        """Get to know the session with this id, where another worker knows it."""

    async def keep(self, id: str) -> None:
        """Let other workers know of the session with this id."""

    async def refresh(self) -> None:
        """Hear which sessions other workers ended, and which were used there."""

    async def settled(self) -> None:
        """Return once what ended has ended for all workers."""

    def sweep(self) -> None:
        """End what is over."""
        for session in list(self._sessions.values()):
            self._is_on(session)

    def close(self) -> None:
        """End all."""
        for session in list(self._sessions.values()):
            self._close(session)

    def _is_on(self, session: Session) -> bool:
        """Return whether a session is not over yet; what of it is, ends."""
        now_s = self._now_s()
        if now_s >= session.began_at + self.longest_s or now_s >= session.used_at + self._idle_s:
            self._close(session)
        for seat in [seat for seat in session.seats.values() if now_s >= seat.ends_at]:
            self.end(seat)
        return bool(session.seats)

    def _close(self, session: Session) -> None:
        self._sessions.pop(session.key, None)
        seats, session.seats = session.seats, {}
        for seat in seats.values():
            self._ended(seat)


class Sharing(Protocol):
    """What lets this worker share with others who is signed in, and what goes on for them."""

    def sessions(self, *, idle_s: float, longest_s: float, ended: Callable[[Seat], None]) -> Sessions:
        """Return the sessions of all workers."""

    def peers(self, space: str) -> Peers:
        """Return those who serve the seat that `space` names."""


def key_of(id: str) -> bytes:
    """Return under what a session is known: nobody learns its id from it."""
    return hashlib.sha256(id.encode("utf-8", "replace")).digest()
