"""`/executions`: one attempt at running a task."""

from enum import Enum
from typing import Final

from pydantic import JsonValue

from ratchet_web.api import reading
from ratchet_web.api.http import Http
from ratchet_web.api.logs import Logs
from ratchet_web.api.resource import Resource
from ratchet_web.models.executions import Execution, ExecutionQuery, ExecutionStats, NewExecution, RetryInput
from ratchet_web.models.pages import Page


class Original(Enum):
    """The input that the execution had; None cannot say it, because null is an input."""

    INPUT = "original input"


ORIGINAL: Final = Original.INPUT


class Executions(Resource[Execution]):
    """`/executions`. Every call may raise any of `api.errors`. `logs` reads what they printed."""

    def __init__(self, http: Http) -> None:
        super().__init__(http, "/executions", Execution)
        self.logs = Logs(http)

    async def page(self, query: ExecutionQuery) -> Page[Execution]:
        """Return one page of executions, newest first unless `query.sort` says otherwise.

        Raises:
            Refused: the server rejected a filter; `.fields` names it.
        """
        return await self._page(query)

    async def create(self, draft: NewExecution) -> Execution:
        """Run a task once; return the execution, which waits for a worker.

        Raises:
            Refused: the input breaks the task's schema; `.fields` says where (`input.amount`).
            NotFound: there is no such task.
            Conflict: the task is disabled.
        """
        return await self._create(draft)

    async def cancel(self, id: str) -> Execution:
        """Stop it; return it.

        Raises:
            Conflict: it is over.
        """
        return await self._act(id, "cancel")

    async def retry(self, id: str, input: JsonValue | Original = ORIGINAL) -> Execution:
        """Run a failed one again, with another input if one is given; return the new execution.

        Raises:
            Conflict: it did not fail (`Refused` on some servers).
        """
        draft = RetryInput() if isinstance(input, Original) else RetryInput(input=input)
        answer = await self._http.send("POST", self._at(id, "retry"), draft.wire())
        return reading.one(answer, Execution)

    async def stats(self) -> ExecutionStats:
        """Return how many there are in each status."""
        return reading.stats(await self._http.get("/executions/stats"), ExecutionStats)
