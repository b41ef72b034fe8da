from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from ratchet_web.api import Ratchet
from ratchet_web.live.ranges import routes
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.transport import answer

PATH = "/console/executions/1/logs"


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
