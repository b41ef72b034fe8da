"""What can be done to one job. Each act raises `ApiError`s: `MissingError`, or `ConflictError` with why."""

from collections.abc import Mapping
from typing import Any

import orjson

from ratchet_web.logic.schemas import Fault
from ratchet_web.models.jobs import JobChange, JobPriority, JobStatus, NewJob, RetryPolicy
from ratchet_web.server.deliveries.destinations import kept
from ratchet_web.server.errors import ConflictError, InvalidError, MissingError
from ratchet_web.server.inputs import checked, runnable
from ratchet_web.server.parameters.base import milliseconds
from ratchet_web.server.server import Server
from ratchet_web.server.store.codes import OPEN_JOBS, WAITING_JOBS, JobCode, PriorityCode
from ratchet_web.server.store.errors import StillOpen
from ratchet_web.server.store.jobs import NewRow, times
from ratchet_web.server.store.lists.base import Row

RETRIES = 3


async def find(server: Server, job_id: int) -> Row:
    """Return the job; raises `MissingError`."""
    row = await server.store.jobs.get(job_id)
    if row is None:
        raise MissingError("job", str(job_id))
    return row


async def create(server: Server, body: NewJob) -> Row:
    """Queue a run of a task; return the job."""
    task = await runnable(server.store, body.task_id)
    new = NewRow(
        task_id=task.id,
        input=await checked(server.pool.judge, task, body.input),
        priority=body.priority or JobPriority.NORMAL,
        max_retries=RETRIES if body.max_retries is None else body.max_retries,
        scheduled_for_ms=None if body.scheduled_for is None else milliseconds(body.scheduled_for),
        retry_policy=policy_text(body.retry_policy),
        destinations=kept(body.output_destinations, server.settings),
    )
    row = await server.store.jobs.add(new, server.now_ms())
    server.queue.wake()
    server.feed.publish("jobs", row.id, "created")
    return row


async def cancel(server: Server, job_id: int) -> Row:
    """Stop a job, whether it waits or runs; return it, cancelled."""
    row = await find(server, job_id)
    if row.status not in OPEN_JOBS:
        raise ConflictError(f"Job {job_id} is {_status(row)} already: it cannot be cancelled")
    # An attempt that fails while we look leaves a job that waits for its retry: look again.
    while row.status in OPEN_JOBS:
        if row.status == JobCode.PROCESSING:
            await server.queue.cancel(row.execution_id)
        elif await server.store.jobs.cancel_waiting(job_id, server.now_ms()):
            server.feed.publish("jobs", job_id)
        row = await find(server, job_id)
    if row.status != JobCode.CANCELLED:
        raise ConflictError(f"Job {job_id} was {_status(row)} before it could be cancelled")
    return row


async def retry(server: Server, job_id: int) -> Row:
    """Queue one more attempt of a job that failed or was cancelled; return it. Of several calls, one does."""
    await runnable(server.store, str((await find(server, job_id)).task_id))

    def decide(row: Row) -> Mapping[str, Any]:
        if row.status not in (JobCode.FAILED, JobCode.CANCELLED):
            raise ConflictError(
                f"Job {job_id} is {_status(row)}: only a failed or cancelled one can be retried"
            )
        again = {"status": JobCode.QUEUED, "error_message": None, "completed_at": None}
        return {**again, **times(None, server.now_ms())}

    row = await _changed(server, job_id, decide)
    server.queue.wake()
    return row


async def change(server: Server, job_id: int, body: JobChange) -> Row:
    """Change what may still change while the job waits, or cancel it; return it."""
    _refuse_what_is_ours(job_id, body)
    if body.status is not None:
        return await cancel(server, job_id)

    def decide(row: Row) -> Mapping[str, Any]:
        if body.model_fields_set and row.status not in WAITING_JOBS:
            raise ConflictError(f"Job {job_id} is {_status(row)}: only a job that waits can be changed")
        return _columns(server, body, row)

    row = await _changed(server, job_id, decide)
    server.queue.wake()
    return row


async def delete(server: Server, job_id: int) -> None:
    """Delete a job that has ended; its executions stay."""

    def decide(row: Row) -> Mapping[str, Any]:
        if row.status in OPEN_JOBS:
            raise ConflictError(f"Job {job_id} is {_status(row)}: cancel it before you delete it")
        return {}

    if not await server.store.jobs.delete(job_id, decide):
        raise MissingError("job", str(job_id))
    server.feed.publish("jobs", job_id, "deleted")


async def redeliver(server: Server, job_id: int, position: int) -> None:
    """Bring a job's output to one of its destinations (from 1) once more."""
    await find(server, job_id)
    try:
        found = await server.store.deliveries.again(job_id, position, server.now_ms())
    except StillOpen as error:
        raise ConflictError(f"Delivery {position} of job {job_id} is still PENDING") from error
    if not found:
        raise MissingError(f"delivery of job {job_id} with the position", str(position))
    server.deliveries.wake()
    server.feed.publish("jobs", job_id)


async def _changed(server: Server, job_id: int, decide: Any) -> Row:
    row = await server.store.jobs.change(job_id, decide)
    if row is None:
        raise MissingError("job", str(job_id))
    server.feed.publish("jobs", job_id)
    return row


def _refuse_what_is_ours(job_id: int, body: JobChange) -> None:
    if body.error_message is not None:
        why = "cannot be set: the engine writes it when an attempt fails"
        raise ConflictError(f"errorMessage of job {job_id} {why}", [Fault("errorMessage", why)])
    if body.status is None:
        return
    if body.status is not JobStatus.CANCELLED:
        why = "can only be set to CANCELLED: the engine decides all else"
        raise ConflictError(f"The status of job {job_id} {why}", [Fault("status", why)])
    given = {name for name in body.model_fields_set if getattr(body, name) is not None}
    if len(given) > 1:
        raise InvalidError([Fault("status", "CANCELLED goes alone: a cancelled job has nothing to change")])


def _columns(server: Server, body: JobChange, row: Row) -> Mapping[str, Any]:
    columns: dict[str, Any] = {}
    if body.priority is not None:
        columns["priority"] = PriorityCode[body.priority.name]
    if body.max_retries is not None:
        columns["max_retries"] = body.max_retries
    if "scheduled_for" in body.model_fields_set:
        at_ms = None if body.scheduled_for is None else milliseconds(body.scheduled_for)
        columns |= times(at_ms, server.now_ms())
    if "retry_policy" in body.model_fields_set:
        columns["retry_policy"] = policy_text(body.retry_policy)
    if "output_destinations" in body.model_fields_set:
        columns["destinations"] = kept(body.output_destinations, server.settings, row.destinations)
    return columns


def policy_text(policy: RetryPolicy | None) -> str | None:
    """Return a retry policy as JSON text, None for the server's own."""
    if policy is None:
        return None
    # All of it, so that it stays what it is when the server's own policy changes.
    return orjson.dumps(policy.model_dump(mode="json", by_alias=True)).decode()


def _status(row: Row) -> str:
    return JobCode(row.status).name
