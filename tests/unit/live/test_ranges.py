from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from ratchet_web.api import Ratchet
from ratchet_web.live.ranges import routes
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.transport import answer

PATH = "/console/executions/1/logs"
BEGAN = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
async def console(api: Ratchet, server: FakeRatchet) -> AsyncIterator[httpx.AsyncClient]:
    server.print(*(f"line {n}" for n in range(3000)))
    async with other_server() as other:
        app = Starlette(routes=routes(lambda _: {"prod": api, "staging": other}))
        async with visitor(app) as client:
            yield client


@asynccontextmanager
async def other_server() -> AsyncIterator[Ratchet]:
    server = FakeRatchet()
    server.print("the only line")
    async with Ratchet("http://other.test/api/v1", transport=server.transport) as ratchet:
        yield ratchet


@asynccontextmanager
async def visitor(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://console.test") as client:
        yield client


@pytest.mark.parametrize(
    ("params", "first", "count"),
    [
        ({}, 0, 500),
        ({"from": 0, "n": 3}, 0, 3),
        ({"from": 2999, "n": 100}, 2999, 1),
        ({"from": 3000, "n": 100}, 3000, 0),
        ({"from": 99999, "n": 100}, 3000, 0),
        ({"from": -5, "n": 100}, 2995, 5),
        ({"from": -100, "n": 100}, 2900, 100),
        ({"from": -2000, "n": 10}, 1000, 10),
        ({"from": -99999, "n": 10}, 0, 10),
        ({"from": 10, "n": 99999}, 10, 1000),
        ({"from": 10, "n": 0}, 10, 1),
        ({"from": 10**19}, 3000, 0),
    ],
)
async def test_ranges(console: httpx.AsyncClient, params: dict[str, int], first: int, count: int) -> None:
    response = await console.get(PATH, params=params)
    told = response.json()
    assert response.status_code == 200
    assert (told["low"], len(told["lines"]), told["total"], told["done"]) == (first, count, 3000, False)
    assert [line["seq"] for line in told["lines"]] == list(range(first + 1, first + 1 + count))
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("total", [0, 1, 2, 999, 1_000, 1_001, 4_321, 300_000])
@pytest.mark.parametrize("longest", [7, 1_000])
@pytest.mark.parametrize("share", [0, 0.3, 0.999, 1, 1.1])
async def test_a_time_is_found_with_few_requests(
    console: httpx.AsyncClient, server: FakeRatchet, total: int, longest: int, share: float
) -> None:
    asked = []

    def log(request: httpx.Request) -> httpx.Response:
        asked.append(params := request.url.params)
        first = total - 1 if "tail" in params else int(params["after"])
        last = min(total, first + min(int(params.get("limit", 1)), longest))
        # Five lines in a second.
        lines = [
            {"seq": n + 1, "time": (BEGAN + timedelta(seconds=n // 5)).isoformat()}
            for n in range(max(first, 0), last)
        ]
        complete = last - first == int(params.get("limit", 1)) or last == total
        return answer(200, {"data": lines, "meta": {"total": total, "done": True, "complete": complete}})

    server.transport.on(f"{AT}/executions/1/logs", log)
    since = BEGAN + timedelta(seconds=int(share * total) // 5)
    told = (await console.get(PATH, params={"since": since.isoformat()})).json()
    first = int(share * total) // 5 * 5
    assert (told["low"], [line["seq"] for line in told["lines"]]) == (
        min(first, total),
        [first + 1] if first < total else [],
    )
    if longest == 1_000:
        assert len(asked) <= 3 + (max(total, 1) // 1_000).bit_length()


@pytest.mark.parametrize(("name", "total"), [("", 3000), ("prod", 3000), ("staging", 1)])
async def test_the_server_that_is_named_is_asked(console: httpx.AsyncClient, name: str, total: int) -> None:
    assert (await console.get(PATH, params={"server": name})).json()["total"] == total


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{PATH}?server=strange", 404),
        (f"{PATH}?from=x", 400),
        (f"{PATH}?from=1.5", 400),
        (f"{PATH}?from=--1", 400),
        (f"{PATH}?n=²", 400),
        (f"{PATH}?n={'9' * 50}", 400),
        ("/console/executions/x/logs", 404),
        ("/console/executions/1%0a/logs", 404),
        ("/console/executions/99/logs", 404),
    ],
)
async def test_nonsense_is_refused_in_words(console: httpx.AsyncClient, path: str, status: int) -> None:
    response = await console.get(path)
    assert response.status_code == status
    assert response.json()["message"]


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (httpx.ConnectError("no"), 502),
        (answer(500), 502),
        (answer(302), 502),
        (answer(401), 401),
        (answer(429), 429),
    ],
)
async def test_trouble_upstream_is_passed_on(
    console: httpx.AsyncClient, server: FakeRatchet, trouble: Any, status: int
) -> None:
    server.transport.on(f"{AT}/executions/1/logs", trouble)
    response = await console.get(PATH)
    assert response.status_code == status
    assert response.json()["message"]
    assert response.json()["request_id"]
