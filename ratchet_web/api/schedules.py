"""`/schedules`: cron expressions that queue jobs."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from ratchet_web.models.jobs import Job
from ratchet_web.models.pages import Page
from ratchet_web.models.schedules import (
    NewSchedule,
    Schedule,
    ScheduleChange,
    ScheduleQuery,
    ScheduleRuns,
    ScheduleStats,
    ScheduleTrigger,
)
from ratchet_web.models.schedules_activity import (
    ScheduleActivity,
    ScheduleRevision,
    ScheduleStatistics,
)

# So many changes are read at once.
CHANGES = 20


class Schedules(ABC):
    """`/schedules`. Every call may raise any of `api.errors`."""

    @abstractmethod
    async def get(self, id: str) -> Schedule:
        """Return the one with this id.

        Raises:
            NotFound: there is none.
        """

    @abstractmethod
    async def several(self, ids: Sequence[str]) -> Sequence[Schedule]:
        """Return those of these rows, 100 at most, that there are: as lists have them, in any order."""

    @abstractmethod
    async def page(self, query: ScheduleQuery) -> Page[Schedule]:
        """Return one page of schedules; `Page.ignored` names what of the query could not be applied.

        Raises:
            Refused: the server rejected a filter; `.fields` names it.
        """

    @abstractmethod
    async def create(self, draft: NewSchedule) -> Schedule:
        """Return the new schedule.

        Raises:
            Refused: a field is wrong; `.fields` names it (`cronExpression`).
            NotFound: there is no such task.
        """

    @abstractmethod
    async def change(self, id: str, draft: ScheduleChange) -> Schedule:
        """Return the changed schedule; what the draft leaves out stays.

        Raises:
            Refused: a field is wrong; `.fields` names it.
            NotApplied: the server cannot change schedules.
        """

    @abstractmethod
    async def delete(self, id: str) -> None:
        """Delete it; jobs that it queued stay."""

    @abstractmethod
    async def enable(self, id: str) -> Schedule:
        """Let it fire; return it."""

    @abstractmethod
    async def disable(self, id: str) -> Schedule:
        """Keep it from firing; return it."""

    @abstractmethod
    async def trigger(self, id: str, draft: ScheduleTrigger | None = None) -> Job:
        """Queue its job now, with what the draft has instead of its own; return the job.

        Raises:
            Refused: the input does not fit the task, or the server takes none.
            Conflict: the server does not trigger disabled ones.
            Broken: the server does not say which job it queued.
        """

    @abstractmethod
    async def runs(self, since: datetime, until: datetime, step_s: int) -> ScheduleRuns:
        """Return the past runs of schedules, in buckets of `step_s` seconds from `since` on.

        Nothing is known where the server does not tell them, or counting takes too long.
        """

    @abstractmethod
    async def activity(self, query: ScheduleQuery) -> Page[ScheduleActivity]:
        """Return the last runs of a page of schedules. Only with `Ability.SCHEDULE_ACTIVITY`."""

    @abstractmethod
    async def activity_of(self, ids: Sequence[str]) -> Sequence[ScheduleActivity]:
        """Return the last runs of these schedules, 100 at most. Only where `Ability.SCHEDULE_ACTIVITY`."""

    @abstractmethod
    async def statistics(self, id: str) -> ScheduleStatistics:
        """Return how its runs went. Only with `Ability.SCHEDULE_ACTIVITY`.

        Raises:
            NotFound: there is no such schedule.
        """

    @abstractmethod
    async def changes(self, id: str, *, before: str | None = None) -> tuple[ScheduleRevision, ...]:
        """Return who changed what, newest first: `CHANGES` at most, before one of them.

        Only with `Ability.SCHEDULE_CHANGES`.

        Raises:
            NotFound: there is no such schedule.
        """

    @abstractmethod
    async def stats(self) -> ScheduleStats:
        """Return how many there are."""
