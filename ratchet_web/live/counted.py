"""What the console has counted of a server without figures over time: in this process, while it looks."""

from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from ratchet_web.api import Ratchet
from ratchet_web.logic.alerts import Standing
from ratchet_web.logic.counting import Counting, Look
from ratchet_web.models.executions import ExecutionStats
from ratchet_web.models.jobs_queue import Queue

# It outlives the topics: who comes back finds what was counted before.
_COUNTED: WeakKeyDictionary[Ratchet, Counting] = WeakKeyDictionary()


def counted(api: Ratchet) -> Counting:
    """Return what was counted of this server."""
    return _COUNTED.setdefault(api, Counting())


def note(api: Ratchet, now: datetime, executions: ExecutionStats, queue: Queue | None) -> Counting:
    """Take in a look, and return all of them."""
    counting = counted(api)
    depth = {lane.priority.value.lower(): lane.waiting for lane in queue.lanes} if queue else {}
    counts = executions.completed_executions, executions.failed_executions
    counting.note(Look(int(now.timestamp()), *counts, depth, executions.running_executions))
    return counting


def standing(counting: Counting) -> Standing | None:
    """Return how long nothing has ended while jobs wait; None where that is not known."""
    last = counting.last
    if last is None or counting.moved_s is None or last.waiting is None:
        return None
    return Standing(last.waiting, datetime.fromtimestamp(counting.moved_s, UTC))
