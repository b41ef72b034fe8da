"""`/jobs`."""

from typing import Annotated

from fastapi import Query, Response

from ratchet_web.models.destinations import Delivery
from ratchet_web.models.envelopes import Done, DoneMany, Listed, One, Several
from ratchet_web.models.executions import Attempt
from ratchet_web.models.jobs import Job, JobChange, NewJob
from ratchet_web.server import wire
from ratchet_web.server.acts import jobs as acts
from ratchet_web.server.errors import MissingError
from ratchet_web.server.parameters.jobs import JobParameters
from ratchet_web.server.routes.base import Running, answer, one, router, row_id

routes = router("/jobs")

# More than a job can have by its own policy.
ATTEMPTS_LIMIT = 200


@routes.get("", response_model=Listed[Job])
async def page(server: Running, parameters: Annotated[JobParameters, Query()]) -> Response:
    """List jobs."""
    window = parameters.window()
    found = await server.store.jobs.page(parameters.wanted(server.now_ms()), window)
    return answer(wire.listed(found, window, wire.job, server.now_ms()))


@routes.post("", response_model=One[Job], status_code=201)
async def create(server: Running, body: NewJob) -> Response:
    """Queue a run of a task; each attempt is an execution."""
    return one(wire.job(await acts.create(server, body)), 201)


@routes.get("/{job_id}", response_model=One[Job])
async def get(server: Running, job_id: str) -> Response:
    """Return one job. Secrets of its output destinations are masked."""
    return one(wire.job(await acts.find(server, row_id("job", job_id))))


@routes.patch("/{job_id}", response_model=One[Job])
async def change(server: Running, job_id: str, body: JobChange) -> Response:
    """Change a job that waits, or cancel it (`status: CANCELLED`)."""
    return one(wire.job(await acts.change(server, row_id("job", job_id), body)))


@routes.delete("/{job_id}", status_code=204)
async def delete(server: Running, job_id: str) -> Response:
    """Delete a job that has ended; its executions stay."""
    await acts.delete(server, row_id("job", job_id))
    return Response(status_code=204)


@routes.post("/{job_id}/cancel", response_model=Done[Job])
async def cancel(server: Running, job_id: str) -> Response:
    """Stop a job, whether it waits or runs."""
    row = await acts.cancel(server, row_id("job", job_id))
    return answer(wire.done(f"Job {row.id} is cancelled", wire.job(row)))


@routes.post("/{job_id}/retry", response_model=Done[Job])
async def retry(server: Running, job_id: str) -> Response:
    """Queue a job anew that failed or was cancelled: one more attempt."""
    row = await acts.retry(server, row_id("job", job_id))
    return answer(wire.done(f"Job {row.id} is queued again", wire.job(row)))


@routes.get("/{job_id}/attempts", response_model=Several[Attempt])
async def attempts(server: Running, job_id: str) -> Response:
    """List the executions of a job, oldest first, without input and output."""
    rows = await server.store.jobs.attempts(row_id("job", job_id), ATTEMPTS_LIMIT)
    if rows is None:
        raise MissingError("job", job_id)
    return answer({"data": [wire.attempt(row) for row in rows]})


@routes.get("/{job_id}/deliveries", response_model=Several[Delivery])
async def deliveries(server: Running, job_id: str) -> Response:
    """List the deliveries of a job's output, once it has completed."""
    row = await acts.find(server, row_id("job", job_id))
    return answer({"data": [wire.delivery(each) for each in await server.store.deliveries.of_job(row.id)]})


@routes.post("/{job_id}/deliveries/{position}/redeliver", response_model=DoneMany[Delivery])
async def redeliver(server: Running, job_id: str, position: str) -> Response:
    """Bring the output to one destination (counted from 1) once more."""
    number = row_id("job", job_id)
    await acts.redeliver(server, number, row_id("delivery", position))
    rows = await server.store.deliveries.of_job(number)
    body = {"success": True, "message": f"Delivery {position} of job {number} is made once more"}
    return answer({**body, "data": [wire.delivery(each) for each in rows]})
