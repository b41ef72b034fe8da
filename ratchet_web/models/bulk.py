"""Bulk operations: one act on many rows, named by a filter or by their ids."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from pydantic import Field, JsonValue

from ratchet_web.models.base import Draft, Flag, Id, Number, RowId, Whole, Wire, Word
from ratchet_web.models.jobs import JobPriority, Moment

IDS_LIMIT = 10_000


class BulkAct(NamedTuple):
    """An act as the server names it: `jobs`, `change`, `{"priority": "HIGH"}`."""

    resource: str
    action: str
    arguments: Mapping[str, JsonValue] = {}


class BulkStatus(Word):
    """PENDING: the rows are being noted down; RUNNING; the other three are final."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    ABORTED = "ABORTED"
    FAILED = "FAILED"


class BulkOutcome(Word):
    """What became of one row. REFUSED: its state forbids the act; FAILED: it could not be carried out."""

    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    REFUSED = "REFUSED"
    FAILED = "FAILED"


class NewBulk(Draft):
    """`POST /{resource}/bulk`: exactly one of `filter` and `ids`; an empty filter means every row."""

    action: str = Field(max_length=40)
    filter: dict[str, JsonValue] | None = None
    ids: tuple[RowId, ...] | None = Field(None, min_length=1, max_length=IDS_LIMIT)
    reason: str | None = Field(None, max_length=1_000)
    dry_run: Flag = False
    arguments: dict[str, JsonValue] | None = None
    rate_per_second: Number | None = Field(None, gt=0, le=10_000, allow_inf_nan=False)


class BulkPace(Draft):
    """`POST /bulk/{id}/pace`: rows a second; 0 stands still, null is as fast as it can be."""

    rate_per_second: Number | None = Field(ge=0, le=10_000, allow_inf_nan=False)


class JobChangeArguments(Draft):
    """The arguments of changing jobs: what is absent stays as it is; `scheduledFor` null means now."""

    priority: JobPriority | None = None
    max_retries: Whole | None = Field(None, ge=0, le=100)
    scheduled_for: Moment | None = None


class BulkOperation(Wire):
    """One act on many rows; `done` is the sum of the three counts after it."""

    id: Id
    resource: str = ""
    action: str = ""
    filter: JsonValue = None
    arguments: JsonValue = None
    reason: str | None = None
    created_by: str | None = None
    rate_per_second: float | None = None
    status: BulkStatus = BulkStatus("unknown")
    message: str | None = None
    total: int | None = None
    done: int | None = None
    succeeded: int | None = None
    refused: int | None = None
    failed: int | None = None
    done_per_second: float | None = None
    remaining_seconds: float | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None


class BulkItem(Wire):
    """What became of one row of an operation."""

    id: Id
    outcome: BulkOutcome = BulkOutcome("unknown")
    message: str | None = None


class BulkRefusal(Wire):
    """Why so many rows could not be acted on."""

    reason: str = ""
    count: int | None = None


class BulkPreview(Wire):
    """What a dry run found: nothing was changed. `sample` holds a few of the rows."""

    dry_run: bool = True
    resource: str = ""
    action: str = ""
    total: int | None = None
    unknown: int | None = None
    by_status: dict[str, int] = Field(default_factory=dict)
    possible: int | None = None
    refused: tuple[BulkRefusal, ...] = ()
    sample: tuple[JsonValue, ...] = ()
