"""Statistics of which time, and of which task."""

from datetime import timedelta
from typing import Final, Literal

from pydantic import Field

from ratchet_web.models.series import PERIODS
from ratchet_web.server.parameters.base import Int, Parameters, RowId
from ratchet_web.server.store.tallies import Span

PERIODS_MS: Final = {name: period.length // timedelta(milliseconds=1) for name, period in PERIODS.items()}


class PeriodParameters(Parameters):
    """How far to look back."""

    period: Literal["1h", "24h", "7d", "30d", "all"] = Field(
        "all", description="What ended in this time, beside all that waits or runs now; all: every row kept"
    )

    def since_ms(self, now_ms: int) -> int | None:
        """Return the beginning, None for all."""
        return None if self.period == "all" else now_ms - PERIODS_MS[self.period]

    def span(self, now_ms: int) -> Span:
        """Return what is looked at."""
        return Span(self.since_ms(now_ms))


class TaskPeriodParameters(PeriodParameters):
    """How far to look back, and whether at one task only."""

    task_id: RowId | None = Field(None, description="Only this task")

    def span(self, now_ms: int) -> Span:
        """Return what is looked at."""
        return Span(self.since_ms(now_ms), self.task_id)


class TopParameters(PeriodParameters):
    """Which tasks come first, and how many are told."""

    limit: Int = Field(10, ge=1, le=100, description="At most so many tasks")
    sort: Literal["failed", "slowest", "runs"] = Field(
        "runs", alias="_sort", description="Most failures, greatest p95 of the run time, or most runs first"
    )
