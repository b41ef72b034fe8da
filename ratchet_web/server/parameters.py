"""Query parameters: every one is known and checked, none is ignored."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic.alias_generators import to_snake

from ratchet_web.models.base import Word
from ratchet_web.models.executions import ExecutionStatus
from ratchet_web.models.jobs import JobPriority, JobStatus
from ratchet_web.server.errors import nearest
from ratchet_web.server.store import executions, jobs, schedules, tasks
from ratchet_web.server.store.lists.base import Window

PAGE_LIMIT = 100
_ROW_LIMIT = 1 << 40

RowId = Annotated[int, Field(ge=0, lt=1 << 63)]
Text = Annotated[str, Field(max_length=200)]


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


class ListParameters(Parameters):
    """Page and sort, in both of the contract's styles; each subclass adds the filters of its list."""

    SORTS: ClassVar[tuple[str, ...]]
    SORT: ClassVar[str]

    page: int | None = Field(None, ge=1, le=1 << 31, description="Page, from 1")
    limit: int | None = Field(None, ge=1, le=PAGE_LIMIT, description="Rows of a page")
    start: int | None = Field(None, alias="_start", ge=0, le=_ROW_LIMIT, description="First row, from 0")
    end: int | None = Field(None, alias="_end", ge=1, le=_ROW_LIMIT, description="Row after the last")
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

    def wanted(self) -> dict[str, Any]:
        """Return the filters that were given; times in ms."""
        given = {name: getattr(self, name) for name in type(self).model_fields if name not in _PAGING}
        return {name: _stored(value) for name, value in given.items() if value is not None}


class TaskParameters(ListParameters):
    """The list of tasks."""

    SORTS = tuple(tasks.LISTING.sorts)
    SORT = "id"

    name: Text | None = None
    name_like: Text | None = None
    enabled: bool | None = None
    version: Text | None = None
    uuid: Text | None = None


class ExecutionParameters(ListParameters):
    """The list of executions."""

    SORTS = tuple(executions.LISTING.sorts)
    SORT = "-queued_at"

    status: ExecutionStatus | None = None
    status_ne: ExecutionStatus | None = None
    task_id: RowId | None = None
    job_id: RowId | None = None
    queued_after: AwareDatetime | None = None
    queued_before: AwareDatetime | None = None
    has_error: bool | None = None


class JobParameters(ListParameters):
    """The list of jobs."""

    SORTS = tuple(jobs.LISTING.sorts)
    SORT = "-queued_at"

    status: JobStatus | None = None
    status_ne: JobStatus | None = None
    status_in: tuple[JobStatus, ...] | None = None
    priority: JobPriority | None = None
    task_id: RowId | None = None
    schedule_id: RowId | None = None

    @field_validator("status_in", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(",".join(value).split(",")) if isinstance(value, list) else value


class ScheduleParameters(ListParameters):
    """The list of schedules."""

    SORTS = tuple(schedules.LISTING.sorts)
    SORT = "id"

    name: Text | None = None
    name_like: Text | None = None
    enabled: bool | None = None
    task_id: RowId | None = None


class LogParameters(Parameters):
    """Which log lines, and whether to wait for more."""

    after: int = Field(0, ge=0, lt=1 << 53, description="Lines whose seq is above")
    limit: int = Field(500, ge=1, le=5_000, description="At most so many lines")
    tail: int | None = Field(None, ge=1, le=5_000, description="The last so many lines instead")
    since: AwareDatetime | None = Field(None, description="Lines from this time on (RFC 3339)")
    follow: bool = Field(False, description="Stream lines as they come (SSE)")


_PAGING = frozenset(ListParameters.model_fields)


def milliseconds(moment: AwareDatetime) -> int:
    """Return milliseconds since 1970."""
    return round(moment.timestamp() * 1000)


def _stored(value: Any) -> Any:
    return milliseconds(value) if hasattr(value, "timestamp") else value
