from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from ratchet_web.api import Ratchet
from ratchet_web.live.payloads import routes
from ratchet_web.models.executions import NewExecution
from ratchet_web.models.tasks import NewTask
from tests.support.server import transport

TEXT = "x" * 70_000


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        transport(tmp_path, workers=1) as reached,
        Ratchet("http://127.0.0.1", transport=reached) as ratchet,
    ):
        task = await ratchet.tasks.create(NewTask(name="long", source_code="function main() {}"))
        await ratchet.executions.create(NewExecution(task_id=task.id, input={"text": TEXT}))
        app = Starlette(routes=routes(lambda _: {"prod": ratchet}))
        own = httpx.ASGITransport(app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=own, base_url="http://console.test") as client:
            yield client


async def test_a_payload_is_told_as_it_is_and_the_row_without_what_is_long(console):
    answer = await console.get("/console/executions/1/payloads/input")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.json() == {"text": TEXT}
    row = (await console.get("/console/executions/1/payloads/execution")).json()
    assert (row["id"], row["input"], row["leftOut"]) == ("1", None, {"input": 70_011})
    file = await console.get("/console/executions/1/payloads/input?download=1")
    assert file.headers["content-disposition"] == 'attachment; filename="execution-1-input.json"'


@pytest.mark.parametrize(
    "path", ["1/payloads/secret", "x/payloads/input", "9/payloads/input", "1/payloads/input?server=other"]
)
async def test_what_there_is_not_is_not_found(console, path):
    answer = await console.get(f"/console/executions/{path}")
    assert answer.status_code == 404
    assert set(answer.json()) == {"message", "request_id"}
