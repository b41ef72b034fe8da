"""Acts on executions."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from ratchet_web.server.store import executions as execution_store
from ratchet_web.server.store.acts.base import Act, Changed, Context, Done
from ratchet_web.server.store.codes import OPEN_EXECUTIONS, ExecutionCode, PriorityCode
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.schema import executions, logs, payloads, tasks

_E = executions.c


def _word(row: Row) -> str:
    return ExecutionCode(row.status).name


def _not_open(row: Row) -> str | None:
    return None if row.status in OPEN_EXECUTIONS else f"is {_word(row)}"


def _not_failed(row: Row) -> str | None:
    if row.status != ExecutionCode.FAILED:
        return f"is {_word(row)}: only a failed one can be retried"
    if row.task_enabled is None:
        return "has no task any more"
    if not row.task_enabled:
        return "belongs to a task that is disabled"
    return "is being retried already" if row.retried else None


def _not_final(row: Row) -> str | None:
    return f"is {_word(row)}: cancel it first" if row.status in OPEN_EXECUTIONS else None


def _cancel(connection: sa.Connection, ids: Sequence[int], context: Context) -> Done:
    values = {
        "status": ExecutionCode.CANCELLED,
        "completed_at": context.now_ms,
        "ready": None,
        "due_at": None,
    }
    connection.execute(sa.update(executions).where(_E.id.in_(ids)).values(**values))
    return Done([Changed("executions", row_id) for row_id in ids])


def _retry(connection: sa.Connection, ids: Sequence[int], context: Context) -> Done:
    statement = (
        sa.select(_E.id, _E.task_id, _E.attempt, tasks.c.version)
        .join(tasks, tasks.c.id == _E.task_id)
        .where(_E.id.in_(ids))
    )
    new = [
        {
            "uuid": uuid.uuid4().bytes,
            "task_id": row.task_id,
            "task_version": row.version,
            "attempt": row.attempt + 1,
            "retry_of": row.id,
            "status": ExecutionCode.PENDING,
            "priority": PriorityCode.NORMAL,
            "queued_at": context.now_ms,
            "ready": 1,
        }
        for row in connection.execute(statement)
    ]
    made = connection.execute(sa.insert(executions).returning(_E.id, _E.retry_of), new).all()
    # Copied by the database: inputs may be large.
    copied = sa.select(_E.id, payloads.c.input).join(payloads, payloads.c.execution_id == _E.retry_of)
    inputs = copied.where(_E.id.in_([row.id for row in made]))
    connection.execute(sa.insert(payloads).from_select(["execution_id", "input"], inputs))
    messages = {row.retry_of: f"is retried as execution {row.id}" for row in made}
    return Done([Changed("executions", row.id, "created") for row in made], messages)


def _delete(connection: sa.Connection, ids: Sequence[int], context: Context) -> Done:
    execution_store.remove(connection, ids)
    return Done([Changed("executions", row_id, "deleted") for row_id in ids])


def with_schema(connection: sa.Connection, ids: Sequence[int]) -> Sequence[int]:
    """Return those of these executions that failed and whose task has an input schema now."""
    statement = sa.select(_E.id).join(tasks, tasks.c.id == _E.task_id)
    wanted = (_E.id.in_(ids), _E.status == ExecutionCode.FAILED, tasks.c.input_schema.is_not(None))
    return connection.scalars(statement.where(*wanted)).all()


def input_and_schema(connection: sa.Connection, execution_id: int) -> tuple[str, str] | None:
    """Return the input and its task's input schema, both as JSON; None where one of them is gone."""
    statement = (
        sa.select(payloads.c.input, tasks.c.input_schema)
        .select_from(executions)
        .join(tasks, tasks.c.id == _E.task_id)
        .join(payloads, payloads.c.execution_id == _E.id)
        .where(_E.id == execution_id, tasks.c.input_schema.is_not(None))
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else (row.input, row.input_schema)


def trim_logs(connection: sa.Connection, ids: Sequence[int], limit: int) -> int:
    """Delete at most so many log lines of those of these executions that have ended; return how many."""
    ended = sa.select(_E.id).where(_E.id.in_(ids), _E.status.not_in(OPEN_EXECUTIONS))
    gone = 0
    for execution_id in connection.scalars(ended).all():
        lines = sa.select(logs.c.seq).where(logs.c.execution_id == execution_id).order_by(logs.c.seq)
        some = lines.limit(limit - gone)
        statement = sa.delete(logs).where(logs.c.execution_id == execution_id, logs.c.seq.in_(some))
        gone += connection.execute(statement).rowcount
        if gone >= limit:
            break
    return gone


_STATUS = _E.status.label("status")
_WITH_TASK = executions.outerjoin(tasks, sa.and_(tasks.c.id == _E.task_id, tasks.c.deleted_at.is_(None)))
_AGAIN = executions.alias("again")
_RETRIED = (
    sa.select(_AGAIN.c.id).where(_AGAIN.c.retry_of == _E.id, _AGAIN.c.status.in_(OPEN_EXECUTIONS)).exists()
)

ACTS = {
    "cancel": Act(
        noun="execution",
        key=_E.id,
        source=executions,
        states=(_STATUS,),
        word=_word,
        refusal=_not_open,
        perform=_cancel,
        born=_E.queued_at,
        occupied_by=sa.case((_E.status == ExecutionCode.RUNNING, _E.id)),
        stopped="CANCELLED",
    ),
    "retry": Act(
        noun="execution",
        key=_E.id,
        source=_WITH_TASK,
        states=(_STATUS, tasks.c.enabled.label("task_enabled"), _RETRIED.label("retried")),
        word=_word,
        refusal=_not_failed,
        perform=_retry,
        born=_E.queued_at,
    ),
    "delete": Act(
        noun="execution",
        key=_E.id,
        source=executions,
        states=(_STATUS,),
        word=_word,
        refusal=_not_final,
        perform=_delete,
        born=_E.queued_at,
    ),
}
