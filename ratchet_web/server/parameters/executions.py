"""Which executions."""

from pydantic import AwareDatetime

from ratchet_web.models.executions import ExecutionStatus
from ratchet_web.server.parameters.base import ListParameters, RowId
from ratchet_web.server.store.lists import executions


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
