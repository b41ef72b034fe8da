"""Watching tasks: definitions and what tasks did are looked at apart, each at its own pace."""

import asyncio
from collections import Counter

import httpx
import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.hub import Hub
from ratchet_web.live.tasks_overview import health
from ratchet_web.live.topics import parse
from ratchet_web.models.executions import Execution
from ratchet_web.models.monitoring import Change
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer

LIST, ACTIVITY = "tasks", "activity"


def tells_activity(server: FakeRatchet) -> None:
    assert server.capabilities is not None
    server.capabilities["activity"] = True
    rows = [{"id": "7", "completed": 3, "failed": 1, "lastRun": {"id": "9", "status": "FAILED"}}]
    server.transport.on(f"{AT}/tasks/activity", answer(200, {"data": rows}))


async def test_executions_refresh_the_activity_now_and_then_and_never_the_list(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    tells_activity(server)
    server.put("tasks", "7", name="seven")
    await hub.watch("ann", [LIST, ACTIVITY])
    await rooms.until(lambda: rooms.browsers["ann"].row(ACTIVITY, "7"))
    await rooms.until(lambda: server.streams)
    await asyncio.sleep(5)
    lists, looks = server.count("/tasks"), server.count("/tasks/activity")
    for n in range(90):
        server.announce("executions", str(n))
        await asyncio.sleep(0.1)
    await asyncio.sleep(5)
    assert server.count("/tasks") == lists
    assert 3 <= server.count("/tasks/activity") - looks <= 5
    assert rooms.browsers["ann"].row(ACTIVITY, "7")["last_run"]["status"] == "FAILED"


async def test_what_tasks_did_is_asked_once_for_all_who_show_them(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    assert server.capabilities is not None
    server.capabilities["activity"] = True
    ran: Counter[str] = Counter()

    def tell(request: httpx.Request) -> httpx.Response:
        named = request.url.params.get("id_in", "7,8").split(",")
        return answer(200, {"data": [{"id": id, "completed": ran[id]} for id in named]})

    server.transport.on(f"{AT}/tasks/activity", tell)
    for id in ("7", "8"):
        server.put("tasks", id, name="a")
    filters = [f"?limit={n}" for n in range(51, 91)]
    for n, each in enumerate(filters):
        await hub.watch(f"viewer {n}", [LIST + each, ACTIVITY + each])
    last, topic = rooms.browsers["viewer 39"], ACTIVITY + filters[39]
    await rooms.until(lambda: server.streams and topic in last.rows)
    await asyncio.sleep(10)
    looks = server.count("/tasks/activity")
    for _ in range(90):
        ran["7"] += 1
        server.announce("executions", str(ran["7"]))
        await asyncio.sleep(0.1)
    await asyncio.sleep(7)
    assert 3 <= server.count("/tasks/activity") - looks <= 5
    assert last.row(topic, "7")["completed"] == 90
    # What comes into a list is told of at once, by a question for it alone.
    ran["9"] = 5
    server.put("tasks", "9", name="a")
    await rooms.until(lambda: last.row(topic, "9"), within_s=7)
    assert (last.row(topic, "9")["completed"], [*last.rows[topic]]) == (5, [*last.rows[LIST + filters[39]]])
    await hub.watch("viewer 39", [topic])
    looks = server.count("/tasks/activity")
    server.announce("executions", "100")
    await asyncio.sleep(7)
    assert server.count("/tasks/activity") - looks == 2, "whose list nobody watches is asked for by itself"


async def test_a_server_that_does_not_tell_is_not_asked(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await hub.watch("ann", [LIST, ACTIVITY])
    await rooms.until(lambda: ACTIVITY in rooms.browsers["ann"].rows)
    assert rooms.browsers["ann"].rows[ACTIVITY] == {}
    assert server.count("/tasks/activity") == 0


def run(status: str, id: int = 1, **fields: object) -> Execution:
    return Execution.model_validate({"id": id, "status": status, "taskId": "7", **fields})


@pytest.mark.parametrize(
    ("newest_first", "kind", "words"),
    [
        ("", "none", "It has never run"),
        ("R", "none", "No run has ended yet"),
        ("C", "ok", "Healthy: the last run completed"),
        ("RXCCC", "ok", "Healthy: the last 3 runs completed"),
        ("F", "bad", "Failing: the last run failed"),
        ("FF" + "C" * 10, "bad", "Failing: the last 2 runs failed"),
        ("CFCFC", "bad", "Failing: 2 of the last 5 runs failed"),
        ("F" + "C" * 30, "warn", "Fails now and then: 1 of the last 20 runs failed"),
        ("C" * 20 + "F", "ok", "Healthy: the last 20 runs completed"),
    ],
)
def test_how_a_task_fares(newest_first: str, kind: str, words: str) -> None:
    names = {"R": "RUNNING", "X": "CANCELLED", "C": "COMPLETED", "F": "FAILED"}
    assert health([run(names[letter]) for letter in newest_first]) == {"kind": kind, "words": words}


async def test_an_overview_is_of_its_task_alone(api: Ratchet, server: FakeRatchet) -> None:
    server.put(
        "executions", "2", taskId="7", status="FAILED", errorMessage="no", queuedAt="2026-01-01T00:00:01Z"
    )
    server.put("executions", "3", taskId="8", status="FAILED", queuedAt="2026-01-01T00:00:02Z")
    server.put("schedules", "1", taskId="7", name="mine")
    server.put("schedules", "2", taskId="8", name="another's")
    topic = parse("overview/7")
    assert topic is not None
    seen = await topic.fetch(api)
    assert [row["id"] for row in seen.rows] == ["2"]
    assert [row["error_message"] for row in seen.about["failures"]] == ["no"]
    assert [row["name"] for row in seen.about["schedules"]] == ["mine"]
    ours, other = (Change(resource="executions", id=id, kind="updated") for id in ("2", "3"))
    assert (topic.dirtied_by(ours, seen), topic.dirtied_by(other, seen)) == (True, False)
    assert topic.dirtied_by(Change(resource="executions", id="4", kind="created"), seen)


async def test_figures_are_of_a_period(api: Ratchet, server: FakeRatchet) -> None:
    tells_activity(server)
    server.transport.on(f"{AT}/executions/stats", answer(200, {"stats": {"completedExecutions": 3}}))
    columns = {"start": ["2026-01-01T00:00:00Z"] * 3, "completed": [3, 0, None], "failed": [1, 0, None]}
    server.transport.on(f"{AT}/series", answer(200, {"data": columns}))
    topic = parse("figures/7/7d")
    assert topic is not None
    about = (await topic.fetch(api)).about
    assert (about["stats"]["completed_executions"], about["series"]["rate"]) == (3, [25.0, None, None])
    asked = dict(server.transport.requests[-1].url.params)
    assert (asked["task_id"], asked["resolution"]) == ("7", "1h")


@pytest.mark.parametrize(
    "name", ["figures/7", "figures/7/2y", "figures/x/24h", "figures/7/24h/1", "overview/x"]
)
def test_what_makes_no_sense_cannot_be_watched(name: str) -> None:
    assert parse(name) is None
