"""Writes a whole database at once: rows first, then what is computed from them."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ratchet_web.server.store import beginning as beginnings
from ratchet_web.server.store import jobs_lanes, migrations, statistics, times, triggers
from ratchet_web.server.store.beginning import Beginning
from ratchet_web.server.store.directory import VERSION
from ratchet_web.server.store.schema import (
    execution_counts,
    executions,
    job_counts,
    jobs,
    schedules,
    tasks,
)

Rows = Sequence[Sequence[Any]]
# Table, columns, rows.
Portion = tuple[str, Sequence[str], Rows]
# From the ids of the tasks and of the schedules to everything else.
Rest = Callable[[Sequence[int], Sequence[int]], Iterable[Portion]]

# Nothing is there yet that a crash could harm: an unfinished file is thrown away.
_PRAGMAS = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-131072", "temp_store=MEMORY")


def write(file: Path, beginning: Beginning, rest: Rest) -> None:
    """Make a database in `file`, which must not exist: `beginning`, then the rows of `rest`."""
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(file)))
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    try:
        with engine.begin() as connection:
            migrations.create(connection)
            beginnings.insert(connection, beginning)
            triggers.drop(connection)
            indexes = _drop_indexes(connection)
            ids = [connection.scalars(sa.select(table.c.id).order_by(table.c.id)).all() for table in _NAMED]
            for table, columns, rows in rest(*ids):
                _insert(connection, table, columns, rows)
            for statement in indexes:
                connection.exec_driver_sql(statement)
            _count(connection)
            jobs_lanes.fill(connection)
            times.measure_rows(connection)
            times.demand_series(connection)
            triggers.create(connection)
            statistics.analyse(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
    finally:
        engine.dispose()


_NAMED = (tasks, schedules)


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _drop_indexes(connection: sa.Connection) -> Sequence[str]:
    """Drop every index and return what makes them again: one sort is quicker than many insertions."""
    found = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).all()
    for name, _ in found:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    return [statement for _, statement in found]


def _insert(connection: sa.Connection, table: str, columns: Sequence[str], rows: Rows) -> None:
    if rows:
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        connection.exec_driver_sql(statement, [tuple(row) for row in rows])


def _count(connection: sa.Connection) -> None:
    """Fill the counters that triggers keep from now on."""
    n = sa.func.count()
    duration = sa.func.coalesce(sa.func.sum(executions.c.duration_ms), 0)
    for table, counts, figures in ((executions, execution_counts, [n, duration]), (jobs, job_counts, [n])):
        by = [table.c.task_id, table.c.status]
        connection.execute(sa.delete(counts))
        grouped = sa.select(*by, *figures).group_by(*by)
        connection.execute(sa.insert(counts).from_select(list(counts.c.keys()), grouped))
