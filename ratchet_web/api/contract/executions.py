"""`/executions`: one attempt at running a task."""

from datetime import UTC, datetime

from pydantic import JsonValue
from typing_extensions import override

from ratchet_web.api import reading
from ratchet_web.api.contract.logs import ContractLogs
from ratchet_web.api.contract.resource import Resource
from ratchet_web.api.executions import ORIGINAL, Executions, Original
from ratchet_web.api.http import Http
from ratchet_web.models.executions import (
    Execution,
    ExecutionCounts,
    ExecutionDensity,
    ExecutionQuery,
    ExecutionStats,
    NewExecution,
    RetryInput,
)
from ratchet_web.models.pages import Page


class ContractExecutions(Resource[Execution], Executions):
    """`/executions` as the contract has it; `counts`: whether it also counts what matches."""

    def __init__(self, http: Http, counts: bool = False) -> None:
        super().__init__(http, "/executions", Execution)
        self._has_counts = counts
        self.logs = ContractLogs(http)

    @override
    async def page(self, query: ExecutionQuery) -> Page[Execution]:
        return await self._page(query.as_of(datetime.now(UTC)))

    @override
    async def create(self, draft: NewExecution) -> Execution:
        return await self._create(draft)

    @override
    async def cancel(self, id: str) -> Execution:
        return await self._act(id, "cancel")

    @override
    async def retry(self, id: str, input: JsonValue | Original = ORIGINAL) -> Execution:
        draft = RetryInput() if isinstance(input, Original) else RetryInput(input=input)
        answer = await self._http.send("POST", self._at(id, "retry"), draft.wire())
        return reading.one(answer, Execution)

    @override
    async def stats(self) -> ExecutionStats:
        return reading.stats(await self._http.get("/executions/stats"), ExecutionStats)

    @override
    async def counts(self, query: ExecutionQuery) -> ExecutionCounts:
        asked = query.as_of(datetime.now(UTC)).model_copy(update={"status": None})
        if self._has_counts:
            return reading.one(await self._http.get("/executions/counts", asked.filters()), ExecutionCounts)
        return ExecutionCounts() if asked.narrows else counts_in(await self.stats())

    @override
    async def density(
        self, query: ExecutionQuery, since: datetime, until: datetime, step_s: int
    ) -> ExecutionDensity:
        if not self._has_counts:
            return ExecutionDensity()
        times = query.model_copy(update={"range": None, "since": since, "until": until})
        params = {**times.filters(), "step_s": str(step_s)}
        return reading.one(await self._http.get("/executions/density", params), ExecutionDensity)


def counts_in(stats: ExecutionStats) -> ExecutionCounts:
    """Return the counts of statistics; a server that knows none sends zeros beside its true total."""
    found = {name: getattr(stats, f"{name}_executions") for name in ExecutionCounts.model_fields}
    known = any(found.values()) or not stats.total_executions
    return ExecutionCounts(**found) if known else ExecutionCounts()
