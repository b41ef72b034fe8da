"""Trying a draft over HTTP: what never reaches a server."""

from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect

from ratchet_web.api import Ratchet
from ratchet_web.live.trials import MOST_BYTES, PATH, routes
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.transport import Stream


@pytest.fixture
async def console(api: Ratchet) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=routes(lambda _: {"prod": api})))
    async with httpx.AsyncClient(transport=transport, base_url="http://console.test") as client:
        yield client


@pytest.mark.parametrize(
    ("query", "content", "kind", "status"),
    [
        ("?server=other", b"{}", "application/json", 404),
        ("", b"{}", "text/plain", 415),
        ("", b"{", "application/json", 400),
        ("", b"[]", "application/json", 400),
        ("", b'{"source_code": 7}', "application/json", 400),
        ("", b'{"secret": "x"}', "application/json", 400),
        ("", b"[" * 100_000, "application/json", 400),
        ("", b'{"source_code": "", "input": "\\ud800"}', "application/json", 400),
        ("", b'{"source_code": "", "input": NaN}', "application/json", 400),
        ("", b'{"source_code": "", "input": 1e999}', "application/json", 400),
        ("", b'{"source_code": "\\ud800"}', "application/json", 400),
        ("", b'{"\\ud800": 1}', "application/json", 400),
        ("", b'"\xff"', "application/json", 400),
        ("", b" " * (MOST_BYTES + 1), "application/json", 413),
    ],
)
async def test_what_is_no_draft_is_refused(
    console: httpx.AsyncClient, query: str, content: bytes, kind: str, status: int
) -> None:
    answer = await console.post(PATH + query, content=content, headers={"content-type": kind})
    assert answer.status_code == status
    assert answer.json()["message"]
    assert answer.headers["cache-control"] == "no-store"


async def test_why_the_server_runs_it_not_is_passed_on(console: httpx.AsyncClient) -> None:
    draft: dict[str, Any] = {"source_code": "function main() {}", "input": None}
    answer = await console.post(PATH, json=draft)
    assert answer.status_code in (404, 405, 502)
    assert answer.json()["message"]


async def test_only_post_is_answered(console: httpx.AsyncClient) -> None:
    assert (await console.get(PATH)).status_code == 405


@pytest.mark.parametrize("fails_at", ["http.response.start", "http.response.body"])
async def test_a_reader_who_is_gone_before_the_answer_ends_the_draft(
    api: Ratchet, server: FakeRatchet, fails_at: str
) -> None:
    running = Stream()
    server.transport.on(f"{AT}/tasks/try", lambda request: running.response())
    running.say("started", {})
    app = Starlette(routes=routes(lambda _: {"prod": api}))
    body = {"type": "http.request", "body": b'{"source_code": "function main() {}"}', "more_body": False}
    scope = {"type": "http", "asgi": {"spec_version": "2.4"}, "method": "POST", "path": PATH}
    headers = [(b"content-type", b"application/json")]

    async def receive() -> dict[str, Any]:
        return body

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == fails_at:
            raise OSError("The connection is gone")

    with pytest.raises(ClientDisconnect):
        await app({**scope, "query_string": b"", "headers": headers}, receive, send)
    assert running.closed.is_set()
