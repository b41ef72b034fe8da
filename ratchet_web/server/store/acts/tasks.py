"""Acts on tasks."""

from collections.abc import Sequence

import sqlalchemy as sa

from ratchet_web.server.store import tasks_deletion
from ratchet_web.server.store.acts.base import Act, Changed, Context, Done
from ratchet_web.server.store.codes import OPEN_EXECUTIONS, OPEN_JOBS
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.schema import execution_counts, job_counts, schedules, tasks

_T = tasks.c


def _word(row: Row) -> str:
    return "ENABLED" if row.enabled else "DISABLED"


def _enabled(row: Row) -> str | None:
    return "is enabled already" if row.enabled else None


def _disabled(row: Row) -> str | None:
    return None if row.enabled else "is disabled already"


def _in_use(row: Row) -> str | None:
    if row.open:
        return "has jobs or executions that wait or run: cancel them first"
    return "has enabled schedules: disable or delete them first" if row.scheduled else None


def _enable(connection: sa.Connection, ids: Sequence[int], context: Context) -> Done:
    return _set(connection, ids, enabled=True, updated_at=context.now_ms)


def _disable(connection: sa.Connection, ids: Sequence[int], context: Context) -> Done:
    return _set(connection, ids, enabled=False, updated_at=context.now_ms)


def _set(connection: sa.Connection, ids: Sequence[int], **values: object) -> Done:
    connection.execute(sa.update(tasks).where(_T.id.in_(ids)).values(**values))
    return Done([Changed("tasks", row_id) for row_id in ids])


def _delete(connection: sa.Connection, ids: Sequence[int], context: Context) -> Done:
    changed = []
    for row in connection.execute(sa.select(tasks).where(_T.id.in_(ids))).all():
        gone = tasks_deletion.delete(connection, row, context.now_ms)
        changed.append(Changed("tasks", row.id, "deleted"))
        changed += [Changed("schedules", schedule_id, "deleted") for schedule_id in gone]
    return Done(changed)


def _open(counts: sa.Table, codes: Sequence[int]) -> sa.ColumnElement[bool]:
    some = sa.select(counts.c.task_id).where(
        counts.c.task_id == _T.id, counts.c.status.in_(codes), counts.c.n > 0
    )
    return some.exists()


_ENABLED = _T.enabled.label("enabled")
_BUSY = sa.or_(_open(job_counts, OPEN_JOBS), _open(execution_counts, OPEN_EXECUTIONS)).label("open")
_SCHEDULED = (
    sa.select(schedules.c.id)
    .where(schedules.c.task_id == _T.id, schedules.c.enabled)
    .exists()
    .label("scheduled")
)

_ALIVE = _T.deleted_at.is_(None)

ACTS = {
    "enable": Act("task", _T.id, tasks, (_ENABLED,), _word, _enabled, _enable, only=_ALIVE),
    "disable": Act("task", _T.id, tasks, (_ENABLED,), _word, _disabled, _disable, only=_ALIVE),
    "delete": Act("task", _T.id, tasks, (_ENABLED, _BUSY, _SCHEDULED), _word, _in_use, _delete, only=_ALIVE),
}
