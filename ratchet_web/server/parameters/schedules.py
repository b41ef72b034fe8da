"""Which schedules."""

from pydantic import AwareDatetime

from ratchet_web.server.parameters.base import ListParameters, Many, RowId, Text
from ratchet_web.server.store.lists import schedules


class ScheduleParameters(ListParameters):
    """The list of schedules."""

    SORTS = tuple(schedules.LISTING.sorts)
    SORT = "id"
    TIMED = frozenset({"is_due", "overdue"})

    id_in: Many[RowId] | None = None
    task_id: RowId | None = None
    name: Text | None = None
    name_like: Text | None = None
    cron_expression: Text | None = None
    cron_expression_like: Text | None = None
    enabled: bool | None = None
    is_due: bool | None = None
    overdue: bool | None = None
    has_next_run: bool | None = None
    has_last_run: bool | None = None
    next_run_after: AwareDatetime | None = None
    next_run_before: AwareDatetime | None = None
    last_run_after: AwareDatetime | None = None
    last_run_before: AwareDatetime | None = None
    created_after: AwareDatetime | None = None
    created_before: AwareDatetime | None = None
    updated_after: AwareDatetime | None = None
    updated_before: AwareDatetime | None = None
