"""Acts on jobs."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from ratchet_web.server.store.acts.base import Act, Changed, Context, Done
from ratchet_web.server.store.codes import OPEN_JOBS, WAITING_JOBS, JobCode
from ratchet_web.server.store.jobs import remove, times
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.schema import jobs, tasks

_J = jobs.c
_ENDED_BADLY = (JobCode.FAILED, JobCode.CANCELLED)


def _word(row: Row) -> str:
    return JobCode(row.status).name


def _not_open(row: Row) -> str | None:
    return None if row.status in OPEN_JOBS else f"is {_word(row)}"


def _not_ended_badly(row: Row) -> str | None:
    if row.status not in _ENDED_BADLY:
        return f"is {_word(row)}: only a failed or cancelled one can be retried"
    if row.task_enabled is None:
        return "has no task any more"
    return None if row.task_enabled else "belongs to a task that is disabled"


def _not_final(row: Row) -> str | None:
    return f"is {_word(row)}: cancel it first" if row.status in OPEN_JOBS else None


def _not_waiting(row: Row) -> str | None:
    return None if row.status in WAITING_JOBS else f"is {_word(row)}: only one that waits can be changed"


def _cancel(connection: sa.Connection, ids: Sequence[int], context: Context) -> Done:
    values = {"status": JobCode.CANCELLED, "ready": 0, "due_at": None, "completed_at": context.now_ms}
    return _update(connection, ids, values)


def _retry(connection: sa.Connection, ids: Sequence[int], context: Context) -> Done:
    again = {"status": JobCode.QUEUED, "error_message": None, "completed_at": None}
    return _update(connection, ids, {**again, **times(None, context.now_ms)})


def _change(connection: sa.Connection, ids: Sequence[int], context: Context) -> Done:
    values = dict(context.arguments)
    if "scheduled_for" in values:
        values |= times(values["scheduled_for"], context.now_ms)
    return _update(connection, ids, values)


def _delete(connection: sa.Connection, ids: Sequence[int], context: Context) -> Done:
    remove(connection, ids)
    return Done([Changed("jobs", row_id, "deleted") for row_id in ids])


def _update(connection: sa.Connection, ids: Sequence[int], values: Mapping[str, object]) -> Done:
    connection.execute(sa.update(jobs).where(_J.id.in_(ids)).values(**values))
    return Done([Changed("jobs", row_id) for row_id in ids])


_STATUS = _J.status.label("status")

ACTS = {
    "cancel": Act(
        noun="job",
        key=_J.id,
        source=jobs,
        states=(_STATUS,),
        word=_word,
        refusal=_not_open,
        perform=_cancel,
        born=_J.queued_at,
        occupied_by=sa.case((_J.status == JobCode.PROCESSING, _J.execution_id)),
        stopped="CANCELLED",
    ),
    "retry": Act(
        noun="job",
        key=_J.id,
        source=jobs.outerjoin(tasks, sa.and_(tasks.c.id == _J.task_id, tasks.c.deleted_at.is_(None))),
        states=(_STATUS, tasks.c.enabled.label("task_enabled")),
        word=_word,
        refusal=_not_ended_badly,
        perform=_retry,
        born=_J.queued_at,
    ),
    "change": Act(
        noun="job",
        key=_J.id,
        source=jobs,
        states=(_STATUS,),
        word=_word,
        refusal=_not_waiting,
        perform=_change,
        born=_J.queued_at,
    ),
    "delete": Act(
        noun="job",
        key=_J.id,
        source=jobs,
        states=(_STATUS,),
        word=_word,
        refusal=_not_final,
        perform=_delete,
        born=_J.queued_at,
    ),
}
