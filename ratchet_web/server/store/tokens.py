"""Sessions and API tokens in the store, by the hash of their secret."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ratchet_web.server.store.codes import RoleCode, TokenCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.errors import TooMany
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.schema import tokens, users

SESSIONS_MOST = 20
TOKENS_MOST = 100

_T = tokens.c
_HELD: sa.Select[Any] = sa.select(*(c for c in _T if c is not _T.hash), users.c.username).join(
    users, users.c.id == _T.user_id
)


@dataclass(frozen=True)
class NewToken:
    """The columns of a token that is to be."""

    user_id: int
    kind: TokenCode
    hash: bytes
    name: str
    role: RoleCode
    created_at: int
    expires_at: int | None


@dataclass(frozen=True)
class Tokens:
    """`tokens`: each belongs to a user and goes with it."""

    _database: Database

    async def holder(self, secret_hash: bytes) -> Row | None:
        """Return the token with `username`, `user_role` and `enabled` of its user, None if there is none."""
        columns = (*_T, users.c.username, users.c.role.label("user_role"), users.c.enabled)
        found = sa.select(*columns).join(users, users.c.id == _T.user_id).where(_T.hash == secret_hash)
        return await self._database.read(lambda c: c.execute(found).one_or_none())

    async def of(self, user_id: int | None) -> Sequence[Row]:
        """Return the API tokens of a user, or of everybody, newest first, with the user's name."""
        wanted = _HELD.where(_T.kind == TokenCode.API).order_by(_T.id.desc())
        if user_id is not None:
            wanted = wanted.where(_T.user_id == user_id)
        return await self._database.read(lambda c: c.execute(wanted).all())

    async def begin_session(self, session: NewToken) -> None:
        """Store a session, note the login, and forget what has expired."""
        await self._database.write(lambda c: _begin_session(c, session))

    async def add(self, token: NewToken) -> Row:
        """Return the new API token with its user's name; raises `TooMany`."""
        return await self._database.write(lambda c: insert(c, token))

    async def used(self, token_id: int, now_ms: int) -> None:
        """Note that a token was used."""
        change = sa.update(tokens).where(_T.id == token_id).values(last_used_at=now_ms)
        await self._database.write(lambda c: c.execute(change))

    async def remove(self, token_id: int, user_id: int | None, kind: TokenCode) -> bool:
        """Forget a token of a user, or of anybody; return whether there was one."""
        gone = sa.delete(tokens).where(_T.id == token_id, _T.kind == kind)
        if user_id is not None:
            gone = gone.where(_T.user_id == user_id)
        return await self._database.write(lambda c: c.execute(gone).rowcount > 0)


def insert(connection: sa.Connection, token: NewToken) -> Row:
    """Return the new API token with its user's name; raises `TooMany`."""
    mine = (_T.user_id == token.user_id, _T.kind == TokenCode.API)
    if (connection.scalar(sa.select(sa.func.count()).select_from(tokens).where(*mine)) or 0) >= TOKENS_MOST:
        raise TooMany
    made = connection.execute(sa.insert(tokens).values(vars(token)).returning(_T.id)).scalar_one()
    return connection.execute(_HELD.where(_T.id == made)).one()


def _begin_session(connection: sa.Connection, session: NewToken) -> None:
    now_ms, mine = session.created_at, (_T.user_id == session.user_id, _T.kind == TokenCode.SESSION)
    connection.execute(sa.delete(tokens).where(_T.expires_at <= now_ms))
    connection.execute(sa.insert(tokens).values({**vars(session), "last_used_at": now_ms}))
    newest = sa.select(_T.id).where(*mine).order_by(_T.id.desc()).limit(SESSIONS_MOST)
    connection.execute(sa.delete(tokens).where(*mine, _T.id.not_in(newest)))
    connection.execute(sa.update(users).where(users.c.id == session.user_id).values(last_login_at=now_ms))
