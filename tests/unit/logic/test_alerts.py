"""What is wrong, by the table of thresholds."""

from datetime import UTC, datetime, timedelta

import pytest

from ratchet_web.logic.alerts import Situation, Standing, alerts, is_above, judged_since
from ratchet_web.logic.trends import Ended
from ratchet_web.models.jobs import JobPriority
from ratchet_web.models.jobs_queue import Queue, QueueLane, QueueWorker
from ratchet_web.models.monitoring import Check
from ratchet_web.models.pauses import Pause, PauseScope
from ratchet_web.models.schedules import Schedule

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
IDLE, BUSY = QueueWorker(name="w1", status="idle"), QueueWorker(name="w2", status="busy")


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def queue(ready: int, oldest: datetime | None, *workers: QueueWorker, started: int = 0) -> Queue:
    lane = QueueLane(
        priority=JobPriority.NORMAL,
        waiting=ready,
        ready=ready,
        oldest_ready_at=oldest,
        arrived=ready,
        started=started,
        ended=0,
    )
    return Queue(lanes=(lane,), window_s=300, running=0, workers=workers)


def found(**known: object) -> list[tuple[str, str, str]]:
    return [(alert.id, alert.level, alert.words) for alert in alerts(Situation(NOW, **known))]


def test_nothing_known_is_nothing_wrong_and_says_what_is_not_known():
    assert alerts(Situation(NOW)) == []
    assert Situation(NOW).unjudged() == [
        "how long jobs wait",
        "workers",
        "late schedules",
        "the rate of failures",
        "the health of its parts",
    ]
    whole = Situation(NOW, queue(0, None, IDLE), (), None, (), Ended(0, 0), NOW, Ended(0, 0), ())
    assert (alerts(whole), whole.unjudged()) == ([], [])


@pytest.mark.parametrize(
    ("looked_at", "expected"),
    [
        (queue(12, ago(seconds=50), IDLE), []),
        (
            queue(12, ago(minutes=3), IDLE, BUSY),
            [("queue", "bad", "12 jobs are ready, the oldest for 3 min. Nothing of it has begun for 3 min,"
              " though a worker is idle.")],
        ),
        (
            queue(1, ago(minutes=3), BUSY),
            [("queue", "warn", "One job is ready, the oldest for 3 min. Nothing of it has begun for 3 min:"
              " every worker is busy.")],
        ),
        (queue(500, ago(minutes=3), BUSY, started=40), []),
        (queue(0, None), [("workers", "bad", "No worker is there: what is queued will not begin.")]),
        (
            queue(3, ago(minutes=9)),
            [("workers", "bad", "No worker is there: 3 jobs are ready and cannot begin.")],
        ),
    ],
)  # fmt: skip
def test_the_queue(looked_at, expected):
    assert found(queue=looked_at) == expected


def test_a_paused_queue_is_not_stuck():
    pauses = [Pause(id="queue", scope=PauseScope.QUEUE)]
    assert found(queue=queue(12, ago(hours=3), IDLE), pauses=pauses) == []
    assert found(standing=Standing(4, ago(hours=1)), pauses=pauses) == []


def test_what_the_console_saw_standing_itself():
    assert found(standing=Standing(4, ago(minutes=4))) == []
    words = "4 jobs are waiting, and nothing has ended for 6 min."
    assert found(standing=Standing(4, ago(minutes=6))) == [("queue", "warn", words)]


def test_late_schedules_are_named():
    rows = [
        Schedule(id="1", name="nightly", enabled=True, next_run=ago(hours=2)),
        Schedule(id="2", name="in time", enabled=True, next_run=ago(seconds=30)),
        Schedule(id="3", name="off", enabled=False, next_run=ago(hours=3)),
    ]
    (alert,) = alerts(Situation(NOW, schedules=rows))
    assert (alert.words, alert.href) == ("A schedule is late: nightly by 2 h.", "/schedules/1")
    more = [Schedule(id=str(n), name=f"s{n}", enabled=True, next_run=ago(minutes=n)) for n in range(3, 9)]
    (alert,) = alerts(Situation(NOW, schedules=more))
    assert alert.words == "6 schedules are late: s8 by 8 min, s7 by 7 min, s6 by 6 min, 3 more."


@pytest.mark.parametrize(
    ("rate", "ended", "usual", "above"),
    [
        (0.3, 40, 0.02, True),
        (0.05, 40, 0.02, False),  # one or two among forty are chance
        (0.05, 4000, 0.02, True),
        (0.12, 1000, 0.10, False),  # not twice as many
        (0.5, 10, None, True),
        (0.4, 10, None, False),
        (0.2, 10, 0.0, False),
        (0.3, 20, 0.0, True),
    ],
)
def test_a_rate_is_above_its_normal_beyond_chance(rate, ended, usual, above):
    assert is_above(rate, ended, usual) is above


def test_failures_above_their_normal():
    normal = Ended(980, 20)
    (alert,) = alerts(Situation(NOW, recent=Ended(28, 12), normal=normal))
    assert alert.words == (
        "12 of the 40 executions that ended in the last 30 min failed: 30 %, normally 2 %."
    )
    assert alert.href == "/executions?ended_since=2026-05-04T11:30:00Z&sort=-completed_at&status=FAILED"
    assert found(recent=Ended(38, 2), normal=normal) == []
    assert found(recent=Ended(0, 2), normal=normal) == []


def test_many_failures_are_above_no_normal_that_nobody_knows():
    (alert,) = alerts(Situation(NOW, recent=Ended(1, 9), normal=Ended(3, 0)))
    assert alert.title == "Many executions fail"
    assert alert.words.endswith("failed: 90 %, and no normal rate is known yet.")


@pytest.mark.parametrize(
    ("recent", "normal", "failed"),
    [
        (Ended(0, 4), Ended(), "4 of the 4"),  # all there ever was, too few for a rate of their own
        (Ended(0, 4), Ended(0, 0), "4 of the 4"),
        (Ended(0, 0), Ended(1, 5), "5 of the 6"),  # hours ago, and nothing has ended since
        (Ended(0, 40), Ended(2, 60), "100 of the 102"),  # so it was all day: it is above no normal
        (Ended(0, 2), Ended(0, 0), ""),
        (Ended(1, 1), Ended(2, 2), ""),
        (Ended(3, 0), Ended(0, 20), ""),  # what ended last went well
        (Ended(0, 4), Ended(9, 1), ""),  # few among what went well all day
    ],
)
def test_most_that_ended_failed_whatever_is_normal(recent, normal, failed):
    told = alerts(Situation(NOW, recent=recent, recent_since=ago(minutes=30), normal=normal))
    assert [(each.id, each.title) for each in told] == [("failures", "Most executions fail")] * bool(failed)
    for alert in told:
        assert alert.words.startswith(f"{failed} executions that ended in the last 24 h 30 min failed")
        assert alert.href == "/executions?ended_since=2026-05-03T11:30:00Z&sort=-completed_at&status=FAILED"


def test_what_was_counted_since_a_while_is_told_of_that_while():
    known = {"recent": Ended(0, 4), "recent_since": ago(minutes=30), "normal": Ended(0, 0)}
    (alert,) = alerts(Situation(NOW, **known, normal_since=ago(hours=2)))
    assert (alert.words, alert.href.split("&")[0]) == (
        "4 of the 4 executions that ended in the last 2 h failed: 100 %.",
        "/executions?ended_since=2026-05-04T10:00:00Z",
    )


def test_parts_that_are_not_well_come_with_the_worst_first():
    checks = [
        Check(name="disk", status="degraded", message="2 % free"),
        Check(name="database", status="unhealthy"),
        Check(name="queue", status="healthy"),
    ]
    assert found(checks=checks) == [
        ("health-database", "bad", "The server says that it is unhealthy."),
        ("health-disk", "warn", "2 % free"),
    ]
    lost = [Check(name="workers", status="unhealthy")]
    assert [alert[0] for alert in found(checks=lost, queue=queue(0, None))] == ["workers"]
    assert [alert[0] for alert in found(checks=lost)] == ["health-workers"]


def test_what_is_counted_of_failures_is_what_the_sentence_and_the_link_say():
    now = NOW + timedelta(minutes=14)
    since = judged_since(now, 900)
    assert [judged_since(NOW + timedelta(minutes=n), 900) for n in (1, 15)] == [
        ago(minutes=n) for n in (30, 15)
    ]
    (alert,) = alerts(Situation(now, recent=Ended(1, 9), recent_since=since))
    assert "9 of the 10 executions that ended in the last 44 min failed" in alert.words
    assert f"ended_since={since:%Y-%m-%dT%H:%M:%SZ}&" in alert.href
