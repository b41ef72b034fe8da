"""The verbs of the client by noun: what a run reads its rows with, and what it does to each."""

from collections.abc import Awaitable, Callable
from typing import Any

from ratchet_web.api import Ratchet
from ratchet_web.logic.bulk import Row
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.jobs import JobChange, JobPriority, JobQuery
from ratchet_web.models.pages import Page, Query
from ratchet_web.models.schedules import ScheduleQuery
from ratchet_web.models.tasks import TaskQuery

QUERIES: dict[str, type[Query]] = {
    "jobs": JobQuery,
    "executions": ExecutionQuery,
    "tasks": TaskQuery,
    "schedules": ScheduleQuery,
}


def reader(api: Ratchet, noun: str) -> Callable[[str], Awaitable[Row]]:
    """Return what reads a row by its id."""
    readers: dict[str, Callable[[str], Awaitable[Row]]] = {
        "jobs": api.jobs.get,
        "executions": api.executions.get,
        "tasks": api.tasks.get,
        "schedules": api.schedules.get,
    }
    return readers[noun]


def pager(api: Ratchet, noun: str) -> Callable[[Query], Awaitable[Page[Any]]]:
    """Return what reads a page of rows; the query is of the noun's kind in `QUERIES`."""
    pagers: dict[str, Callable[[Any], Awaitable[Page[Any]]]] = {
        "jobs": api.jobs.page,
        "executions": api.executions.page,
        "tasks": api.tasks.page,
        "schedules": api.schedules.page,
    }
    return pagers[noun]


def doer(api: Ratchet, noun: str, verb: str, value: str = "") -> Callable[[str], Awaitable[Row]]:
    """Return what does it to the row with an id; it answers the row, or what was begun for it."""

    def prioritise(id: str) -> Awaitable[Row]:
        return api.jobs.change(id, JobChange(priority=JobPriority(value)))

    doers: dict[tuple[str, str], Callable[[str], Awaitable[Row]]] = {
        ("jobs", "cancel"): api.jobs.cancel,
        ("jobs", "retry"): api.jobs.retry,
        ("jobs", "priority"): prioritise,
        ("executions", "cancel"): api.executions.cancel,
        ("executions", "retry"): api.executions.retry,
        ("tasks", "enable"): api.tasks.enable,
        ("tasks", "disable"): api.tasks.disable,
        ("schedules", "enable"): api.schedules.enable,
        ("schedules", "disable"): api.schedules.disable,
    }
    return doers[noun, verb]
