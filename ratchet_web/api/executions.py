"""`/executions`: one attempt at running a task."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Final, Literal, NamedTuple

from pydantic import JsonValue

from ratchet_web.api.errors import Conflict
from ratchet_web.api.logs import Logs
from ratchet_web.models.executions import (
    Execution,
    ExecutionCounts,
    ExecutionDensity,
    ExecutionQuery,
    ExecutionStats,
    NewExecution,
)
from ratchet_web.models.jobs import Job
from ratchet_web.models.pages import Page
from ratchet_web.models.series import Period, Series
from ratchet_web.models.stats import TopTasks


class Original(Enum):
    """The input that the execution had; None cannot say it, because null is an input."""

    INPUT = "original input"


ORIGINAL: Final = Original.INPUT
Payload = Literal["input", "output"]
Rank = Literal["failed", "slowest", "runs"]


class Call(NamedTuple):
    """A POST as people may send it: its address, without user and password, and its JSON body."""

    address: str
    body: dict[str, JsonValue]


class Executions(ABC):
    """`/executions`. Every call may raise any of `api.errors`. `logs` reads what they printed."""

    logs: Logs

    @abstractmethod
    async def get(self, id: str) -> Execution:
        """Return the one with this id.

        Raises:
            NotFound: there is none.
        """

    @abstractmethod
    async def head(self, id: str) -> Execution:
        """Return the one with this id, without payloads that are long: `left_out` names those.

        A server that cannot leave them out sends them all.

        Raises:
            NotFound: there is none.
        """

    @abstractmethod
    async def payload(self, id: str, name: Payload) -> bytes:
        """Return one payload as JSON text, `null` where it has none.

        Raises:
            NotFound: there is no such execution.
        """

    @abstractmethod
    async def several(self, ids: Sequence[str]) -> Sequence[Execution]:
        """Return those of these rows, 100 at most, that there are: as lists have them, in any order."""

    @abstractmethod
    async def page(self, query: ExecutionQuery) -> Page[Execution]:
        """Return one page of executions, newest first unless `query.sort` says otherwise.

        `Page.ignored` names what of the query could not be applied.

        Raises:
            Refused: the server rejected a filter; `.fields` names it.
        """

    @abstractmethod
    async def create(self, draft: NewExecution) -> Execution | Job:
        """Run a task once; return what waits for a worker: an execution, or a job where only jobs run.

        Raises:
            Refused: the input breaks the task's schema; `.fields` says where (`input.amount`).
            NotFound: there is no such task.
            Conflict: the task is disabled.
        """

    @abstractmethod
    async def call(self, draft: NewExecution) -> Call:
        """Return the request that `create` sends, without sending it."""

    @abstractmethod
    async def cancel(self, id: str) -> Execution:
        """Stop it; return it.

        Raises:
            Conflict: it is over.
            NotApplied: the server said yes and did not stop it.
        """

    @abstractmethod
    async def retry(
        self,
        id: str,
        input: JsonValue | Original = ORIGINAL,
        revision: int | None = None,
        seen: str | None = None,
    ) -> Execution | Job:
        """Run a failed one again, with another input if one is given; return what waits for a worker.

        `revision` is the version of the task to run, where `Ability.VERSIONS`; None: the newest. `seen` is
        the retry that was seen, empty for none: where there is a later one, nothing is done. Some servers
        judge that while they retry, for others it is looked up before; None: whatever there is.

        Raises:
            Conflict: it did not fail (`Refused` on some servers), is being retried already, or was since
                `seen`.
            NotApplied: the server said yes, and runs another version.
        """

    async def must_be_as_seen(self, id: str, seen: str) -> None:
        """Look whether the newest retry is the one that was seen.

        Raises:
            Conflict: it is another one.
        """
        known = (await self.head(id)).retried_by or ""
        if known != seen:
            raise Conflict(
                f"It was retried meanwhile, as execution {known}. Retry again if you mean another run"
            )

    @abstractmethod
    async def stats(self) -> ExecutionStats:
        """Return how many there are in each status; None where nobody knows."""

    @abstractmethod
    async def figures(self, period: Period, until: datetime | None = None) -> ExecutionStats:
        """Return how those of a period ended, and their times; `until`: of one that is over.

        Only where `Ability.SERIES`.
        """

    @abstractmethod
    async def series(self, period: Period, since: datetime) -> Series:
        """Return what happened since then, in the buckets of a period. Only where `Ability.SERIES`."""

    @abstractmethod
    async def top(self, period: Period, by: Rank, limit: int) -> TopTasks:
        """Return the tasks that failed most, took longest, or ran most. Only where `Ability.SERIES`."""

    @abstractmethod
    async def counts(self, query: ExecutionQuery) -> ExecutionCounts:
        """Return how many match a query in each status, whichever it asks for; None where nobody knows."""

    @abstractmethod
    async def density(
        self, query: ExecutionQuery, since: datetime, until: datetime, step_s: int
    ) -> ExecutionDensity:
        """Return how many match a query by the time at which they were queued; without columns: unknown.

        `since` and `until` stand in place of the times of the query.
        """
