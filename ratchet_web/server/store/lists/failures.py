"""How failures are listed: counted along indexes that hold all that is asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from ratchet_web.server.store.codes import FailureCode
from ratchet_web.server.store.lists.base import (
    Condition,
    Filter,
    Row,
    Window,
    at_least,
    at_most,
    containing,
    equal,
)
from ratchet_web.server.store.lists.hints import using
from ratchet_web.server.store.schema import (
    OF_FAILURE,
    executions,
    failure_names,
    failures,
    series_marks,
    tasks,
)

_E, _F, _N = executions.c, failures.c, failure_names.c
Wanted = Mapping[str, Any]
BUCKETS: Final = 24
# So many tasks and versions of each are told; how many there are in all, too.
MOST_TASKS, MOST_VERSIONS = 20, 10
SHORT_MS: Final = 2 * 86_400_000
SORTS: Final = ("count", "last_seen", "first_seen")
# The mark of how far the executions of an older version have been looked at; none once all have.
LEFT: Final = "failures"


@dataclass
class InTask:
    """How often it came in one task, and in which versions of it."""

    task_id: int
    name: str | None = None
    count: int = 0
    versions: dict[str, int] = field(default_factory=dict)


@dataclass
class Told:
    """A failure: its row, how often it came in a time, when and where; its newest execution."""

    row: Row
    count: int = 0
    trend: list[int] = field(default_factory=lambda: [0] * BUCKETS)
    start_ms: int = 0
    step_ms: int = 1
    tasks: dict[int, InTask] = field(default_factory=dict)
    sample: Row | None = None


@dataclass(frozen=True)
class Found:
    """One window of failures, how many match, and in which state; `whole`: none is missing."""

    rows: Sequence[Told]
    total: int
    by_state: Mapping[FailureCode, int]
    whole: bool


@dataclass(frozen=True)
class Asked:
    """Of which executions failures are counted, and until when their trend goes."""

    wanted: Wanted
    now_ms: int

    @property
    def index(self) -> str:
        """The index to walk: that of times for a short one, else that of failures, which is in order."""
        since_ms = self.wanted.get("failed_after", 0)
        return "ex_failed" if self.now_ms - since_ms < SHORT_MS else "ex_failure"

    def conditions(self) -> list[Condition]:
        """Return what an execution meets that is counted."""
        meets: dict[str, Filter] = {
            "failed_after": at_least(_E.completed_at),
            "failed_before": at_most(_E.completed_at),
            "task_id": equal(_E.task_id),
        }
        return [OF_FAILURE, *(meets[name](self.wanted[name]) for name in meets if name in self.wanted)]


def page(connection: sa.Connection, wanted: Wanted, window: Window, now_ms: int) -> Found:
    """Return one window of the failures that came in the time and task, and have the text."""
    asked = Asked(wanted, now_ms)
    counted = _counted(asked)
    narrowed = _of_rows(wanted)
    joined = sa.join(failures, counted, counted.c.failure_id == _F.id)
    by_state = sa.select(_F.state, sa.func.count()).select_from(joined).where(*narrowed).group_by(_F.state)
    states = {FailureCode(state): n for state, n in connection.execute(by_state)}
    only = wanted.get("state")
    first: sa.ColumnElement[Any] = counted.c.n if window.sort == "count" else _F[window.sort]
    order: list[sa.ColumnElement[Any]] = [first, _F.last_seen, _F.id]
    rows = (
        sa.select(failures, counted.c.n)
        .select_from(joined)
        .where(*narrowed, *([] if only is None else [_F.state == only]))
        .order_by(*(column.desc() if window.descending else column for column in order))
    )
    found = connection.execute(rows.limit(window.limit).offset(window.offset)).all()
    total = sum(states.values()) if only is None else states.get(only, 0)
    told = {row.id: Told(row, row.n) for row in found}
    _tell(connection, told, asked)
    return Found(list(told.values()), total, states, is_whole(connection))


def one(connection: sa.Connection, key: str, now_ms: int) -> Told | None:
    """Return one failure with all executions that are kept of it."""
    row = connection.execute(sa.select(failures).where(_F.id == named(key))).one_or_none()
    if row is None:
        return None
    told = Told(row)
    _tell(connection, {row.id: told}, Asked({}, now_ms))
    told.count = sum(told.trend)
    return told


def named(key: str) -> sa.ColumnElement[int]:
    """Return the id of the failure with this fingerprint, or which had it by other rules."""
    now = sa.select(_F.id).where(_F.fingerprint == key).scalar_subquery()
    before = sa.select(_N.failure_id).where(_N.fingerprint == key).scalar_subquery()
    return sa.func.coalesce(now, before)


def is_whole(connection: sa.Connection) -> bool:
    """Return whether all executions that failed have been looked at, also those of an older version."""
    return connection.scalar(sa.select(series_marks.c.value).where(series_marks.c.name == LEFT)) is None


def _of_rows(wanted: Wanted) -> list[Condition]:
    text = wanted.get("text_like")
    if text is None:
        return []
    return [sa.or_(*(containing(column)(text) for column in (_F.message, _F.error, _F.frame)))]


def _counted(asked: Asked) -> sa.CTE:
    statement = sa.select(_E.failure_id, sa.func.count().label("n")).where(*asked.conditions())
    return using(statement.group_by(_E.failure_id), executions, asked.index).cte("counted")


def _tell(connection: sa.Connection, told: Mapping[int, Told], asked: Asked) -> None:
    """Fill in when, where and as which execution these failures came."""
    if not told:
        return
    mine = (*asked.conditions(), _E.failure_id.in_(list(told)))

    def grouped(*by: sa.ColumnElement[Any]) -> Iterable[Sequence[Any]]:
        # Each question is a walk of its own: asked together, there are nearly as many answers as rows.
        keys = (_E.failure_id, *by)
        statement = sa.select(*keys, sa.func.count()).where(*mine).group_by(*keys)
        return map(tuple, connection.execute(using(statement, executions, asked.index)))

    start_ms, step_ms = _span(connection, mine, asked)
    # Numbers of ours, written out: as parameters they would not be the same expression in GROUP BY.
    bucket = sa.literal_column(f"(executions.completed_at - {start_ms:d}) / {step_ms:d}", sa.Integer)
    for failure_id, place, n in grouped(bucket):
        told[failure_id].trend[min(max(place, 0), BUCKETS - 1)] += n
    for failure_id, task_id, version, n in grouped(_E.task_id, _E.task_version):
        task = told[failure_id].tasks.setdefault(task_id, InTask(task_id))
        task.count += n
        task.versions[version] = task.versions.get(version, 0) + n
    for one in told.values():
        one.start_ms, one.step_ms = start_ms, step_ms
    _name(connection, told)
    _add_samples(connection, told)


def _span(connection: sa.Connection, mine: Sequence[Condition], asked: Asked) -> tuple[int, int]:
    """Return when the trend begins and the length of its buckets; it ends with the time, or now."""
    start_ms = asked.wanted.get("failed_after")
    if start_ms is None:
        oldest = using(sa.select(sa.func.min(_E.completed_at)).where(*mine), executions, "ex_failure")
        start_ms = connection.scalar(oldest) or 0
    end_ms = min(asked.now_ms, asked.wanted.get("failed_before", asked.now_ms)) + 1
    return start_ms, max(-(-(end_ms - start_ms) // BUCKETS), 1)


def _name(connection: sa.Connection, told: Mapping[int, Told]) -> None:
    ids = {task_id for one in told.values() for task_id in one.tasks}
    names = {
        row.id: row.name
        for row in connection.execute(sa.select(tasks.c.id, tasks.c.name).where(tasks.c.id.in_(ids)))
    }
    for one in told.values():
        for task in one.tasks.values():
            task.name = names.get(task.task_id)


def _add_samples(connection: sa.Connection, told: Mapping[int, Told]) -> None:
    newest = (
        sa.select(_E.id).where(_E.failure_id == _F.id, OF_FAILURE).order_by(_E.queued_at.desc(), _E.id.desc())
    )
    statement = sa.select(_F.id.label("failure"), newest.limit(1).scalar_subquery().label("execution"))
    of = {row.execution: row.failure for row in connection.execute(statement.where(_F.id.in_(list(told))))}
    wanted = (_E.id, _E.task_id, _E.task_version, _E.error_message, _E.completed_at)
    samples: sa.Select[Any] = sa.select(*wanted).where(_E.id.in_(of))
    for row in connection.execute(samples):
        told[of[row.id]].sample = row
