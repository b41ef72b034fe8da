"""What SQLite is told about indexes; SQLAlchemy's dialect has no words for it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import UnaryExpression

# So many steps of SQLite's machine lie between two looks at the clock: well below a millisecond.
_STEPS = 10_000


class Compiler(SQLiteCompiler):
    """Writes `INDEXED BY …` where a statement asks for it by `using`."""

    def get_from_hint_text(self, table: sa.FromClause, text: str | None) -> str | None:
        """Return the hint as it stands."""
        return text


def using(statement: sa.Select[Any], table: sa.Table, index: str) -> sa.Select[Any]:
    """Return the statement bound to walk this index; an empty name: the table itself, by id."""
    return statement.with_hint(table, f"INDEXED BY {index}" if index else "NOT INDEXED", "sqlite")


def sorted_by(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Return `+column`: the same value, of which no index knows the order; the filter's index is walked."""
    return UnaryExpression(column, operator=operators.custom_op("+"), type_=column.type)


@contextmanager
def limited(connection: sa.Connection, limit_ms: float, steps: int = 0) -> Iterator[None]:
    """Let statements run for so long at most; raises `TimeoutError`. The clock is seen after each `steps`."""
    driver: Any = connection.connection.driver_connection
    end = time.perf_counter() + limit_ms / 1000
    driver.set_progress_handler(lambda: time.perf_counter() > end, steps or _STEPS)
    try:
        yield
    except sa.exc.OperationalError as error:
        if str(error.orig) != "interrupted":
            raise
        raise TimeoutError from error
    finally:
        driver.set_progress_handler(None, 0)
