"""Sessions that all workers know. They lie in Redis, sealed: what opens one is in its browser's cookie alone.

A worker gets to know a session when its cookie comes by, and then keeps it in memory as ever; nothing waits
for Redis but the first request. Each tells the others what ended, and now and then what was used.
"""

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, NamedTuple

from cryptography.fernet import Fernet
from redis.asyncio import Redis
from typing_extensions import override

from ratchet_web.access.ended_sessions import EndedSessions
from ratchet_web.access.session_records import end_key, opened, record_key, seal_of, time_of, told_of, use_key
from ratchet_web.access.sessions import Seat, Session, Sessions, key_of
from ratchet_web.models.users import Account
from ratchet_web.peers.bus import NO_ANSWER, Bus
from ratchet_web.peers.peers import AwayError, Body, Peers

SPACE: Final = "sessions"
EPOCH: Final = "ratchet-web:epoch"
AWAY: Final = "Redis does not answer: who is signed in cannot be looked up"
# So long a session may take to come under its new id, once its browser has signed in anew.
MOVES_S: Final = 60.0
logger = logging.getLogger(__name__)


class Moving(NamedTuple):
    """A session that goes on under an id of which this worker knows the hash alone, as yet."""

    session: Session
    until_s: float


class OverRedis:
    """What lets a worker share the sessions of people with others."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def sessions(self, *, idle_s: float, longest_s: float, ended: Callable[[Seat], None]) -> "SharedSessions":
        """Return the sessions of all workers."""
        peers = self._bus.about(SPACE)
        return SharedSessions(self._bus.redis, peers, idle_s=idle_s, longest_s=longest_s, ended=ended)

    def peers(self, space: str) -> Peers:
        """Return those who serve the same seat."""
        return self._bus.about(f"seat:{space}")


class SharedSessions(Sessions):
    """Those sessions that this worker has met; `peers` are all other workers."""

    def __init__(
        self,
        redis: Redis,
        peers: Peers,
        *,
        idle_s: float,
        longest_s: float,
        ended: Callable[[Seat], None],
        now_s: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(idle_s=idle_s, longest_s=longest_s, ended=ended, now_s=now_s)
        self._redis, self._peers = redis, peers
        self._seals: dict[Session, Fernet] = {}
        self._used: set[bytes] = set()
        # Of these Redis does not know yet.
        self._new: set[bytes] = set()
        self._gone: set[bytes] = set()
        self._over = EndedSessions()
        self._changed: set[Session] = set()
        self._moving: dict[bytes, Moving] = {}
        # What Redis has for as long as it loses nothing.
        self._epoch: bytes | None = None
        self._work: set[asyncio.Task[None]] = set()
        peers.hear("session", self._heard)
        peers.hear("moved", self._moved)
        peers.turned(self._turned)

    @override
    def sign_in(
        self, server: str, account: Account, token: str, lasts_s: float | None = None, old_id: str = ""
    ) -> tuple[str, Seat]:
        before = self.of(old_id)
        id, seat = super().sign_in(server, account, token, lasts_s, old_id)
        self._seals[seat.session] = seal_of(id)
        self._new.add(seat.session.key)
        if before is not None:
            old_key = key_of(old_id)
            if before is seat.session:
                self._peers.tell("moved", [old_key.hex(), before.key.hex(), server])
            self._end_for_all(old_key)
        return id, seat

    @override
    async def meet(self, id: str) -> None:
        """Get to know the session with this id.

        Raises:
            AwayError: Redis does not answer, so that nobody knows whether there is one.
        """
        key = key_of(id)
        if not id or key in self._sessions or key in self._over:
            return
        try:
            await self._know_the_epoch()
            sealed, used_at, over = await self._redis.mget(record_key(key), use_key(key), end_key(key))
        except NO_ANSWER as error:
            raise AwayError(AWAY) from error
        if sealed is not None and over is None and key not in self._sessions and key not in self._over:
            seal = seal_of(id)
            if told := opened(seal, sealed):
                # Where the time of its last use is lost, this is it.
                self._take_in(key, told, seal, time_of(used_at, self._now_s()))

    @override
    async def keep(self, id: str) -> None:
        """Let other workers know of the session with this id.

        Raises:
            AwayError: Redis does not answer.
        """
        await self.settled()
        try:
            await self._know_the_epoch()
            await self._save(self._sessions[key_of(id)])
        except NO_ANSWER as error:
            raise AwayError(AWAY) from error
        self._new.discard(key_of(id))

    @override
    async def refresh(self) -> None:
        """Hear which sessions other workers ended, and which were used there."""
        await self.settled()
        if self._peers.trouble:
            return
        if self._gone or self._changed:
            await self._flush()
        try:
            await self._see_whether_all_is_there()
        except NO_ANSWER:
            return
        keys, used = [key for key in self._sessions if key not in self._new], self._used
        keys += [*self._moving, *self._over.unproven]
        if not keys:
            return
        self._used, proof = set(), secrets.token_hex(8) if self._over.unproven else ""
        try:
            # As it is at one moment: else a proof might be held by a Redis that is older than what it told.
            async with self._redis.pipeline() as both:
                both.mget([use_key(key) for key in keys])
                both.mget([end_key(key) for key in keys])
                if proof:
                    both.set(self._over.proof_key, proof, ex=int(self.longest_s) + 1, get=True)
                for key in used & set(keys) & self._sessions.keys():
                    # Only where it still is: another worker may just have ended it.
                    both.set(use_key(key), self._sessions[key].used_at, xx=True, keepttl=True)
                both.get(EPOCH)
                told, over, *before, epoch = await both.execute()
        except NO_ANSWER:
            self._used |= used
            return
        if epoch != self._epoch:
            # It lost everything just now: the next look brings that back.
            self._used |= used
            return
        if proof:
            known = [key for key, ended in zip(keys, over, strict=True) if ended is not None]
            self._over.doubt(before[0])
            self._over.prove(known, proof.encode())
        for key, used_at, ended in zip(keys, told, over, strict=True):
            if key in self._over:
                if ended is None:
                    self._gone.add(key)
            elif session := self._sessions.get(key):
                self._learn(session, used_at, over=ended is not None)
            elif used_at is None:
                self._end_moving(key)
        if self._gone or self._changed:
            await self._flush()

    def _learn(self, session: Session, used_at: bytes | None, *, over: bool) -> None:
        """Take over what became of a session elsewhere."""
        if over:
            self._drop(session)
        elif used_at is None:
            # It did not end: a Redis that came back as it once was has not heard of it yet.
            self._changed.add(session)
        else:
            session.used_at = max(session.used_at, time_of(used_at, 0.0))

    async def _know_the_epoch(self) -> None:
        """Know it before the first session that is in Redis too: else it could not be missed there."""
        if self._epoch is None:
            await self._see_whether_all_is_there()

    async def _see_whether_all_is_there(self) -> None:
        """Bring everything back to a Redis that has lost it, so that nobody has to sign in again."""
        found, proof = await self._redis.mget(EPOCH, self._over.proof_key)
        self._over.doubt(proof)
        if found is None:
            await self._redis.set(EPOCH, secrets.token_hex(8), nx=True)
            found = await self._redis.get(EPOCH)
        if self._epoch not in (None, found):
            for session in list(self._sessions.values()):
                await self._save(session)
        self._epoch = found

    def _turned(self) -> None:
        """Do not wait for the next look, where Redis answers again: until then nobody else knows of these."""
        if not self._peers.trouble:
            self._begin(self._bring_back())

    async def _bring_back(self) -> None:
        if self._gone or self._changed:
            await self._flush()
        # Where it is away once more, the next look does it.
        with suppress(*NO_ANSWER):
            await self._see_whether_all_is_there()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name="sessions")
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    @override
    async def settled(self) -> None:
        while self._work:
            await asyncio.gather(*self._work, return_exceptions=True)

    @override
    def use(self, session: Session) -> None:
        super().use(session)
        self._used.add(session.key)

    @override
    def change(self, seat: Seat, account: Account) -> None:
        super().change(seat, account)
        self._tell(seat.session)

    @override
    def end(self, seat: Seat) -> None:
        super().end(seat)
        self._tell(seat.session)

    def _tell(self, session: Session) -> None:
        """Let others know what became of a session that goes on."""
        if session.key in self._sessions:
            self._changed.add(session)
            self._flush_soon()

    @override
    def close(self) -> None:
        """Let go of all: they go on at other workers, and when this one is back."""
        self._sessions.clear()
        self._peers.close()

    @override
    def _is_on(self, session: Session) -> bool:
        if self._peers.trouble:
            # Whether it is used elsewhere cannot be known now.
            session.used_at = self._now_s()
        return super()._is_on(session)

    @override
    def _close(self, session: Session) -> None:
        if session.key in self._sessions:
            self._end_for_all(session.key)
        super()._close(session)
        self._seals.pop(session, None)
        self._new.discard(session.key)

    def _drop(self, session: Session) -> None:
        """Forget a session that another worker has ended, the sign-out at the server included."""
        self._over.add(session.key)
        self._sessions.pop(session.key, None)
        self._seals.pop(session, None)
        for seat in session.seats.values():
            self._drop_seat(seat)
        session.seats = {}

    def _moved(self, worker: str, body: Body) -> None:
        """Let what goes on here for a session go on under the id that a sign-in elsewhere gave it."""
        (old_key, new_key), server = map(bytes.fromhex, body[:2]), body[2]
        session = self._sessions.pop(old_key, None)
        if session is None:
            return
        # Its record may still be there, for a moment.
        self._gone.add(old_key)
        self._over.add(old_key)
        self._seals.pop(session, None)
        if (replaced := session.seats.pop(server, None)) is not None:
            self._drop_seat(replaced)
        if new_key in self._sessions:
            self._drop(session)  # it was quicker than its news
        else:
            self._moving[new_key] = Moving(session, self._now_s() + MOVES_S)

    def _end_moving(self, key: bytes) -> None:
        """End what moved with a session that is over, or never came."""
        if (moving := self._moving.get(key)) is not None and self._now_s() >= moving.until_s:
            del self._moving[key]
            self._drop(moving.session)

    def _drop_seat(self, seat: Seat) -> None:
        seat.token = ""
        self._ended(seat)

    def _end_for_all(self, key: bytes) -> None:
        self._gone.add(key)
        self._over.add(key)
        self._flush_soon()

    def _flush_soon(self) -> None:
        self._begin(self._flush())

    async def _flush(self) -> None:
        """Let what ended, or changed, be so for all; tried again with the next look where Redis is away."""
        gone, changed, self._changed = set(self._gone), self._changed, set()
        try:
            if gone:
                await self._bury(gone)
            for session in changed:
                if session.key in self._sessions:
                    await self._save(session)
        except NO_ANSWER as error:
            self._changed |= changed
            logger.warning("What became of a session could not be told to other workers: %s", error)
            return
        self._gone -= gone
        for key in gone | {session.key for session in changed}:
            self._peers.tell("session", key.hex())

    async def _bury(self, keys: set[bytes]) -> None:
        """Let sessions be over, and stay so: who has not heard of it may bring them back."""
        async with self._redis.pipeline() as all:
            for key in keys:
                all.delete(record_key(key), use_key(key))
                all.set(end_key(key), 1, ex=int(self.longest_s) + 1)
            await all.execute()

    async def _save(self, session: Session) -> None:
        sealed = self._seals[session].encrypt(json.dumps(told_of(session)).encode())
        ends_at = int(session.began_at + self.longest_s) + 1
        async with self._redis.pipeline() as both:
            both.set(record_key(session.key), sealed, exat=ends_at)
            both.set(use_key(session.key), session.used_at, exat=ends_at)
            await both.execute()

    def _take_in(self, key: bytes, told: dict[str, Any], seal: Fernet, used_at: float) -> None:
        session = Session(next(self._numbers), key, told["began_at"], used_at)
        session.names = told["names"]
        self._sessions[key], self._seals[session] = session, seal
        if (moving := self._moving.pop(key, None)) is not None:
            session.seats = moving.session.seats
            for seat in session.seats.values():
                seat.session = session
        self._bring(session, told)

    def _bring(self, session: Session, told: dict[str, Any]) -> None:
        """Let a session have the seats that are told of it, and no other."""
        for server, seat in list(session.seats.items()):
            if told["seats"].get(server, {}).get("space") != seat.space:
                self._drop_seat(session.seats.pop(server))
        for server, given in told["seats"].items():
            account = Account.model_validate(given["account"])
            if (known := session.seats.get(server)) is not None:
                known.account = account
                continue
            values = (account, given["token"], given["ends_at"], given["space"])
            session.seats[server] = Seat(next(self._numbers), session, server, *values)

    def _heard(self, worker: str, body: Body) -> None:
        key = bytes.fromhex(body)
        if session := self._sessions.get(key):
            self._begin(self._look_again(session))

    async def _look_again(self, session: Session) -> None:
        try:
            sealed, over = await self._redis.mget(record_key(session.key), end_key(session.key))
        except NO_ANSWER:
            return  # the next look brings it
        seal = self._seals.get(session)
        if seal is None:
            return
        if over is not None:
            self._drop(session)
        elif sealed is not None and (told := opened(seal, sealed)):
            self._bring(session, told)
