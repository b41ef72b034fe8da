"""`/tasks`: JavaScript with an input and an output schema."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager

from ratchet_web.models.executions import ExecutionStats
from ratchet_web.models.pages import Page
from ratchet_web.models.series import Period, Series
from ratchet_web.models.tasks import (
    CheckResult,
    NewTask,
    SourceCheck,
    Task,
    TaskChange,
    TaskQuery,
    TaskStats,
    TaskTrial,
    TaskVersion,
    TaskVersionHead,
    TrialNews,
)
from ratchet_web.models.tasks_activity import TaskActivity

# So many versions are read at once.
VERSIONS = 50


class Tasks(ABC):
    """`/tasks`. Every call may raise any of `api.errors`."""

    @abstractmethod
    async def get(self, id: str) -> Task:
        """Return the one with this id.

        Raises:
            NotFound: there is none.
        """

    @abstractmethod
    async def several(self, ids: Sequence[str]) -> Sequence[Task]:
        """Return those of these rows, 100 at most, that there are: as lists have them, in any order."""

    @abstractmethod
    async def page(self, query: TaskQuery) -> Page[Task]:
        """Return one page of tasks; `Page.ignored` names what of the query the server could not apply.

        Raises:
            Refused: the server rejected a filter; `.fields` names it.
        """

    @abstractmethod
    async def activity(self, query: TaskQuery) -> Page[TaskActivity]:
        """Return what the tasks of one page did lately. Only where `Ability.ACTIVITY`."""

    @abstractmethod
    async def activity_of(self, ids: Sequence[str]) -> Sequence[TaskActivity]:
        """Return what these tasks did lately, of 100 at most. Only where `Ability.ACTIVITY`."""

    @abstractmethod
    async def figures(self, id: str, period: Period) -> ExecutionStats:
        """Return how its executions of a period ended, and their times. Only where `Ability.ACTIVITY`."""

    @abstractmethod
    async def series(self, id: str, period: Period) -> Series:
        """Return what happened to its executions in a period, by buckets. Only where `Ability.ACTIVITY`."""

    @abstractmethod
    async def create(self, draft: NewTask) -> Task:
        """Return the new task.

        Raises:
            Refused: a field is wrong; `.fields` names it.
            Conflict: this name and version exist.
        """

    @abstractmethod
    async def change(self, id: str, draft: TaskChange, *, revision: int | None = None) -> Task:
        """Return the changed task; what the draft leaves out stays.

        `revision` is the one that the change was made from, where the server counts them.

        Raises:
            Refused: a field is wrong; `.fields` names it.
            Stale: somebody else changed it since that revision.
            NotApplied: the server said yes and changed less than that.
        """

    @abstractmethod
    async def enable(self, id: str) -> Task:
        """Allow it to run; return it."""

    @abstractmethod
    async def disable(self, id: str) -> Task:
        """Forbid it to run; return it."""

    @abstractmethod
    async def delete(self, id: str) -> None:
        """Delete it.

        Raises:
            Conflict: something waits for it, or runs it.
            NotApplied: it is still there.
        """

    @abstractmethod
    def try_out(self, draft: TaskTrial) -> AbstractAsyncContextManager[AsyncIterator[TrialNews]]:
        """Run a draft without saving it, and open what it tells, up to its end. Only with `Ability.TRY`.

        Leaving the context ends it.

        Raises:
            Refused: a schema is none, or the input breaks it; `.fields` names it.
            Limited: the server runs as many drafts as it can.
        """

    @abstractmethod
    async def versions(self, id: str, *, before: int | None = None) -> tuple[TaskVersionHead, ...]:
        """Return what it was, newest first: `VERSIONS` at most, below a revision.

        Only with `Ability.VERSIONS`.

        Raises:
            NotFound: there is no such task.
        """

    @abstractmethod
    async def restore(self, id: str, revision: int, *, current: int | None = None) -> Task:
        """Make it what it was at a revision, as a new one; return it. Only with `Ability.VERSIONS`.

        Raises:
            Stale: `current` was given, and it is at another revision by now.
            Conflict: another task has its name and version of then.
        """

    @abstractmethod
    async def check(self, draft: SourceCheck) -> CheckResult:
        """Return what is wrong with a definition, without saving it. Only where `Ability.CHECK`."""

    @abstractmethod
    async def version(self, id: str, revision: int) -> TaskVersion:
        """Return what the task was at a revision. Only where `Ability.VERSIONS`.

        Raises:
            NotFound: there is no such task, or it has no such revision.
        """

    @abstractmethod
    async def stats(self) -> TaskStats:
        """Return how many there are."""
