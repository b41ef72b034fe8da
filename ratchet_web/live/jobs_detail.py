"""Watching one job: what became of it, and what it waits for."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from pydantic_core import to_json

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.live.jobs import are_unfinished
from ratchet_web.live.rows import TEXT_LIMIT, Row, detail_row, list_row
from ratchet_web.live.topic import Snapshot, Topic, is_about, is_of
from ratchet_web.logic import jobs_estimate, retry_policy
from ratchet_web.logic.jobs_change import PLAIN, base_of
from ratchet_web.logic.jobs_destinations import destination_rows, masked
from ratchet_web.logic.jobs_history import history
from ratchet_web.models.destinations import Delivery, DeliveryStatus
from ratchet_web.models.dialect import Ability
from ratchet_web.models.executions import Execution, ExecutionQuery
from ratchet_web.models.jobs import WAITING, Job, JobStatus, is_due
from ratchet_web.models.monitoring import Change

MOST_ATTEMPTS = 100
# What is ahead changes with every job, which is no change of this one.
ESTIMATE_S = 15.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class JobDetail(Topic):
    """`jobs/12`: one job with everything.

    `about`: `attempts` are its executions, the first attempt first; `history` what happened (`jobs_history`);
    `retries` those to come, `policy` how long they wait; `destinations` with their deliveries; `estimate` of
    its start where it waits for a worker; `base` what can be changed of it, as texts (`jobs_change`).
    """

    NOUN: ClassVar = "jobs"
    id: str

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By its own changes and by those of its attempts."""
        if is_about(change, "executions"):
            return any(attempt["id"] == change.id for attempt in last.about.get("attempts", ()))
        return is_of(change, self.NOUN, self.id)

    def wait_s(self, announced: bool, age_s: float, unfinished: bool, failures: int) -> float | None:
        """More often while it waits: it becomes due, and gets nearer, without a change."""
        wait_s = super().wait_s(announced, age_s, unfinished, failures)
        return min(wait_s, ESTIMATE_S) if wait_s and announced and unfinished and not failures else wait_s

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the job, its attempts and its deliveries."""
        query = ExecutionQuery(job=self.id, sort="queued_at", limit=MOST_ATTEMPTS)
        job, page = await asyncio.gather(api.jobs.get(self.id), api.executions.page(query))
        # A server that does not know the filter answers with every execution.
        attempts = [execution for execution in page.rows if execution.job_id == self.id]
        now = datetime.now(UTC)
        deliveries = await _deliveries(api, job)
        about = {
            "attempts": [list_row(execution) for execution in attempts],
            "base": await _base(api, job),
            "history": _history(job, attempts, now),
            "destinations": destination_rows(job.output_destinations, deliveries or ()),
            "undelivered": deliveries is None,
            **_retries(job),
            "estimate": await _estimate(api, job, now),
        }
        delivering = any(each.status is DeliveryStatus.PENDING for each in deliveries or ())
        return Snapshot((_row(job),), about, are_unfinished((job,)) or delivering)


async def _base(api: Ratchet, job: Job) -> dict[str, str]:
    told = base_of(job)
    if (await api.dialect()).can(Ability.JOB_DELIVERY):
        return told
    # Who masks nothing of its destinations may tell more of them than anybody should see.
    return {name: told[name] for name in PLAIN}


def _row(job: Job) -> Row:
    whole = job.model_dump(mode="json", by_alias=True)
    whole["outputDestinations"] = masked(whole["outputDestinations"])
    told = to_json(whole, indent=2).decode()
    row = {
        name: value for name, value in detail_row(job).items() if not name.startswith("output_destinations")
    }
    return {**row, "raw_text": told if len(told) <= TEXT_LIMIT else None, "raw_size": len(told)}


def _history(job: Job, attempts: list[Execution], now: datetime) -> list[Row]:
    return [
        {**step._asdict(), "key": str(place), "at": None if step.at is None else step.at.isoformat()}
        for place, step in enumerate(history(job, attempts, now))
    ]


def _retries(job: Job) -> Row:
    policy = retry_policy.read_policy(job.retry_policy)
    over = job.status not in (*WAITING, JobStatus.PROCESSING)
    known = policy is not None and job.retry_count is not None and job.max_retries is not None
    if policy is None or over or not known:
        return {"policy": "" if policy is None else retry_policy.in_words(policy), "retries": []}
    used, most = job.retry_count or 0, job.max_retries or 0
    begins = job.scheduled_for if job.status in WAITING else job.started_at
    coming = retry_policy.coming(policy, used, most, begins)
    rows = [
        {
            "number": each.number,
            "least_ms": round(each.least_s * 1000),
            "most_ms": round(each.most_s * 1000),
            "earliest": each.earliest and each.earliest.isoformat(),
            "latest": each.latest and each.latest.isoformat(),
        }
        for each in coming
    ]
    return {"policy": retry_policy.in_words(policy), "retries": rows, "more_retries": most - used - len(rows)}


async def _deliveries(api: Ratchet, job: Job) -> tuple[Delivery, ...] | None:
    """Return what became of its output, None where that cannot be read: the page is worth more than that."""
    if not job.output_destinations or job.status is not JobStatus.COMPLETED:
        return ()
    try:
        return await api.jobs.deliveries(job.id)
    except RatchetError as error:
        logger.info("No deliveries of job %s: %s (request %s)", job.id, error, error.request_id)
        return None


async def _estimate(api: Ratchet, job: Job, now: datetime) -> Row | None:
    if not is_due(job, now):
        return None
    try:
        ahead = await api.jobs.ahead(job)
    except RatchetError as error:
        logger.info("No estimate for job %s: %s (request %s)", job.id, error, error.request_id)
        ahead = jobs_estimate.QueueAhead()
    start = jobs_estimate.estimated_start(ahead, now)
    at = None if start is None or not ahead.jobs else start.replace(microsecond=0).isoformat()
    return {"words": jobs_estimate.in_words(ahead), "at": at}
