"""What happens by itself: timers make jobs, and a loop works them off.

Nothing runs in the background. Whoever looks first catches up with all that has happened until then.
"""

import heapq
from collections import deque
from dataclasses import dataclass

from tests.doubles.native.cron import has_timer, next_after
from tests.doubles.native.instants import SECOND_NS
from tests.doubles.native.rows import Execution, Job, Schedule
from tests.doubles.native.state import State, job_order

BATCH = 10
# A timer fires a little after the second.
LATE_NS = 1_234_567


@dataclass(frozen=True, slots=True, order=True)
class Timer:
    """One timer of a schedule; a schedule that was enabled again has two."""

    due_ns: int
    schedule_id: int
    cron_expression: str


class Life:
    """`pass_s` is the pause between two looks for jobs, None for never; a job takes `job_s`."""

    def __init__(
        self, state: State, start_ns: int, pass_s: float | None = 5.0, job_s: float = 0.1, gap_s: float = 0.02
    ) -> None:
        self._state = state
        self._pass_ns = None if pass_s is None else round(pass_s * SECOND_NS)
        self._job_ns = round(job_s * SECOND_NS)
        self._gap_ns = round(gap_s * SECOND_NS)
        self._pass_at_ns = start_ns + (self._pass_ns or 0)
        self._timers: list[Timer] = []
        self._batch: deque[int] = deque()
        self._free_at_ns = start_ns
        self._working: tuple[int, int, int] | None = None

    def start_timer(self, schedule: Schedule, now_ns: int) -> None:
        """Add a timer, as creating and enabling do; one that is there already stays."""
        if schedule.enabled and has_timer(schedule.cron_expression):
            self._set(schedule.id, schedule.cron_expression, now_ns)

    def restart(self, now_ns: int) -> None:
        """Begin anew with one timer for each enabled schedule; one of them with a year, and none has any."""
        self._timers, self._working = [], None
        self._batch.clear()
        self._pass_at_ns = now_ns + (self._pass_ns or 0)
        enabled = [row for row in self._state.schedules if row.enabled]
        if all(has_timer(row.cron_expression) for row in enabled):
            for row in enabled:
                self.start_timer(row, now_ns)

    def catch_up(self, now_ns: int) -> None:
        """Do all that was due until now, in its order."""
        while True:
            timer_ns = self._timers[0].due_ns if self._timers else None
            loop_ns = self._next_step_ns()
            due_ns = min((at for at in (timer_ns, loop_ns) if at is not None), default=None)
            if due_ns is None or due_ns > now_ns:
                break
            if due_ns == timer_ns:
                self._fire(heapq.heappop(self._timers))
            else:
                self._step(due_ns)
        self._skip_idle_passes(now_ns)

    def _set(self, schedule_id: int, cron_expression: str, after_ns: int) -> None:
        due_ns = next_after(cron_expression, after_ns)
        if due_ns is not None:
            heapq.heappush(self._timers, Timer(due_ns, schedule_id, cron_expression))

    def _fire(self, timer: Timer) -> None:
        schedule = self._state.schedules.find(timer.schedule_id)
        if schedule is None:
            return
        at_ns = timer.due_ns + LATE_NS
        self._state.add_job(
            at_ns, schedule.task_id, scheduled_ns=at_ns, output_destinations=schedule.output_destinations
        )
        schedule.updated_ns = at_ns
        self._set(timer.schedule_id, timer.cron_expression, timer.due_ns)

    def _next_step_ns(self) -> int | None:
        """Return when the loop does something next: finish a job, begin one, or find some."""
        if self._working is not None:
            return self._working[2]
        if self._batch:
            return self._free_at_ns
        if self._pass_ns is None or not self._state.waiting:
            return None
        due_ns = min(self._due_ns(id) for id in self._state.waiting)
        passes = max(0, -(-(due_ns - self._pass_at_ns) // self._pass_ns))
        return self._pass_at_ns + passes * self._pass_ns

    def _due_ns(self, id: int) -> int:
        job = self._state.jobs.find(id)
        assert job is not None
        return max(job.queued_ns, job.scheduled_ns or 0)

    def _step(self, now_ns: int) -> None:
        if self._working is not None:
            self._finish(*self._working)
        elif self._batch:
            self._begin(self._batch.popleft(), now_ns)
        else:
            self._collect(now_ns)

    def _collect(self, now_ns: int) -> None:
        jobs = [self._state.jobs.find(id) for id in self._state.waiting if self._due_ns(id) <= now_ns]
        ready = sorted((job for job in jobs if job is not None), key=job_order)
        self._batch.extend(job.id for job in ready[:BATCH])
        self._free_at_ns = now_ns

    def _begin(self, id: int, now_ns: int) -> None:
        """Work on it; one that was cancelled after it was collected is worked on as well."""
        job = self._state.jobs.find(id)
        if job is None:
            self._rest(now_ns)
            return
        execution = self._state.add_execution(
            now_ns, job.task_id, status="RUNNING", input={}, started_ns=now_ns + LATE_NS
        )
        self._state.move(job, "PROCESSING")
        self._working = (id, execution.id, now_ns + self._job_ns)

    def _finish(self, job_id: int, execution_id: int, now_ns: int) -> None:
        self._working = None
        execution = self._state.executions.find(execution_id)
        if execution is not None:
            _complete(execution, job_id, now_ns)
        job: Job | None = self._state.jobs.find(job_id)
        if job is not None:
            self._state.move(job, "COMPLETED")
        self._rest(now_ns)

    def _rest(self, now_ns: int) -> None:
        self._free_at_ns = now_ns + self._gap_ns
        self._pass_at_ns = self._free_at_ns + (self._pass_ns or 0)

    def _skip_idle_passes(self, now_ns: int) -> None:
        busy = self._working is not None or self._batch
        if self._pass_ns and not busy and self._pass_at_ns <= now_ns:
            self._pass_at_ns += ((now_ns - self._pass_at_ns) // self._pass_ns + 1) * self._pass_ns


def _complete(execution: Execution, job_id: int, now_ns: int) -> None:
    execution.status = "COMPLETED"
    execution.completed_ns = now_ns
    execution.duration_ms = 100
    execution.output = {
        "status": "success",
        "message": "Job completed successfully",
        "job_id": str(job_id),
    }
