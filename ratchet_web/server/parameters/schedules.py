"""Which schedules."""

from ratchet_web.server.parameters.base import ListParameters, RowId, Text
from ratchet_web.server.store.lists import schedules


class ScheduleParameters(ListParameters):
    """The list of schedules."""

    SORTS = tuple(schedules.LISTING.sorts)
    SORT = "id"

    name: Text | None = None
    name_like: Text | None = None
    enabled: bool | None = None
    task_id: RowId | None = None
