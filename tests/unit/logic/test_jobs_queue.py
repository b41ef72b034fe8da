"""What the numbers of a queue are said to mean."""

from datetime import UTC, datetime, timedelta

import pytest

from ratchet_web.logic.jobs_queue import FREE, Hold, estimate, hold, in_time, meaning, per_minute, rate
from ratchet_web.models.jobs import JobPriority, JobStatus
from ratchet_web.models.jobs_queue import Queue, QueueAsked, QueueLane, QueueWorker, lane_of
from ratchet_web.models.pauses import Pause, PauseScope

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
IDLE, BUSY = QueueWorker(status="idle"), QueueWorker(status="busy")


def lane(ready=0, *, came=0, begun=0, waits_s=None, **more):
    """Return a lane, of which nothing but what is ready waits unless said otherwise."""
    oldest = None if waits_s is None else NOW - timedelta(seconds=waits_s)
    known = {"waiting": ready, "arrived": came, "started": begun, "oldest_ready_at": oldest, **more}
    return QueueLane(priority=JobPriority.NORMAL, ready=ready, **known)


def said(*lanes, workers=(BUSY,), window_s=300):
    """Return what the last of these lanes means."""
    return meaning(lanes[-1], Queue(lanes=lanes, window_s=window_s, workers=workers), NOW)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (lane(), "Nothing waits."),
        (lane(waiting=3, scheduled=3), "Nothing is ready: what waits has its time still to come."),
        (lane(came=60, begun=60), "Keeps up: jobs begin as they come, 12 a minute."),
        (lane(96, came=0, begun=60), "Empties in about 8 min at this rate."),
        (lane(96, came=30, begun=60), "Empties in about 16 min at this rate."),
        (lane(50, came=210, begun=60), "Grows by 30 a minute: 42 a minute come, 12 a minute begin."),
        (
            lane(24, came=59, begun=60),
            "Holds steady: as many come as begin. A new job waits about 2 min.",
        ),
        (lane(4, came=4, waits_s=2), "Goes to the next free worker."),
    ],
)
def test_a_lane_is_said_in_a_sentence(numbers, words):
    assert said(numbers) == (words, False)


QUEUE = Pause(id="queue", scope=PauseScope.QUEUE)
TASK = Pause(id="3", scope=PauseScope.TASK, task_id="3")


@pytest.mark.parametrize(
    ("pauses", "task", "held"),
    [
        ((), None, FREE),
        ((QUEUE, TASK), None, Hold("the queue")),
        ((QUEUE,), "4", Hold("the queue")),
        ((TASK,), "3", Hold("the task")),
        ((TASK,), "4", FREE),
        ((TASK,), None, Hold(some=True)),
    ],
)
def test_what_is_paused_holds_what_belongs_to_it(pauses, task, held):
    assert hold(pauses, task) == held


def test_what_is_held_back_alarms_nobody():
    queue = Queue(window_s=300, workers=(IDLE,))
    stands = lane(9, waits_s=3_600)
    assert meaning(stands, queue, NOW, Hold("the queue")) == ("Held back: the queue is paused.", False)
    some = meaning(stands, queue, NOW, Hold(some=True))
    assert some == ("Nothing of it has begun for 5 min, and tasks are paused.", False)
    waits = QueueAsked(id="1", status=JobStatus.QUEUED, ready=True, ahead=0)
    assert estimate(waits, queue, NOW, Hold("the task")) == (None, "It waits until the task is resumed.")


def test_a_lane_that_stands_says_why():
    stands = lane(9, came=9, waits_s=3_600)
    assert said(stands, workers=(IDLE, IDLE, BUSY)) == (
        "Nothing of it has begun for 5 min, though 2 workers are idle.",
        True,
    )
    assert said(stands) == ("Nothing of it has begun for 5 min: every worker is busy.", True)
    assert said(lane(1), stands) == ("Nothing of it has begun for 5 min: higher priorities go first.", False)
    assert said(stands, workers=()) == ("Nothing of it has begun for 5 min: there is no worker.", True)
    # No longer than its oldest job waits.
    assert said(lane(1, waits_s=40), workers=(IDLE,)) == (
        "Nothing of it has begun for 40 s, though a worker is idle.",
        True,
    )


def test_a_lane_that_moves_says_what_paused_tasks_hold_back():
    moves, some = lane(10, came=16, begun=6, waits_s=60), Hold(some=True)
    idle = Queue(lanes=(moves,), window_s=300, workers=(IDLE, BUSY))
    assert meaning(moves, idle, NOW, some).words == "What waits longest is held back: tasks are paused."
    busy = Queue(lanes=(moves,), window_s=300, workers=(BUSY,))
    assert meaning(moves, busy, NOW, some).words.startswith("Grows by 2 a minute")


def test_paces_that_are_compared_are_of_one_unit():
    words = said(lane(10, came=13, begun=3)).words
    assert words == "Grows by 120 an hour: 156 an hour come, 36 an hour begin."


def test_a_new_job_behind_higher_priorities_is_promised_nothing():
    steady = lane(24, came=60, begun=60)
    assert said(lane(8), steady).words == "Holds steady: as many come as begin. Higher priorities go first."


def test_what_nobody_tells_is_not_known():
    assert said(lane_of(3, 1), window_s=None).words == "How fast it moves is not known."
    assert said(lane_of(0, 0), window_s=None).words == ""
    assert said(lane(3, begun=None)).words == "How fast it moves is not known."
    assert per_minute(3, None) is per_minute(None, 60) is None


def asked(ahead=None, *, status=JobStatus.QUEUED, ready=True, begun=60, due_at=None):
    job = QueueAsked(id="7", status=status, ready=ready, ahead=ahead, begun=begun, due_at=due_at)
    return estimate(job, Queue(window_s=300, job=job), NOW)


def test_a_start_is_estimated_and_what_is_assumed_is_named():
    at, words = asked(96)
    assert at == NOW + timedelta(minutes=8)
    assert words == (
        "96 ready jobs go before it, of a higher priority or queued earlier. It assumes that jobs go on to "
        "begin as in the last 5 min (12 a minute), and that nothing of a higher priority comes between."
    )
    assert asked(0) == (None, "No job is ahead of it: it begins as soon as a worker is free.")
    assert asked(1).words.startswith("One ready job goes before it")


def test_a_start_that_cannot_be_told_is_not_made_up():
    assert asked(5, begun=0) == (
        None,
        "Not known: 5 ready jobs go before it, of a higher priority or queued earlier, and none has begun "
        "in 5 min.",
    )
    assert asked(None) == (None, "Not known: too many jobs are ahead of it to count.")


def test_a_job_that_waits_for_no_worker_says_what_it_waits_for():
    later = NOW + timedelta(hours=1)
    waits = asked(ready=False, due_at=later)
    assert waits == (later, "It waits for its time; from then on for a free worker.")
    again = asked(ready=False, due_at=later, status=JobStatus.RETRYING)
    assert again == (later, "It waits for its next attempt; from then on for a free worker.")
    assert asked(ready=False, status=JobStatus.PROCESSING).words == "It runs now."
    assert asked(ready=False, status=JobStatus.FAILED).words == "It waits for nothing: it has failed."
    done = asked(ready=False, status=JobStatus.COMPLETED)
    assert done.words == "It waits for nothing: it has completed."


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (1_234, "1,234 a minute"),
        (12, "12 a minute"),
        (2.5, "2.5 a minute"),
        (1, "1 a minute"),
        (0.2, "12 an hour"),
    ],
)
def test_a_pace_is_said_as_people_say_it(pace, words):
    assert rate(pace) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 s"), (40, "40 s"), (295, "5 min"), (3_599, "1 h"), (7_810, "2 h 10 min"), (7_200, "2 h"),
        (259_200, "3 d"),
    ],
)  # fmt: skip
def test_a_time_is_said_about(seconds, words):
    assert in_time(seconds) == words
