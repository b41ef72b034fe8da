"""Which jobs schedules had, in buckets of time: one walk along an index, for so long at most."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store.codes import OPEN_JOBS, JobCode
from ratchet_web.server.store.lists.hints import limited, using
from ratchet_web.server.store.schema import jobs, schedules

RUNS_MS: Final = 250
MOST_LANES: Final = 200
_S, _J = schedules.c, jobs.c
_INDEX: Final = "jb_schedule"
# The bucket of a run that was queued before the first one; of each schedule so many at most are looked at.
BEFORE: Final = -1
MOST_EARLIER: Final = 5
COLUMNS: Final = ("bucket", "n", "failed", "open", "job_id", "begin", "end")


class Buckets(NamedTuple):
    """From when on, how long each is, and before when they end, in ms."""

    first: int
    step: int
    end: int


class Lane(NamedTuple):
    """A schedule; `cells` are columns, each a list as JSON: of `COLUMNS`. None where it had no runs."""

    schedule_id: int
    name: str
    cells: Mapping[str, str] | None


class Runs(NamedTuple):
    """The first schedules by name, of `total`; None where counting their runs would take too long."""

    total: int
    lanes: list[Lane] | None


def by_bucket(connection: sa.Connection, buckets: Buckets) -> Runs:
    """Return the jobs that schedules queued, by schedule and bucket of the time at which they were queued."""
    total = connection.scalar(sa.select(sa.func.count()).select_from(schedules)) or 0
    try:
        with limited(connection, RUNS_MS):
            found = connection.execute(_columns(buckets)).all()
    except TimeoutError:
        return Runs(total, None)
    of_lane = {id: dict(zip(COLUMNS, texts, strict=True)) for id, *texts in found}
    named = connection.execute(_first())
    return Runs(total, [Lane(row.id, row.name, of_lane.get(row.id)) for row in named])


def _first() -> sa.Select[Any]:
    return sa.select(_S.id, _S.name).order_by(sa.func.lower(_S.name), _S.id).limit(MOST_LANES)


def _columns(buckets: Buckets) -> sa.Select[Any]:
    """Return the statement of a row for each schedule: SQLite writes the columns, of thousands of cells."""
    cells = sa.union_all(_cells(buckets), _earlier(buckets)).subquery()
    columns = (sa.func.json_group_array(cells.c[name]) for name in COLUMNS)
    return sa.select(cells.c.schedule_id, *columns).group_by(cells.c.schedule_id)


def _cells(buckets: Buckets) -> sa.Select[Any]:
    """Return the statement of a row for each cell; what no index holds is looked up for single runs."""
    bucket = ((_J.queued_at - buckets.first) // buckets.step).label("bucket")
    counted = (
        sa.select(
            _J.schedule_id,
            bucket,
            sa.func.count().label("n"),
            _number(_J.status == JobCode.FAILED).label("failed"),
            _number(_J.status.in_(OPEN_JOBS)).label("open"),
            sa.func.min(_J.id).label("job_id"),
        )
        .where(
            _J.schedule_id.in_(_first_ids()),
            _J.queued_at >= buckets.first,
            _J.queued_at < buckets.end,
        )
        .group_by(_J.schedule_id, bucket)
    )
    cell, single = using(counted, jobs, _INDEX).cte("cell"), jobs.alias("single")
    return sa.select(
        *(cell.c[name] for name in ("schedule_id", "bucket", "n", "failed", "open")), *_single(single.c)
    ).select_from(cell.outerjoin(single, sa.and_(single.c.id == cell.c.job_id, cell.c.n == 1)))


def _earlier(buckets: Buckets) -> sa.Select[Any]:
    """Return the same of runs that were queued before the first bucket and last into it."""
    before, of = jobs.alias("before"), schedules.alias("of")
    newest = (
        sa.select(before.c.id)
        .where(before.c.schedule_id == of.c.id, before.c.queued_at < buckets.first)
        .order_by(before.c.queued_at.desc())
        .limit(MOST_EARLIER)
        .correlate(of)
    )
    return (
        sa.select(
            of.c.id,
            sa.literal(BEFORE),
            sa.literal(1),
            sa.case((_J.status == JobCode.FAILED, 1), else_=0),
            sa.case((_J.status.in_(OPEN_JOBS), 1), else_=0),
            *_single(_J),
        )
        .select_from(of.join(jobs, _J.id.in_(newest)))
        .where(of.c.id.in_(_first_ids()))
        .where(sa.or_(_J.completed_at.is_(None), _J.completed_at > buckets.first))
    )


def _single(job: Any) -> tuple[sa.ColumnElement[Any], ...]:
    """Return what is told of a single run; ids are text on the wire."""
    begin = sa.func.coalesce(job.started_at, job.queued_at)
    return sa.cast(job.id, sa.Text).label("job_id"), begin.label("begin"), job.completed_at.label("end")


def _first_ids() -> sa.Select[tuple[int]]:
    return sa.select(_first().subquery().c.id)


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count().filter(condition)
