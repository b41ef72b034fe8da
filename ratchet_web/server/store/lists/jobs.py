"""How jobs are listed."""

from typing import Any

import sqlalchemy as sa

from ratchet_web.models.jobs import JobStatus
from ratchet_web.server.store.codes import JobCode, PriorityCode
from ratchet_web.server.store.lists.base import (
    AsOf,
    Condition,
    Listing,
    among,
    at_least,
    at_most,
    containing,
    equal,
    present,
    short,
)
from ratchet_web.server.store.lists.large import Access
from ratchet_web.server.store.schema import DUE, READY, job_counts, job_payloads, jobs, tasks

_J, _P = jobs.c, job_payloads.c


def rows(payload: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Return the selection of jobs with their input, policy and destinations."""
    joined = jobs.join(job_payloads, _P.job_id == _J.id).outerjoin(tasks, tasks.c.id == _J.task_id)
    more = (_P.retry_policy, _P.destinations, tasks.c.name.label("task_name"))
    return sa.select(jobs, payload, *more).select_from(joined)


def _code(status: JobStatus) -> JobCode:
    return JobCode[status.name]


def _can_be_tried_again(value: bool) -> Condition:
    return _J.retry_count < _J.max_retries if value else _J.retry_count >= _J.max_retries


def _due(asked: AsOf) -> Condition:
    """Return whether a worker may take it now, or as soon as the dispatcher looks."""
    due = sa.or_(READY, sa.and_(DUE, _J.due_at <= asked.now_ms))
    return (
        due if asked.value else sa.and_(_J.ready == 0, sa.or_(_J.due_at.is_(None), _J.due_at > asked.now_ms))
    )


LISTING = Listing(
    key=_J.id,
    select=rows(short(_P.input)),
    filters={
        "id_in": among(_J.id),
        "status": lambda value: _J.status == _code(value),
        "status_ne": lambda value: _J.status != _code(value),
        "status_in": lambda values: _J.status.in_([_code(status) for status in values]),
        "priority": lambda value: _J.priority == PriorityCode[value.name],
        "priority_gte": lambda value: _J.priority >= PriorityCode[value.name],
        "priority_in": lambda values: _J.priority.in_([PriorityCode[value.name] for value in values]),
        "task_id": equal(_J.task_id),
        "task_id_in": among(_J.task_id),
        "schedule_id": equal(_J.schedule_id),
        "has_error": lambda value: (
            _J.error_message.is_not(None) if value else _J.faulty == sa.literal_column("0")
        ),
        "error_message_like": containing(_J.error_message),
        "retry_count_gte": at_least(_J.retry_count),
        "retry_count_lte": at_most(_J.retry_count),
        "max_retries_gte": at_least(_J.max_retries),
        "max_retries_lte": at_most(_J.max_retries),
        "has_retries_remaining": _can_be_tried_again,
        "is_scheduled": present(_J.scheduled_for),
        "due_now": _due,
        "queued_after": at_least(_J.queued_at),
        "queued_before": at_most(_J.queued_at),
        "scheduled_after": at_least(_J.scheduled_for),
        "scheduled_before": at_most(_J.scheduled_for),
    },
    sorts={
        "id": (_J.id,),
        "queued_at": (_J.queued_at, _J.id),
        "scheduled_for": (_J.scheduled_for, _J.id),
        "priority": (_J.priority, _J.queued_at, _J.id),
        "status": (_J.status, _J.queued_at, _J.id),
        "retry_count": (_J.retry_count, _J.id),
        "task_id": (_J.task_id, _J.queued_at, _J.id),
    },
    access=Access(
        key=_J.id,
        counts=job_counts,
        counted=frozenset({"task_id", "task_id_in", "status", "status_ne", "status_in"}),
        orders={
            "id": "",
            "queued_at": "jb_cover",
            "scheduled_for": "jb_scheduled",
            "priority": "jb_priority",
            "status": "jb_status",
            "retry_count": "jb_retries",
            "task_id": "jb_task",
        },
        prefixes=(frozenset({"task_id", "status"}), frozenset({"schedule_id"})),
        narrow=frozenset({"id_in", "schedule_id"}),
        faulty="jb_error",
        loose=frozenset(
            {"has_error", "status_ne", "max_retries_gte", "max_retries_lte", "has_retries_remaining"}
        ),
    ),
)
