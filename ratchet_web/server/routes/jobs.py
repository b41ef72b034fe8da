"""`/jobs`."""

from typing import Annotated

from fastapi import Query, Response

from ratchet_web.models.jobs import NewJob
from ratchet_web.server import wire
from ratchet_web.server.errors import ConflictError, MissingError
from ratchet_web.server.inputs import checked, runnable
from ratchet_web.server.parameters.base import milliseconds
from ratchet_web.server.parameters.jobs import JobParameters
from ratchet_web.server.routes.base import Running, answer, one, router, row_id
from ratchet_web.server.server import Server
from ratchet_web.server.store.codes import JobCode
from ratchet_web.server.store.jobs import NewRow
from ratchet_web.server.store.lists.base import Row

routes = router("/jobs")


@routes.get("")
async def page(server: Running, parameters: Annotated[JobParameters, Query()]) -> Response:
    """List jobs."""
    window = parameters.window()
    found = await server.store.jobs.page(parameters.wanted(server.now_ms()), window)
    return answer(wire.listed(found, window, wire.job, server.now_ms()))


@routes.post("")
async def create(server: Running, body: NewJob) -> Response:
    """Queue a run of a task; each attempt is an execution."""
    task = await runnable(server.store, body.task_id)
    new = NewRow(
        task_id=task.id,
        input=await checked(task, body.input),
        priority=body.priority,
        max_retries=body.max_retries,
        scheduled_for_ms=None if body.scheduled_for is None else milliseconds(body.scheduled_for),
    )
    row = await server.store.jobs.add(new, server.now_ms())
    server.queue.wake()
    server.feed.publish("jobs", row.id, "created")
    return one(wire.job(row), 201)


@routes.get("/{job_id}")
async def get(server: Running, job_id: str) -> Response:
    """Return one job."""
    return one(wire.job(await find(server, job_id)))


@routes.post("/{job_id}/cancel")
async def cancel(server: Running, job_id: str) -> Response:
    """Stop a job, whether it waits or runs."""
    row = before = await find(server, job_id)
    # An attempt that fails while we look leaves a job that waits for its retry: look again.
    while row.status in (JobCode.QUEUED, JobCode.RETRYING, JobCode.PROCESSING):
        if row.status == JobCode.PROCESSING:
            await server.queue.cancel(row.execution_id)
        elif await server.store.jobs.cancel_waiting(row.id, server.now_ms()):
            server.feed.publish("jobs", row.id)
        row = await find(server, job_id)
    if before.status == row.status or row.status != JobCode.CANCELLED:
        raise ConflictError(f"Job {row.id} is {JobCode(row.status).name}: it cannot be cancelled")
    return answer(wire.done(f"Job {row.id} is cancelled", wire.job(row)))


@routes.post("/{job_id}/retry")
async def retry(server: Running, job_id: str) -> Response:
    """Queue one more attempt of a job that failed or was cancelled."""
    before = await find(server, job_id)
    await runnable(server.store, str(before.task_id))
    if not await server.store.jobs.retry(before.id):
        status = JobCode(before.status).name
        raise ConflictError(f"Job {before.id} is {status}: only a failed or cancelled one can be retried")
    server.queue.wake()
    server.feed.publish("jobs", before.id)
    row = await find(server, job_id)
    return answer(wire.done(f"Job {row.id} is queued again", wire.job(row)))


async def find(server: Server, job_id: str) -> Row:
    """Return the job with this id; raises `MissingError`."""
    row = await server.store.jobs.get(row_id("job", job_id))
    if row is None:
        raise MissingError("job", job_id)
    return row
