"""What the query planner knows of the data: without it, rare filters are looked for in the wrong place."""

from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa

from ratchet_web.server.store.database import Database
from ratchet_web.server.store.schema import execution_counts, job_counts

# Rows looked at in each index: near enough for the planner, and quick at any size.
SAMPLE_ROWS = 1_000
# Below that it hardly matters how something is found.
SMALL_ROWS = 1_000


class Statistics:
    """The planner's statistics of one database, kept near the truth."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows: int | None = None

    async def missing(self) -> bool:
        """Return whether there are none, or those of a database of half the size."""
        there, rows = await self._database.read(lambda c: (_known(c), count(c)))
        if rows < SMALL_ROWS:
            return False
        return not there or (self._rows is not None and rows >= 2 * self._rows)

    async def renew(self) -> None:
        """Look at a sample of every index, one index a transaction: no writer waits for all of them."""
        self._rows, names = await self._database.read(lambda c: (count(c), indexes(c)))
        for name in names:
            await self._database.write(partial(analyse, index=name))
        # What a connection knows it learns when it is opened.
        await self._database.open_readers_anew()


def count(connection: sa.Connection) -> int:
    """Return how many executions and jobs there are."""
    sums = (sa.select(sa.func.sum(counts.c.n)) for counts in (execution_counts, job_counts))
    return sum(connection.scalar(statement) or 0 for statement in sums)


def indexes(connection: sa.Connection) -> Sequence[str]:
    """Return the names of all indexes that were created by name."""
    return connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    ).scalars().all()  # fmt: skip


def analyse(connection: sa.Connection, index: str = "") -> None:
    """Renew the statistics of one index, or of all."""
    connection.exec_driver_sql(f"PRAGMA analysis_limit = {SAMPLE_ROWS}")
    connection.exec_driver_sql(f"ANALYZE {index}")


def _known(connection: sa.Connection) -> bool:
    there = "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'"
    if not connection.exec_driver_sql(there).scalar_one():
        return False
    return bool(connection.exec_driver_sql("SELECT count(*) FROM sqlite_stat1").scalar_one())
