"""How schedules are listed."""

import sqlalchemy as sa

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
)
from ratchet_web.server.store.schema import jobs, schedules, tasks

_S = schedules.c
ROWS = sa.select(schedules, tasks.c.name.label("task_name"), jobs.c.status.label("last_status")).select_from(
    schedules.outerjoin(tasks, tasks.c.id == _S.task_id).outerjoin(jobs, jobs.c.id == _S.last_job_id)
)
# So long after its time a schedule that has not fired is more than a moment late.
OVERDUE_MS = 60_000


def _late(asked: AsOf, by_ms: int) -> Condition:
    """Return whether its next run lies so far back; one that is disabled is never late."""
    late = sa.and_(_S.enabled, sa.func.coalesce(_S.next_run <= asked.now_ms - by_ms, sa.false()))
    return late if asked.value else sa.not_(late)


LISTING = Listing(
    key=_S.id,
    select=ROWS,
    filters={
        "id_in": among(_S.id),
        "task_id": equal(_S.task_id),
        "name": equal(_S.name),
        "name_like": containing(_S.name),
        "cron_expression": equal(_S.cron_expression),
        "cron_expression_like": containing(_S.cron_expression),
        "enabled": equal(_S.enabled),
        "is_due": lambda asked: _late(asked, 0),
        "overdue": lambda asked: _late(asked, OVERDUE_MS),
        "has_next_run": present(_S.next_run),
        "has_last_run": present(_S.last_run),
        "next_run_after": at_least(_S.next_run),
        "next_run_before": at_most(_S.next_run),
        "last_run_after": at_least(_S.last_run),
        "last_run_before": at_most(_S.last_run),
        "created_after": at_least(_S.created_at),
        "created_before": at_most(_S.created_at),
        "updated_after": at_least(_S.updated_at),
        "updated_before": at_most(_S.updated_at),
    },
    sorts={
        "id": (_S.id,),
        "task_id": (_S.task_id, _S.id),
        "cron_expression": (_S.cron_expression, _S.id),
        "name": (sa.func.lower(_S.name), _S.id),
        "next_run": (_S.next_run, _S.id),
        "last_run": (_S.last_run, _S.id),
        "enabled": (_S.enabled, _S.id),
        "created_at": (_S.created_at, _S.id),
        "updated_at": (_S.updated_at, _S.id),
    },
)
