"""The database file: opened, checked, read in a few threads, written by one."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ratchet_web.server.store import failures_notes, migrations
from ratchet_web.server.store.directory import FILE_NAME, VERSION, claim
from ratchet_web.server.store.errors import Unusable
from ratchet_web.server.store.lists.hints import Compiler
from ratchet_web.server.store.passing import passing
from ratchet_web.server.store.queries import Queries
from ratchet_web.server.store.writer import Writer

T = TypeVar("T")
Fill = Callable[[sa.Connection], None]

READERS = 4
# In KiB, for each connection. Lists are no slower with less: the system keeps the file's pages as well.
WRITER_CACHE, READER_CACHE = 16_384, 4_096
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "temp_store=MEMORY",
    "busy_timeout=2000",
    "journal_size_limit=67108864",
)


class Database:
    """One SQLite file in `directory`, locked against a second server. Blocking; open it in a thread.

    `fill` writes what a new database begins with: it has all of that, or is still new at the next opening.

    Raises:
        Unusable: no permission, a newer schema, or another server uses the directory.
    """

    def __init__(self, directory: Path, fill: Fill = lambda _: None) -> None:
        self._lock = claim(directory)
        url = sa.URL.create("sqlite", database=str(directory / FILE_NAME))
        self._writing = open_engine(url, "BEGIN IMMEDIATE", WRITER_CACHE, pool_size=1, max_overflow=0)
        self._reading = open_engine(url, "BEGIN", READER_CACHE, pool_size=READERS, max_overflow=0)
        self.queries = Queries()
        for engine in (self._writing, self._reading):
            self.queries.watch(engine)
        try:
            _prepare(self._writing, fill)
        except DBAPIError as error:
            self._let_go()
            raise Unusable(
                f"The database in {directory} cannot be opened: {passing(error) or error.orig}"
            ) from error
        except BaseException:
            self._let_go()
            raise
        self._readers = ThreadPoolExecutor(READERS, "store-reader")
        self._writer = Writer(self._writing)

    async def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Return what `work` reads, from one consistent snapshot.

        Raises:
            Unavailable: the database is locked.
        """
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Return what `work` returns, after its changes are committed.

        Raises:
            Unavailable: the database is locked or the disk is full; nothing was changed.
        """
        return await asyncio.wrap_future(self._writer.submit(work))

    def connections(self) -> tuple[int, int]:
        """Return how many connections there may be, and how many are in use."""
        pools = [engine.pool for engine in (self._writing, self._reading)]
        in_use = sum(pool.checkedout() for pool in pools if isinstance(pool, sa.QueuePool))
        return 1 + READERS, in_use

    async def open_readers_anew(self) -> None:
        """Let what is read from now on be read by new connections."""
        await asyncio.to_thread(self._reading.dispose)

    def close(self) -> None:
        """Finish what is queued and let go of the file."""
        self._writer.close()
        self._readers.shutdown()
        self._let_go()

    def _let_go(self) -> None:
        self._reading.dispose()
        self._writing.dispose()
        os.close(self._lock)

    def _read(self, work: Callable[[sa.Connection], T]) -> T:
        try:
            with self._reading.connect() as connection:
                return work(connection)
        except DBAPIError as error:
            self.queries.fail()
            raise passing(error) or error from error


def open_engine(url: sa.URL, begin: str, cache_kib: int = WRITER_CACHE, **pool: int) -> sa.Engine:
    """Return an engine on a database file, whose transactions begin with `begin`."""
    engine = sa.create_engine(url, **pool)
    engine.dialect.statement_compiler = Compiler

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # The driver's own transaction handling would begin too late and commit too early.
        connection.isolation_level = None
        for pragma in (*_PRAGMAS, f"cache_size=-{cache_kib}"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def start(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _prepare(engine: sa.Engine, fill: Fill) -> None:
    """Create and fill the tables of an empty file, or bring an older database up, in one transaction."""
    with engine.begin() as connection:
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if version == 0:
            migrations.create(connection)
            fill(connection)
        else:
            migrations.upgrade(connection, version)
        failures_notes.follow_rules(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
