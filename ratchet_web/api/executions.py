"""`/executions`: one attempt at running a task."""

from abc import ABC, abstractmethod
from enum import Enum
from typing import Final, NamedTuple

from pydantic import JsonValue

from ratchet_web.api.logs import Logs
from ratchet_web.models.executions import Execution, ExecutionQuery, ExecutionStats, NewExecution
from ratchet_web.models.jobs import Job
from ratchet_web.models.pages import Page


class Original(Enum):
    """The input that the execution had; None cannot say it, because null is an input."""

    INPUT = "original input"


ORIGINAL: Final = Original.INPUT


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
    async def retry(self, id: str, input: JsonValue | Original = ORIGINAL) -> Execution | Job:
        """Run a failed one again, with another input if one is given; return what waits for a worker.

        Raises:
            Conflict: it did not fail (`Refused` on some servers).
        """

    @abstractmethod
    async def stats(self) -> ExecutionStats:
        """Return how many there are in each status; None where nobody knows."""
