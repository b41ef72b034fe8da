"""The export over HTTP, as the browser gets it."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from ratchet_web.api import Ratchet
from ratchet_web.live.exports import PATHS, routes
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.transport import answer

EXECUTIONS, JOBS = PATHS


@pytest.fixture
async def console(api: Ratchet) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=routes(lambda _: {"prod": api})))
    async with httpx.AsyncClient(transport=transport, base_url="http://console.test") as client:
        yield client


async def test_a_file_comes_in_pieces_and_says_its_end(
    console: httpx.AsyncClient, server: FakeRatchet
) -> None:
    server.put("executions", "7", status="FAILED", errorMessage="=1+1", output={"secret": 1})
    told = await console.get(EXECUTIONS, params={"format": "csv", "server": "prod", "status": "FAILED"})
    frames = [json.loads(line) for line in told.text.splitlines()]
    assert frames[-1] == {"rows": 1, "done": True}
    text = "".join(frame.get("text", "") for frame in frames)
    assert text.startswith("id,uuid,task_id,status,error_message,")
    assert "7,,,FAILED,'=1+1," in text
    assert "secret" not in text


async def test_jobs_are_exported_without_what_they_carry(
    console: httpx.AsyncClient, server: FakeRatchet
) -> None:
    sent = {"input": {"secret": 1}, "outputDestinations": [{"secret": 2}], "retryPolicy": {"delaySeconds": 3}}
    server.put("jobs", "7", status="RETRYING", retryCount=2, **sent)
    told = await console.get(JOBS, params={"format": "json", "status": "RETRYING"})
    frames = [json.loads(line) for line in told.text.splitlines()]
    assert frames[-1] == {"rows": 1, "done": True}
    (row,) = json.loads("".join(frame.get("text", "") for frame in frames))
    assert (row["id"], row["retry_count"], row["retry_policy"]) == ("7", 2, {"delaySeconds": 3})
    assert "secret" not in told.text


async def test_what_goes_wrong_ends_it_with_the_reason(
    console: httpx.AsyncClient, server: FakeRatchet
) -> None:
    server.transport.on(f"{AT}/executions", answer(500, {"error": {"message": "Broken"}}))
    told = await console.get(EXECUTIONS, params={"format": "json"})
    assert "error" in json.loads(told.text.splitlines()[-1])


@pytest.mark.parametrize(
    ("params", "status", "word"),
    [
        ({}, 400, "format"),
        ({"format": "xlsx"}, 400, "format"),
        ({"format": "csv", "server": "other"}, 404, "server"),
        ({"format": "csv", "status": "SOON"}, 400, "status"),
        ({"format": "csv", "what": "1"}, 400, "what"),
    ],
)
async def test_nonsense_is_refused(
    console: httpx.AsyncClient, params: dict[str, str], status: int, word: str
) -> None:
    told = await console.get(EXECUTIONS, params=params)
    assert told.status_code == status
    assert word in told.json()["message"]
