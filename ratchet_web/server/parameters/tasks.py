"""Which tasks."""

from ratchet_web.server.parameters.base import ListParameters, Text
from ratchet_web.server.store.lists import tasks


class TaskParameters(ListParameters):
    """The list of tasks."""

    SORTS = tuple(tasks.LISTING.sorts)
    SORT = "id"

    name: Text | None = None
    name_like: Text | None = None
    enabled: bool | None = None
    version: Text | None = None
    uuid: Text | None = None
