"""`/jobs`: the queue."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import timedelta

from pydantic import JsonValue

from ratchet_web.logic.jobs_estimate import QueueAhead
from ratchet_web.logic.retry_policy import read_policy
from ratchet_web.models.destinations import Delivery, DeliveryTest, DeliveryTrial
from ratchet_web.models.jobs import Job, JobChange, JobCounts, JobQuery, JobStats, NewJob
from ratchet_web.models.jobs_queue import Queue
from ratchet_web.models.pages import Page


class Jobs(ABC):
    """`/jobs`. Every call may raise any of `api.errors`."""

    @abstractmethod
    async def get(self, id: str) -> Job:
        """Return the one with this id.

        Raises:
            NotFound: there is none.
        """

    @abstractmethod
    async def several(self, ids: Sequence[str]) -> Sequence[Job]:
        """Return those of these rows, 100 at most, that there are: as lists have them, in any order."""

    @abstractmethod
    async def page(self, query: JobQuery) -> Page[Job]:
        """Return one page of jobs; `Page.ignored` names what of the query could not be applied.

        Raises:
            Refused: the server rejected a filter; `.fields` names it.
        """

    @abstractmethod
    async def create(self, draft: NewJob) -> Job:
        """Queue a run; return the job.

        Raises:
            Refused: a field is wrong; `.fields` names it.
            NotFound: there is no such task.
            NotApplied: the server queued it otherwise than asked.
        """

    @abstractmethod
    async def change(self, id: str, draft: JobChange) -> Job:
        """Change a job that waits; return it. What the draft does not name stays.

        Raises:
            Refused: a field is wrong; `.fields` names it.
            Conflict: it does not wait any more.
            NotApplied: the server said yes, and it is not as asked.
        """

    @abstractmethod
    async def deliveries(self, id: str) -> tuple[Delivery, ...]:
        """Return what became of its output, for each destination, where `Ability.DELIVERIES`; else none.

        There are none before it has completed.
        """

    @abstractmethod
    async def redeliver(self, id: str, position: int) -> None:
        """Bring its output to one destination (from 1) once more.

        Raises:
            Conflict: a delivery there is still to come.
        """

    @abstractmethod
    async def test_delivery(self, wanted: DeliveryTest) -> DeliveryTrial:
        """Bring a sample to a destination now, where `Ability.TEST_DELIVERY`; return what came of it.

        Raises:
            Refused: a field is wrong; `.fields` names it, below `destination`.
            Limited: there were too many just now.
            NotApplied: the server makes none.
        """

    @abstractmethod
    async def cancel(self, id: str) -> Job:
        """Take it out of the queue, or stop its attempt; return it.

        Raises:
            Conflict: it is over.
            NotApplied: the server said yes and did not cancel it.
        """

    @abstractmethod
    async def retry(self, id: str) -> Job:
        """Queue a failed or cancelled one again; return it.

        Raises:
            Conflict: it is neither.
        """

    @abstractmethod
    async def stats(self) -> JobStats:
        """Return how many there are in each status; None where nobody knows."""

    @abstractmethod
    async def counts(self, query: JobQuery) -> JobCounts:
        """Return how many match a query in each status, whichever it asks for; None where nobody knows."""

    @abstractmethod
    async def queue(self, task: str | None = None, job: str | None = None) -> Queue:
        """Return the queue as it is, of one task if one is named; with what is ahead of a job.

        Where not `Ability.QUEUE`, it has numbers alone; what nobody says is None.
        """

    @abstractmethod
    async def ahead(self, job: Job) -> QueueAhead:
        """Return what is ahead of a job that is due, by two requests at most; None where nobody says."""


def counts_in(stats: JobStats) -> JobCounts:
    """Return the counts of statistics; a server that knows none sends zeros beside its true total."""
    found = {name: getattr(stats, f"{name}_jobs") for name in JobCounts.model_fields}
    known = any(found.values()) or not stats.total_jobs
    return JobCounts(**found) if known else JobCounts()


# A time that was sent and one that comes back may differ by what the server cuts off.
SAME_MOMENT = timedelta(seconds=1)


def unchanged(draft: JobChange, job: Job) -> list[str]:
    """Return what of a change a job does not have; what a server never tells of is believed."""
    missed = []
    if draft.priority not in (None, job.priority):
        missed.append("the priority")
    if draft.max_retries is not None and job.max_retries not in (None, draft.max_retries):
        missed.append("the retries")
    wanted = draft.scheduled_for
    if wanted and (job.scheduled_for is None or abs(job.scheduled_for - wanted) > SAME_MOMENT):
        missed.append("the time")
    if draft.retry_policy and read_policy(job.retry_policy) != draft.retry_policy:
        missed.append("the retry policy")
    if draft.output_destinations and len(_several(job.output_destinations)) != len(draft.output_destinations):
        missed.append("the output destinations")
    return missed


def _several(told: JsonValue) -> list[JsonValue]:
    return told if isinstance(told, list) else []
