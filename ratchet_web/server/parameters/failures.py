"""Which failures."""

from ratchet_web.models.base import Instant
from ratchet_web.models.failures import FailureState
from ratchet_web.server.parameters.base import ListParameters, RowId, Text
from ratchet_web.server.store.lists import failures


class FailureParameters(ListParameters):
    """The list of failures."""

    SORTS = failures.SORTS
    SORT = "-count"

    state: FailureState | None = None
    task_id: RowId | None = None
    failed_after: Instant | None = None
    failed_before: Instant | None = None
    text_like: Text | None = None
