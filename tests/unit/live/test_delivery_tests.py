"""Test deliveries over HTTP: what never reaches a server, and what comes back of the rest."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from ratchet_web.api import Ratchet
from ratchet_web.live.delivery_tests import MOST_BYTES, PATH, routes
from tests.doubles.ratchet import AT, FakeRatchet, body
from tests.doubles.transport import answer

HOOK = {"destinationType": "WEBHOOK", "webhook": {"url": "https://hooks.test/in"}}


@pytest.fixture
async def console(api: Ratchet) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=routes(lambda _: {"prod": api})))
    async with httpx.AsyncClient(transport=transport, base_url="http://console.test") as client:
        yield client


@pytest.mark.parametrize(
    ("query", "content", "kind", "status", "field"),
    [
        ("?server=other", b"{}", "application/json", 404, ""),
        ("", b"{}", "text/plain", 415, ""),
        ("", b"{", "application/json", 400, ""),
        ("", b"{}", "application/json", 400, "destination"),
        (
            "",
            b'{"destination": {"destinationType": "STDIO"}, "jobId": "x"}',
            "application/json",
            400,
            "jobId",
        ),
        ("", b" " * (MOST_BYTES + 1), "application/json", 413, ""),
    ],
)
async def test_what_is_no_destination_is_refused(
    console: httpx.AsyncClient,
    server: FakeRatchet,
    query: str,
    content: bytes,
    kind: str,
    status: int,
    field: str,
) -> None:
    told = await console.post(PATH + query, content=content, headers={"content-type": kind})
    assert (told.status_code, list(told.json()["fields"])) == (status, [field] if field else [])
    assert server.count("/deliveries/test") == 0


async def sent(console: httpx.AsyncClient, destination: Any) -> httpx.Response:
    return await console.post(PATH, json={"destination": destination})


async def test_a_secret_is_not_said_again_when_it_makes_no_sense(console: httpx.AsyncClient) -> None:
    secret = {"authType": "BEARER", "bearer": {"token": "a secret\nin two lines"}}
    told = await sent(
        console, {"destinationType": "WEBHOOK", "webhook": {"url": "x", "authentication": secret}}
    )
    assert set(told.json()["fields"]) == {
        "destination.webhook.url",
        "destination.webhook.authentication.bearer.token",
    }
    assert "a secret" not in told.text


async def test_what_came_of_it_is_told(console: httpx.AsyncClient, server: FakeRatchet) -> None:
    data = {
        "status": "FAILED",
        "durationMs": 12,
        "responseStatus": 404,
        "error": "It answered 404",
        "answer": "?",
    }
    server.transport.on(f"{AT}/deliveries/test", answer(200, {"data": data}))
    told = (await sent(console, HOOK)).json()
    assert (told["status"], told["duration_ms"], told["response_status"]) == ("FAILED", 12, 404)
    (request,) = [each for each in server.transport.requests if each.method == "POST"]
    assert body(request) == {"destination": HOOK}


async def test_a_refusal_is_passed_on_with_its_field(console: httpx.AsyncClient, server: FakeRatchet) -> None:
    details = [{"field": "destination.filesystem", "message": "cannot be used"}]
    server.transport.on(
        f"{AT}/deliveries/test", answer(400, {"error": {"message": "No", "details": details}})
    )
    told = await sent(console, HOOK)
    assert (told.status_code, told.json()["fields"]) == (400, {"destination.filesystem": "cannot be used"})
    assert json.loads(told.text)["message"] == "No"
