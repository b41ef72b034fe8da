"""Failures in the store: what somebody makes of them, and how often they came."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store.codes import FailureCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.lists import failures as lists
from ratchet_web.server.store.lists.base import Window
from ratchet_web.server.store.schema import failures

_F = failures.c


@dataclass(frozen=True)
class Judged:
    """What somebody makes of a failure; `by` is None where nobody is signed in."""

    state: FailureCode
    by: str | None
    at_ms: int


class Changed(NamedTuple):
    """Which failure it is, and whether it was in another state."""

    id: int
    was_other: bool


@dataclass(frozen=True)
class Failures:
    """`failures`, each with how often it came."""

    _database: Database

    async def page(self, wanted: Mapping[str, Any], window: Window, now_ms: int) -> lists.Found:
        """Return one window of failures that came in a time, and how many are in each state."""
        return await self._database.read(lambda c: lists.page(c, wanted, window, now_ms))

    async def get(self, key: str, now_ms: int) -> lists.Told | None:
        """Return one with all of its executions that are kept, None if there is none."""
        return await self._database.read(lambda c: lists.one(c, key, now_ms))

    async def judge(self, key: str, judged: Judged) -> Changed | None:
        """Set its state, if it has another, with who did it and when; None if there is none."""
        return await self._database.write(lambda c: _judge(c, key, judged))


def _judge(connection: sa.Connection, key: str, judged: Judged) -> Changed | None:
    row = connection.execute(sa.select(_F.id, _F.state).where(_F.id == lists.named(key))).one_or_none()
    if row is None or row.state == judged.state:
        return None if row is None else Changed(row.id, was_other=False)
    values = {"state": judged.state, "state_by": judged.by, "state_at": judged.at_ms, "reopened_at": None}
    connection.execute(sa.update(failures).where(_F.id == row.id).values(**values))
    return Changed(row.id, was_other=True)
