"""From the names that browsers know to topics. Names come from outside: everything in them is checked."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import parse_qsl

from ratchet_web.live.executions import ExecutionDetail, ExecutionList
from ratchet_web.live.jobs import JobDetail, JobList
from ratchet_web.live.monitoring import Dashboard
from ratchet_web.live.schedules import ScheduleDetail, ScheduleList
from ratchet_web.live.tasks import TaskDetail, TaskList
from ratchet_web.live.topic import Topic
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.jobs import JobQuery
from ratchet_web.models.pages import Query
from ratchet_web.models.schedules import ScheduleQuery
from ratchet_web.models.tasks import TaskQuery

Q = TypeVar("Q", bound=Query)
NAME_LIMIT = 1000
DETAIL = re.compile(r"(executions|jobs|schedules|tasks)/([0-9]{1,20})")
LOGS = re.compile(r"executions/([0-9]{1,20})/logs")
DETAILS: Mapping[str, Callable[[str, str], Topic]] = {
    "executions": ExecutionDetail,
    "jobs": JobDetail,
    "schedules": ScheduleDetail,
    "tasks": TaskDetail,
}


def parse(name: str) -> Topic | None:
    """Return the topic of this name: a list, a detail or the dashboard; None if it makes no sense.

    A list's name is its query's address without the leading slash: `executions?status=FAILED`.
    """
    if len(name) > NAME_LIMIT:
        return None
    if name == "dashboard":
        return Dashboard(name)
    if found := DETAIL.fullmatch(name):
        return DETAILS[found[1]](name, found[2])
    return _list(name)


def execution_of_log(name: str) -> str | None:
    """Return the execution's id of a log's topic, `executions/12/logs`; None if it is none."""
    found = LOGS.fullmatch(name)
    return found[1] if found else None


def _list(name: str) -> Topic | None:
    noun, _, params = name.partition("?")
    if noun == "executions" and (executions := _query(ExecutionQuery, params)):
        return ExecutionList(name, executions)
    if noun == "jobs" and (jobs := _query(JobQuery, params)):
        return JobList(name, jobs)
    if noun == "schedules" and (schedules := _query(ScheduleQuery, params)):
        return ScheduleList(name, schedules)
    if noun == "tasks" and (tasks := _query(TaskQuery, params)):
        return TaskList(name, tasks)
    return None


def _query(model: type[Q], params: str) -> Q | None:
    try:
        pairs = parse_qsl(params, keep_blank_values=True, strict_parsing=bool(params), max_num_fields=20)
    except ValueError:
        return None
    given = dict(pairs)
    if len(given) < len(pairs) or "" in given.values() or not given.keys() <= model.model_fields.keys():
        return None
    query, bad = model.parse(given)
    return None if bad else query
