"""Acts on schedules."""

from collections.abc import Sequence

import sqlalchemy as sa

from ratchet_web.models.jobs import JobPriority
from ratchet_web.server.store import schedules as schedule_store
from ratchet_web.server.store.acts.base import Act, Changed, Context, Done
from ratchet_web.server.store.codes import PriorityCode
from ratchet_web.server.store.jobs import NewRow
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.schema import schedules, tasks

_S = schedules.c


def _word(row: Row) -> str:
    return "ENABLED" if row.enabled else "DISABLED"


def _enabled(row: Row) -> str | None:
    return "is enabled already" if row.enabled else None


def _disabled(row: Row) -> str | None:
    return None if row.enabled else "is disabled already"


def _not_runnable(row: Row) -> str | None:
    if row.task_enabled is None:
        return "has no task any more"
    return None if row.task_enabled else "belongs to a task that is disabled"


def _enable(connection: sa.Connection, ids: Sequence[int], context: Context) -> Done:
    return _set(connection, ids, context, enabled=True)


def _disable(connection: sa.Connection, ids: Sequence[int], context: Context) -> Done:
    return _set(connection, ids, context, enabled=False)


def _set(connection: sa.Connection, ids: Sequence[int], context: Context, **values: object) -> Done:
    for row_id in ids:
        schedule_store.change(connection, row_id, values, context.now_ms, context.by)
    return Done([Changed("schedules", row_id) for row_id in ids])


def _trigger(connection: sa.Connection, ids: Sequence[int], context: Context) -> Done:
    changed, messages = [], {}
    for row in connection.execute(sa.select(schedules).where(_S.id.in_(ids))).all():
        new = NewRow(
            row.task_id,
            row.input or "{}",
            priority=JobPriority[PriorityCode(row.priority).name],
            max_retries=row.max_retries,
            schedule_id=row.id,
            retry_policy=row.retry_policy,
            destinations=row.destinations,
        )
        job_id = schedule_store.trigger(connection, row.id, new, context.now_ms)
        assert job_id is not None, "it was found in this transaction"
        changed += [Changed("schedules", row.id), Changed("jobs", job_id, "created")]
        messages[row.id] = f"queued job {job_id}"
    return Done(changed, messages)


def _delete(connection: sa.Connection, ids: Sequence[int], context: Context) -> Done:
    connection.execute(sa.delete(schedules).where(_S.id.in_(ids)))
    return Done([Changed("schedules", row_id, "deleted") for row_id in ids])


_ENABLED = _S.enabled.label("enabled")
_TASK_ENABLED = tasks.c.enabled.label("task_enabled")
_WITH_TASK = schedules.outerjoin(tasks, sa.and_(tasks.c.id == _S.task_id, tasks.c.deleted_at.is_(None)))

ACTS = {
    "enable": Act("schedule", _S.id, schedules, (_ENABLED,), _word, _enabled, _enable),
    "disable": Act("schedule", _S.id, schedules, (_ENABLED,), _word, _disabled, _disable),
    "trigger": Act("schedule", _S.id, _WITH_TASK, (_ENABLED, _TASK_ENABLED), _word, _not_runnable, _trigger),
    "delete": Act("schedule", _S.id, schedules, (_ENABLED,), _word, lambda _: None, _delete),
}
