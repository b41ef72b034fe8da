"""Choosing among more tasks than a page holds, over HTTP, of a real server."""

import httpx
import pytest
from starlette.applications import Starlette

from ratchet_web.api import Ratchet
from ratchet_web.live import tasks_named
from ratchet_web.server.paths import PREFIX

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def asked(api, status=200, **params):
    async with Ratchet(f"http://127.0.0.1{PREFIX}", transport=api.client._transport) as ratchet:
        app = Starlette(routes=tasks_named.routes(lambda _: {"prod": ratchet}))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://console.test"
        ) as client:
            answer = await client.get(tasks_named.PATH, params=params)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_tasks_are_found_by_a_part_of_their_name_or_by_their_id(api, monkeypatch):
    made = [await api.task("function main() {}") for _ in range(3)]
    await api.post("/tasks", {"name": "needle-in-hay", "sourceCode": "function main() {}"})
    assert [each["name"] for each in (await asked(api, q="NEEDLE"))["tasks"]] == ["needle-in-hay"]
    first = {"id": made[0]["id"], "name": made[0]["name"]}
    assert await asked(api, id=made[0]["id"]) == {"tasks": [first], "more": False}
    assert (await asked(api, q="no such task"))["tasks"] == []
    monkeypatch.setattr(tasks_named, "MOST", 2)
    found = await asked(api, q="test-")
    assert (len(found["tasks"]), found["more"]) == (2, True)


@pytest.mark.parametrize(
    ("params", "status"),
    [({"q": "x" * 201}, 400), ({"id": "abc"}, 400), ({"id": "99999"}, 404), ({"server": "other"}, 404)],
)
async def test_what_makes_no_sense_is_refused(api, params, status):
    assert (await asked(api, status, **params))["message"]
