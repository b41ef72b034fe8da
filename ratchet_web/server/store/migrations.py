"""Brings an older database to the tables of today, in one transaction.

What a newer version adds is found by looking: missing tables, columns and indexes are created from `schema`.
`_BACKFILLS` compute what a new column or table is to hold for rows that were there before.
"""

from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.schema import CreateColumn

from ratchet_web.server.store import jobs_lanes, times, triggers
from ratchet_web.server.store.directory import VERSION
from ratchet_web.server.store.schema import metadata, task_versions, tasks


def _first_revisions(connection: sa.Connection) -> None:
    """Keep what each task is as its first version."""
    kept = ["name", "version", "source_code", "input_schema", "output_schema"]
    current = sa.select(tasks.c.id, tasks.c.revision, tasks.c.updated_at, *(tasks.c[name] for name in kept))
    columns = ["task_id", "revision", "created_at", *kept]
    connection.execute(sa.insert(task_versions).from_select(columns, current))


def _let_waiting_executions_begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("UPDATE executions SET ready = 1 WHERE status = 0")


# The version that a step begins from: what fills its successor's new columns.
_BACKFILLS: Mapping[int, Sequence[Callable[[sa.Connection], None]]] = {
    1: (
        _first_revisions,
        _let_waiting_executions_begin,
        times.measure_rows,
        times.demand_series,
    ),
    2: (jobs_lanes.fill,),
    # What had failed is looked at by `follow_rules`.
    3: (),
    4: (),
}


def create(connection: sa.Connection) -> None:
    """Create everything in an empty file."""
    metadata.create_all(connection)
    triggers.create(connection)


def upgrade(connection: sa.Connection, version: int) -> None:
    """Bring a database that this version of the schema wrote to today's; today's stays as it is."""
    if version == VERSION:
        return
    triggers.drop(connection)
    _add_columns(connection)
    _replace_indexes(connection)
    metadata.create_all(connection)
    triggers.create(connection)
    for step in range(version, VERSION):
        for fill in _BACKFILLS[step]:
            fill(connection)


def _add_columns(connection: sa.Connection) -> None:
    there = sa.inspect(connection)
    for table in metadata.sorted_tables:
        if not there.has_table(table.name):
            continue
        names = {column["name"] for column in there.get_columns(table.name)}
        for column in table.columns:
            if column.name not in names:
                clause = CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {clause}")


def _replace_indexes(connection: sa.Connection) -> None:
    # An index may have kept its name and changed its columns: all are made anew.
    named = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    )
    for name in named.scalars().all():
        connection.exec_driver_sql(f"DROP INDEX {name}")
    there = sa.inspect(connection)
    for table in metadata.sorted_tables:
        if there.has_table(table.name):
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                index.create(connection)
