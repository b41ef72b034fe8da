"""From the names that browsers know to topics. Names come from outside: everything in them is checked."""

from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import parse_qsl

from ratchet_web.live.dashboard import Dashboard
from ratchet_web.live.dashboard_range import parsed as dashboard_of
from ratchet_web.live.executions import ExecutionList, ExecutionsInTime
from ratchet_web.live.executions_attempts import ExecutionAttempts
from ratchet_web.live.executions_detail import ExecutionDetail
from ratchet_web.live.failures import FailureList
from ratchet_web.live.failures import parsed as failure_of
from ratchet_web.live.jobs import JobList
from ratchet_web.live.jobs_detail import JobDetail
from ratchet_web.live.jobs_queue import parsed as queue_of
from ratchet_web.live.pauses import PauseList
from ratchet_web.live.schedules import ScheduleDetail, ScheduleList
from ratchet_web.live.schedules_activity import ScheduleFigures, ScheduleHistory, ScheduleStrips
from ratchet_web.live.system import System
from ratchet_web.live.tasks import TaskActivity, TaskDetail, TaskList
from ratchet_web.live.tasks_overview import TaskFigures, TaskOverview
from ratchet_web.live.tasks_versions import parsed as versions_of
from ratchet_web.live.topic import Topic
from ratchet_web.models.base import is_row_id
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.failures import FailureQuery
from ratchet_web.models.jobs import JobQuery
from ratchet_web.models.pages import Query
from ratchet_web.models.pauses import TOPIC as PAUSES_TOPIC
from ratchet_web.models.schedules import ScheduleQuery
from ratchet_web.models.series import PERIODS
from ratchet_web.models.tasks import TaskQuery

Q = TypeVar("Q", bound=Query)
NAME_LIMIT = 1000
DENSITY = "executions/density"
DETAILS: Mapping[str, Callable[[str, str], Topic]] = {
    "executions": ExecutionDetail,
    "jobs": JobDetail,
    "schedules": ScheduleDetail,
    "tasks": TaskDetail,
    "overview": TaskOverview,
    "strips": ScheduleFigures,
    "changes": ScheduleHistory,
}


def parse(name: str) -> Topic | None:
    """Return the topic of this name: a list, a detail, attempts, pauses, dashboard, system; None for none.

    A list's name is its query's address without the leading slash: `executions?status=FAILED`.
    """
    if len(name) > NAME_LIMIT:
        return None
    if name == "dashboard":
        return Dashboard(name)
    if name == PAUSES_TOPIC:
        return PauseList(name)
    if name == "system":
        return System(name)
    if (id := _execution_of(name, "attempts")) is not None:
        return ExecutionAttempts(name, id)
    noun, _, id = name.partition("/")
    if noun == "figures":
        return _figures(name, *id.partition("/")[::2])
    if noun in DETAILS and is_row_id(id):
        return DETAILS[noun](name, id)
    if noun == "changes":
        return _history(name, *id.partition("/")[::2])
    made = dashboard_of(name) or versions_of(name) or queue_of(name) or failure_of(name)
    return made or _list(name)


def _history(name: str, id: str, before: str) -> Topic | None:
    return ScheduleHistory(name, id, before) if is_row_id(id) and is_row_id(before) else None


def _figures(name: str, id: str, period: str) -> Topic | None:
    return TaskFigures(name, id, PERIODS[period]) if is_row_id(id) and period in PERIODS else None


def execution_of_log(name: str) -> str | None:
    """Return the execution's id of a log's topic, `executions/12/logs`; None if it is none."""
    return _execution_of(name, "logs")


def _execution_of(name: str, part: str) -> str | None:
    id = name.removeprefix("executions/").removesuffix(f"/{part}")
    return id if is_row_id(id) and name == f"executions/{id}/{part}" else None


def _list(name: str) -> Topic | None:
    noun, _, params = name.partition("?")
    if noun == "executions" and (executions := query_of(ExecutionQuery, params)):
        return ExecutionList(name, executions)
    if noun == DENSITY and (executions := query_of(ExecutionQuery, params)):
        return ExecutionsInTime(name, executions)
    if noun == "failures" and (failures := query_of(FailureQuery, params)):
        return FailureList(name, failures)
    if noun == "jobs" and (jobs := query_of(JobQuery, params)):
        return JobList(name, jobs)
    if noun == "schedules" and (schedules := query_of(ScheduleQuery, params)):
        return ScheduleList(name, schedules)
    if noun == "strips" and (schedules := query_of(ScheduleQuery, params)):
        return ScheduleStrips(name, schedules)
    if noun == "tasks" and (tasks := query_of(TaskQuery, params)):
        return TaskList(name, tasks)
    if noun == "activity" and (tasks := query_of(TaskQuery, params)):
        return TaskActivity(name, tasks)
    return None


def query_of(model: type[Q], params: str) -> Q | None:
    """Return the query that the parameters of a name are, None if they make no sense."""
    try:
        pairs = parse_qsl(params, keep_blank_values=True, strict_parsing=bool(params), max_num_fields=20)
    except ValueError:
        return None
    given = dict(pairs)
    if len(given) < len(pairs) or "" in given.values() or not given.keys() <= model.model_fields.keys():
        return None
    query, bad = model.parse(given)
    return None if bad else query
