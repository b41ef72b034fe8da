from datetime import UTC, datetime

import pytest

from ratchet_web.live.topic import Snapshot, Topic
from ratchet_web.live.topics import execution_of_log, parse
from ratchet_web.models.executions import ExecutionQuery, ExecutionStatus
from ratchet_web.models.failures import FailureQuery, FailureState
from ratchet_web.models.jobs import JobPriority, JobQuery
from ratchet_web.models.monitoring import Change
from ratchet_web.models.pages import Query
from ratchet_web.models.schedules import ScheduleQuery
from ratchet_web.models.tasks import TaskQuery


@pytest.mark.parametrize(
    "query",
    [
        ExecutionQuery(),
        ExecutionQuery(status=ExecutionStatus.FAILED, task="7", page=3, sort="duration_ms"),
        ExecutionQuery(range="24h", error=True, text="a=b&c", min_ms=5, max_progress=50),
        ExecutionQuery(
            since=datetime(2026, 1, 31, 0, 0, 0, 5000, UTC), until=datetime(2026, 2, 1, tzinfo=UTC)
        ),
        JobQuery(priority=JobPriority.HIGH),
        ScheduleQuery(q="a b&c=d", enabled=False),
        TaskQuery(q="ä%/?#", limit=100),
        FailureQuery(q="a b", state=FailureState.IGNORED, range="7d", sort="-last_seen"),
        ExecutionQuery(fingerprint="0123456789abcdef", retried=False),
    ],
)
def test_a_list_is_known_by_its_querys_address(query: Query) -> None:
    name = query.address().removeprefix("/")
    topic = parse(name)
    assert topic is not None
    assert topic.name == name
    assert topic.query == query  # type: ignore[attr-defined]  # every list has one


@pytest.mark.parametrize(
    "name",
    [
        *("executions/12", "tasks/1", "jobs/9223372036854775807", "schedules/0", "dashboard"),
        *("dashboard/1h", "dashboard/30d"),
        *("tasks/1/versions", "tasks/1/versions/51", "pauses"),
        *("failures/0123456789abcdef", "failures/0123456789abcdef/sample"),
        *("jobs/queue", "jobs/queue?task=3&job=12", "jobs/queue?job=12"),
    ],
)
def test_details_and_the_dashboard_are_known(name: str) -> None:
    topic = parse(name)
    assert topic is not None
    assert topic.name == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nothing",
        "link",
        "/executions",
        "executions/",
        "executions/x",
        "executions/new",
        *("failures/1", "failures/0123456789abcdeg", "failures/0123456789abcdef/", "failures?state=GONE"),
        *("failures/0123456789abcdef/other", "failures/0123456789abcdef/sample/1", "failures/"),
        "executions/-1",
        "jobs/queue?task=x",
        "jobs/queue?job=",
        "jobs/queue?status=QUEUED",
        "jobs/queue?job=1&job=2",
        "executions/1/logs",
        "executions/١",
        "executions/9223372036854775808",
        "executions/1\n",
        "executions/../tasks",
        "dashboard?x=1",
        "dashboard/2h",
        "dashboard/24h/x",
        "pauses/queue",
        "executions?status=WHAT",
        "executions?status=",
        "executions?status=FAILED&status=RUNNING",
        "executions?unknown=1",
        "executions?page=0",
        "executions?page=x",
        "executions?limit=1000",
        "executions?sort=password",
        "executions?task=1%20or%201",
        "executions?range=2h",
        "executions?since=now",
        "executions/density?range=2h",
        "executions/density/1",
        "executions?status",
        "tasks/1/versions/",
        "tasks/x/versions",
        "tasks/1/versions/x",
        "tasks/1/versions/5/6",
        "jobs/1/versions",
        "jobs?priority=SOON",
        "tasks?enabled=maybe",
        "tasks?q=" + "x" * 201,
        "tasks?" + "&".join(f"q{n}=1" for n in range(50)),
        "tasks?q=" + "%20" * 500,
    ],
)
def test_nonsense_is_no_topic(name: str) -> None:
    assert parse(name) is None


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("executions/12/logs", "12"),
        ("executions/x/logs", None),
        ("executions//logs", None),
        ("12/logs", None),
        ("12", None),
        ("executions/12", None),
        ("executions/12/logs/", None),
        ("executions/12/logs\n", None),
        ("jobs/12/logs", None),
    ],
)
def test_logs_are_known_by_their_execution(name: str, id: str | None) -> None:
    assert execution_of_log(name) == id


@pytest.mark.parametrize(
    ("name", "resource", "id", "dirty"),
    [
        ("executions", "executions", "5", True),
        ("executions", "execution", "5", True),
        ("executions", "jobs", "5", False),
        ("executions/5", "executions", "5", True),
        ("executions/5", "executions", "6", False),
        ("executions/5", "jobs", "5", False),
        ("jobs", "jobs", "1", True),
        ("jobs/5", "jobs", "5", True),
        ("jobs/5", "executions", "77", True),
        ("jobs/5", "executions", "78", False),
        ("tasks", "tasks", "1", True),
        ("tasks/1", "tasks", "2", False),
        ("schedules", "schedules", "1", True),
        ("schedules/1", "schedules", "1", True),
        ("dashboard", "executions", "1", True),
        ("dashboard", "schedules", "1", True),
        ("dashboard", "tasks", "1", False),
        ("dashboard/24h", "jobs", "1", True),
        ("dashboard/24h", "schedules", "1", False),
        ("pauses", "pauses", "queue", True),
        ("pauses", "jobs", "1", False),
        # Nothing that it tells names a task.
        ("pauses", "tasks", "1", False),
    ],
)
def test_which_change_dirties_what(name: str, resource: str, id: str, dirty: bool) -> None:
    topic = parse(name)
    assert isinstance(topic, Topic)
    last = Snapshot((), {"attempts": [{"id": "77"}]})
    assert topic.dirtied_by(Change(resource=resource, id=id), last) is dirty
