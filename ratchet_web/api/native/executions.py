"""`/executions` of the native server: only jobs run there, and what they are given is thrown away."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import JsonValue
from typing_extensions import override

from ratchet_web.api.arranging import arranged
from ratchet_web.api.errors import Broken, Conflict, NotApplied, NotFound
from ratchet_web.api.executions import ORIGINAL, Call, Executions, Original, Payload, Rank
from ratchet_web.api.native.counts import Counts
from ratchet_web.api.native.jobs import NativeJobs
from ratchet_web.api.native.lists import those_found
from ratchet_web.api.native.logs import NativeLogs
from ratchet_web.api.native.reads import ByGraphql, Span
from ratchet_web.api.native.server import Server
from ratchet_web.api.native.shapes import EXECUTIONS
from ratchet_web.api.payloads import payload_of
from ratchet_web.models.executions import (
    Execution,
    ExecutionCounts,
    ExecutionDensity,
    ExecutionQuery,
    ExecutionStats,
    ExecutionStatus,
    NewExecution,
)
from ratchet_web.models.jobs import Job, NewJob
from ratchet_web.models.pages import Page
from ratchet_web.models.series import Period, Series
from ratchet_web.models.stats import TopTasks

OPEN = (ExecutionStatus.PENDING, ExecutionStatus.RUNNING)
COUNTED = ("PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED")
# What the server narrows by itself.
NARROWED = frozenset({"status", "task", "since"})
UNTOLD = "This server keeps no figures over time"
# Among so many executions that were queued after a job its own is looked for.
NEAR = 100


class NativeExecutions(Executions):
    """`/executions` as the native server has them."""

    def __init__(self, server: Server, jobs: NativeJobs) -> None:
        self._server, self._jobs = server, jobs
        self._lists = server.lists(EXECUTIONS, Execution, "-queued_at", completed)
        self._counts = Counts(self._lists, COUNTED)
        self.logs = NativeLogs()

    @override
    async def get(self, id: str) -> Execution:
        row = await self._server.row(EXECUTIONS, id, Execution)
        (execution,) = await self._named([completed(row)])
        return execution

    @override
    async def head(self, id: str) -> Execution:
        return await self.get(id)

    @override
    async def payload(self, id: str, name: Payload) -> bytes:
        return await payload_of(await self.get(id), name)

    @override
    async def several(self, ids: Sequence[str]) -> Sequence[Execution]:
        return await those_found(self.get, ids)

    @override
    async def page(self, query: ExecutionQuery) -> Page[Execution]:
        asked, sought = query.as_of(datetime.now(UTC)).without_payloads()
        if asked.job is not None:
            page = await self._of_job(asked, asked.job)
        else:
            page = await self._lists.page(asked, _sent(asked), _kept(asked))
        ignored = (*page.ignored, *sought)
        return page.model_copy(update={"rows": tuple(await self._named(page.rows)), "ignored": ignored})

    @override
    async def create(self, draft: NewExecution) -> Job:
        job = NewJob.model_validate({name: getattr(draft, name) for name in draft.model_fields_set})
        return await self._jobs.create(job)

    @override
    async def call(self, draft: NewExecution) -> Call:
        return Call(self._server.http.address("/jobs"), draft.wire())

    @override
    async def cancel(self, id: str) -> Execution:
        before = await self.get(id)
        if before.status not in OPEN:
            # It would say yes, and turn what is over into a failure.
            raise Conflict(f"Execution {id} is over: {before.status.value.lower()}")
        await self._server.send("POST", f"/executions/{id}/cancel")
        after = await self.get(id)
        if after.status in OPEN:
            raise NotApplied(f"Execution {id} goes on: cancel its job, or try again in a moment")
        return after

    @override
    async def retry(
        self,
        id: str,
        input: JsonValue | Original = ORIGINAL,
        revision: int | None = None,
        seen: str | None = None,
    ) -> Job:
        if seen is not None:
            await self.must_be_as_seen(id, seen)
        if revision is not None:
            raise NotApplied("This server keeps no earlier versions of tasks: it runs the newest")
        failed = await self.get(id)
        if failed.status is not ExecutionStatus.FAILED:
            raise Conflict(f"Execution {id} did not fail: {failed.status.value.lower()}")
        again = failed.input if isinstance(input, Original) else input
        return await self._jobs.create(NewJob(task_id=failed.task_id, input=again))

    @override
    async def stats(self) -> ExecutionStats:
        counts = await self._counts.now()
        return ExecutionStats(
            total_executions=counts[""],
            pending_executions=counts["PENDING"],
            running_executions=counts["RUNNING"],
            completed_executions=counts["COMPLETED"],
            failed_executions=counts["FAILED"],
            cancelled_executions=counts["CANCELLED"],
        )

    @override
    async def figures(self, period: Period, until: datetime | None = None) -> ExecutionStats:
        raise Broken(UNTOLD)

    @override
    async def series(self, period: Period, since: datetime) -> Series:
        raise Broken(UNTOLD)

    @override
    async def top(self, period: Period, by: Rank, limit: int) -> TopTasks:
        raise Broken(UNTOLD)

    @override
    async def counts(self, query: ExecutionQuery) -> ExecutionCounts:
        asked = query.as_of(datetime.now(UTC)).model_copy(update={"status": None})
        if not asked.narrows:
            counts = await self._counts.now()
        elif _kept(asked) or not isinstance(self._lists.reads, ByGraphql):
            # By REST each status is a request.
            return ExecutionCounts()
        else:
            totals = await self._lists.totals([{**_sent(asked), "status": status} for status in COUNTED])
            counts = dict(zip(COUNTED, totals, strict=True))
        return ExecutionCounts.model_validate({status.lower(): counts[status] for status in COUNTED})

    @override
    async def density(
        self, query: ExecutionQuery, since: datetime, until: datetime, step_s: int
    ) -> ExecutionDensity:
        return ExecutionDensity()

    async def _of_job(self, query: ExecutionQuery, id: str) -> Page[Execution]:
        """Return the executions of a job: the first of its task's that were queued after it name it."""
        try:
            job = await self._jobs.get(id)
        except NotFound:
            return Page(total=0)
        if job.queued_at is None:
            return Page(ignored=("job",))
        asked = {"task_id": job.task_id, "queued_after": job.queued_at.isoformat()}
        (total,) = await self._lists.totals([asked])
        if not total:
            return Page(total=0)
        # The server's order is the newest first: what came soon after the job is at the end.
        start = max(0, total - NEAR)
        (window,) = await self._server.reads.windows(EXECUTIONS, [(asked, Span(start, total - start))])
        return arranged(query, self._lists.read(window.rows))

    async def _named(self, executions: Sequence[Execution]) -> list[Execution]:
        """Return them with the names of their tasks."""
        names = await self._server.names.of({execution.task_id for execution in executions})
        return [
            execution.model_copy(update={"task_name": names.get(execution.task_id)})
            for execution in executions
        ]


def job_of(execution: Execution) -> str | None:
    """Return the id of the job that an execution ran for: its output says it once it is over."""
    told = execution.output.get("job_id") if isinstance(execution.output, dict) else None
    return str(told) if isinstance(told, str | int) and not isinstance(told, bool) else None


def completed(execution: Execution) -> Execution:
    """Return an execution with its job and with what can be done to it."""
    open = execution.status in OPEN
    failed = execution.status is ExecutionStatus.FAILED
    return execution.model_copy(update={"job_id": job_of(execution), "can_cancel": open, "can_retry": failed})


def _sent(query: ExecutionQuery) -> dict[str, str]:
    told = query.model_copy(update=dict.fromkeys(_kept(query)))
    return told.filters()


def _kept(query: ExecutionQuery) -> tuple[str, ...]:
    """Return the filters that we apply ourselves."""
    return tuple(name for name in query.narrows if name not in NARROWED)
