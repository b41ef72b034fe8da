"""The triggers that keep the counters, rows per task and status and the sum of their durations; and more."""

import sqlalchemy as sa

from ratchet_web.server.store import jobs_lanes, times
from ratchet_web.server.store.schema import executions, jobs

_ADD = """INSERT INTO {counts} VALUES(new.task_id, new.status, 1{new_sum})
  ON CONFLICT DO UPDATE SET n = n + 1{add_sum};"""
_TAKE = """UPDATE {counts} SET n = n - 1{take_sum} WHERE task_id = old.task_id AND status = old.status;"""
_DURATION = {
    "new_sum": ", coalesce(new.duration_ms, 0)",
    "add_sum": ", duration_sum = duration_sum + excluded.duration_sum",
    "take_sum": ", duration_sum = duration_sum - coalesce(old.duration_ms, 0)",
}
# Whatever deletes a schedule, what it was goes with it.
_FORGET = """CREATE TRIGGER schedules_deleted AFTER DELETE ON schedules
  BEGIN DELETE FROM schedule_changes WHERE schedule_id = old.id; END"""
_PLAIN = {"new_sum": "", "add_sum": "", "take_sum": ""}


def create(connection: sa.Connection) -> None:
    """Create all triggers; none of them may be there."""
    _keep(connection, executions, "execution_counts", "status, task_id, duration_ms", _DURATION)
    _keep(connection, jobs, "job_counts", "status, task_id", _PLAIN)
    times.create(connection)
    connection.exec_driver_sql(_FORGET)
    jobs_lanes.create(connection)


def drop(connection: sa.Connection) -> None:
    """Drop every trigger."""
    names = (
        connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    )
    for name in names:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


def _keep(
    connection: sa.Connection, table: sa.Table, counts: str, watched: str, sums: dict[str, str]
) -> None:
    add, take = _ADD.format(counts=counts, **sums), _TAKE.format(counts=counts, **sums)
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in watched.split(", "))
    bodies = {
        "INSERT": ("", add),
        "DELETE": ("", take),
        f"UPDATE OF {watched}": (f"WHEN {changed}", take + add),
    }
    for event, (when, body) in bodies.items():
        name = f"{table.name}_{event.split()[0].lower()}"
        connection.exec_driver_sql(
            f"CREATE TRIGGER {name} AFTER {event} ON {table.name} {when} BEGIN {body} END"
        )
