"""The dashboard's topics: of a server with figures over time, and of one for which the console counts."""

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.topics import parse
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.transport import answer


async def fetched(api: Ratchet, name: str):
    topic = parse(name)
    assert topic is not None
    found = await topic.fetch(api)
    json.dumps(found.about)
    return found


def with_series(server: FakeRatchet) -> None:
    assert server.capabilities is not None
    server.capabilities["series"] = True
    begin = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=119)
    starts = [(begin + timedelta(minutes=n)).isoformat() for n in range(120)]
    lane = {"mean": [2] * 60 + [4] * 60, "max": [3] * 60 + [9] * 60}
    gauges = dict.fromkeys(("low", "normal", "high", "critical", "running", "workers"), lane)
    counts = {"completed": [1] * 120, "failed": [0] * 119 + [5]}
    series = {"start": starts, **counts, "gauges": gauges}
    server.transport.on(f"{AT}/series", answer(200, {"data": series}))

    def stats(request):
        over = "to" in request.url.params
        counted = {"completedExecutions": 90, "failedExecutions": 10 if over else 30}
        times = {"durationMs": {"p50": 100 if over else 150, "p95": 900}}
        now = {} if over else {"runningExecutions": 4, "successRate": 75}
        return answer(200, {"stats": {**counted, **times, **now, "totalExecutions": 100}})

    server.transport.on(f"{AT}/executions/stats", stats)
    tasks = [
        {
            "taskId": "1",
            "taskName": "a",
            "runs": 9,
            "completed": 5,
            "failed": 3,
            "cancelled": 1,
            "failureRate": 37.5,
            "durationMs": {"p95": 5, "mean": 4},
        },
        {"taskId": "2", "taskName": "b", "runs": 9, "failed": 0},
        {"taskId": "3", "taskName": "c", "runs": 9, "failed": 1},
    ]
    server.transport.on(f"{AT}/executions/stats/tasks", answer(200, {"stats": {"tasks": tasks}}))


async def test_a_range_is_held_against_the_one_before(api: Ratchet, server: FakeRatchet) -> None:
    with_series(server)
    about = (await fetched(api, "dashboard/1h")).about
    figures = about["figures"]
    assert (figures["failed"]["value"], figures["failed"]["words"]) == (30, "3 times as many")
    assert (figures["success"]["value"], figures["success"]["words"]) == (75, "15 points lower")
    assert (figures["run_p50"]["words"], figures["run_p95"]["words"]) == ("50 % longer", "as before")
    assert (figures["wait_p50"]["value"], figures["wait_p50"]["kind"]) == (None, "unknown")
    assert (figures["running"]["before"], figures["running"]["words"]) == (2, "100 % more")
    assert about["lanes"] == ["critical", "high", "normal", "low"]
    assert 60 <= len(about["series"]["start"]) <= 61
    assert about["series"]["critical"][-60:] == [9] * 60
    assert ([task["task_id"] for task in about["failing"]], len(about["slowest"])) == (["1", "3"], 3)
    # The rate is of those that were not cancelled, and so is the count beside it.
    assert [(task["not_cancelled"], task["failure_rate"]) for task in about["failing"]] == [
        (8, 37.5),
        (None, None),
    ]
    assert (about["since"], about["beside"]) == (None, True)


async def test_a_range_before_which_nothing_is_kept_is_held_against_nothing(
    api: Ratchet, server: FakeRatchet
) -> None:
    with_series(server)
    about = (await fetched(api, "dashboard/30d")).about
    figures = about["figures"]
    assert (about["beside"], figures["failed"]["value"]) == (False, 30)
    assert (await fetched(api, "dashboard/7d")).about["beside"] is True
    assert {figure["kind"] for figure in figures.values()} == {"unknown"}

    # Nor is anything known where nothing ended before, and nobody looked at what ran and waited.
    server.transport.on(f"{AT}/series", answer(200, {"data": {"start": []}}))
    none = {"completedExecutions": 0, "failedExecutions": 0}
    server.transport.on(f"{AT}/executions/stats", answer(200, {"stats": none}))
    assert (await fetched(api, "dashboard/24h")).about["beside"] is False


@pytest.mark.parametrize(
    ("name", "days_ago", "looks", "beside"),
    [
        # Nothing ended before, but the server looked: it was there.
        ("dashboard/24h", 1.5, {"running": 2}, True),
        ("dashboard/24h", 1.5, dict.fromkeys(("low", "normal", "high", "critical"), 0), True),
        ("dashboard/24h", 1.5, {"running": None}, False),
        ("dashboard/24h", 0.5, {"running": 2}, False),
        # Whatever is still there of longer ago than anything is kept is not all of it.
        ("dashboard/30d", 31, {"running": 2}, False),
    ],
)
async def test_what_is_known_of_the_time_before_says_whether_figures_stand_beside_it(
    api: Ratchet, server: FakeRatchet, name: str, days_ago: float, looks: dict[str, int | None], beside: bool
) -> None:
    with_series(server)
    start = (datetime.now(UTC) - timedelta(days=days_ago)).isoformat()
    gauges = {lane: {"mean": [mean], "max": [mean]} for lane, mean in looks.items()}
    series = {"start": [start], "completed": [0], "failed": [0], "gauges": gauges}
    server.transport.on(f"{AT}/series", answer(200, {"data": series}))
    none = {"completedExecutions": 0, "failedExecutions": 0}
    server.transport.on(f"{AT}/executions/stats", answer(200, {"stats": none}))
    assert (await fetched(api, name)).about["beside"] is beside


async def test_the_rate_of_failures_and_the_load_are_told(api: Ratchet, server: FakeRatchet) -> None:
    with_series(server)
    server.put("schedules", "1", taskId="1", name="often", enabled=True, cronExpression="0 * * * * *")
    about = (await fetched(api, "dashboard")).about
    assert about["unjudged"] == ["how long jobs wait", "workers"]
    assert [alert["id"] for alert in about["alerts"]] == ["failures"]
    assert about["load"]["runs"] in (59, 60)
    assert about["load"]["work_ms"] == 4 * about["load"]["runs"]
    assert about["schedules"][0]["typical_ms"] == 4
    assert about["counted_since"] is None


async def test_all_that_failed_in_half_an_hour_and_no_more_is_counted(
    api: Ratchet, server: FakeRatchet
) -> None:
    with_series(server)
    now = datetime.now(UTC)
    quarters = [int(now.timestamp()) // 900 * 900 - 900 * n for n in range(9, -1, -1)]
    starts = [datetime.fromtimestamp(start, UTC) for start in quarters]
    counts = {"completed": [1_000] * 6 + [0] * 4, "failed": [10] * 10}
    series = {"start": [start.isoformat() for start in starts], **counts}
    server.transport.on(f"{AT}/series", answer(200, {"data": series}))
    (alert,) = (await fetched(api, "dashboard")).about["alerts"]
    since = datetime.fromisoformat(parse_qs(urlsplit(alert["href"]).query)["ended_since"][0])
    assert since <= datetime.now(UTC) - timedelta(minutes=30)
    assert since in starts
    failed = 10 * sum(start >= since for start in starts)
    assert alert["words"].startswith(f"{failed} of the {failed} executions")


async def test_what_is_wrong_comes_with_its_place(api: Ratchet, server: FakeRatchet) -> None:
    late = (datetime.now(UTC) - timedelta(minutes=10)).isoformat()
    server.put("schedules", "7", name="nightly", enabled=True, nextRun=late)
    ill = {"status": "unhealthy", "checks": [{"name": "disk", "status": "unhealthy", "message": "full"}]}
    server.transport.on(f"{AT}/health", answer(503, ill))
    alerts = (await fetched(api, "dashboard")).about["alerts"]
    assert [(alert["id"], alert["href"]) for alert in alerts] == [
        ("health-disk", "/system"),
        ("schedules", "/schedules/7"),
    ]


async def test_without_series_the_console_counts_what_it_sees(api: Ratchet, server: FakeRatchet) -> None:
    for id, status in (("1", "COMPLETED"), ("9", "FAILED")):
        server.put("executions", id, status=status)
    nothing = (await fetched(api, "dashboard/1h")).about
    assert (nothing["since"], nothing["figures"]["failed"]["value"]) == (None, None)
    await fetched(api, "dashboard")
    for id, status in (("2", "FAILED"), ("3", "COMPLETED"), ("4", "RUNNING")):
        server.put("executions", id, status=status)
    server.put("jobs", "1", status="QUEUED")
    server.put("jobs", "2", status="RETRYING")
    about = (await fetched(api, "dashboard")).about
    assert about["counted_since"] is not None
    counted = (await fetched(api, "dashboard/1h")).about
    assert counted["since"] == about["counted_since"]
    assert (counted["figures"]["failed"]["value"], counted["figures"]["success"]["value"]) == (1, 50)
    assert (counted["figures"]["running"]["value"], counted["figures"]["queued"]["value"]) == (1, 2)
    assert (counted["lanes"], counted["failing"], counted["beside"]) == (["all"], None, False)
    for id in ("5", "6"):
        server.put("executions", id, status="FAILED")
    (alert,) = (await fetched(api, "dashboard")).about["alerts"]
    assert re.match(r"3 of the 4 executions that ended in the last \d+ s failed", alert["words"])
    # What was counted before outlives the topic; another client knows nothing of it.
    async with Ratchet("http://ratchet.test/api/v1", transport=server.transport) as other:
        assert (await fetched(other, "dashboard/1h")).about["since"] is None


@pytest.mark.parametrize("path", ["series", "executions/stats/tasks"])
async def test_what_a_server_does_not_answer_is_unknown(api: Ratchet, server: FakeRatchet, path: str) -> None:
    with_series(server)
    server.transport.on(f"{AT}/{path}", answer(404))
    about = (await fetched(api, "dashboard")).about
    assert ("the rate of failures" in about["unjudged"]) is (path == "series")
    assert about["executions"]["running_executions"] == 4
