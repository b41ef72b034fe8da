"""The topics `system` and `console`, against servers of both tongues and none."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from ratchet_web.api import Ratchet
from ratchet_web.live import metrics_text
from ratchet_web.live.hub import Hub
from ratchet_web.logic.masking import shown
from ratchet_web.models.console import AboutConsole
from ratchet_web.settings import Settings
from tests.doubles.native import LoopClock, Native, RestOnly
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer, text

METRICS = {
    "stats": {
        "systemInfo": {"version": "1.2.3", "uptimeSeconds": 7},
        "performance": {"p95ResponseTimeMs": 4.5, "requestsPerSecond": None},
        "application": {"jobs": {"totalJobs": 12, "pendingJobs": "many"}},
    }
}
HOUR_S = 3600


@pytest.fixture(autouse=True)
def measured(server: FakeRatchet) -> None:
    server.transport.on(f"{AT}/metrics", lambda request: answer(200, METRICS))
    server.transport.on(f"{AT}/metrics/prometheus", text(200, "# TYPE a gauge\na 1\n"))


async def seen(hub: Hub, rooms: MemoryRooms, topic: str = "system") -> dict[str, Any]:
    await hub.watch("ann", [topic])
    await rooms.until(lambda: topic in rooms.browsers["ann"].about)
    return rooms.browsers["ann"].about[topic]


async def test_it_tells_of_health_metrics_server_and_requests(hub: Hub, rooms: MemoryRooms) -> None:
    about = await seen(hub, rooms)
    assert about["health"]["status"] == "healthy"
    assert about["health"]["checks"] == [{"name": "db", "status": "unknown", "message": None}]
    figures = about["metrics"]["figures"]
    assert figures["performance"]["p95_response_time_ms"] == 4.5
    assert figures["performance"]["requests_per_second"] is None
    assert figures["application"]["jobs"] == {
        **dict.fromkeys(figures["application"]["jobs"]),
        "total_jobs": 12,
    }
    assert (about["server"]["name"], about["server"]["version"]) == ("fake", "1.2.3")
    assert (about["server"]["tongue"], about["server"]["graphql"]) == ("contract", False)
    assert "events" not in about["server"]["cannot"]
    assert about["server"]["cannot"]["bulk"]
    assert about["spent"]["rest"] > 0
    assert about["spent"]["left_today"] is None
    assert about["trouble"] == {"health": None, "metrics": None}


@pytest.mark.parametrize("events", [True, False])
async def test_it_is_looked_at_seldom_and_only_while_somebody_watches(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet, events: bool
) -> None:
    assert server.capabilities
    server.capabilities["events"] = events
    await seen(hub, rooms)
    await hub.watch("bob", ["system"])
    await asyncio.sleep(5)
    before = server.count("/metrics")
    for n in range(100):
        server.put("executions", "1", progress=n / 100)
        await asyncio.sleep(0.6)
    assert server.count("/metrics") - before == server.count("/health") - before == 4
    await hub.watch("ann", [])
    await hub.watch("bob", [])
    before = server.count("/metrics")
    await asyncio.sleep(HOUR_S)
    assert server.count("/metrics") == before


@pytest.mark.parametrize(
    ("told", "part"),
    [
        (answer(200, {"cpu": {"load": [1, 2]}}), '"load"'),
        (answer(200, [1, {"a": None}]), '"a": null'),
        (answer(200, {"data": "calm"}), '"calm"'),
        (answer(200, {"half": "\ud800"}), '"half"'),
    ],
)
async def test_metrics_of_another_shape_are_shown_as_they_came(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet, told: httpx.Response, part: str
) -> None:
    server.transport.on(f"{AT}/metrics", told)
    metrics = (await seen(hub, rooms))["metrics"]
    assert metrics["figures"] is None
    assert part in metrics["other_text"]


async def test_metrics_that_are_enormous_are_not_sent(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    server.transport.on(f"{AT}/metrics", answer(200, {"x": "y" * 300_000}))
    metrics = (await seen(hub, rooms))["metrics"]
    assert metrics["other_text"] is None
    assert metrics["other_size"] > 300_000


async def test_a_part_that_fails_leaves_the_other_and_what_was_known(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    before = await seen(hub, rooms)
    server.transport.on(f"{AT}/metrics", answer(500, {"error": {"message": "Out of order"}}))
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: ann.about["system"]["trouble"]["metrics"])
    about = ann.about["system"]
    assert about["error"] is None
    assert about["trouble"]["metrics"]["message"] == "Out of order"
    assert about["trouble"]["metrics"]["since"] == before["metrics"]["at"]
    assert about["metrics"]["figures"] == before["metrics"]["figures"]
    assert about["trouble"]["health"] is None


async def test_a_lost_server_leaves_what_was_known_and_its_age(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await seen(hub, rooms)
    ann = rooms.browsers["ann"]
    server.go_down()
    await rooms.until(lambda: ann.about["system"]["error"])
    assert ann.about["system"]["health"]["status"] == "healthy"
    assert ann.about["system"]["stale_since"]
    server.come_back()
    await rooms.until(lambda: ann.about["system"]["error"] is None)


@pytest.mark.parametrize("graphql", [True, False])
async def test_on_a_limited_server_it_costs_two_requests_in_five_minutes(
    rooms: MemoryRooms, graphql: bool
) -> None:
    double = Native(clock=LoopClock())
    async with Ratchet(
        "http://native.test", transport=double.transport if graphql else RestOnly(double)
    ) as api:
        hub = Hub(api, rooms)
        await hub.start()
        about = await seen(hub, rooms)
        await hub.watch("bob", ["system"])
        before = double.spent.rest
        await hub.drop("ann")
        await hub.drop("bob")
        again = await seen(hub, rooms)
        assert double.spent.rest == before
        assert again["health"]["at"] == about["health"]["at"]
        await asyncio.sleep(HOUR_S)
        assert double.spent.rest - before <= 2 * 12 + 1
        await hub.stop()
    assert about["health"]["status"] == "healthy"
    assert "always says" in about["server"]["cannot"]["health"]
    assert about["server"]["graphql"] is graphql
    metrics = about["metrics"]
    assert metrics["partial"]
    known = {
        f"{name}.{key}": value
        for name, part in [
            ("system_info", metrics["figures"]["system_info"]),
            *metrics["figures"]["application"].items(),
        ]
        for key, value in part.items()
        if value not in (None, "")
    }
    assert known == {
        "system_info.version": "0.4.11",
        "tasks.total_tasks": 1,
        "executions.total_executions": 0,
        "jobs.total_jobs": 0,
        "schedules.total_schedules": 1,
    }
    assert not any(metrics["figures"]["performance"].values())
    assert about["spent"]["left_today"] < about["spent"]["allowed_today"] == 8_000


async def test_while_requests_are_held_back_it_says_so_and_until_when(rooms: MemoryRooms) -> None:
    double = Native(clock=LoopClock(), daily=6)
    async with Ratchet("http://native.test", transport=RestOnly(double)) as api:
        hub = Hub(api, rooms)
        await hub.start()
        await hub.watch("ann", ["system", "tasks?limit=100"])
        ann = rooms.browsers["ann"]
        await rooms.until(lambda: ann.about.get("system", {}).get("spent", {}).get("held_until"), HOUR_S)
        spent = ann.about["system"]["spent"]
        assert spent["refused"] > 0
        assert datetime.fromisoformat(spent["held_until"]) > datetime.now(UTC)
        await hub.stop()


async def test_the_console_tells_of_itself_and_asks_nobody(
    api: Ratchet, rooms: MemoryRooms, server: FakeRatchet, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "hunter2" * 8
    monkeypatch.setenv("RATCHET_API_TOKEN", secret)
    monkeypatch.setenv("RATCHET_SERVER_CONSOLE_TOKEN", secret)
    monkeypatch.setenv("RATCHET_API_URL", f"http://ann:{secret}@ratchet.example/api/v1")
    console = AboutConsole(version="9.9", started_at=datetime.now(UTC), settings=shown(Settings()))
    hub = Hub(api, rooms, console)
    await hub.start()
    about = await seen(hub, rooms, "console")
    ann = rooms.browsers["ann"]
    assert (about["version"], about["viewers"], about["topics"]) == ("9.9", 1, 2)
    await hub.watch("bob", ["executions", "console"])
    await rooms.until(lambda: ann.about["console"]["viewers"] == 2)
    assert ann.about["console"]["topics"] == 3
    await hub.drop("bob")
    await rooms.until(lambda: ann.about["console"]["viewers"] == 1)
    assert ann.row("console", "RATCHET_API_TOKEN")["value"] == "set"
    assert ann.row("console", "RATCHET_API_URL")["value"] == "http://ratchet.example/api/v1"
    assert "hunter2" not in repr(ann.messages)
    assert server.count("/health") == server.count("/metrics") == 0
    await hub.stop()


@pytest.fixture
async def reader(api: Ratchet) -> httpx.AsyncClient:
    app = Starlette(routes=metrics_text.routes(lambda _: {"prod": api}))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console.test")


async def test_the_text_is_read_over_http(reader: httpx.AsyncClient) -> None:
    response = await reader.get(metrics_text.PATH)
    told = response.json()
    assert (told["text"], told["complete"], told["size"]) == ("# TYPE a gauge\na 1\n", True, 19)
    assert told["address"] == "http://ratchet.test/api/v1/metrics/prometheus"
    assert response.headers["cache-control"] == "no-store"


async def test_the_text_is_that_of_the_server_that_the_address_names(reader: httpx.AsyncClient) -> None:
    assert (await reader.get(metrics_text.PATH, params={"server": "prod"})).status_code == 200
    strange = await reader.get(metrics_text.PATH, params={"server": "nobody"})
    assert (strange.status_code, strange.json()["message"]) == (404, "There is no such server")


async def test_many_readers_at_once_cost_one_request(reader: httpx.AsyncClient, server: FakeRatchet) -> None:
    await asyncio.gather(*(reader.get(metrics_text.PATH) for _ in range(20)))
    assert server.count("/metrics/prometheus") == 1
    await asyncio.sleep(2)
    await reader.get(metrics_text.PATH)
    assert server.count("/metrics/prometheus") == 2


async def test_a_text_of_many_megabytes_is_cut_at_the_end_of_a_line(
    reader: httpx.AsyncClient, server: FakeRatchet
) -> None:
    server.transport.on(f"{AT}/metrics/prometheus", text(200, "metric_ä 12345\n" * 200_000))
    told = (await reader.get(metrics_text.PATH)).json()
    assert not told["complete"]
    assert told["size"] == 16 * 200_000
    assert 999_000 < len(told["text"].encode()) <= 1_000_000
    assert told["text"].endswith("metric_ä 12345\n")


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (answer(403, {"error": {"message": "Not for you"}}), 403),
        (answer(500), 502),
        (httpx.ConnectError("no"), 502),
    ],
)
async def test_a_text_that_cannot_be_had_is_explained(
    reader: httpx.AsyncClient, server: FakeRatchet, told: Any, status: int
) -> None:
    server.transport.on(f"{AT}/metrics/prometheus", told)
    response = await reader.get(metrics_text.PATH)
    assert response.status_code == status
    assert response.json()["message"]
