"""`/schedules`."""

from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import JsonValue

from ratchet_web.logic.cron import CronError, normalise
from ratchet_web.logic.schemas import Fault
from ratchet_web.models.schedules import NewSchedule, ScheduleChange
from ratchet_web.server import wire
from ratchet_web.server.errors import InvalidError, MissingError
from ratchet_web.server.inputs import checked, runnable
from ratchet_web.server.parameters.schedules import ScheduleParameters
from ratchet_web.server.routes import tasks
from ratchet_web.server.routes.base import Running, answer, one, refuse_null, router, row_id
from ratchet_web.server.scheduler import next_run_ms
from ratchet_web.server.server import Server
from ratchet_web.server.store.jobs import NewRow
from ratchet_web.server.store.lists.base import Row

routes = router("/schedules")

_NEVER_NULL = ("name", "cron_expression", "enabled")


@routes.get("")
async def page(server: Running, parameters: Annotated[ScheduleParameters, Query()]) -> Response:
    """List schedules."""
    window = parameters.window()
    found = await server.store.schedules.page(parameters.wanted(server.now_ms()), window)
    return answer(wire.listed(found, window, wire.schedule, server.now_ms()))


@routes.post("")
async def create(server: Running, body: NewSchedule) -> Response:
    """Create a schedule; a cron expression of five fields gets seconds 0."""
    cron = _cron(body.cron_expression)
    task = await runnable(server.store, body.task_id)
    values = {
        "task_id": task.id,
        "name": body.name,
        "description": body.description,
        "cron_expression": cron,
        "enabled": body.enabled,
        "input": await _input(task, body.input),
        "next_run": next_run_ms(cron, server.now_ms()) if body.enabled else None,
    }
    row = await server.store.schedules.add(values, server.now_ms())
    server.scheduler.wake()
    server.feed.publish("schedules", row.id, "created")
    return one(wire.schedule(row), 201)


@routes.get("/{schedule_id}")
async def get(server: Running, schedule_id: str) -> Response:
    """Return one schedule."""
    return one(wire.schedule(await find(server, schedule_id)))


@routes.patch("/{schedule_id}")
async def change(server: Running, schedule_id: str, body: ScheduleChange) -> Response:
    """Change what is given; what is absent stays as it is."""
    before = await find(server, schedule_id)
    refuse_null(body, *_NEVER_NULL)
    values = body.model_dump(exclude_unset=True)
    if "cron_expression" in values:
        values["cron_expression"] = _cron(values["cron_expression"])
    if "input" in values:
        task = await tasks.find(server, str(before.task_id))
        values["input"] = await _input(task, values["input"])
    return one(wire.schedule(await _change(server, before, values)))


@routes.delete("/{schedule_id}")
async def delete(server: Running, schedule_id: str) -> Response:
    """Delete a schedule; its jobs stay."""
    number = row_id("schedule", schedule_id)
    if not await server.store.schedules.delete(number):
        raise MissingError("schedule", schedule_id)
    server.scheduler.wake()
    server.feed.publish("schedules", number, "deleted")
    return Response(status_code=204)


@routes.post("/{schedule_id}/enable")
async def enable(server: Running, schedule_id: str) -> Response:
    """Let the schedule fire from its next time on."""
    row = await _change(server, await find(server, schedule_id), {"enabled": True})
    return answer(wire.done(f"Schedule {row.name} is enabled", wire.schedule(row)))


@routes.post("/{schedule_id}/disable")
async def disable(server: Running, schedule_id: str) -> Response:
    """Let the schedule fire no more."""
    row = await _change(server, await find(server, schedule_id), {"enabled": False})
    return answer(wire.done(f"Schedule {row.name} is disabled", wire.schedule(row)))


@routes.post("/{schedule_id}/trigger")
async def trigger(server: Running, schedule_id: str) -> Response:
    """Queue a job of the schedule now, also of one that is disabled."""
    row = await find(server, schedule_id)
    task = await runnable(server.store, str(row.task_id))
    new = NewRow(task.id, row.input or "{}", schedule_id=row.id)
    job_id = await server.store.schedules.trigger(row.id, new, server.now_ms())
    server.queue.wake()
    server.feed.publish("schedules", row.id)
    server.feed.publish("jobs", job_id, "created")
    job = await server.store.jobs.get(job_id)
    return one(wire.job(job) if job is not None else None, 201)


async def find(server: Server, schedule_id: str) -> Row:
    """Return the schedule with this id; raises `MissingError`."""
    row = await server.store.schedules.get(row_id("schedule", schedule_id))
    if row is None:
        raise MissingError("schedule", schedule_id)
    return row


async def _change(server: Server, before: Row, values: dict[str, Any]) -> Row:
    enabled = values.get("enabled", before.enabled)
    cron = values.get("cron_expression", before.cron_expression)
    if enabled != before.enabled or cron != before.cron_expression:
        values["next_run"] = next_run_ms(cron, server.now_ms()) if enabled else None
    row = await server.store.schedules.change(before.id, values, server.now_ms())
    if row is None:
        raise MissingError("schedule", str(before.id))
    server.scheduler.wake()
    server.feed.publish("schedules", row.id)
    return row


def _cron(expression: str) -> str:
    try:
        return normalise(expression)
    except CronError as error:
        raise InvalidError([Fault("cronExpression", str(error))]) from None


async def _input(task: Row, value: JsonValue) -> str | None:
    """Return the input as JSON text; a schedule without one runs its task with `{}`."""
    text = await checked(task, {} if value is None else value)
    return None if value is None else text
