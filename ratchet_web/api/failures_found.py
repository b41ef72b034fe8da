"""Failures where the server keeps none: grouped here, from the newest executions that failed."""

from datetime import UTC, datetime
from typing import Final, NamedTuple

from typing_extensions import override

from ratchet_web.api.errors import NotFound
from ratchet_web.api.executions import Executions
from ratchet_web.api.failures import Failures, Verdict
from ratchet_web.logic.failures_groups import grouped, picked
from ratchet_web.models.executions import Execution, ExecutionQuery, ExecutionStatus
from ratchet_web.models.failures import Failure, FailurePage, FailureQuery

# As many rows as servers give at once; where each request costs of a small budget, one is all.
PAGE: Final = 100
MOST, MOST_LIMITED = 300, PAGE
NONE: Final = "This server keeps no failures: nobody can ignore or resolve them"
NOT_FOUND: Final = "No such failure is among the newest {n:,} failed executions, and no others are read"


class Read(NamedTuple):
    """The newest executions that failed, and whether these are all."""

    rows: tuple[Execution, ...]
    all: bool


class FoundFailures(Failures):
    """What can be grouped of the `most` newest failed executions."""

    def __init__(self, executions: Executions, most: int = MOST) -> None:
        self._executions, self._most = executions, most

    @override
    async def page(self, query: FailureQuery) -> FailurePage:
        now = datetime.now(UTC)
        asked = query.as_of(now)
        read = await self._read(asked)
        page = picked(asked, grouped(read.rows, asked, now))
        return page.model_copy(update={"looked_at": len(read.rows), "complete": read.all})

    @override
    async def get(self, id: str) -> Failure:
        read = await self._read(FailureQuery())
        for failure in grouped(read.rows, FailureQuery(), datetime.now(UTC)):
            if failure.id == id:
                return failure
        raise NotFound(NOT_FOUND.format(n=len(read.rows)), status=404)

    @override
    async def judge(self, id: str, verdict: Verdict) -> Failure:
        raise NotFound(NONE)

    async def _read(self, asked: FailureQuery) -> Read:
        query = ExecutionQuery(status=ExecutionStatus.FAILED, task=asked.task, limit=PAGE)
        rows: dict[str, Execution] = {}
        for number in range(1, self._most // PAGE + 1):
            page = await self._executions.page(query.model_copy(update={"page": number}))
            before = len(rows)
            failed = (row for row in page.rows if row.status is ExecutionStatus.FAILED)
            rows |= {row.id: row for row in failed}
            reached = page.total is not None and page.exact and number * PAGE >= page.total
            if reached or len(rows) == before:
                return Read(tuple(rows.values()), reached or page.total is None)
        return Read(tuple(rows.values()), False)
