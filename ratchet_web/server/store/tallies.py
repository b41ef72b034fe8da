"""What ended in a span of time, and how long it took: from rows where they are few, else from the series.

Up to `EXACT_ROWS` ended executions every percentile is exact; above, it is within `RELATIVE_ERROR`, and the
span begins with the bucket that it falls into. Over all time, counts are those of the rows that exist.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from ratchet_web.logic.histograms import RELATIVE_ERROR, Histogram, Summary, middle, summarise
from ratchet_web.server.store import series, series_backfill
from ratchet_web.server.store.buckets import Bucket
from ratchet_web.server.store.codes import ExecutionCode
from ratchet_web.server.store.schema import ENDED, execution_counts, execution_times, executions
from ratchet_web.server.store.series import KEPT_S, MINUTE_S, QUARTER_S
from ratchet_web.server.store.times import RUNS, WAITS, Kind

EXACT_ROWS: Final = 20_000

_E, _C, _T = executions.c, execution_counts.c, execution_times.c
_ENDS = {
    Kind.COMPLETED: ExecutionCode.COMPLETED,
    Kind.FAILED: ExecutionCode.FAILED,
    Kind.CANCELLED: ExecutionCode.CANCELLED,
}
# Not the bare columns: the planner would walk the whole index of one of them instead of the span's.
_STATUS: sa.ColumnElement[int] = _E.status + 0
_RUN_MS: sa.ColumnElement[int] = _E.duration_ms + 0
_WAIT_MS: sa.ColumnElement[int] = _E.wait_ms + 0
_TASK: sa.ColumnElement[int] = _E.task_id + 0
_RAN = (_STATUS.in_((ExecutionCode.COMPLETED, ExecutionCode.FAILED)), _RUN_MS.is_not(None))
NOBODY: Final = 0


@dataclass(frozen=True)
class Owner:
    """Whose tally a row belongs to: its task's, or that of all."""

    by_task: bool

    def column(self, task_id: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
        """Return what to select."""
        return task_id if self.by_task else sa.literal_column(str(NOBODY), sa.Integer)

    def keys(self, task_id: sa.ColumnElement[int]) -> Sequence[sa.ColumnElement[int]]:
        """Return what to group by."""
        return (task_id,) if self.by_task else ()


@dataclass(frozen=True)
class Span:
    """From when on; None is from the beginning. `task_id` is the only task, None for all.

    `until_ms` is its end, None for now. A span that is over is read from the series where there are any:
    they outlive the rows.
    """

    since_ms: int | None = None
    task_id: int | None = None
    jobs_only: bool = False
    until_ms: int | None = None


@dataclass
class Times:
    """How often each duration came, in ms, and their sum."""

    counts: dict[float, int] = field(default_factory=dict)
    total: int = 0

    def put(self, value: float, n: int, total: int) -> None:
        """Take in so many of a duration."""
        self.counts[value] = self.counts.get(value, 0) + n
        self.total += total

    def summary(self) -> Summary:
        """Return percentiles and mean."""
        return summarise(self.counts, self.total)


@dataclass
class Tally:
    """What ended, by status, and its times."""

    ended: dict[ExecutionCode, int] = field(default_factory=lambda: dict.fromkeys(_ENDS.values(), 0))
    run: Times = field(default_factory=Times)
    wait: Times = field(default_factory=Times)


Tallies = dict[int, Tally]


@dataclass(frozen=True)
class Found:
    """Tallies by owner, from when on they count, and the greatest relative error of their percentiles."""

    tallies: Mapping[int, Tally]
    since_ms: int | None
    error: float


def of_all(connection: sa.Connection, span: Span, now_ms: int) -> tuple[Tally, int | None, float]:
    """Return one tally of the whole span, from when on it counts, and its error."""
    found = _found(connection, span, now_ms, Owner(by_task=False))
    whole = found.tallies.get(NOBODY, Tally())
    return whole, found.since_ms, found.error


def of_tasks(connection: sa.Connection, span: Span, now_ms: int) -> Found:
    """Return a tally for each task that had an end in the span."""
    return _found(connection, span, now_ms, Owner(by_task=True))


def _found(connection: sa.Connection, span: Span, now_ms: int, owner: Owner) -> Found:
    if span.since_ms is None:
        return Found(_of_existing(connection, span, owner), None, RELATIVE_ERROR)
    exact = span.until_ms is None and _few(connection, span.since_ms)
    if exact or not series_backfill.finished(connection):
        return Found(_of_rows(connection, span, owner), span.since_ms, 0.0)
    resolution_s = MINUTE_S if now_ms - span.since_ms <= KEPT_S[MINUTE_S] * 1000 else QUARTER_S
    since_s = span.since_ms // 1000 // resolution_s * resolution_s
    if owner.by_task:
        buckets = series.by_task(connection, resolution_s, since_s)
    else:
        end_ms = now_ms + resolution_s * 1000 if span.until_ms is None else span.until_ms
        until_s = end_ms // 1000 // resolution_s * resolution_s
        whole = Bucket()
        parts = series.read(connection, resolution_s, since_s, until_s, span.task_id or series.ALL_TASKS)
        for part in parts.values():
            whole.add(part)
        buckets = {NOBODY: whole}
    tallies = {who: _tally(bucket, span) for who, bucket in buckets.items()}
    return Found(tallies, since_s * 1000, RELATIVE_ERROR)


def _few(connection: sa.Connection, since_ms: int) -> bool:
    some = sa.select(_E.completed_at).where(_E.completed_at >= since_ms).limit(EXACT_ROWS + 1)
    count = connection.scalar(sa.select(sa.func.count()).select_from(some.subquery()))
    return (count or 0) <= EXACT_ROWS


def _of_rows(connection: sa.Connection, span: Span, owner: Owner) -> Tallies:
    where: list[sa.ColumnElement[bool]] = [ENDED, _E.completed_at >= span.since_ms]
    if span.until_ms is not None:
        where.append(_E.completed_at < span.until_ms)
    if span.task_id is not None:
        where.append(_TASK.in_([span.task_id]))
    if span.jobs_only:
        where.append((_E.job_id + 0).is_not(None))
    found: Tallies = defaultdict(Tally)

    def grouped(column: sa.ColumnElement[Any], *more: sa.ColumnElement[bool]) -> Iterable[Sequence[Any]]:
        keys = owner.keys(_TASK)
        statement = sa.select(owner.column(_TASK), column, sa.func.count()).where(*where, *more)
        return map(tuple, connection.execute(statement.group_by(*keys, column)))

    for who, status, n in grouped(_STATUS):
        found[who].ended[ExecutionCode(status)] = n
    for who, value, n in grouped(_RUN_MS, *_RAN):
        found[who].run.put(value, n, value * n)
    for who, value, n in grouped(_WAIT_MS, _WAIT_MS.is_not(None)):
        found[who].wait.put(value, n, value * n)
    return found


def _of_existing(connection: sa.Connection, span: Span, owner: Owner) -> Tallies:
    """Count all rows that exist, from the counters that follow them."""
    found: Tallies = defaultdict(Tally)

    def grouped(table: sa.Table, *columns: sa.ColumnElement[Any]) -> Iterable[Sequence[Any]]:
        sums = [sa.func.sum(table.c[name]) for name in ("n", "ms") if name in table.c]
        where = [] if span.task_id is None else [table.c.task_id == span.task_id]
        statement = sa.select(owner.column(table.c.task_id), *columns, *sums).where(table.c.n != 0, *where)
        return map(tuple, connection.execute(statement.group_by(*owner.keys(table.c.task_id), *columns)))

    for who, status, n in grouped(execution_counts, _C.status):
        if status in found[who].ended:
            found[who].ended[ExecutionCode(status)] = n
    runs, waits = _kinds(span)
    for who, kind, cell, n, ms in grouped(execution_times, _T.kind, _T.cell):
        if kind in runs:
            found[who].run.put(middle(cell), n, ms)
        elif kind in waits:
            found[who].wait.put(middle(cell), n, ms)
    return found


def _tally(bucket: Bucket, span: Span) -> Tally:
    runs, waits = _kinds(span)
    ended = {code: bucket.events[kind] for kind, code in _ENDS.items()}
    return Tally(ended, _times(bucket.of(*runs)), _times(bucket.of(*waits)))


def _times(histogram: Histogram) -> Times:
    return Times({middle(cell): n for cell, n in histogram.cells.items() if n}, histogram.total)


def _kinds(span: Span) -> tuple[Sequence[Kind], Sequence[Kind]]:
    return ((Kind.RUN_JOB,), (Kind.WAIT_JOB,)) if span.jobs_only else (RUNS, WAITS)
