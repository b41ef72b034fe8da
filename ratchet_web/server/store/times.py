"""The triggers that keep `series_seconds` and `execution_times`, in the transaction that changes a row.

So they are as true as the rows themselves, whatever ends the process. Events are counted at the row's own
times; cells are those of `logic.histograms`.
"""

from enum import IntEnum

import sqlalchemy as sa

from ratchet_web.logic.histograms import LAST_CELL, LAST_SHIFT
from ratchet_web.server.store.codes import ExecutionCode, JobCode
from ratchet_web.server.store.schema import series_marks


class Kind(IntEnum):
    """What is counted; those from `RUN` on are times, apart for direct executions and attempts of jobs."""

    QUEUED = 0
    STARTED = 1
    COMPLETED = 2
    FAILED = 3
    CANCELLED = 4
    RETRIED = 5
    RUN = 6
    RUN_JOB = 7
    WAIT = 8
    WAIT_JOB = 9


RUNS, WAITS = (Kind.RUN, Kind.RUN_JOB), (Kind.WAIT, Kind.WAIT_JOB)

# What `series_marks` holds while the series of older rows are to be computed, and before a server has begun.
BACKFILL, UNBEGUN = "backfill", -1

OF_JOB = "({row}.job_id IS NOT NULL)"
WAITED = "{row}.started_at IS NOT NULL AND {row}.wait_ms IS NOT NULL"
# Only what ended by itself: how long a run lasted that somebody stopped says nothing of the task.
RAN = (
    "{row}.completed_at IS NOT NULL AND {row}.duration_ms IS NOT NULL"
    f" AND +{{row}}.status IN ({ExecutionCode.COMPLETED:d}, {ExecutionCode.FAILED:d})"
)
_SECOND = """INSERT INTO series_seconds(second, task_id, kind, cell, n, ms)
  SELECT {time} / 1000, new.task_id, {kind}, {cell}, 1, {ms} WHERE {when}
  ON CONFLICT DO UPDATE SET n = n + 1, ms = ms + excluded.ms;"""
_TIME = """INSERT INTO execution_times(task_id, kind, cell, n, ms)
  SELECT new.task_id, {kind}, {cell}, 1, {ms} WHERE {when}
  ON CONFLICT DO UPDATE SET n = n + 1, ms = ms + excluded.ms;"""
_FORGET = """UPDATE execution_times SET n = n - 1, ms = ms - {ms}
  WHERE {when} AND task_id = old.task_id AND kind = {kind} AND cell = {cell};"""


def cell_sql(value: str) -> str:
    """Return the expression of the cell of an integer expression."""
    steps = " ".join(
        f"WHEN {value} <= {32 << shift} THEN {1 + 16 * shift} + (({value} - 1) >> {shift})"
        for shift in range(1, LAST_SHIFT + 1)
    )
    return f"CASE WHEN {value} <= 0 THEN 0 WHEN {value} <= 32 THEN {value} {steps} ELSE {LAST_CELL} END"


def create(connection: sa.Connection) -> None:
    """Create the triggers; none of them may be there."""
    began, ended = _began(), _ended()
    queued = _event("new.queued_at", Kind.QUEUED, "new.job_id IS NULL")
    bodies = {
        "executions_queued AFTER INSERT ON executions": queued,
        "executions_born_begun AFTER INSERT ON executions WHEN new.started_at IS NOT NULL": began,
        "executions_born_ended AFTER INSERT ON executions WHEN new.completed_at IS NOT NULL": ended,
        "executions_began AFTER UPDATE OF started_at ON executions"
        " WHEN old.started_at IS NULL AND new.started_at IS NOT NULL": began,
        "executions_ended AFTER UPDATE OF completed_at ON executions"
        " WHEN old.completed_at IS NULL AND new.completed_at IS NOT NULL": ended,
        "executions_forgotten AFTER DELETE ON executions": _forgotten(),
        "jobs_queued AFTER INSERT ON jobs": _event("new.queued_at", Kind.QUEUED, "true"),
        "jobs_given_up AFTER UPDATE OF status ON jobs"
        f" WHEN new.status = {JobCode.CANCELLED:d} AND new.completed_at IS NOT NULL"
        f" AND old.status IN ({JobCode.QUEUED:d}, {JobCode.RETRYING:d})": _event(
            "new.completed_at", Kind.CANCELLED, "true"
        ),
    }
    for head, body in bodies.items():
        connection.exec_driver_sql(f"CREATE TRIGGER {head} BEGIN {body} END")


def measure_rows(connection: sa.Connection) -> None:
    """Fill `execution_times` from the rows that there are."""
    connection.exec_driver_sql("DELETE FROM execution_times")
    for kind, value, when in (
        (Kind.RUN, "duration_ms", RAN.format(row="e")),
        (Kind.WAIT, "wait_ms", WAITED.format(row="e")),
    ):
        kinds, cells = f"{kind:d} + {OF_JOB.format(row='e')}", cell_sql(value)
        connection.exec_driver_sql(
            f"INSERT INTO execution_times(task_id, kind, cell, n, ms)"
            f" SELECT task_id, {kinds}, {cells}, count(*), sum({value})"
            f" FROM executions AS e WHERE {when} GROUP BY 1, 2, 3"
        )


def demand_series(connection: sa.Connection) -> None:
    """Let the next server compute the series of all rows that there are."""
    connection.execute(sa.insert(series_marks).values(name=BACKFILL, value=UNBEGUN))


def _event(time: str, kind: Kind, when: str) -> str:
    return _SECOND.format(time=time, kind=f"{kind:d}", cell=0, ms=0, when=when)


def _began() -> str:
    started = _event("new.started_at", Kind.STARTED, "true")
    retried = _event("new.started_at", Kind.RETRIED, "new.attempt > 1")
    return started + retried + _took("new.started_at", Kind.WAIT, "wait_ms", WAITED)


def _ended() -> str:
    kinds = (Kind.COMPLETED, Kind.FAILED, Kind.CANCELLED)
    counted = [
        _event("new.completed_at", kind, f"new.status = {ExecutionCode[kind.name]:d}") for kind in kinds
    ]
    return "".join(counted) + _took("new.completed_at", Kind.RUN, "duration_ms", RAN)


def _took(time: str, kind: Kind, column: str, when: str) -> str:
    both = {
        "kind": f"{kind:d} + {OF_JOB.format(row='new')}",
        "cell": cell_sql(f"new.{column}"),
        "ms": f"new.{column}",
        "when": when.format(row="new"),
    }
    return _SECOND.format(time=time, **both) + _TIME.format(**both)


def _forgotten() -> str:
    parts = ((Kind.RUN, "duration_ms", RAN), (Kind.WAIT, "wait_ms", WAITED))
    return "".join(
        _FORGET.format(
            kind=f"{kind:d} + {OF_JOB.format(row='old')}",
            cell=cell_sql(f"old.{column}"),
            ms=f"old.{column}",
            when=when.format(row="old"),
        )
        for kind, column, when in parts
    )
