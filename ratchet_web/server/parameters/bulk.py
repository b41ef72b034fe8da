"""Which bulk operations, and which of their items."""

from typing import Literal

from pydantic import Field, model_validator

from ratchet_web.models.bulk import BulkOutcome
from ratchet_web.server.parameters.base import PAGE_LIMIT, Int, Parameters
from ratchet_web.server.store.lists.base import Window

ITEMS_LIMIT = 1_000
_MOST = 1 << 40


class BulkParameters(Parameters):
    """The list of operations, newest first."""

    start: Int | None = Field(None, alias="_start", ge=0, le=_MOST, description="First row, from 0")
    end: Int | None = Field(None, alias="_end", ge=1, le=_MOST, description="Row after the last")
    page: Int | None = Field(None, ge=1, le=1 << 31, description="Page, from 1")
    limit: Int | None = Field(None, ge=1, le=PAGE_LIMIT, description="Rows of a page")

    @model_validator(mode="after")
    def _whole_range(self) -> "BulkParameters":
        if (self.start is None) != (self.end is None):
            raise ValueError("_start and _end go together")
        if self.start is not None and self.end is not None and not 0 < self.end - self.start <= ITEMS_LIMIT:
            raise ValueError(f"_end must be 1 to {ITEMS_LIMIT} above _start")
        return self

    def window(self) -> Window:
        """Return which rows are asked for."""
        if self.start is not None and self.end is not None:
            return Window("id", True, self.start, self.end - self.start)
        limit = self.limit or 25
        return Window("id", True, ((self.page or 1) - 1) * limit, limit)


class ItemParameters(BulkParameters):
    """The items of one operation, in the order of their ids; with `format`, all of them as a file."""

    outcome: BulkOutcome | None = None
    format: Literal["csv", "jsonl"] | None = None
