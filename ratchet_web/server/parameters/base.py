"""What the query parameters of every operation share."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_snake

from ratchet_web.logic.schemas import Fault
from ratchet_web.models.base import Word
from ratchet_web.server.errors import InvalidError, faults_of, nearest
from ratchet_web.server.store.lists.base import AsOf, Window

PAGE_LIMIT = 100
MANY_LIMIT = 1_000
_ROW_LIMIT = 1 << 40
_DIGITS = re.compile("-?[0-9]+")

T = TypeVar("T")


def _split(value: Any) -> Any:
    """Return the parts of each text: an address says `a,b`, JSON says `["a", "b"]`."""
    given = (value,) if isinstance(value, str) else value
    return tuple(part.strip() for text in given for part in str(text).split(","))


def _plain(value: Any) -> Any:
    # As JSON writes it: Python would also take `+0.0` and `1_000`.
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise ValueError("should be a valid integer, in digits")
    return value


def _some(values: tuple[T, ...]) -> tuple[T, ...]:
    if not values:
        raise ValueError("names nothing")
    return values


def _read_uuid(value: Any) -> Any:
    try:
        return UUID(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("is not a UUID") from None


def _without_nul(text: str) -> str:
    # SQLite ends a pattern there: what follows would not narrow.
    if "\0" in text:
        raise ValueError("must not hold NUL (U+0000)")
    return text


Int = Annotated[int, BeforeValidator(_plain)]
RowId = Annotated[Int, Field(ge=0, lt=1 << 63)]
Count = Annotated[Int, Field(ge=-(1 << 63), lt=1 << 63)]
Text = Annotated[
    str, Field(max_length=200, json_schema_extra={"pattern": "^[^\0]*$"}), AfterValidator(_without_nul)
]
Many = Annotated[
    tuple[T, ...],
    Field(max_length=MANY_LIMIT),
    BeforeValidator(_split),
    AfterValidator(_some),
    WithJsonSchema({"type": "string", "description": "Comma-separated list"}),
]
Uuid = Annotated[UUID, BeforeValidator(_read_uuid)]


class Parameters(BaseModel):
    """The query parameters of one operation."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)

    @field_validator("*", mode="after")
    @classmethod
    def _refuse_strangers(cls, value: Any) -> Any:
        for word in value if isinstance(value, tuple) else (value,):
            if isinstance(word, Word) and not word.known:
                raise ValueError(f"{word!s} {nearest(word.upper(), list(type(word)))}")
        return value


class FilterParameters(Parameters):
    """Which rows of a list."""

    # Filters whose answer depends on what time it is.
    TIMED: ClassVar[frozenset[str]] = frozenset()
    # What asks for something else than that rows meet it.
    BESIDE: ClassVar[frozenset[str]] = frozenset()

    def wanted(self, now_ms: int) -> dict[str, Any]:
        """Return the filters that were given; times in ms, an `AsOf` where the time of asking matters."""
        beside = _PAGING | self.BESIDE
        given = {name: getattr(self, name) for name in type(self).model_fields if name not in beside}
        return {
            name: AsOf(value, now_ms) if name in self.TIMED else _stored(value)
            for name, value in given.items()
            if value is not None
        }


class ListParameters(FilterParameters):
    """Page and sort, in both of the contract's styles; each subclass adds the filters of its list."""

    SORTS: ClassVar[tuple[str, ...]]
    SORT: ClassVar[str]

    page: Int | None = Field(None, ge=1, le=1 << 31, description="Page, from 1")
    limit: Int | None = Field(None, ge=1, le=PAGE_LIMIT, description="Rows of a page")
    start: Int | None = Field(None, alias="_start", ge=0, le=_ROW_LIMIT, description="First row, from 0")
    end: Int | None = Field(None, alias="_end", ge=1, le=_ROW_LIMIT, description="Row after the last")
    sort: str | None = Field(None, alias="_sort", description="Column")
    order: Literal["ASC", "DESC"] | None = Field(None, alias="_order", description="ASC or DESC")

    @field_validator("order", mode="before")
    @classmethod
    def _any_case(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("sort")
    @classmethod
    def _known_column(cls, value: str | None) -> str | None:
        if value is None:
            return None
        column = to_snake(value)
        if column not in cls.SORTS:
            raise ValueError(f"{value[:40]} {nearest(column, cls.SORTS)}")
        return column

    @model_validator(mode="after")
    def _whole_range(self) -> "ListParameters":
        if (self.start is None) != (self.end is None):
            raise ValueError("_start and _end go together")
        if self.start is not None and self.end is not None and not 0 < self.end - self.start <= PAGE_LIMIT:
            raise ValueError(f"_end must be 1 to {PAGE_LIMIT} above _start")
        return self

    def window(self) -> Window:
        """Return which rows are asked for, in which order."""
        default = self.SORT.lstrip("-")
        descending = self.order == "DESC" if self.sort or self.order else self.SORT.startswith("-")
        if self.start is not None and self.end is not None:
            return Window(self.sort or default, descending, self.start, self.end - self.start)
        limit = self.limit or 25
        return Window(self.sort or default, descending, ((self.page or 1) - 1) * limit, limit)

    @classmethod
    def of_filter(cls, given: Mapping[str, JsonValue], field: str = "filter") -> Self:
        """Return what a JSON object of filters asks for, held to the same rules as a query.

        Raises:
            InvalidError: a filter that is not known or makes no sense; `field` leads its name.
        """
        known = [name for name in cls.model_fields if name not in _PAGING]
        faults = [Fault(f"{field}.{name[:100]}", nearest(name, known)) for name in given if name not in known]
        faults += [Fault(f"{field}.{name}", "must not be null") for name in given if given[name] is None]
        if faults:
            raise InvalidError(faults)
        try:
            return cls.model_validate({name: _as_text(value) for name, value in given.items()})
        except ValidationError as error:
            raise InvalidError(faults_of(error.errors(), field)) from None


_PAGING = frozenset(ListParameters.model_fields)


def _as_text(value: JsonValue) -> Any:
    """Return a value as an address would say it; what no address can say stays, and is refused."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return tuple(_as_text(part) for part in value)
    return str(value) if isinstance(value, int | float) else value


def milliseconds(moment: AwareDatetime) -> int:
    """Return milliseconds since 1970."""
    return round(moment.timestamp() * 1000)


def _stored(value: Any) -> Any:
    return milliseconds(value) if isinstance(value, datetime) else value
