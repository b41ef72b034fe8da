"""What the native resources share: how to read, how to write, and the names of tasks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from ratchet_web.api import reading
from ratchet_web.api.answers import Answer
from ratchet_web.api.contract.resource import ID
from ratchet_web.api.errors import NotFound
from ratchet_web.api.http import Http
from ratchet_web.api.native.lists import Lists, T
from ratchet_web.api.native.names import TaskNames
from ratchet_web.api.native.reads import ByGraphql, ByRest, Reads
from ratchet_web.api.native.shapes import TASK_NAMES, Shape
from ratchet_web.models.tasks import Task

NAMES_KEEP_S = 60.0
# By REST each look costs of the budget of the day.
COSTLY_KEEP_S = 600.0


@dataclass(frozen=True)
class Server:
    """The native server: `reads` for lists and rows, `http` for what changes something."""

    http: Http
    reads: Reads
    names: TaskNames

    @classmethod
    def at(cls, http: Http, graphql: bool) -> "Server":
        """Return the server behind `http`."""
        reads = ByGraphql(http) if graphql else ByRest(http)
        keep_s = NAMES_KEEP_S if graphql else COSTLY_KEEP_S
        names = TaskNames(Lists(reads, TASK_NAMES, Task, "id"), keep_s)
        return cls(http, reads, names)

    def lists(
        self, shape: Shape, model: type[T], natural: str, completed: Callable[[T], T] = lambda row: row
    ) -> Lists[T]:
        """Return the lists of a resource."""
        return Lists(self.reads, shape, model, natural, completed)

    async def row(self, shape: Shape, id: str, model: type[T]) -> T:
        """Return one row.

        Raises:
            NotFound: there is none with this id.
        """
        rows = await self.reads.rows(shape, [id]) if ID.fullmatch(id) else {}
        for row in reading.rows(list(rows.values()), model):
            return row
        raise NotFound(f"There is no {shape.one} {id[:40]}", status=404)

    async def send(self, method: str, path: str, body: Mapping[str, JsonValue] | None = None) -> Answer:
        """Return the good answer to a request that changes something. Read back what it did."""
        return await self.http.send(method, path, body)
