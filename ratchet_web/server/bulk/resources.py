"""What bulk operations know of each resource: its filters, how it is listed and shown, its acts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ratchet_web.server import wire
from ratchet_web.server.parameters.base import ListParameters
from ratchet_web.server.parameters.executions import ExecutionParameters
from ratchet_web.server.parameters.jobs import JobParameters
from ratchet_web.server.parameters.schedules import ScheduleParameters
from ratchet_web.server.parameters.tasks import TaskParameters
from ratchet_web.server.store.acts import executions as execution_acts
from ratchet_web.server.store.acts import jobs as job_acts
from ratchet_web.server.store.acts import schedules as schedule_acts
from ratchet_web.server.store.acts import tasks as task_acts
from ratchet_web.server.store.acts.base import Act
from ratchet_web.server.store.lists import executions, jobs, schedules, tasks
from ratchet_web.server.store.lists.base import Listing, Row


@dataclass(frozen=True)
class Resource:
    """One resource with bulk operations."""

    name: str
    parameters: type[ListParameters]
    listing: Listing
    present: Callable[[Row], dict[str, Any]]
    acts: Mapping[str, Act]


EXECUTIONS = Resource(
    "executions", ExecutionParameters, executions.LISTING, wire.execution, execution_acts.ACTS
)
JOBS = Resource("jobs", JobParameters, jobs.LISTING, wire.job, job_acts.ACTS)
TASKS = Resource("tasks", TaskParameters, tasks.LISTING, wire.task, task_acts.ACTS)
SCHEDULES = Resource("schedules", ScheduleParameters, schedules.LISTING, wire.schedule, schedule_acts.ACTS)

RESOURCES: Mapping[str, Resource] = {
    resource.name: resource for resource in (EXECUTIONS, JOBS, TASKS, SCHEDULES)
}
