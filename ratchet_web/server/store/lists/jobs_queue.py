"""What waits in the queue, in one snapshot: counters where there are any, else a walk that ends soon.

Nothing here grows with the queue. What a walk does not meet is not known, and not looked for elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store.codes import JobCode, PriorityCode
from ratchet_web.server.store.jobs_lanes import STEP_S, Move
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.lists.hints import using
from ratchet_web.server.store.schema import (
    DUE,
    READY,
    executions,
    job_counts,
    job_lanes,
    job_moves,
    jobs,
    pauses,
    tasks,
)

WINDOW_S: Final = 300
# So many rows are met at most, by the walk for the oldest of a lane, along delayed jobs, and ahead of one.
MOST_OLDEST, MOST_DELAYED, MOST_AHEAD = 1_000, 5_000, 200_000
MOST_COMING: Final = 20
HOUR_S, DAY_S = 3_600, 86_400
# The axes of what is delayed: how far, and the length of a bucket. The last one is for all that is later.
AXES: Final = ((HOUR_S, 300), (DAY_S, HOUR_S), (7 * DAY_S, 6 * HOUR_S), (30 * DAY_S, DAY_S))

_J, _L, _M, _E = jobs.c, job_lanes.c, job_moves.c, executions.c


@dataclass
class Lane:
    """The waiting jobs of one priority, and what moved in the window; times in ms."""

    ready: int = 0
    scheduled: int = 0
    retrying: int = 0
    oldest_id: int | None = None
    oldest_ms: int | None = None
    moves: dict[int, int] = field(default_factory=dict)


class Delayed(NamedTuple):
    """Jobs by bucket in each priority; `later` None: only those due before `until_ms` were counted."""

    start_ms: int
    step_s: int
    counts: Mapping[PriorityCode, Sequence[int]]
    later: int | None
    until_ms: int | None


class Found(NamedTuple):
    """All of it.

    `ahead` of the job that was asked for, None where it is not ready or that is too far; `begun`: how many
    jobs of all tasks began in the window.
    """

    lanes: Mapping[PriorityCode, Lane]
    window_s: float
    running: int
    executions: Mapping[int, Row]
    delayed: Delayed
    coming: Sequence[Row]
    job: Row | None
    ahead: int | None
    begun: int | None


class Asked(NamedTuple):
    """Of which task (None: all), which executions run now, which job is asked for."""

    now_ms: int
    task_id: int | None = None
    running: Sequence[int] = ()
    job_id: int | None = None


def look(connection: sa.Connection, asked: Asked) -> Found:
    """Return the queue as it is."""
    lanes = _lanes(connection, asked)
    for code, lane in lanes.items():
        if lane.ready:
            _find_oldest(connection, asked, code, lane)
    job = _job(connection, asked.job_id)
    return Found(
        lanes,
        _move(connection, asked, lanes),
        _running(connection, asked.task_id),
        _executions(connection, asked.running),
        _delayed(connection, asked, sum(lane.scheduled + lane.retrying for lane in lanes.values())),
        _coming(connection, asked),
        job,
        None if job is None else _ahead(connection, job),
        None if job is None else _begun(connection, asked.now_ms),
    )


def _of(column: sa.ColumnElement[Any], task_id: int | None) -> list[sa.ColumnElement[bool]]:
    return [] if task_id is None else [column == task_id]


def _lanes(connection: sa.Connection, asked: Asked) -> dict[PriorityCode, Lane]:
    lanes = {code: Lane() for code in reversed(PriorityCode)}
    by = (_L.priority, _L.status, _L.ready)
    counted = sa.select(*by, sa.func.sum(_L.n)).where(_L.n > 0, *_of(_L.task_id, asked.task_id)).group_by(*by)
    for priority, status, ready, n in connection.execute(counted):
        lane = lanes[PriorityCode(priority)]
        if ready == 1:
            lane.ready += n
        elif status == JobCode.RETRYING:
            lane.retrying += n
        else:
            lane.scheduled += n
    return lanes


def _find_oldest(connection: sa.Connection, asked: Asked, code: PriorityCode, lane: Lane) -> None:
    """Find the job that is ready for longest. Nobody is ready before being queued, so that the walk can end.

    Jobs are met in the order in which they were queued: who comes after a moment was not ready before it.
    """
    columns = (_J.id, _J.queued_at, sa.func.coalesce(_J.ready_at, _J.queued_at).label("since"))
    index = "jb_ready" if asked.task_id is None else "jb_ready_task"
    walk = using(sa.select(*columns), jobs, index).where(READY, _J.priority == code)
    mine = walk.where(*_of(_J.task_id, asked.task_id)).order_by(_J.queued_at).limit(MOST_OLDEST)
    with connection.execute(mine) as met:
        for row in met:
            if lane.oldest_ms is not None and row.queued_at >= lane.oldest_ms:
                return
            if lane.oldest_ms is None or row.since < lane.oldest_ms:
                lane.oldest_id, lane.oldest_ms = row.id, row.since
    if lane.ready > MOST_OLDEST:
        # Somebody who was not met may be ready for longer.
        lane.oldest_id = lane.oldest_ms = None


def _move(connection: sa.Connection, asked: Asked, lanes: Mapping[PriorityCode, Lane]) -> float:
    """Count what moved in the last minutes; return of how many seconds that is."""
    first = _first_step(asked.now_ms)
    by = (_M.priority, _M.kind)
    moved = sa.select(*by, sa.func.sum(_M.n)).where(_M.step >= first, *_of(_M.task_id, asked.task_id))
    for priority, kind, n in connection.execute(moved.group_by(*by)):
        lanes[PriorityCode(priority)].moves[Move(kind)] = n
    return (asked.now_ms - 1000 * first * STEP_S) / 1000


def _first_step(now_ms: int) -> int:
    """Return the first step of the window, which ends with the one that is not over yet."""
    return now_ms // (1000 * STEP_S) - WINDOW_S // STEP_S + 1


def _begun(connection: sa.Connection, now_ms: int) -> int:
    counted = sa.select(sa.func.sum(_M.n)).where(_M.step >= _first_step(now_ms), _M.kind == Move.STARTED)
    return connection.scalar(counted) or 0


def _running(connection: sa.Connection, task_id: int | None) -> int:
    c = job_counts.c
    counted = sa.select(sa.func.sum(c.n)).where(c.status == JobCode.PROCESSING, *_of(c.task_id, task_id))
    return connection.scalar(counted) or 0


def _executions(connection: sa.Connection, ids: Sequence[int]) -> dict[int, Row]:
    columns = (_E.id, _E.job_id, _E.task_id, _E.started_at, tasks.c.name.label("task_name"))
    priority = sa.func.coalesce(_J.priority, _E.priority).label("priority")
    joined = executions.outerjoin(jobs, _J.id == _E.job_id).outerjoin(tasks, tasks.c.id == _E.task_id)
    wanted: sa.Select[Any] = sa.select(*columns, priority).select_from(joined).where(_E.id.in_(ids))
    return {row.id: row for row in connection.execute(wanted)} if ids else {}


def _delayed(connection: sa.Connection, asked: Asked, waiting: int) -> Delayed:
    """Count what is due later, on the shortest axis that holds most of it."""
    cells, last = _cells(connection, asked)
    seen = sum(cell.n for cell in cells)
    span_s, step_s = next((axis for axis in AXES if _is_wide(axis, cells, asked.now_ms)), AXES[-1])
    start_ms = asked.now_ms - asked.now_ms % (1000 * step_s)
    counts = {code: [0] * (span_s // step_s) for code in PriorityCode}
    for cell in cells:
        # What became due a moment ago and was not taken yet is in the first bucket.
        place = max(cell.start_ms - start_ms, 0) // (1000 * step_s)
        if place < len(counts[cell.priority]):
            counts[cell.priority][place] += cell.n
    if seen < waiting:
        return Delayed(start_ms, step_s, counts, None, last)
    return Delayed(start_ms, step_s, counts, seen - sum(map(sum, counts.values())), None)


class _Cell(NamedTuple):
    """Delayed jobs of one priority whose time is near each other: the nearer it is, the shorter the cell."""

    priority: PriorityCode
    start_ms: int
    n: int


def _end_ms(axis: tuple[int, int], now_ms: int) -> int:
    """Return where an axis ends: it begins with the bucket of now."""
    span_s, step_s = axis
    return now_ms - now_ms % (1000 * step_s) + 1000 * span_s


def _is_wide(axis: tuple[int, int], cells: Sequence[_Cell], now_ms: int) -> bool:
    inside = sum(cell.n for cell in cells if cell.start_ms < _end_ms(axis, now_ms))
    return 3 * inside >= 2 * sum(cell.n for cell in cells)


def _cells(connection: sa.Connection, asked: Asked) -> tuple[list[_Cell], int | None]:
    """Return the delayed jobs that are asked for, and the time of the last one that was met, in one walk."""
    columns = (_J.due_at, _J.priority, _J.task_id)
    near = using(sa.select(*columns), jobs, "jb_due").where(DUE)
    c = near.order_by(_J.due_at).limit(MOST_DELAYED).subquery().c
    ends = [_end_ms(axis, asked.now_ms) for axis in AXES]
    # A longer cell does not reach back into an axis that ended before it.
    steps = [
        (c.due_at < end, sa.func.max(c.due_at - c.due_at % (1000 * step), before))
        for (_, step), end, before in zip(AXES, ends, (0, *ends), strict=False)
    ]
    *_, (_, longest) = steps
    start = sa.case(*steps, else_=longest).label("start")
    mine = sa.true() if asked.task_id is None else c.task_id == asked.task_id
    asked_for = sa.case((mine, 1), else_=0).label("asked_for")
    counted = sa.select(c.priority, start, asked_for, sa.func.count(), sa.func.max(c.due_at))
    found = connection.execute(counted.group_by(c.priority, start, asked_for)).all()
    cells = [_Cell(PriorityCode(priority), at, n) for priority, at, wanted, n, _ in found if wanted]
    return cells, max((last for *_, last in found), default=None)


def _coming(connection: sa.Connection, asked: Asked) -> Sequence[Row]:
    near = (
        using(sa.select(_J.id, _J.task_id, _J.due_at), jobs, "jb_due")
        .where(DUE)
        .order_by(_J.due_at)
        .limit(MOST_COMING if asked.task_id is None else MOST_DELAYED)
        .subquery()
    )
    first = sa.select(near.c.id).where(*_of(near.c.task_id, asked.task_id)).limit(MOST_COMING)
    columns = (_J.id, _J.task_id, _J.priority, _J.status, _J.due_at, _J.retry_count, _J.max_retries)
    joined = jobs.outerjoin(tasks, tasks.c.id == _J.task_id)
    wanted: sa.Select[Any] = sa.select(*columns, tasks.c.name.label("task_name")).select_from(joined)
    return connection.execute(wanted.where(_J.id.in_(first)).order_by(_J.due_at, _J.id)).all()


def _job(connection: sa.Connection, job_id: int | None) -> Row | None:
    if job_id is None:
        return None
    columns = (_J.id, _J.task_id, _J.priority, _J.status, _J.due_at, _J.ready, _J.queued_at, _J.execution_id)
    joined = jobs.outerjoin(tasks, tasks.c.id == _J.task_id)
    wanted: sa.Select[Any] = sa.select(*columns, tasks.c.name.label("task_name")).select_from(joined)
    return connection.execute(wanted.where(_J.id == job_id)).one_or_none()


def _ahead(connection: sa.Connection, job: Row) -> int | None:
    """Return how many ready jobs are claimed before this one, in the order of `claims`; nobody paused is."""
    if job.ready != 1:
        return None
    paused = sa.select(pauses.c.task_id)
    higher = sa.select(sa.func.sum(_L.n)).where(_L.ready == 1, _L.priority > job.priority)
    in_lane = _count_before(connection, job, "jb_ready")
    if in_lane is None:
        return None
    held = _count_before(connection, job, "jb_ready_task", _J.task_id.in_(paused)) or 0
    return in_lane - held + (connection.scalar(higher.where(_L.task_id.not_in(paused))) or 0)


def _count_before(
    connection: sa.Connection, job: Row, index: str, *more: sa.ColumnElement[bool]
) -> int | None:
    """Return how many in the lane of a job go before it; None where they are too many to count."""
    lane = using(sa.select(sa.literal(1)), jobs, index).where(READY, _J.priority == job.priority, *more)
    before = lane.where(_J.queued_at < job.queued_at).limit(MOST_AHEAD).subquery()
    beside = lane.where(_J.queued_at == job.queued_at, _J.id < job.id).limit(MOST_AHEAD).subquery()
    counts = [
        connection.scalar(sa.select(sa.func.count()).select_from(each)) or 0 for each in (before, beside)
    ]
    return None if max(counts) >= MOST_AHEAD else sum(counts)
