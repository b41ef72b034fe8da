"""Log lines in the store."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import sqlalchemy as sa

from ratchet_web.models.logs import LogLevel
from ratchet_web.server.store import executions
from ratchet_web.server.store.codes import LevelCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.logs_matches import Matches, MatchScan, Texts, read_texts
from ratchet_web.server.store.logs_scan import Lines, LogQuery, Scan, written
from ratchet_web.server.store.schema import logs

# How long one call may look; what it has not seen by then is left to the next one.
SEARCH_S: Final = 1.0


class Line(NamedTuple):
    """One line to be stored; `seq` counts from 1 within its execution, `fields` is a JSON object."""

    execution_id: int
    seq: int
    time_ms: int
    level: LogLevel
    source: str
    text: str
    fields: str | None = None


@dataclass(frozen=True)
class Logs:
    """`execution_logs`."""

    _database: Database

    async def find(self, execution_id: int, query: LogQuery) -> Lines | None:
        """Return the lines that were asked for, oldest first; None if there is no such execution.

        A search takes its steps one by one, so that other readers come in between, and ends after
        `SEARCH_S` at the latest: `complete` is False then, and `next` says where to go on.
        """
        scan = Scan(execution_id, query)
        deadline = time.monotonic() + SEARCH_S
        await self._database.read(scan.step)
        while not scan.over and time.monotonic() < deadline:
            await self._database.read(scan.step)
        return scan.found()

    async def after(
        self, execution_id: int, after: int, limit: int, *, since_ms: int | None = None
    ) -> Lines | None:
        """Return lines whose `seq` is above `after`, oldest first; None if there is no such execution."""
        return await self.find(execution_id, LogQuery(after=after, limit=limit, since_ms=since_ms))

    async def around(self, execution_id: int, seq: int, query: LogQuery) -> Lines | None:
        """Return lines before and from `seq` on, `query.limit` in all; None if there is no such execution."""
        half = query.limit // 2
        later = await self.find(execution_id, replace(query, after=max(0, seq - 1), limit=query.limit - half))
        if later is None or not half:
            return later
        earlier = await self.find(execution_id, replace(query, before=seq, backwards=True, limit=half))
        return None if earlier is None else later._replace(rows=[*earlier.rows, *later.rows])

    async def piece(
        self, execution_id: int, after: int, until: int, write: Callable[[Row], bytes]
    ) -> tuple[bytes, int]:
        """Return some of the lines with `after < seq <= until`, each as `write` has it, and the last `seq`.

        They are written in a reader's thread, so that a long log holds nobody up.
        """
        return await self._database.read(
            lambda connection: written(connection, execution_id, after, until, write)
        )

    async def matches(self, execution_id: int, query: LogQuery) -> Matches | None:
        """Return the numbers of the lines that hold `query.search`; None if there is no such execution.

        It takes steps, and ends after `SEARCH_S`, as `find` does.
        """
        scan = MatchScan(execution_id, query)
        deadline = time.monotonic() + SEARCH_S
        await self._database.read(scan.step)
        while not scan.over and time.monotonic() < deadline:
            await self._database.read(scan.step)
        return scan.found()

    async def texts(self, execution_id: int, query: LogQuery) -> Texts | None:
        """Return texts of lines to look through; None if there is no such execution."""
        return await self._database.read(lambda connection: read_texts(connection, execution_id, query))

    async def levels(self, execution_id: int) -> dict[LevelCode, int] | None:
        """Return how many lines there are of each level; None if there is no such execution."""

        def count(connection: sa.Connection) -> dict[LevelCode, int] | None:
            if executions.is_final(connection, execution_id) is None:
                return None
            counted = sa.select(logs.c.level, sa.func.count()).where(logs.c.execution_id == execution_id)
            found = connection.execute(counted.group_by(logs.c.level)).all()
            return dict.fromkeys(LevelCode, 0) | {LevelCode(level): lines for level, lines in found}

        return await self._database.read(count)


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
                "fields": line.fields,
            }
            for line in lines
        ],
    )
