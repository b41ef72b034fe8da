"""Which executions."""

from typing import Annotated, Literal

from pydantic import Field

from ratchet_web.models.base import Instant
from ratchet_web.models.executions import ExecutionStatus
from ratchet_web.models.failures import Print
from ratchet_web.server.parameters.base import (
    Count,
    FilterParameters,
    Int,
    ListParameters,
    Many,
    Parameters,
    RowId,
    Text,
)
from ratchet_web.server.store.lists import executions

Progress = Annotated[float, Field(allow_inf_nan=False)]


class OneExecution(Parameters):
    """How much of one execution."""

    payloads: Literal["whole", "short"] = Field(
        "whole", description="`short`: payloads above 64 KB are null, and `leftOut` tells their characters"
    )


class ExecutionFilters(FilterParameters):
    """Which executions."""

    id_in: Many[RowId] | None = None
    status: ExecutionStatus | None = None
    status_ne: ExecutionStatus | None = None
    status_in: Many[ExecutionStatus] | None = None
    can_retry: bool | None = None
    can_cancel: bool | None = None
    task_id: RowId | None = None
    task_id_in: Many[RowId] | None = None
    job_id: RowId | None = None
    schedule_id: RowId | None = None
    retry_of: RowId | None = None
    retried: bool | None = None
    fingerprint: Print | None = None
    has_error: bool | None = None
    error_message_like: Text | None = None
    has_progress: bool | None = None
    progress_gte: Progress | None = None
    progress_lte: Progress | None = None
    duration_gte: Count | None = None
    duration_lte: Count | None = None
    queued_after: Instant | None = None
    queued_before: Instant | None = None
    started_after: Instant | None = None
    started_before: Instant | None = None
    completed_after: Instant | None = None
    completed_before: Instant | None = None


class PayloadFilters(FilterParameters):
    """Texts in what executions were given and gave back: no index knows them, each row is looked at."""

    input_like: Text | None = Field(None, description="Text anywhere in the JSON of the input")
    output_like: Text | None = Field(None, description="Text anywhere in the JSON of the output")


class ExecutionParameters(ExecutionFilters, ListParameters):
    """Which executions, as pages and bulk operations ask for them."""

    SORTS = tuple(executions.LISTING.sorts)
    SORT = "-queued_at"


class ExecutionListParameters(PayloadFilters, ExecutionParameters):
    """The list of executions."""


class CountParameters(PayloadFilters, ExecutionFilters):
    """Which executions are counted."""


class DensityParameters(CountParameters):
    """Which executions, and into buckets of how many seconds."""

    # The times are those of the buckets.
    BESIDE = frozenset({"step_s", "queued_after", "queued_before"})

    step_s: Int = Field(ge=1, le=366 * 86_400, description="Length of a bucket, in seconds")
    # Required here: what has no end has no buckets.
    queued_after: Instant
    queued_before: Instant
