"""All rows, in the orders in which the server lists them, whatever sorting was asked for."""

from collections.abc import Callable, Iterator
from typing import Any, Generic, Protocol, TypeVar
from uuid import uuid4

from tests.doubles.native.rows import STORED, Execution, Job, Schedule, Task


class Row(Protocol):
    id: int


R = TypeVar("R", bound=Row)


class Table(Generic[R]):
    """Rows by id; ids are never used twice."""

    def __init__(self, order: Callable[[R], Any], *, descending: bool = False) -> None:
        self._rows: dict[int, R] = {}
        self._last_id = 0
        self._order = order
        self._descending = descending
        self._ordered: list[R] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[R]:
        """Yield the rows in the order of lists."""
        if self._ordered is None:
            self._ordered = sorted(self._rows.values(), key=self._order, reverse=self._descending)
        return iter(self._ordered)

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def add(self, row: R) -> R:
        self._rows[row.id] = row
        self._ordered = None
        return row

    def find(self, id: int) -> R | None:
        return self._rows.get(id)

    def remove(self, id: int) -> None:
        if self._rows.pop(id, None) is not None:
            self._ordered = None

    def remove_where(self, unwanted: Callable[[R], bool]) -> None:
        self._rows = {id: row for id, row in self._rows.items() if not unwanted(row)}
        self._ordered = None


class State:
    """Four tables. `waiting` holds the ids of jobs that are QUEUED or RETRYING."""

    def __init__(self) -> None:
        self.tasks: Table[Task] = Table(lambda task: task.id)
        self.executions: Table[Execution] = Table(lambda execution: execution.queued_ns, descending=True)
        self.jobs: Table[Job] = Table(job_order)
        self.schedules: Table[Schedule] = Table(lambda schedule: schedule.id)
        self.waiting: set[int] = set()

    def add_task(self, now_ns: int, name: str, version: str = "1.0.0", **fields: Any) -> Task:
        id = self.tasks.next_id()
        fields = {"uuid": str(uuid4()), "created_ns": now_ns, "updated_ns": now_ns, **fields}
        return self.tasks.add(Task(id, name=name, version=version, **fields))

    def add_execution(self, queued_ns: int, task_id: int, **fields: Any) -> Execution:
        row = Execution(self.executions.next_id(), str(uuid4()), task_id, queued_ns, **fields)
        return self.executions.add(row)

    def add_job(self, queued_ns: int, task_id: int, **fields: Any) -> Job:
        job = self.jobs.add(Job(self.jobs.next_id(), task_id, queued_ns, **fields))
        self.move(job, job.status)
        return job

    def add_schedule(self, now_ns: int, task_id: int, name: str, cron: str, **fields: Any) -> Schedule:
        row = Schedule(self.schedules.next_id(), task_id, name, cron, now_ns, now_ns, **fields)
        return self.schedules.add(row)

    def move(self, job: Job, status: str) -> None:
        """Give a job a status."""
        job.status = status
        if status in ("QUEUED", "RETRYING"):
            self.waiting.add(job.id)
        else:
            self.waiting.discard(job.id)

    def remove_job(self, id: int) -> None:
        self.jobs.remove(id)
        self.waiting.discard(id)

    def remove_task(self, id: int) -> None:
        """Remove a task and whatever belongs to it."""
        self.tasks.remove(id)
        self.executions.remove_where(lambda row: row.task_id == id)
        self.schedules.remove_where(lambda row: row.task_id == id)
        self.jobs.remove_where(lambda row: row.task_id == id)
        self.waiting = {job for job in self.waiting if self.jobs.find(job)}


# By the stored text, backwards: urgent, normal, low, high.
RANKS = {name: rank for rank, name in enumerate(sorted(STORED, key=STORED.__getitem__, reverse=True))}


def job_order(job: Job) -> tuple[int, int]:
    """Sort by the rank of the priority, then the oldest first."""
    return RANKS[job.priority], job.queued_ns
