"""Rows of input over HTTP: checked, bounded, and never for nobody."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, MutableMapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from ratchet_web.api import Ratchet
from ratchet_web.bulk import checking
from ratchet_web.live import tasks_rows
from ratchet_web.live.services import Services, Surroundings
from ratchet_web.state.services import running
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import MemoryRooms

PATH = "/console/tasks/7/rows"


@pytest.fixture
async def servers() -> AsyncIterator[dict[str, Services]]:
    fake = FakeRatchet()
    fake.put("tasks", "7", name="t", enabled=True)
    async with running(
        {"prod": Ratchet("http://prod.test", transport=fake.transport)}, Surroundings(MemoryRooms())
    ) as all:
        yield dict(all)


@pytest.fixture
def app(servers: dict[str, Services]) -> Starlette:
    return Starlette(routes=tasks_rows.routes(lambda _: servers))


@pytest.fixture
async def console(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://console.test") as client:
        yield client


async def test_what_is_no_json_is_a_fault_of_its_row(console: httpx.AsyncClient) -> None:
    answer = await console.post(PATH, content=b'{"a": 1e999}\n{"a": "\\ud800"}\n{"a": 1}\n')
    told = answer.json()
    assert (answer.status_code, told["good"], told["faulty"]) == (200, 1, 2)
    assert (await console.get(f"{PATH}/{told['batch']}")).json()["good"] == 1


async def test_what_is_too_large_or_no_text_is_refused_in_words(
    console: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await console.post(PATH, content="a\n1\n".encode("utf-32"))
    assert (answer.status_code, "save it as UTF-8" in answer.json()["message"]) == (400, True)
    monkeypatch.setattr(tasks_rows, "MOST_BYTES", 3)
    assert (await console.post(PATH, content=b"a\n1\n")).status_code == 413


async def test_beyond_so_many_at_once_nothing_is_taken_and_this_is_said(
    console: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks_rows, "_room", room := asyncio.Semaphore(1))
    async with room:
        answer = await console.post(PATH, content=b"a\n1\n")
    assert (answer.status_code, "Try again" in answer.json()["message"]) == (429, True)
    assert (await console.post(PATH, content=b"a\n1\n")).status_code == 200


async def test_rows_that_do_not_arrive_are_not_waited_for(
    console: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never() -> AsyncIterator[bytes]:
        yield b"a"
        await asyncio.Event().wait()

    monkeypatch.setattr(tasks_rows, "PATIENCE_S", 0.05)
    assert (await console.post(PATH, content=never())).status_code == 408


async def test_where_there_is_no_room_for_rows_this_is_said(
    console: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checking.tempfile, "TemporaryFile", full)
    answer = await console.post(PATH, content=b"a\n1\n")
    assert (answer.status_code, "No space left" in answer.json()["message"]) == (502, True)


async def test_the_check_ends_when_nobody_waits_for_it(
    app: Starlette, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at_work = tmp_path / "at_work"
    os.mkfifo(at_work)
    endless = f"import os, time; open({str(at_work)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    monkeypatch.setattr(checking, "COMMAND", (sys.executable, "-c", endless.replace("; time", "\ntime")))
    begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    heard = iter(({"type": "http.request", "body": b"a\n1\n"}, {"type": "http.disconnect"}))

    async def receive() -> dict[str, Any]:
        message = next(heard)
        if message["type"] == "http.disconnect":
            begun.set_result(int(await asyncio.to_thread(at_work.read_text)))
        return message

    async def send(message: MutableMapping[str, Any]) -> None:
        pass

    scope = {"type": "http", "method": "POST", "path": PATH, "query_string": b"", "headers": []}
    await app(scope, receive, send)
    with pytest.raises(ProcessLookupError):
        os.kill(begun.result(), 0)
