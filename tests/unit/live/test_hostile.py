"""What a hostile server does to what is watched."""

import asyncio
from typing import Any

import httpx

from ratchet_web.api import Ratchet
from ratchet_web.live.hub import Hub
from ratchet_web.live.ranges import _range
from ratchet_web.live.rows import LIST_LIMIT, list_row
from ratchet_web.models.executions import Execution
from ratchet_web.models.tasks import Task
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer

LOG = "executions/1/logs"
DETAIL = "executions/1"


def more(*seqs: int) -> httpx.Response:
    """A part of a log after which there is more."""
    lines = [{"seq": seq, "text": "x"} for seq in seqs]
    return answer(200, {"data": lines, "meta": {"total": 9, "done": False, "complete": False}})


async def test_a_mistake_of_ours_is_told_to_who_waits_for_the_first_look(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    server.transport.on(f"{AT}/{DETAIL}", RuntimeError("a mistake of ours"))
    await hub.watch("ann", [DETAIL])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: DETAIL in ann.about)
    assert ann.about[DETAIL]["error"]["message"] == "The console cannot read this; its log says why"


async def test_a_log_that_never_goes_on_is_not_asked_for_without_a_pause(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    server.capabilities = None
    server.transport.on(f"{AT}/{LOG}", more(1))
    await hub.watch("ann", [LOG])
    await rooms.until(lambda: rooms.browsers["ann"].lines[LOG] == [1])
    await asyncio.sleep(60)
    assert server.count(f"/{LOG}") < 40


async def test_a_range_of_a_log_that_goes_round_in_circles_ends(api: Ratchet, server: FakeRatchet) -> None:
    server.transport.on(f"{AT}/{LOG}", more(1, 2))
    _, page = await _range(api.executions.logs, "1", 0, 1_000)
    assert [line.seq for line in page.lines] == [1, 2]
    assert server.count(f"/{LOG}") == 2


def test_no_text_of_a_list_goes_on_for_ever() -> None:
    row = list_row(Execution(id="1", error_message="x" * 1_000_000))
    assert len(row["error_message"]) == LIST_LIMIT + 1
    long: dict[str, Any] = list_row(Task(id="1", available_versions=("1.0.0",) * 10_000))
    assert len(long["available_versions"]) == LIST_LIMIT


async def test_a_component_that_is_named_twice_is_shown_once(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    checks = [{"name": "db", "status": "unhealthy"}, {"name": "db", "status": "healthy"}]
    server.transport.on(f"{AT}/health", answer(200, {"status": "healthy", "checks": checks * 500}))
    await hub.watch("ann", ["dashboard"])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: "dashboard" in ann.about)
    assert [check["status"] for check in ann.about["dashboard"]["health"]["checks"]] == ["healthy"]
