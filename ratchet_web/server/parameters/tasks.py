"""Which tasks."""

from ratchet_web.models.base import Instant
from ratchet_web.server.parameters.base import ListParameters, Many, RowId, Text, Uuid
from ratchet_web.server.store.lists import tasks


class TaskParameters(ListParameters):
    """The list of tasks."""

    SORTS = tuple(tasks.LISTING.sorts)
    SORT = "id"

    id_in: Many[RowId] | None = None
    uuid: Uuid | None = None
    name: Text | None = None
    name_like: Text | None = None
    version: Text | None = None
    enabled: bool | None = None
    registry_source: bool | None = None
    in_sync: bool | None = None
    has_validation: bool | None = None
    created_after: Instant | None = None
    created_before: Instant | None = None
    updated_after: Instant | None = None
    updated_before: Instant | None = None
    validated_after: Instant | None = None
    validated_before: Instant | None = None
