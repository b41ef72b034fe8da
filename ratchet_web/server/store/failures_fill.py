"""Looks at what failed before a database knew failures, or grouped them as today, newest first, in steps.

How far that has come is kept with each step: whenever the process ends, nothing is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from ratchet_web.logic.fingerprints import Fingerprint
from ratchet_web.server.store import failures_notes
from ratchet_web.server.store.codes import ExecutionCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.lists.failures import LEFT
from ratchet_web.server.store.schema import executions, failures, payloads, series_marks

_E, _F, _P, _M = executions.c, failures.c, payloads.c, series_marks.c


class Old(NamedTuple):
    """An execution that failed, and the failure to which it points, if it does."""

    id: int
    failed_at: int
    fingerprint: Fingerprint
    was: int | None


@dataclass(frozen=True)
class Filling:
    """The work that is left, as `series_marks` has it."""

    _database: Database

    async def step(self, rows: int, most: int) -> bool:
        """Look at so many executions, of which `most` failed; return whether others are left."""
        mark = await self._database.read(_mark)
        if mark is None:
            return False
        found, down_to = await self._database.read(lambda c: _failed(c, mark, rows, most))
        return await self._database.write(lambda c: _keep(c, found, down_to))


def _mark(connection: sa.Connection) -> int | None:
    mark: int | None = connection.scalar(sa.select(_M.value).where(_M.name == LEFT))
    return mark


def _failed(connection: sa.Connection, mark: int, rows: int, most: int) -> tuple[list[Old], int]:
    """Return what is to point elsewhere of the executions from a mark down, and how far down was looked."""
    down_to = max(mark - rows + 1, 1)
    failed = (_E.status + 0 == ExecutionCode.FAILED, _E.completed_at.is_not(None))
    told = (_E.id, _E.completed_at, _E.error_message, _P.error_details, _E.failure_id, _F.fingerprint)
    statement = (
        sa.select(*told)
        .outerjoin(payloads, _P.execution_id == _E.id)
        .outerjoin(failures, _F.id == _E.failure_id)
        .where(_E.id.between(down_to, mark), *failed)
        .order_by(_E.id.desc())
        .limit(most)
    )
    found = connection.execute(statement).all()
    today = ((row, failures_notes.of(row.error_message, row.error_details)) for row in found)
    old = [
        Old(row.id, row.completed_at, now, row.failure_id) for row, now in today if row.fingerprint != now.key
    ]
    return old, found[-1].id if len(found) == most else down_to


def _keep(connection: sa.Connection, found: Sequence[Old], down_to: int) -> bool:
    left: set[int] = set()
    for each in found:
        into = failures_notes.note_old(connection, each.id, each.fingerprint, each.failed_at, each.was)
        if each.was is not None and each.was not in left:
            left.add(each.was)
            failures_notes.rename(connection, each.was, into)
    failures_notes.remove_left(connection, left)
    mark = _M.name == LEFT
    if down_to <= 1:
        connection.execute(sa.delete(series_marks).where(mark))
    else:
        connection.execute(sa.update(series_marks).where(mark).values(value=down_to - 1))
    return down_to > 1
