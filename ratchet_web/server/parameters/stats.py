"""Statistics of which time, and of which task."""

from datetime import timedelta
from typing import Final, Literal

from pydantic import Field

from ratchet_web.logic.schemas import Fault
from ratchet_web.models.jobs import Moment
from ratchet_web.models.series import PERIODS
from ratchet_web.server.errors import InvalidError
from ratchet_web.server.parameters.base import Int, Parameters, RowId, milliseconds
from ratchet_web.server.store.series import KEPT_S, QUARTER_S
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


class EndedPeriodParameters(TaskPeriodParameters):
    """A period that ends now, or one that is over."""

    until: Moment | None = Field(
        None, alias="to", description="End of the period: then only what ended before it is counted"
    )

    def span(self, now_ms: int) -> Span:
        """Return what is looked at.

        Raises:
            InvalidError: `to` is in the future, or the period begins before the series do.
        """
        if self.until is None:
            return super().span(now_ms)
        until_ms = milliseconds(self.until)
        since_ms = self.since_ms(until_ms)
        if since_ms is None:
            raise InvalidError([Fault("to", "needs a period other than all")])
        if until_ms > now_ms:
            raise InvalidError([Fault("to", "must not be in the future")])
        if since_ms < now_ms - KEPT_S[QUARTER_S] * 1000:
            raise InvalidError([Fault("to", "reaches further back than the 30 days that are kept")])
        return Span(since_ms, self.task_id, until_ms=until_ms)


class TopParameters(PeriodParameters):
    """Which tasks come first, and how many are told."""

    limit: Int = Field(10, ge=1, le=100, description="At most so many tasks")
    sort: Literal["failed", "slowest", "runs"] = Field(
        "runs", alias="_sort", description="Most failures, greatest p95 of the run time, or most runs first"
    )
