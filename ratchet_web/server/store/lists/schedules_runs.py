"""Which jobs schedules had, in buckets of time: one walk along an index, for so long at most."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store.codes import OPEN_JOBS, JobCode
from ratchet_web.server.store.lists.hints import limited, using
from ratchet_web.server.store.schema import jobs, schedules

RUNS_MS: Final = 250
MOST_LANES: Final = 200
_S, _J = schedules.c, jobs.c
_INDEX: Final = "jb_schedule"


class Buckets(NamedTuple):
    """From when on, how long each is, and before when they end, in ms."""

    first: int
    step: int
    end: int


class Lane(NamedTuple):
    """A schedule; cells have `bucket`, `n`, `failed`, `open`; of a single run `job_id`, `begin`, `end`."""

    schedule_id: int
    name: str
    cells: Sequence[sa.Row[Any]]


class Runs(NamedTuple):
    """The first schedules by name, of `total`; None where counting their runs would take too long."""

    total: int
    lanes: list[Lane] | None


def by_bucket(connection: sa.Connection, buckets: Buckets) -> Runs:
    """Return the jobs that schedules queued, by schedule and bucket of the time at which they were queued."""
    total = connection.scalar(sa.select(sa.func.count()).select_from(schedules)) or 0
    try:
        with limited(connection, RUNS_MS):
            cells = connection.execute(_cells(buckets)).all()
    except TimeoutError:
        return Runs(total, None)
    of_lane = {id: list(rows) for id, rows in groupby(cells, lambda cell: cell.schedule_id)}
    named = connection.execute(_first())
    return Runs(total, [Lane(row.id, row.name, of_lane.get(row.id, ())) for row in named])


def _first() -> sa.Select[Any]:
    return sa.select(_S.id, _S.name).order_by(sa.func.lower(_S.name), _S.id).limit(MOST_LANES)


def _cells(buckets: Buckets) -> sa.Select[Any]:
    """Return the statement; what the index does not hold is looked up for single runs only."""
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
            _J.schedule_id.in_(sa.select(_first().subquery().c.id)),
            _J.queued_at >= buckets.first,
            _J.queued_at < buckets.end,
        )
        .group_by(_J.schedule_id, bucket)
    )
    cell, single = using(counted, jobs, _INDEX).cte("cell"), jobs.alias("single")
    return (
        sa.select(
            *(cell.c[name] for name in ("schedule_id", "bucket", "n", "failed", "open")),
            single.c.id.label("job_id"),
            sa.func.coalesce(single.c.started_at, single.c.queued_at).label("begin"),
            single.c.completed_at.label("end"),
        )
        .select_from(cell.outerjoin(single, sa.and_(single.c.id == cell.c.job_id, cell.c.n == 1)))
        .order_by(cell.c.schedule_id, cell.c.bucket)
    )


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count().filter(condition)
