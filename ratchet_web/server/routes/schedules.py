"""`/schedules`."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import JsonValue

from ratchet_web.logic.cron import CronError, coming, normalise
from ratchet_web.logic.schemas import Fault
from ratchet_web.logic.zones import ZoneError, zone_of
from ratchet_web.models.envelopes import Done, Listed, One
from ratchet_web.models.jobs import Job, JobPriority
from ratchet_web.models.schedules import (
    NewSchedule,
    Schedule,
    ScheduleChange,
    SchedulePreview,
    ScheduleTrigger,
)
from ratchet_web.server import wire
from ratchet_web.server.acts.jobs import policy_text
from ratchet_web.server.deliveries.destinations import kept
from ratchet_web.server.engine.judge import Judge
from ratchet_web.server.errors import InvalidError, MissingError
from ratchet_web.server.inputs import checked, runnable
from ratchet_web.server.parameters.schedules import ScheduleParameters, SchedulePreviewParameters
from ratchet_web.server.routes import tasks
from ratchet_web.server.routes.base import Running, answer, one, refuse_null, router, row_id, who
from ratchet_web.server.server import Server
from ratchet_web.server.store.codes import MisfireCode, PriorityCode
from ratchet_web.server.store.jobs import NewRow
from ratchet_web.server.store.lists.base import Row

routes = router("/schedules")

_MAY_BE_NULL = {"description", "input", "retry_policy", "output_destinations"}
_NEVER_NULL = tuple(name for name in ScheduleChange.model_fields if name not in _MAY_BE_NULL)


@routes.get("", response_model=Listed[Schedule])
async def page(server: Running, parameters: Annotated[ScheduleParameters, Query()]) -> Response:
    """List schedules."""
    window = parameters.window()
    found = await server.store.schedules.page(parameters.wanted(server.now_ms()), window)
    return answer(wire.listed(found, window, wire.schedule, server.now_ms()))


@routes.post("", response_model=One[Schedule], status_code=201)
async def create(server: Running, request: Request, body: NewSchedule) -> Response:
    """Create a schedule; a cron expression of five fields gets seconds 0."""
    values = _columns(server, body, body.model_dump())
    task = await runnable(server.store, body.task_id)
    values |= {"task_id": task.id, "input": await _input(server.pool.judge, task, body.input)}
    row = await server.store.schedules.add(values, server.now_ms(), who(request))
    server.scheduler.wake()
    server.feed.publish("schedules", row.id, "created")
    return one(wire.schedule_alone(row), 201)


@routes.get("/preview", response_model=One[SchedulePreview])
async def preview(server: Running, asked: Annotated[SchedulePreviewParameters, Query()]) -> Response:
    """Say in words what an expression means, and when it fires next in its zone."""
    timing = _timing({"cron_expression": asked.cron_expression, "time_zone": asked.time_zone})
    cron, zone = timing["cron_expression"], timing["time_zone"]
    after = asked.after or datetime.fromtimestamp(server.now_ms() / 1000, UTC)
    # In a thread: a hundred rare dates take longer than others should wait.
    runs = await asyncio.to_thread(coming, cron, zone, after, asked.count)
    return one(wire.preview(cron, zone, runs))


@routes.get("/{schedule_id}", response_model=One[Schedule])
async def get(server: Running, schedule_id: str) -> Response:
    """Return one schedule, with its next runs."""
    return one(wire.schedule_alone(await find(server, schedule_id)))


@routes.patch("/{schedule_id}", response_model=One[Schedule])
async def change(server: Running, request: Request, schedule_id: str, body: ScheduleChange) -> Response:
    """Change a schedule: what is absent stays as it is."""
    before = await find(server, schedule_id)
    refuse_null(body, *_NEVER_NULL)
    values = _columns(server, body, body.model_dump(exclude_unset=True), before.destinations)
    if "input" in values:
        task = await tasks.find(server, str(before.task_id))
        values["input"] = await _input(server.pool.judge, task, values["input"])
    return one(wire.schedule_alone(await _change(server, request, before, values)))


@routes.delete("/{schedule_id}", status_code=204)
async def delete(server: Running, schedule_id: str) -> Response:
    """Delete a schedule; its jobs stay."""
    number = row_id("schedule", schedule_id)
    if not await server.store.schedules.delete(number):
        raise MissingError("schedule", schedule_id)
    server.scheduler.wake()
    server.feed.publish("schedules", number, "deleted")
    return Response(status_code=204)


@routes.post("/{schedule_id}/enable", response_model=Done[Schedule])
async def enable(server: Running, request: Request, schedule_id: str) -> Response:
    """Enable a schedule: it fires from its next time on."""
    row = await _change(server, request, await find(server, schedule_id), {"enabled": True})
    return answer(wire.done(f"Schedule {row.name} is enabled", wire.schedule_alone(row)))


@routes.post("/{schedule_id}/disable", response_model=Done[Schedule])
async def disable(server: Running, request: Request, schedule_id: str) -> Response:
    """Disable a schedule: it fires no more."""
    row = await _change(server, request, await find(server, schedule_id), {"enabled": False})
    return answer(wire.done(f"Schedule {row.name} is disabled", wire.schedule_alone(row)))


@routes.post("/{schedule_id}/trigger", response_model=One[Job], status_code=201)
async def trigger(server: Running, schedule_id: str, body: ScheduleTrigger | None = None) -> Response:
    """Queue a job of the schedule now, also of one that is disabled; the body may bring another input."""
    row = await find(server, schedule_id)
    task = await runnable(server.store, str(row.task_id))
    asked = body or ScheduleTrigger()
    given = await checked(server.pool.judge, task, asked.input) if "input" in asked.model_fields_set else None
    new = NewRow(
        task.id,
        given or row.input or "{}",
        priority=asked.priority or JobPriority[PriorityCode(row.priority).name],
        max_retries=row.max_retries,
        schedule_id=row.id,
        retry_policy=row.retry_policy,
        destinations=row.destinations,
    )
    job_id = await server.store.schedules.trigger(row.id, new, server.now_ms())
    if job_id is None:
        raise MissingError("schedule", schedule_id)
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


async def _change(server: Server, request: Request, before: Row, values: dict[str, Any]) -> Row:
    row = await server.store.schedules.change(before.id, values, server.now_ms(), who(request))
    if row is None:
        raise MissingError("schedule", str(before.id))
    server.scheduler.wake()
    server.feed.publish("schedules", row.id)
    return row


def _columns(
    server: Server, body: NewSchedule | ScheduleChange, given: dict[str, Any], destinations: str | None = None
) -> dict[str, Any]:
    """Return the columns of what a body gives; its input stays as it is.

    Where it sends masks back, the secrets of the earlier `destinations` stay.
    """
    values = {**given, **_timing(given)}
    if "retry_policy" in values:
        values["retry_policy"] = policy_text(body.retry_policy)
    if "output_destinations" in values:
        del values["output_destinations"]
        values["destinations"] = kept(body.output_destinations, server.settings, destinations)
    if "priority" in values:
        values["priority"] = PriorityCode[values["priority"].name]
    if "misfire_policy" in values:
        values["misfire_policy"] = MisfireCode[values["misfire_policy"].name]
    return values


def _timing(given: dict[str, Any]) -> dict[str, str]:
    """Return the expression and the zone of what is given, in the form in which they are kept."""
    timing, faults = {}, []
    try:
        if "cron_expression" in given:
            timing["cron_expression"] = normalise(given["cron_expression"])
    except CronError as error:
        faults.append(Fault("cronExpression", str(error)))
    try:
        if "time_zone" in given:
            timing["time_zone"] = zone_of(given["time_zone"]).key
    except ZoneError as error:
        faults.append(Fault("timeZone", str(error)))
    if faults:
        raise InvalidError(faults)
    return timing


async def _input(judge: Judge, task: Row, value: JsonValue) -> str | None:
    """Return the input as JSON text; a schedule without one runs its task with `{}`."""
    text = await checked(judge, task, {} if value is None else value)
    return None if value is None else text
