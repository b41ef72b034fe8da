"""`/jobs` of the native server: sent by priority and then the oldest first, and never changed."""

from collections.abc import Sequence
from datetime import UTC, datetime

from typing_extensions import override

from ratchet_web.api import reading
from ratchet_web.api.arranging import arranged, sorted_by
from ratchet_web.api.errors import Conflict, NotApplied
from ratchet_web.api.jobs import SAME_MOMENT, Jobs
from ratchet_web.api.native import words
from ratchet_web.api.native.counts import Counts
from ratchet_web.api.native.lists import those_found
from ratchet_web.api.native.reads import ByGraphql, Filters, Span, spans
from ratchet_web.api.native.server import Server
from ratchet_web.api.native.shapes import JOBS
from ratchet_web.logic.jobs_estimate import QueueAhead
from ratchet_web.models.destinations import Delivery, DeliveryTest, DeliveryTrial
from ratchet_web.models.jobs import (
    Job,
    JobChange,
    JobCounts,
    JobPriority,
    JobQuery,
    JobStats,
    JobStatus,
    NewJob,
)
from ratchet_web.models.jobs_queue import Queue, lane_of
from ratchet_web.models.pages import Page

OPEN = (JobStatus.QUEUED, JobStatus.PROCESSING, JobStatus.RETRYING)
RETRIED = (JobStatus.FAILED, JobStatus.CANCELLED)
COUNTED = ("QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED", "RETRYING")
LANES = (JobPriority.CRITICAL, JobPriority.HIGH, JobPriority.NORMAL, JobPriority.LOW)
# What the server narrows by itself, and what its rows do not tell.
NARROWED = frozenset({"status", "priority", "task"})
UNTOLD = ("schedule", "retries_left", "min_retries")


class NativeJobs(Jobs):
    """`/jobs` as the native server has them."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lists = server.lists(JOBS, Job, "")
        self._counts = Counts(self._lists, COUNTED)

    @override
    async def get(self, id: str) -> Job:
        (job,) = await self._named([await self._server.row(JOBS, id, Job)])
        return job

    @override
    async def several(self, ids: Sequence[str]) -> Sequence[Job]:
        return await those_found(self.get, ids)

    @override
    async def page(self, query: JobQuery) -> Page[Job]:
        page = await self._page(query)
        return page.model_copy(update={"rows": tuple(await self._named(page.rows))})

    @override
    async def create(self, draft: NewJob) -> Job:
        body = draft.wire()
        words.check_size(body)
        # The description of a job's destinations is the server's to judge; what it drops is read back.
        job = reading.one(await self._server.send("POST", "/jobs", body), Job)
        missed = _missed(draft, job)
        if missed:
            raise NotApplied(f"Job {job.id} was queued, but the server did not take its {', '.join(missed)}")
        return job

    @override
    async def change(self, id: str, draft: JobChange) -> Job:
        raise NotApplied("This server changes no job: cancel it and queue another")

    @override
    async def deliveries(self, id: str) -> tuple[Delivery, ...]:
        return ()

    @override
    async def redeliver(self, id: str, position: int) -> None:
        raise NotApplied("This server does not deliver an output once more")

    @override
    async def test_delivery(self, wanted: DeliveryTest) -> DeliveryTrial:
        raise NotApplied("This server makes no test deliveries")

    @override
    async def cancel(self, id: str) -> Job:
        before = await self.get(id)
        if before.status not in OPEN:
            raise Conflict(f"Job {id} is over: {before.status.value.lower()}")
        await self._server.send("POST", f"/jobs/{id}/cancel")
        after = await self.get(id)
        if after.status is JobStatus.CANCELLED:
            return after
        if after.status not in OPEN:
            raise Conflict(f"Job {id} was quicker: it is {after.status.value.lower()}")
        raise NotApplied(f"Job {id} is still {after.status.value.lower()}: try again in a moment")

    @override
    async def retry(self, id: str) -> Job:
        before = await self.get(id)
        if before.status not in RETRIED:
            raise Conflict(f"Job {id} neither failed nor was cancelled: {before.status.value.lower()}")
        await self._server.send("POST", f"/jobs/{id}/retry")
        after = await self.get(id)
        if after.status in RETRIED:
            raise NotApplied(f"Job {id} is still {after.status.value.lower()}: run its task anew")
        return after

    @override
    async def stats(self) -> JobStats:
        counts = await self._counts.now()
        return JobStats(
            total_jobs=counts[""],
            queued_jobs=counts["QUEUED"],
            processing_jobs=counts["PROCESSING"],
            completed_jobs=counts["COMPLETED"],
            failed_jobs=counts["FAILED"],
            cancelled_jobs=counts["CANCELLED"],
            retrying_jobs=counts["RETRYING"],
        )

    @override
    async def counts(self, query: JobQuery) -> JobCounts:
        asked = query.as_of(datetime.now(UTC)).model_copy(update={"status": None})
        if not asked.narrows:
            counts = await self._counts.now()
        elif _kept(asked) or not isinstance(self._lists.reads, ByGraphql):
            # By REST each status is a request.
            return JobCounts()
        else:
            totals = await self._lists.totals([{**_sent(asked), "status": status} for status in COUNTED])
            counts = dict(zip(COUNTED, totals, strict=True))
        return JobCounts.model_validate({status.lower(): counts[status] for status in COUNTED})

    @override
    async def queue(self, task: str | None = None, job: str | None = None) -> Queue:
        if not isinstance(self._lists.reads, ByGraphql):
            # By REST each number is a request.
            counts = await self.counts(JobQuery(task=task))
            return Queue(lanes=(lane_of(counts.queued, counts.retrying),), running=counts.processing)
        narrowed = {} if task is None else {"task_id": task}
        lanes = [{"status": status, "priority": each} for each in LANES for status in ("QUEUED", "RETRYING")]
        asked = [{**narrowed, **filters} for filters in (*lanes, {"status": "PROCESSING"})]
        *waiting, running = await self._lists.totals(asked)
        pairs = zip(LANES, waiting[::2], waiting[1::2], strict=True)
        return Queue(lanes=tuple(lane_of(n, again, each) for each, n, again in pairs), running=running)

    @override
    async def ahead(self, job: Job) -> QueueAhead:
        return QueueAhead()

    async def _page(self, query: JobQuery) -> Page[Job]:
        untold = tuple(name for name in UNTOLD if getattr(query, name) is not None)
        asked = query.as_of(datetime.now(UTC)).model_copy(update=dict.fromkeys(untold))
        whole = await self._lists.whole(_sent(asked))
        if whole.rows is not None:
            page = arranged(asked, whole.rows)
        else:
            page = await self._newest(asked, whole.total)
        return page.model_copy(update={"ignored": (*page.ignored, *untold)}) if untold else page

    async def _newest(self, query: JobQuery, total: int) -> Page[Job]:
        """Return a page of a long list, the newest first: they are the last ones of each priority."""
        priorities = [query.priority] if query.priority else [p for p in JobPriority if p.known]
        asked = [{**_sent(query), "priority": priority.value} for priority in priorities]
        needed, kept = query.page * query.limit, _kept(query)
        ignored = (*kept, *(() if query.sort == "-queued_at" else ("sort",)))
        if needed > self._server.reads.most_rows:
            return Page(total=total, ignored=(*ignored, "page"))
        wanted = [
            (filters, span)
            for filters, of_priority in zip(asked, await self._lists.totals(asked), strict=True)
            for span in spans(of_priority, max(0, of_priority - needed))
        ]
        sent = query.model_copy(update=dict.fromkeys(kept))
        rows = [job for job in await self._windows(wanted) if not sent.misses(job)]
        newest = sorted_by(rows, "-queued_at")[needed - query.limit : needed]
        # Only on this page are the rows left out that were not asked for: how many match, nobody knows.
        shown = tuple(job for job in newest if not query.misses(job))
        return Page(rows=shown, total=None if kept else total, ignored=ignored)

    async def _windows(self, wanted: Sequence[tuple[dict[str, str], Span]]) -> list[Job]:
        told = await self._server.reads.windows(JOBS, wanted)
        return self._lists.read([row for window in told for row in window.rows])

    async def _named(self, jobs: Sequence[Job]) -> list[Job]:
        """Return them with the names of their tasks; a retry count is never kept there, so it is unknown."""
        names = await self._server.names.of({job.task_id for job in jobs})
        return [
            job.model_copy(update={"task_name": names.get(job.task_id), "retry_count": None}) for job in jobs
        ]


def _sent(query: JobQuery) -> Filters:
    given = {"status": query.status, "priority": query.priority, "task_id": query.task}
    return {name: str(value) for name, value in given.items() if value is not None}


def _kept(query: JobQuery) -> tuple[str, ...]:
    return tuple(name for name in query.narrows if name not in NARROWED)


def _missed(draft: NewJob, job: Job) -> list[str]:
    """Return what of a draft the job does not have; its input is never kept, which is said beforehand."""
    missed = []
    if draft.priority not in (None, job.priority):
        missed.append("priority")
    if "max_retries" in draft.model_fields_set and draft.max_retries not in (None, job.max_retries):
        missed.append("retries")
    if draft.scheduled_for and (
        job.scheduled_for is None or abs(job.scheduled_for - draft.scheduled_for) > SAME_MOMENT
    ):
        missed.append("time")
    if draft.retry_policy is not None:
        missed.append("retry policy")
    return missed
