"""A server that announces nothing is followed wherever it goes."""

from collections.abc import AsyncIterator

import httpx
import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.hub import Hub
from ratchet_web.live.upstream import ANOTHER_S
from tests.doubles.native import LoopClock, Native
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import Browser, MemoryRooms

LIST = "executions"


class Address(httpx.AsyncBaseTransport):
    """Whoever answers there now, None: nobody."""

    def __init__(self, now: httpx.AsyncBaseTransport) -> None:
        self.now: httpx.AsyncBaseTransport | None = now

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.now is None:
            raise httpx.ConnectError("nobody listens")
        return await self.now.handle_async_request(request)


@pytest.fixture
async def address() -> Address:
    return Address(Native(LoopClock()).transport)


@pytest.fixture
async def api(address: Address) -> AsyncIterator[Ratchet]:
    async with Ratchet("http://ratchet.test/api/v1", transport=address) as ratchet:
        yield ratchet


@pytest.fixture
async def ann(hub: Hub, rooms: MemoryRooms) -> Browser:
    await hub.watch("ann", [LIST])
    browser = rooms.browsers["ann"]
    await rooms.until(lambda: LIST in browser.rows and browser.mode == "polling")
    return browser


async def test_one_that_answers_no_graphql_any_more_is_asked_anew_who_it_is(
    ann: Browser, rooms: MemoryRooms, address: Address, server: FakeRatchet
) -> None:
    server.put("executions", "77", status="FAILED", taskId="1")
    assert "goes on firing" in ann.about["link"]["caveats"]["schedules/disable"]
    address.now = server.transport
    await rooms.until(lambda: ann.mode == "live" and list(ann.rows[LIST]) == ["77"])
    assert "logs" not in ann.about["link"]["cannot"]
    assert ann.about["link"]["caveats"] == {}


async def test_one_that_announces_nothing_is_asked_now_and_then_who_it_is(
    hub: Hub, rooms: MemoryRooms, address: Address, server: FakeRatchet
) -> None:
    capabilities, server.capabilities = server.capabilities, None
    address.now = server.transport
    await hub.watch("ann", [LIST])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: ann.mode == "polling")
    server.capabilities = capabilities
    await rooms.until(lambda: ann.mode == "live", within_s=2 * ANOTHER_S)


async def test_a_day_whose_requests_are_used_up_does_not_keep_the_link_down(
    ann: Browser, rooms: MemoryRooms, address: Address, api: Ratchet, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, address.now = address.now, None
    await rooms.until(lambda: ann.mode == "offline")
    monkeypatch.setattr(api._http.budget, "_rest_today", 1_000_000)
    address.now = there
    await rooms.until(lambda: ann.mode == "polling")
    assert ann.about["link"]["version"]
    assert api.spent().left_today == 0
