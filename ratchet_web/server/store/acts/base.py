"""An act on many rows: who may be acted on, and how a chunk of them is, in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store.lists.base import Row

Kind = Literal["created", "updated", "deleted"]


class Changed(NamedTuple):
    """A row that an act changed."""

    resource: Literal["tasks", "executions", "jobs", "schedules"]
    row_id: int
    kind: Kind = "updated"


@dataclass(frozen=True)
class Context:
    """What an act may need: the time, its arguments as columns, and who asked for it, where that is known."""

    now_ms: int
    arguments: Mapping[str, Any]
    by: str | None = None


@dataclass(frozen=True)
class Done:
    """What performing an act on a chunk changed, and what is to be said of single rows."""

    changed: Sequence[Changed]
    messages: Mapping[int, str] = field(default_factory=dict)


Perform = Callable[[sa.Connection, Sequence[int], Context], Done]


@dataclass(frozen=True)
class Act:
    """One action on one resource.

    `states` are the columns, named, on which `word` (the state as lists show it) and `refusal` (why a row in
    it cannot be acted on, else None) decide. Where `occupied_by` is not null, that execution has to be
    stopped first; what was stopped so ends in the state `stopped`.
    """

    noun: str
    key: sa.Column[int]
    source: sa.FromClause
    states: Sequence[sa.Label[Any]]
    word: Callable[[Row], str]
    refusal: Callable[[Row], str | None]
    perform: Perform
    occupied_by: sa.ColumnElement[int | None] = field(default_factory=sa.null)  # type: ignore[arg-type]
    stopped: str = ""
    # What a row meets that is there at all, and when it was made, where its id could be that of an older one.
    only: sa.ColumnElement[bool] = field(default_factory=sa.true)
    born: sa.ColumnElement[int | None] = field(default_factory=sa.null)  # type: ignore[arg-type]

    def look(self, connection: sa.Connection, ids: Sequence[int]) -> Mapping[int, Row]:
        """Return the states of these rows, by id; `occupied_by` among them."""
        columns: list[sa.Label[Any]] = [
            self.key.label("id"),
            self.occupied_by.label("occupied_by"),
            self.born.label("born"),
        ]
        statement = sa.select(*columns, *self.states).select_from(self.source)
        statement = statement.where(self.key.in_(ids), self.only)
        return {row.id: row for row in connection.execute(statement)}

    def count(self, connection: sa.Connection, where: Sequence[sa.ColumnElement[bool]]) -> Sequence[Row]:
        """Return each combination of states among these rows, `n` of them."""
        columns = [*self.states, sa.func.count().label("n")]
        statement = sa.select(*columns).select_from(self.source).where(*where)
        return connection.execute(statement.group_by(*self.states)).all()


def among(key: sa.ColumnElement[int], ids: Sequence[int]) -> sa.ColumnElement[bool]:
    """Return the condition that a key is one of many ids; one parameter, however many they are."""
    listed = sa.func.json_each(str(list(ids))).table_valued("value")
    return key.in_(sa.select(listed.c.value))
