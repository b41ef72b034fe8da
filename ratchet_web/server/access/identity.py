"""Who a request comes from, by its token; logins, sessions and API tokens."""

import asyncio
import hashlib
import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from ratchet_web.models.users import Role
from ratchet_web.server.access.exposure import wants_login
from ratchet_web.server.access.passwords import Passwords
from ratchet_web.server.access.throttle import Throttle
from ratchet_web.server.clock import Clock
from ratchet_web.server.store.codes import RoleCode, TokenCode
from ratchet_web.server.store.errors import Unavailable
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.store import Store
from ratchet_web.server.store.tokens import NewToken
from ratchet_web.settings import Settings

TOKEN_PREFIX: Final = "rat_"
# How often it is written down that a token is in use.
NOTE_EVERY_MS: Final = 60_000
# The name of the console that was started together with the server.
CONSOLE: Final = "console"


@dataclass(frozen=True)
class Caller:
    """Somebody with a valid token. `id` is None for the console that was started together with the server."""

    id: int | None
    name: str
    role: Role
    token_id: int | None = None
    in_session: bool = False


@dataclass(frozen=True)
class Issued:
    """A token at the only moment at which it is known."""

    secret: str
    expires_at: int | None


class Identity:
    """Tokens are opaque and random; each request looks its own up anew, so that revoking acts at once."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        self.required = wants_login(settings)
        self.passwords = Passwords()
        self.throttle = Throttle()
        self._store, self._clock = store, clock
        self._idle_ms = round(settings.server_session_idle_s * 1000)
        self._longest_ms = round(settings.server_session_s * 1000)
        console = settings.server_console_token
        self._console_hash = hashed(console.get_secret_value()) if console else None
        self._noting: dict[int, asyncio.Task[None]] = {}

    async def of(self, token: str) -> Caller | None:
        """Return who has this token, None if it is unknown, expired or revoked, or its user disabled."""
        caller, row = await self._known(token)
        if row is not None:
            self._note_use(row)
        return caller

    async def still(self, token: str) -> bool:
        """Return whether `of` would find somebody. It does not count as a use: it keeps no session alive."""
        return (await self._known(token))[0] is not None

    async def login(self, username: str, password: str, address: str) -> tuple[Row, Issued] | None:
        """Return user and session, None if name or password is wrong or the user is disabled.

        Raises:
            ThrottledError: there were too many tries.
            BusyError: too many others log in just now.
        """
        user = await self.verified(username, password, address)
        if user is None:
            return None
        now_ms = self._clock.now_ms()
        issued = Issued(new_token(), now_ms + self._longest_ms)
        role, token_hash = RoleCode(user.role), hashed(issued.secret)
        await self._store.tokens.begin_session(
            NewToken(user.id, TokenCode.SESSION, token_hash, "", role, now_ms, issued.expires_at)
        )
        return user, issued

    async def verified(self, username: str, password: str, address: str) -> Row | None:
        """Return the enabled user with this name and password, None if there is none; as `login`."""
        name = username.lower()
        self.throttle.begin(name, address)
        user = await self._store.users.named(name)
        matches = await self.passwords.matches(password, user.password_hash if user else None)
        if user is None or not matches or not user.enabled:
            return None
        self.throttle.succeeded(name, address)
        return user

    async def close(self) -> None:
        """Finish what is being noted."""
        await asyncio.gather(*self._noting.values())
        self.passwords.close()

    async def _known(self, token: str) -> tuple[Caller | None, Row | None]:
        token_hash = hashed(token)
        if self._console_hash is not None and hmac.compare_digest(token_hash, self._console_hash):
            return Caller(None, CONSOLE, Role.ADMIN), None
        row = await self._store.tokens.holder(token_hash)
        if row is None or not row.enabled or self._over(row):
            return None, None
        return _caller(row), row

    def _over(self, row: Row) -> bool:
        now_ms = self._clock.now_ms()
        if row.expires_at is not None and row.expires_at <= now_ms:
            return True
        last_ms = row.last_used_at or row.created_at
        return row.kind == TokenCode.SESSION and bool(now_ms - last_ms >= self._idle_ms)

    def _note_use(self, row: Row) -> None:
        # Beside the request: a database that cannot be written keeps nobody from reading.
        now_ms = self._clock.now_ms()
        due = now_ms - (row.last_used_at or 0) >= min(NOTE_EVERY_MS, self._idle_ms // 4)
        if due and row.id not in self._noting:
            self._noting[row.id] = asyncio.create_task(self._note(row.id, now_ms))

    async def _note(self, token_id: int, now_ms: int) -> None:
        try:
            with suppress(Unavailable):
                await self._store.tokens.used(token_id, now_ms)
        finally:
            del self._noting[token_id]


def new_token() -> str:
    """Return a new secret: 256 random bits, marked so that scanners for leaked secrets know it."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def hashed(token: str) -> bytes:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def role_of(code: int) -> Role:
    """Return the role that a number of the database means."""
    return Role[RoleCode(code).name]


def code_of(role: Role) -> RoleCode:
    """Return the number that stands for a role in the database."""
    return RoleCode[role.name]


def _caller(row: Row) -> Caller:
    # A token never grants more than its user may do by now.
    in_session = row.kind == TokenCode.SESSION
    code = row.user_role if in_session else min(row.role, row.user_role)
    return Caller(row.user_id, row.username, role_of(code), row.id, in_session)
