"""The store: every noun of one database."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import sqlalchemy as sa

from ratchet_web.server.store import beginning, claims, deliveries, executions, jobs, logs
from ratchet_web.server.store.attempts import Attempts
from ratchet_web.server.store.beginning import Beginning
from ratchet_web.server.store.bulk import Bulk
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.deliveries import Deliveries
from ratchet_web.server.store.executions import Executions
from ratchet_web.server.store.failures import Failures
from ratchet_web.server.store.failures_fill import Filling
from ratchet_web.server.store.jobs import Jobs
from ratchet_web.server.store.logs import Line, Logs
from ratchet_web.server.store.pauses import Pauses
from ratchet_web.server.store.queries import Queries
from ratchet_web.server.store.retention import Retention
from ratchet_web.server.store.schedules import Schedules
from ratchet_web.server.store.series import Series
from ratchet_web.server.store.series_backfill import Backfill
from ratchet_web.server.store.statistics import Statistics
from ratchet_web.server.store.stats import Stats
from ratchet_web.server.store.tasks import Tasks
from ratchet_web.server.store.tasks_activity import TaskActivity
from ratchet_web.server.store.tasks_versions import TaskVersions
from ratchet_web.server.store.tokens import Tokens
from ratchet_web.server.store.users import Users

Progress = tuple[int, float | None, str | None, str | None]


class Store:
    """The rooms of one database; every call is asynchronous and runs in the store's own threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.tasks = Tasks(database)
        self.task_versions = TaskVersions(database)
        self.task_activity = TaskActivity(database)
        self.executions = Executions(database)
        self.attempts = Attempts(database)
        self.failures = Failures(database)
        self.failures_fill = Filling(database)
        self.jobs = Jobs(database)
        self.pauses = Pauses(database)
        self.deliveries = Deliveries(database)
        self.schedules = Schedules(database)
        self.logs = Logs(database)
        self.retention = Retention(database)
        self.users = Users(database)
        self.tokens = Tokens(database)
        self.series = Series(database)
        self.backfill = Backfill(database)
        self.stats = Stats(database)
        self.bulk = Bulk(database)
        self.statistics = Statistics(database)

    @property
    def queries(self) -> Queries:
        """What statements were run."""
        return self._database.queries

    def connections(self) -> tuple[int, int]:
        """Return how many connections there may be, and how many are in use."""
        return self._database.connections()

    @classmethod
    async def open(cls, directory: Path, first: Callable[[], Beginning] | None = None) -> "Store":
        """Return the store in this directory; if it is not there, it is made and begins with `first`.

        Raises:
            Unusable: the directory cannot be used; the message says what to do.
        """

        def fill(connection: sa.Connection) -> None:
            if first is not None:
                beginning.insert(connection, first())

        return cls(await asyncio.to_thread(Database, directory, fill))

    async def close(self) -> None:
        """Finish what is queued and let go of the file."""
        await asyncio.to_thread(self._database.close)

    async def set_back(self, seen_ms: int, by_ms: int) -> None:
        """Let nothing wait longer because the clock was set back by so much after it showed `seen_ms`."""

        def work(connection: sa.Connection) -> None:
            # What was due already, and only waited for a worker, is not made to wait for its time again.
            claims.promote(connection, seen_ms)
            jobs.hasten_retries(connection, by_ms)
            deliveries.hasten(connection, by_ms)

        await self._database.write(work)

    async def record(self, lines: Sequence[Line], progress: Sequence[Progress]) -> None:
        """Store log lines and progress (execution, 0 to 1, note, worker) in one transaction."""

        def work(connection: sa.Connection) -> None:
            if lines:
                logs.insert(connection, lines)
            if progress:
                executions.set_progress(connection, progress)

        await self._database.write(work)
