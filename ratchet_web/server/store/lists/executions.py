"""How executions are listed."""

from typing import Any

import sqlalchemy as sa

from ratchet_web.models.executions import ExecutionStatus
from ratchet_web.server.store.codes import ExecutionCode
from ratchet_web.server.store.lists.base import (
    Condition,
    Filter,
    Listing,
    among,
    at_least,
    at_most,
    containing,
    equal,
    left_out,
    present,
    short,
)
from ratchet_web.server.store.lists.failures import named
from ratchet_web.server.store.lists.large import Access
from ratchet_web.server.store.schema import (
    FAULTY,
    execution_counts,
    executions,
    failures,
    logs,
    payloads,
    tasks,
)

_E, _P = executions.c, payloads.c
PAYLOAD = (_P.input, _P.output, _P.error_details, _P.http_requests)
SHORT = tuple(make(column) for column in PAYLOAD for make in (short, left_out))
_RETRIABLE = (ExecutionCode.FAILED,)
_OPEN = (ExecutionCode.PENDING, ExecutionCode.RUNNING)
_LINES = sa.select(sa.func.max(logs.c.seq)).where(logs.c.execution_id == _E.id).scalar_subquery()

_AGAIN = executions.alias("again")
_RETRIED_BY = sa.select(sa.func.max(_AGAIN.c.id)).where(_AGAIN.c.retry_of == _E.id).scalar_subquery()

_FINGERPRINT = sa.select(failures.c.fingerprint).where(failures.c.id == _E.failure_id).scalar_subquery()


def rows(*payload: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Return the selection of executions with these of their payloads."""
    named = tasks.c.name.label("task_name")
    gone = tasks.c.deleted_at.is_not(None).label("task_deleted")
    lines = sa.func.coalesce(_LINES, 0).label("log_lines")
    retried = _RETRIED_BY.label("retried_by")
    joined = executions.join(payloads, _P.execution_id == _E.id).outerjoin(tasks, tasks.c.id == _E.task_id)
    failure = _FINGERPRINT.label("fingerprint")
    return sa.select(executions, *payload, named, gone, lines, retried, failure).select_from(joined)


def _in_payload(column: sa.Column[str]) -> Filter:
    def holds(value: str) -> Condition:
        found = column.contains(value, autoescape=True)
        return sa.select(_P.execution_id).where(_P.execution_id == _E.id, found).exists()

    return holds


def _failed_so(fingerprint: str) -> Condition:
    # That it is not null goes without saying, but not to a partial index.
    return sa.and_(_E.failure_id.is_not(None), _E.failure_id == named(fingerprint))


def _is_retried(value: bool) -> Condition:
    again = sa.exists().where(_AGAIN.c.retry_of == _E.id)
    return again if value else ~again


def _code(status: ExecutionStatus) -> ExecutionCode:
    return ExecutionCode[status.name]


def _in(codes: tuple[ExecutionCode, ...], value: bool) -> Condition:
    return _E.status.in_(codes) if value else _E.status.not_in(codes)


LISTING = Listing(
    key=_E.id,
    select=rows(*SHORT),
    filters={
        "id_in": among(_E.id),
        "status": lambda value: _E.status == _code(value),
        "status_ne": lambda value: _E.status != _code(value),
        "status_in": lambda values: _E.status.in_([_code(status) for status in values]),
        "can_retry": lambda value: _in(_RETRIABLE, value),
        "can_cancel": lambda value: _in(_OPEN, value),
        "task_id": equal(_E.task_id),
        "task_id_in": among(_E.task_id),
        "job_id": equal(_E.job_id),
        "schedule_id": equal(_E.schedule_id),
        "retry_of": equal(_E.retry_of),
        "retried": _is_retried,
        "fingerprint": _failed_so,
        "has_error": lambda value: FAULTY if value else _E.faulty == sa.literal_column("0"),
        "error_message_like": containing(_E.error_message),
        "input_like": _in_payload(_P.input),
        "output_like": _in_payload(_P.output),
        "has_progress": present(_E.progress),
        "progress_gte": at_least(_E.progress),
        "progress_lte": at_most(_E.progress),
        "duration_gte": at_least(_E.duration_ms),
        "duration_lte": at_most(_E.duration_ms),
        "queued_after": at_least(_E.queued_at),
        "queued_before": at_most(_E.queued_at),
        "started_after": at_least(_E.started_at),
        "started_before": at_most(_E.started_at),
        "completed_after": at_least(_E.completed_at),
        "completed_before": at_most(_E.completed_at),
    },
    sorts={
        "id": (_E.id,),
        "queued_at": (_E.queued_at, _E.id),
        "started_at": (_E.started_at, _E.id),
        "completed_at": (_E.completed_at, _E.id),
        "duration_ms": (_E.duration_ms, _E.id),
        "progress": (_E.progress, _E.id),
        "status": (_E.status, _E.queued_at, _E.id),
        "task_id": (_E.task_id, _E.queued_at, _E.id),
    },
    access=Access(
        key=_E.id,
        counts=execution_counts,
        counted=frozenset(
            {"task_id", "task_id_in", "status", "status_ne", "status_in", "can_retry", "can_cancel"}
        ),
        orders={
            "id": "",
            "queued_at": "ex_cover",
            "started_at": "ex_started",
            "completed_at": "ex_completed",
            "duration_ms": "ex_duration",
            "progress": "ex_progress",
            "status": "ex_status",
            "task_id": "ex_task_queued",
        },
        prefixes=(
            *(frozenset({"task_id", "status"}), frozenset({"schedule_id"})),
            frozenset({"fingerprint", "retried"}),
        ),
        narrow=frozenset({"id_in", "job_id", "schedule_id", "retry_of", "fingerprint"}),
        faulty="ex_error",
        loose=frozenset({"has_error", "status_ne", "can_retry", "can_cancel", "retried"}),
        searched=frozenset({"input_like", "output_like"}),
    ),
)
