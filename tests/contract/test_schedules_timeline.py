"""What the timeline of schedules reads over HTTP, of a real server and of others."""

import time

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from ratchet_web.api import Ratchet
from ratchet_web.live import schedules_timeline
from ratchet_web.server.paths import PREFIX
from tests.contract.test_server_schedules_runs import FAILS, triggered
from tests.doubles.native import Native

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/console/schedules/timeline"


def console(ratchet: Ratchet) -> httpx.AsyncClient:
    """Return a client of the route with this server."""
    app = Starlette(routes=schedules_timeline.routes(lambda _: {"prod": ratchet}))
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    return httpx.AsyncClient(transport=transport, base_url="http://console.test")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ratchet(api):
    async with Ratchet(f"http://127.0.0.1{PREFIX}", transport=api.client._transport) as client:
        yield client


def around_now(**more):
    """Return a window of two days, in buckets of an hour."""
    day = int(time.time()) // 86_400 * 86_400
    return {"from": day - 86_400, "to": day + 86_400, "bucket": 3_600} | more


async def asked(ratchet, **more):
    async with console(ratchet) as client:
        answer = await client.get(PATH, params=around_now(**more))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
    return answer.json()


async def test_lanes_have_what_ran_and_what_is_due(api, ratchet):
    task = await api.task(FAILS)
    body = {"taskId": task["id"], "name": "hourly", "cronExpression": "@hourly"}
    hourly = await api.post("/schedules", body)
    off = await api.post("/schedules", body | {"name": "off", "enabled": False})
    job = await triggered(api, hourly["id"])
    tomorrow = int(time.time()) // 3_600 * 3_600 + 3_600
    told = await asked(ratchet, to=tomorrow + 86_400)
    assert (told["past"], told["every"]) == (None, 10)
    assert told["total"] == len(told["lanes"])
    lanes = {lane["id"]: lane for lane in told["lanes"]}
    past, coming = lanes[hourly["id"]]["past"], lanes[hourly["id"]]["coming"]
    assert (past["job"], past["n"], past["open"]) == ([job["id"]], [1], [0])
    assert coming["first"] == [tomorrow + 3_600 * n for n in range(24)]
    assert coming["at"] == [(at - told["start"]) // told["bucket"] for at in coming["first"]]
    assert set(coming["n"]) == {1}
    assert (lanes[off["id"]]["enabled"], lanes[off["id"]]["coming"]["at"]) == (False, [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bucket": 60}, "at most 500 buckets"),
        ({"bucket": 0}, "1 second to 100 days"),
        ({"from": "soon"}, "from must be"),
        ({"to": -5}, "to must be"),
        ({"to": 0}, "a stretch of at most 100 days"),
        ({"from": 0, "bucket": 8_640_000}, "a stretch of at most 100 days"),
        ({"from": 8_000_000_000, "to": 8_000_003_600}, "a stretch of at most 100 days"),
    ],
)
async def test_what_makes_no_sense_is_refused(ratchet, change, words):
    async with console(ratchet) as client:
        answer = await client.get(PATH, params=around_now(**change))
    assert answer.status_code == 400
    assert words in answer.json()["message"]


async def test_a_server_that_there_is_not_is_not_found(ratchet):
    async with console(ratchet) as client:
        assert (await client.get(PATH, params=around_now(server="other"))).status_code == 404


async def test_a_server_that_tells_no_past_still_has_what_is_due():
    double = Native()
    double.add_schedule(name="heart", cron="0 0 * * * *")
    double.add_schedule(name="odd", cron="whenever")
    async with Ratchet("http://native.test/api/v1", transport=double.transport) as native:
        told = await asked(native)
    assert told["past"] == "This server does not tell which runs a schedule had."
    assert told["every"] == 60
    lanes = {lane["name"]: lane for lane in told["lanes"]}
    assert lanes["heart"]["past"] is None
    assert set(lanes["heart"]["coming"]["n"]) <= {1}
    assert lanes["odd"]["coming"] is None


async def test_trouble_of_the_server_is_told(api):
    class Away(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request):
            raise httpx.ConnectError("nobody there")

    async with Ratchet("http://127.0.0.1/api/v1", transport=Away()) as away, console(away) as client:
        answer = await client.get(PATH, params=around_now())
    assert answer.status_code == 502
    assert set(answer.json()) == {"message", "request_id"}
