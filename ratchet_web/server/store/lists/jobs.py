"""How jobs are listed."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ratchet_web.models.jobs import JobStatus
from ratchet_web.server.store.codes import JobCode, PriorityCode
from ratchet_web.server.store.lists.base import Listing, short
from ratchet_web.server.store.schema import job_counts, job_payloads, jobs, tasks

_J, _P = jobs.c, job_payloads.c


def rows(payload: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Return the selection of jobs with their input."""
    joined = jobs.join(job_payloads, _P.job_id == _J.id).outerjoin(tasks, tasks.c.id == _J.task_id)
    return sa.select(jobs, payload, tasks.c.name.label("task_name")).select_from(joined)


def _code(status: JobStatus) -> JobCode:
    return JobCode[status.name]


def _total(connection: sa.Connection, wanted: Mapping[str, Any]) -> int | None:
    """Read the exact count from the counters where task and status decide alone."""
    if not wanted.keys() <= {"task_id", "status"}:
        return None
    where = [job_counts.c.task_id == wanted["task_id"]] if "task_id" in wanted else []
    if "status" in wanted:
        where.append(job_counts.c.status == _code(wanted["status"]))
    return connection.scalar(sa.select(sa.func.coalesce(sa.func.sum(job_counts.c.n), 0)).where(*where))


LISTING = Listing(
    key=_J.id,
    select=rows(short(_P.input)),
    filters={
        "status": lambda value: _J.status == _code(value),
        "status_ne": lambda value: _J.status != _code(value),
        "status_in": lambda value: _J.status.in_([_code(status) for status in value]),
        "priority": lambda value: _J.priority == PriorityCode[value.name],
        "task_id": lambda value: _J.task_id == value,
        "schedule_id": lambda value: _J.schedule_id == value,
    },
    sorts={
        "id": (_J.id,),
        "queued_at": (_J.queued_at, _J.id),
        "scheduled_for": (_J.scheduled_for, _J.id),
        "priority": (_J.priority, _J.queued_at, _J.id),
        "status": (_J.status, _J.queued_at, _J.id),
        "retry_count": (_J.retry_count, _J.id),
    },
    total=_total,
)
