"""Pages of a list, and the queries that ask for them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar, get_args
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ratchet_web.models.base import KnownWords, RowId, Wire

T = TypeVar("T", bound=BaseModel)

PAGE_SIZES = (25, 50, 100)
# Databases take NUL for the end of a text, and what is looked for then is found everywhere.
Sought = Annotated[str, Field(min_length=1, max_length=200, pattern="^[^\0]*$")]


class Page(BaseModel, Generic[T]):
    """Some rows of a list; `total` counts all rows that match, None where the server does not say.

    Where it is not `exact` there are more: nobody counted on. `ignored` names the fields of the query that
    neither the server nor we could apply.
    """

    model_config = ConfigDict(frozen=True)

    rows: tuple[T, ...] = ()
    total: int | None = None
    exact: bool = True
    ignored: tuple[str, ...] = ()


class Pagination(Wire):
    """`meta.pagination` of a list answer. Only `total` and `limit` can be trusted on every server."""

    page: int = 1
    limit: int = 25
    total: int = 0
    total_exact: bool = True
    total_pages: int = 0
    has_next: bool = False
    has_previous: bool = False
    offset: int = 0


class Query(KnownWords):
    """Which rows of a list: an immutable value, parsed from the page's address and rendered back to it.

    `sort` is a column of `SORTS`, with a leading `-` for descending.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    SORTS: ClassVar[tuple[str, ...]] = ("id",)
    PATH: ClassVar[str] = "/"

    sort: str = "-id"
    page: int = Field(1, ge=1, le=1_000_000)
    limit: int = Field(25, ge=1, le=100)

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> tuple[Self, tuple[str, ...]]:
        """Return the query that an address asks for, and what in it made no sense."""
        given = {k: v for k, v in params.items() if k in cls.model_fields and v != ""}
        if given.get("sort", "").lstrip("-") not in ("", *cls.SORTS):
            query, bad = cls.parse({k: v for k, v in given.items() if k != "sort"})
            return query, (*bad, "sort")
        try:
            return cls.model_validate(given), ()
        except ValidationError as error:
            bad = tuple(str(e["loc"][0]) for e in error.errors())
            return cls.model_validate({k: v for k, v in given.items() if k not in bad}), bad

    @classmethod
    def ids(cls) -> tuple[str, ...]:
        """Return the filters that name a row, which is another one on another server."""
        kinds = ((name, get_args(field.annotation)) for name, field in cls.model_fields.items())
        return tuple(name for name, kind in kinds if RowId in kind)

    def address(self, **changes: Any) -> str:
        """Return the page's address with `changes` made; a change other than of the page goes to page one."""
        if changes and "page" not in changes:
            changes["page"] = 1
        narrowed = self.model_validate(self.model_dump() | changes)
        shown = narrowed.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
        return f"{self.PATH}?{urlencode(shown)}" if shown else self.PATH

    def params(self) -> dict[str, str]:
        """Return the API parameters of this query: filters, `_sort`, `_order`, `page`, `limit`."""
        column = self.sort.lstrip("-")
        order = {"_sort": column, "_order": "DESC" if self.sort.startswith("-") else "ASC"}
        return {**self.filters(), **order, "page": str(self.page), "limit": str(self.limit)}

    def filters(self) -> dict[str, str]:
        """Return the API's filter parameters alone, in the contract's names."""
        return {}

    @property
    def narrows(self) -> tuple[str, ...]:
        """The names of the filters that are on."""
        own = (name for name in type(self).model_fields if name not in Query.model_fields)
        return tuple(name for name in own if getattr(self, name) is not None)

    def as_of(self, now: datetime) -> Self:
        """Return the query as it is meant now: some say a time by how long ago it was."""
        return self

    def misses(self, row: Any) -> tuple[str, ...]:
        """Return the names of the filters that a row does not pass: some servers ignore filters."""
        return tuple(name for name, passes in self._passed(row) if not passes)

    def _passed(self, row: Any) -> Iterable[tuple[str, bool]]:
        """Yield each filter with whether a row passes it."""
        return ()
