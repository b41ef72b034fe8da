"""The shapes that answers have around their rows, as the embedded server writes and describes them."""

from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from ratchet_web.models.failures import Failure, FailureCounts
from ratchet_web.models.logs import LogLine
from ratchet_web.models.pages import Pagination

T = TypeVar("T", bound=BaseModel)


class Envelope(BaseModel):
    """What the embedded server promises: every field is there."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class One(Envelope, Generic[T]):
    """One row."""

    data: T


class Several(Envelope, Generic[T]):
    """Rows that need no pages."""

    data: list[T]


class ListMeta(Envelope):
    """What stands beside the rows of a page."""

    pagination: Pagination
    timestamp: datetime


class Listed(Envelope, Generic[T]):
    """A page of rows."""

    data: list[T]
    meta: ListMeta


class FailureMeta(ListMeta):
    """Beside failures: how many there are in each state; not `complete` while older are grouped."""

    counts: FailureCounts
    complete: bool


class ListedFailures(Envelope):
    """A page of failures."""

    data: list[Failure]
    meta: FailureMeta


class Done(Envelope, Generic[T]):
    """The answer to an act: what was done, and the row after it."""

    success: bool
    message: str
    data: T


class DoneMany(Envelope, Generic[T]):
    """The answer to an act that concerns several rows."""

    success: bool
    message: str
    data: list[T]


class CountMeta(Envelope):
    """How many rows there are in all, and whether more follow."""

    total: int
    has_more: bool


class Counted(Envelope, Generic[T]):
    """Rows that are read on from the last one."""

    data: list[T]
    meta: CountMeta


class LogMeta(Envelope):
    """Of a log: all lines so far, whether more will come, and where to go on if this was not all."""

    total: int
    done: bool
    next: int | None
    complete: bool


class LogLines(Envelope):
    """Lines of a log."""

    data: list[LogLine]
    meta: LogMeta


class LogRuns(Envelope):
    """Numbers of lines of a log, as runs of neighbours: `[[first, count], …]`."""

    data: list[list[int]]
    meta: LogMeta


class Said(Envelope):
    """The answer to an act that leaves no row."""

    success: bool
    message: str


class Figures(Envelope, Generic[T]):
    """Statistics."""

    stats: T
    timestamp: datetime
    period: str | None


class ErrorDetail(Envelope):
    """What is wrong with one field."""

    field: str
    message: str


class ErrorContent(Envelope):
    """What went wrong, for people and for programs."""

    code: str
    message: str
    status: int
    request_id: str
    details: list[ErrorDetail]


class ErrorAnswer(Envelope):
    """Every answer that is no success."""

    error: ErrorContent
