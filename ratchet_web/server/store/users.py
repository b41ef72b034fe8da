"""Users in the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from ratchet_web.server.store.codes import RoleCode, TokenCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.errors import Duplicate, LastAdmin
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.schema import tokens, users

_U = users.c
_ADMINS = sa.and_(_U.role == RoleCode.ADMIN, _U.enabled)


@dataclass(frozen=True)
class Users:
    """`users`: names are lower case and unique. There is always an admin, once there was one."""

    _database: Database

    async def all(self) -> Sequence[Row]:
        """Return all users by name."""
        return await self._database.read(everyone)

    async def get(self, user_id: int) -> Row | None:
        """Return the user, None if there is none."""
        return await self._database.read(lambda c: find(c, user_id))

    async def named(self, username: str) -> Row | None:
        """Return the user of this name, None if there is none."""
        return await self._database.read(lambda c: find_named(c, username))

    async def count(self) -> int:
        """Return how many there are."""
        return await self._database.read(count)

    async def add(self, username: str, role: RoleCode, password_hash: str, now_ms: int) -> Row:
        """Return the new user; raises `Duplicate`."""
        return await self._database.write(lambda c: insert(c, username, role, password_hash, now_ms))

    async def change(
        self, user_id: int, values: Mapping[str, Any], now_ms: int, *, keep: int | None = None
    ) -> Row | None:
        """Return the changed user, None if there is none.

        A new password, or being disabled, ends all sessions but the one with the id `keep`.

        Raises:
            LastAdmin: no enabled admin would be left.
        """
        return await self._database.write(lambda c: update(c, user_id, values, now_ms, keep))

    async def remove(self, user_id: int) -> Row | None:
        """Return the user that was there and is no more, None if there was none; raises `LastAdmin`."""
        return await self._database.write(lambda c: delete(c, user_id))


def everyone(connection: sa.Connection) -> Sequence[Row]:
    """Return all users by name."""
    return connection.execute(sa.select(users).order_by(_U.username)).all()


def find(connection: sa.Connection, user_id: int) -> Row | None:
    """Return the user, None if there is none."""
    return connection.execute(sa.select(users).where(_U.id == user_id)).one_or_none()


def find_named(connection: sa.Connection, username: str) -> Row | None:
    """Return the user of this name, None if there is none."""
    return connection.execute(sa.select(users).where(_U.username == username.lower())).one_or_none()


def count(connection: sa.Connection) -> int:
    """Return how many there are."""
    return connection.scalar(sa.select(sa.func.count()).select_from(users)) or 0


def insert(connection: sa.Connection, username: str, role: RoleCode, password_hash: str, now_ms: int) -> Row:
    """Return the new user; raises `Duplicate`."""
    values = {
        "username": username.lower(),
        "role": role,
        "enabled": True,
        "password_hash": password_hash,
        "created_at": now_ms,
        "updated_at": now_ms,
    }
    try:
        return connection.execute(sa.insert(users).values(values).returning(users)).one()
    except IntegrityError as error:
        raise Duplicate from error


def update(
    connection: sa.Connection,
    user_id: int,
    values: Mapping[str, Any],
    now_ms: int,
    keep: int | None = None,
) -> Row | None:
    """Return the changed user, None if there is none; see `Users.change`."""
    was_admin = connection.scalar(sa.select(_ADMINS).where(_U.id == user_id))
    change = sa.update(users).where(_U.id == user_id).values(**values, updated_at=now_ms)
    row = connection.execute(change.returning(users)).one_or_none()
    if row is None:
        return None
    _some_admin_left(connection, bool(was_admin))
    if "password_hash" in values or not row.enabled:
        ended = sa.delete(tokens).where(tokens.c.user_id == user_id, tokens.c.kind == TokenCode.SESSION)
        connection.execute(ended if keep is None else ended.where(tokens.c.id != keep))
    return row


def delete(connection: sa.Connection, user_id: int) -> Row | None:
    """Return the user that was there and is no more, with all tokens; raises `LastAdmin`."""
    row = connection.execute(sa.delete(users).where(_U.id == user_id).returning(users)).one_or_none()
    if row is not None:
        _some_admin_left(connection, row.role == RoleCode.ADMIN and row.enabled)
        connection.execute(sa.delete(tokens).where(tokens.c.user_id == user_id))
    return row


def _some_admin_left(connection: sa.Connection, less: bool) -> None:
    # Raised inside the transaction, it undoes what was done.
    if less and not connection.scalar(sa.select(sa.exists().where(_ADMINS))):
        raise LastAdmin
