"""What the resources have in common: a path, a model, and how an answer becomes one."""

import re
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from pydantic import JsonValue

from ratchet_web.api import reading
from ratchet_web.api.arranging import arranged, unapplied, without_misses
from ratchet_web.api.errors import Broken, NotFound, RatchetError
from ratchet_web.api.http import Http
from ratchet_web.models.base import Draft, Wire
from ratchet_web.models.pages import Page, Query

T = TypeVar("T", bound=Wire)
Other = TypeVar("Other", bound=Wire)
# So many rows are read to be sorted and narrowed here, each request as many as servers give at once.
MOST_ARRANGED, MOST_ROWS = 300, 100
# Wider than `is_row_id`: other servers may name their rows by UUID or slug. What matters here is that an id
# stays one segment of the path.
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Resource(Generic[T]):
    """The verbs that every resource builds on. Every call may raise any of `api.errors`."""

    def __init__(self, http: Http, path: str, model: type[T]) -> None:
        self._http = http
        self._path = path
        self._model = model

    async def get(self, id: str) -> T:
        """Return the one with this id.

        Raises:
            NotFound: there is none.
        """
        return reading.one(await self._http.get(self._at(id)), self._model)

    async def _several(self, ids: Sequence[str]) -> Sequence[T]:
        """Return those of these rows that there are, `MOST_ROWS` at most."""
        return await self._those(ids, self._path, self._model)

    async def _those(self, ids: Sequence[str], path: str, model: type[Other]) -> Sequence[Other]:
        """Return what a path tells of these rows, `MOST_ROWS` at most."""
        asked = {"id_in": ",".join(ids), "limit": str(MOST_ROWS)}
        rows = reading.page(await self._http.get(path, asked), model, MOST_ROWS).rows
        if any(getattr(row, "id", "") not in ids for row in rows):
            raise Broken("The server sent other rows than it was asked for")
        return rows

    async def _page(self, query: Query) -> Page[T]:
        """Return a page; what the server was seen to ignore is done here, if the rows are few enough."""
        page = await self._read(query)
        ignored = unapplied(query, page.rows)
        if not ignored:
            return page
        if page.total is not None and page.total <= MOST_ARRANGED:
            return arranged(query, await self._every(query, page.total))
        return without_misses(query, page, ignored)

    async def _read(self, query: Query) -> Page[T]:
        return reading.page(await self._http.get(self._path, query.params()), self._model, query.limit)

    async def _every(self, query: Query, total: int) -> list[T]:
        rows: dict[str, T] = {}
        for page in range(1, -(-total // MOST_ROWS) + 1):
            read = await self._read(query.model_copy(update={"page": page, "limit": MOST_ROWS}))
            rows |= {str(getattr(row, "id", "")): row for row in read.rows}
        return list(rows.values())

    async def _create(self, draft: Draft) -> T:
        return reading.one(await self._http.send("POST", self._path, draft.wire()), self._model)

    async def _change(self, id: str, draft: Draft, headers: Mapping[str, str] | None = None) -> T:
        """Change it with PATCH, or with PUT where only that is offered."""
        try:
            answer = await self._http.send("PATCH", self._at(id), draft.wire(), headers=headers)
        except RatchetError as error:
            if error.status != 405:
                raise
            answer = await self._http.send("PUT", self._at(id), draft.wire(), headers=headers)
        return reading.after_act(answer, self._model) or await self.get(id)

    async def _act(
        self,
        id: str,
        verb: str,
        body: Mapping[str, JsonValue] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """Do it, and return the row as it is afterwards: from the answer, or read again."""
        try:
            answer = await self._http.send("POST", self._at(id, verb), body, headers=headers)
        except Broken as error:
            # Real servers answer acts on unknown ids with 500; reading it says whether it exists.
            if error.code == "DATABASE_ERROR":
                await self.get(id)
            raise
        return reading.after_act(answer, self._model) or await self.get(id)

    def _at(self, id: str, verb: str = "") -> str:
        if not ID.fullmatch(id):
            raise NotFound(f"There is no {self._model.__name__.lower()} {id[:40]!r}", status=404)
        return f"{self._path}/{id}/{verb}".rstrip("/")
