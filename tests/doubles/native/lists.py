"""The four lists: what REST and GraphQL have in common. Each returns the rows of a page and its flags."""

from typing import Any

from tests.doubles.native.filters import ExecutionFilter, JobFilter, ScheduleFilter, TaskFilter
from tests.doubles.native.paging import Paging
from tests.doubles.native.rows import Execution, Job, Schedule, Task
from tests.doubles.native.state import State
from tests.doubles.native.words import is_banned_search

Meta = dict[str, Any]


class BannedSearchError(Exception):
    """A search that the database layer takes for an attack."""


def tasks(state: State, wanted: TaskFilter, paging: Paging) -> tuple[list[Task], Meta]:
    """Return one page of tasks, by id.

    Raises:
        BannedSearchError: the name holds a word that may not be searched for.
    """
    if wanted.name is not None and is_banned_search(wanted.name):
        raise BannedSearchError
    rows = [row for row in state.tasks if wanted.fits(row)]
    return paging.cut(rows), paging.meta_of_tasks(len(rows))


def executions(state: State, wanted: ExecutionFilter, paging: Paging) -> tuple[list[Execution], Meta]:
    """Return one page of executions, newest first."""
    rows = [row for row in state.executions if wanted.fits(row)]
    return paging.cut(rows), paging.meta(len(rows))


def jobs(state: State, wanted: JobFilter, paging: Paging) -> tuple[list[Job], Meta]:
    """Return one page of jobs: CRITICAL, NORMAL, LOW, HIGH, and within each the oldest first."""
    rows = [row for row in state.jobs if wanted.fits(row)]
    return paging.cut(rows), paging.meta(len(rows))


def schedules(state: State, wanted: ScheduleFilter, paging: Paging) -> tuple[list[Schedule], Meta]:
    """Return all enabled schedules, whichever page was asked for."""
    return [row for row in state.schedules if wanted.fits(row)], paging.meta_of_schedules()
