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
    return _resource(api, noun).get  # type: ignore[no-any-return]


def pager(api: Ratchet, noun: str) -> Callable[[Query], Awaitable[Page[Any]]]:
    """Return what reads a page of rows."""
    return _resource(api, noun).page  # type: ignore[no-any-return]


def doer(api: Ratchet, noun: str, verb: str, value: str = "") -> Callable[[str], Awaitable[Row]]:
    """Return what does it to the row with an id; it answers the row, or what was begun for it."""
    if verb == "priority":
        change = JobChange(priority=JobPriority(value))
        return lambda id: api.jobs.change(id, change)
    resource = _resource(api, noun)
    verbs = {"cancel": "cancel", "retry": "retry", "enable": "enable", "disable": "disable"}
    return getattr(resource, verbs[verb])  # type: ignore[no-any-return]


def _resource(api: Ratchet, noun: str) -> Any:
    return {"jobs": api.jobs, "executions": api.executions, "tasks": api.tasks, "schedules": api.schedules}[
        noun
    ]
