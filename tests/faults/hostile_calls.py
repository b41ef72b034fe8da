"""Every call of the client, and what must hold of whatever comes out of it."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic import BaseModel

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.live.rows import detail_row, list_row
from ratchet_web.models.base import Wire
from ratchet_web.models.executions import ExecutionQuery, ExecutionStatus, NewExecution
from ratchet_web.models.jobs import Job, JobChange, JobPriority, JobQuery, NewJob
from ratchet_web.models.logs import LogPlace, LogSearch
from ratchet_web.models.pages import Page
from ratchet_web.models.schedules import NewSchedule, ScheduleChange, ScheduleQuery
from ratchet_web.models.tasks import NewTask, SourceCheck, TaskChange, TaskQuery

MESSAGE_LIMIT = 600
CODE = re.compile(
    r"Traceback|File \"|<class |object at 0x|\bNone\b|\{'|\['|b'|\w+Error\(|validation error|errors\.pydantic"
)
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
CRON = "0 0 5 * * *"
WAITING_JOB = Job(id="1", status="QUEUED", priority="LOW", queued_at="2026-01-01T00:00:00Z")


async def _first(stream: Any) -> None:
    """Read a stream to its end, or ten of its parts."""
    async with stream as parts:
        for _ in range(10):
            await anext(parts, None)


CALLS: Mapping[str, Callable[[Ratchet], Awaitable[Any]]] = {
    "dialect": lambda api: api.dialect(afresh=True),
    "health": lambda api: api.monitoring.health(),
    "announced": lambda api: api.monitoring.announced(),
    "metrics": lambda api: api.monitoring.metrics(),
    "prometheus": lambda api: api.monitoring.prometheus(),
    "events": lambda api: _first(api.monitoring.events("é\n1")),
    "tasks.get": lambda api: api.tasks.get("1"),
    "tasks.page": lambda api: api.tasks.page(TaskQuery(q="a", enabled=True)),
    "tasks.create": lambda api: api.tasks.create(NewTask(name="a", source_code="x")),
    "tasks.change": lambda api: api.tasks.change("1", TaskChange(description=None)),
    "tasks.enable": lambda api: api.tasks.enable("1"),
    "tasks.disable": lambda api: api.tasks.disable("1"),
    "tasks.check": lambda api: api.tasks.check(SourceCheck(source_code="x")),
    "tasks.stats": lambda api: api.tasks.stats(),
    "executions.get": lambda api: api.executions.get("1"),
    "executions.page": lambda api: api.executions.page(ExecutionQuery(sort="-completed_at")),
    "executions.page of a job": lambda api: api.executions.page(ExecutionQuery(job="1", limit=100)),
    "executions.page of a status": lambda api: api.executions.page(
        ExecutionQuery(status=ExecutionStatus.FAILED)
    ),
    "executions.create": lambda api: api.executions.create(NewExecution(task_id="1", input={})),
    "executions.cancel": lambda api: api.executions.cancel("1"),
    "executions.retry": lambda api: api.executions.retry("3", {"a": 1}),
    "executions.stats": lambda api: api.executions.stats(),
    "logs.page": lambda api: api.executions.logs.page("1"),
    "logs.at": lambda api: api.executions.logs.at("1", LogPlace(before=9, level="warn")),
    "logs.matches": lambda api: api.executions.logs.matches("1", LogSearch(text="line")),
    "logs.levels": lambda api: api.executions.logs.levels("1"),
    "logs.follow": lambda api: _first(api.executions.logs.follow("1")),
    "jobs.get": lambda api: api.jobs.get("1"),
    "jobs.page": lambda api: api.jobs.page(JobQuery(sort="scheduled_for")),
    "jobs.create": lambda api: api.jobs.create(NewJob(task_id="1", input={})),
    "jobs.cancel": lambda api: api.jobs.cancel("3"),
    "jobs.retry": lambda api: api.jobs.retry("1"),
    "jobs.change": lambda api: api.jobs.change("1", JobChange(priority=JobPriority.HIGH, max_retries=1)),
    "jobs.counts": lambda api: api.jobs.counts(JobQuery(text="a")),
    "jobs.deliveries": lambda api: api.jobs.deliveries("1"),
    "jobs.redeliver": lambda api: api.jobs.redeliver("1", 1),
    "jobs.queue": lambda api: api.jobs.queue(job="1"),
    "jobs.ahead": lambda api: api.jobs.ahead(WAITING_JOB),
    "jobs.stats": lambda api: api.jobs.stats(),
    "schedules.get": lambda api: api.schedules.get("1"),
    "schedules.page": lambda api: api.schedules.page(ScheduleQuery(sort="next_run")),
    "schedules.create": lambda api: api.schedules.create(
        NewSchedule(task_id="1", name="a", cron_expression=CRON)
    ),
    "schedules.change": lambda api: api.schedules.change("1", ScheduleChange(name="b")),
    "schedules.delete": lambda api: api.schedules.delete("1"),
    "schedules.enable": lambda api: api.schedules.enable("1"),
    "schedules.disable": lambda api: api.schedules.disable("1"),
    "schedules.trigger": lambda api: api.schedules.trigger("1"),
    "schedules.stats": lambda api: api.schedules.stats(),
}


async def outcome(call: Callable[[Ratchet], Awaitable[Any]], api: Ratchet) -> str:
    """Return what is wrong with what a call returns or raises, empty where nothing is."""
    try:
        found = await call(api)
    except RatchetError as error:
        return _unfit(error)
    except Exception as error:  # noqa: BLE001 (that none comes out is what is tested)
        return f"{type(error).__name__}: {error!s:.200}"
    try:
        return _unsound(found)
    except Exception as error:  # noqa: BLE001
        return f"what came out cannot go on: {type(error).__name__}: {error!s:.200}"


def _unfit(error: RatchetError) -> str:
    texts = {"message": str(error), "title": error.title}
    for name, text in texts.items():
        if not text.strip() or len(text) > MESSAGE_LIMIT:
            return f"its {name} has {len(text)} characters: {text!r:.80}"
    for name, text in {**texts, **error.fields, **dict.fromkeys(error.fields, "")}.items():
        if CODE.search(text) or CONTROL.search(name + text):
            return f"its {name!r} is not fit for people: {text!r:.200}"
    if sum(len(name) + len(text) for name, text in error.fields.items()) > 50 * MESSAGE_LIMIT:
        return f"its {len(error.fields)} fields are too much for people"
    if any(not isinstance(text, str) for text in (error.code, error.request_id)):
        return "its code or request id is no text"
    wait_s = error.retry_after_s
    return "" if wait_s is None or 0 <= wait_s <= 3_600 else f"it asks to wait for {wait_s} s"


def _unsound(found: Any) -> str:
    """Return what a browser could not take of a result."""
    if isinstance(found, Page):
        ids = [row.id for row in found.rows]
        if len(ids) > 100 or len(set(ids)) < len(ids) or not all(ids):
            return f"a page of {len(ids)} rows with {len(set(ids))} ids"
        _of_json([list_row(row) for row in found.rows])
        return "" if found.total is None or 0 <= found.total < 2**63 else f"a total of {found.total}"
    if isinstance(found, Wire):
        _of_json([list_row(found), detail_row(found)])
    if isinstance(found, BaseModel):
        _of_json(found.model_dump(mode="json"))
    return ""


def _of_json(value: Any) -> None:
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
