"""`/executions`: one attempt at running a task."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import JsonValue
from typing_extensions import override

from ratchet_web.api import reading
from ratchet_web.api.contract.logs import ContractLogs
from ratchet_web.api.contract.resource import Resource
from ratchet_web.api.errors import NotApplied
from ratchet_web.api.executions import ORIGINAL, Call, Executions, Original, Payload, Rank
from ratchet_web.api.http import Http
from ratchet_web.api.payloads import payload_of
from ratchet_web.models.base import is_row_id
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
from ratchet_web.models.series import Period, Series
from ratchet_web.models.stats import TopTasks


class ContractExecutions(Resource[Execution], Executions):
    """`/executions` as the contract has it.

    `payloads`: whether long ones can be read alone; `counts`: whether it counts what matches; `searches`:
    whether it looks into payloads; `conditions`: whether a retry can say which one was seen.
    """

    def __init__(
        self,
        http: Http,
        *,
        payloads: bool = False,
        counts: bool = False,
        searches: bool = False,
        conditions: bool = False,
    ) -> None:
        super().__init__(http, "/executions", Execution)
        self._payloads, self._has_counts, self._searches = payloads, counts, searches
        self._conditions = conditions
        self.logs = ContractLogs(http)

    @override
    async def head(self, id: str) -> Execution:
        if not self._payloads:
            return await self.get(id)
        return reading.one(await self._http.get(self._at(id), {"payloads": "short"}), Execution)

    @override
    async def payload(self, id: str, name: Payload) -> bytes:
        if not self._payloads:
            return await payload_of(await self.get(id), name)
        return (await self._http.get(self._at(id, f"payloads/{name}"))).body

    @override
    async def several(self, ids: Sequence[str]) -> Sequence[Execution]:
        return await self._several(ids)

    @override
    async def page(self, query: ExecutionQuery) -> Page[Execution]:
        exact = query.as_of(datetime.now(UTC))
        # Rows do not show that it was ignored: long payloads are not in them.
        asked, sought = (exact, ()) if self._searches else exact.without_payloads()
        page = await self._page(asked)
        return page.model_copy(update={"ignored": (*page.ignored, *sought)}) if sought else page

    @override
    async def create(self, draft: NewExecution) -> Execution:
        return await self._create(draft)

    @override
    async def call(self, draft: NewExecution) -> Call:
        return Call(self._http.address("/executions"), draft.wire())

    @override
    async def cancel(self, id: str) -> Execution:
        return await self._act(id, "cancel")

    @override
    async def retry(
        self,
        id: str,
        input: JsonValue | Original = ORIGINAL,
        revision: int | None = None,
        seen: str | None = None,
    ) -> Execution:
        conditions: dict[str, str | None] = {}
        if seen is not None and self._conditions:
            conditions = {"if_retried_by": seen if is_row_id(seen) else None}
        elif seen is not None:
            await self.must_be_as_seen(id, seen)
        given = {} if isinstance(input, Original) else {"input": input}
        named = {} if revision is None else {"task_revision": revision}
        draft = RetryInput.model_validate({**given, **named, **conditions})
        answer = await self._http.send("POST", self._at(id, "retry"), draft.wire())
        new = reading.one(answer, Execution)
        if revision is not None and new.task_revision != revision:
            raise NotApplied(
                f"Execution {new.id} runs the newest version of the task, not revision {revision}"
            )
        return new

    @override
    async def stats(self) -> ExecutionStats:
        return reading.stats(await self._http.get("/executions/stats"), ExecutionStats)

    @override
    async def figures(self, period: Period, until: datetime | None = None) -> ExecutionStats:
        asked = {"period": period.name} | ({} if until is None else {"to": _instant(until)})
        return reading.stats(await self._http.get("/executions/stats", asked), ExecutionStats)

    @override
    async def series(self, period: Period, since: datetime) -> Series:
        asked = {"resolution": period.resolution, "from": _instant(since)}
        return reading.one(await self._http.get("/series", asked), Series)

    @override
    async def top(self, period: Period, by: Rank, limit: int) -> TopTasks:
        asked = {"period": period.name, "_sort": by, "limit": str(limit)}
        return reading.stats(await self._http.get("/executions/stats/tasks", asked), TopTasks)

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
        times = query.as_of(datetime.now(UTC)).model_copy(update={"since": since, "until": until})
        params = {**times.filters(), "step_s": str(step_s)}
        return reading.one(await self._http.get("/executions/density", params), ExecutionDensity)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def counts_in(stats: ExecutionStats) -> ExecutionCounts:
    """Return the counts of statistics; a server that knows none sends zeros beside its true total."""
    found = {name: getattr(stats, f"{name}_executions") for name in ExecutionCounts.model_fields}
    known = any(found.values()) or not stats.total_executions
    return ExecutionCounts(**found) if known else ExecutionCounts()
