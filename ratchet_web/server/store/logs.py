"""Log lines in the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from ratchet_web.models.logs import LogLevel
from ratchet_web.server.store import executions
from ratchet_web.server.store.codes import LevelCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.schema import logs

_L = logs.c


class Line(NamedTuple):
    """One line to be stored; `seq` counts from 1 within its execution."""

    execution_id: int
    seq: int
    time_ms: int
    level: LogLevel
    source: str
    text: str


class Lines(NamedTuple):
    """Consecutive lines; `total` counts all lines so far; `done`: the execution is final."""

    rows: Sequence[Row]
    total: int
    done: bool


@dataclass(frozen=True)
class Logs:
    """`execution_logs`."""

    _database: Database

    async def after(
        self, execution_id: int, after: int, limit: int, *, since_ms: int | None = None
    ) -> Lines | None:
        """Return lines whose `seq` is above `after`, oldest first; None if there is no such execution."""
        where = [_L.seq > after] + ([] if since_ms is None else [_L.time >= since_ms])
        statement = (
            sa.select(logs).where(_L.execution_id == execution_id, *where).order_by(_L.seq).limit(limit)
        )
        return await self._database.read(lambda c: _lines(c, execution_id, statement))

    async def tail(self, execution_id: int, count: int) -> Lines | None:
        """Return the last lines, oldest first; None if there is no such execution."""
        mine = sa.select(logs).where(_L.execution_id == execution_id)
        last = mine.order_by(_L.seq.desc()).limit(count).subquery()
        statement = sa.select(last).order_by(last.c.seq)
        return await self._database.read(lambda c: _lines(c, execution_id, statement))


def insert(connection: sa.Connection, lines: Sequence[Line]) -> None:
    """Store lines of any executions."""
    connection.execute(
        sa.insert(logs),
        [
            {
                "execution_id": line.execution_id,
                "seq": line.seq,
                "time": line.time_ms,
                "level": LevelCode[line.level.upper()],
                "source": line.source,
                "text": line.text,
            }
            for line in lines
        ],
    )


def count(connection: sa.Connection, execution_id: int) -> int:
    """Return how many lines there are: they are numbered without gaps."""
    return connection.scalar(sa.select(sa.func.max(_L.seq)).where(_L.execution_id == execution_id)) or 0


def _lines(connection: sa.Connection, execution_id: int, statement: sa.Select[tuple[int]]) -> Lines | None:
    done = executions.is_final(connection, execution_id)
    if done is None:
        return None
    return Lines(connection.execute(statement).all(), count(connection, execution_id), done)
