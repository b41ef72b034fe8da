"""Acts that can be undone: nothing happens for a moment, then once, whoever looks."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from ratchet_web.api import Conflict, NotFound, Ratchet
from ratchet_web.bulk.delays import MOST_FAILED, MOST_WAITING, STAY_NOTED_S, STAY_S, Delays
from ratchet_web.models.delays import Intent, Stage
from ratchet_web.models.monitoring import Change
from tests.doubles.ratchet import AT, FakeRatchet, body
from tests.doubles.transport import answer

OFF = Intent("tasks", "7", "disable", name="nightly")
HIGH, LOW = Intent("jobs", "3", "priority", "HIGH"), Intent("jobs", "3", "priority", "LOW")


class Server:
    """Keeps what was done to its rows, and can be told to answer otherwise."""

    def __init__(self) -> None:
        self.fake = FakeRatchet()
        self.done: list[str] = []
        self.odd: httpx.Response | Exception | None = None
        self.slow_s = 0.0
        for path in ("tasks/7/disable", "tasks/7/enable", "jobs/3"):
            self.answers(path)

    def answers(self, path: str) -> None:
        self.fake.transport.on(f"{AT}/{path}", self._answer)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(self.slow_s)
        said = body(request)["priority"] if request.method == "PATCH" else request.url.path.split("/")[-1]
        if isinstance(self.odd, Exception):
            raise self.odd
        if self.odd is not None:
            return self.odd
        self.done.append(said)
        row = {"id": "3", "priority": said} if request.method == "PATCH" else {"id": "7", "enabled": False}
        return answer(200, {"data": row})


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def delays(server: Server) -> AsyncIterator[Delays]:
    async with Ratchet("http://ratchet.test/api/v1", transport=server.fake.transport) as api:
        made = Delays(api, 5.0)
        yield made
        await made.stop()


def stages(delays: Delays) -> dict[str, Stage]:
    return {each.intent.row: each.stage for each in delays.all()}


async def test_it_is_done_after_its_time_and_told_for_a_while(server: Server, delays: Delays) -> None:
    heard: list[Change] = []
    delays.listen(heard.append)
    delays.put(OFF)
    await asyncio.sleep(4.9)
    assert (server.done, stages(delays)) == ([], {"tasks/7": Stage.WAITING})
    await asyncio.sleep(0.2)
    assert (server.done, stages(delays)) == (["disable"], {"tasks/7": Stage.DONE})
    assert Change(resource="tasks", id="7", kind="updated") in heard
    await asyncio.sleep(STAY_S)
    assert delays.all() == []
    assert server.done == ["disable"]


async def test_what_is_undone_is_never_sent(server: Server, delays: Delays) -> None:
    delays.put(OFF)
    await asyncio.sleep(4.9)
    assert delays.undo("tasks/7") == OFF
    await asyncio.sleep(60)
    assert (server.done, delays.all()) == ([], [])
    with pytest.raises(NotFound):
        delays.undo("tasks/7")


async def test_a_second_press_on_the_row_takes_the_place_of_the_first(server: Server, delays: Delays) -> None:
    delays.put(HIGH)
    await asyncio.sleep(4)
    delays.put(LOW)
    await asyncio.sleep(4)
    assert server.done == []
    await asyncio.sleep(2)
    assert server.done == ["LOW"]


async def test_rows_wait_for_themselves(server: Server, delays: Delays) -> None:
    delays.put(OFF)
    delays.put(HIGH)
    delays.undo("tasks/7")
    await asyncio.sleep(6)
    assert server.done == ["HIGH"]


async def test_what_is_with_the_server_can_be_neither_undone_nor_replaced(
    server: Server, delays: Delays
) -> None:
    server.slow_s = 3
    delays.put(HIGH)
    await asyncio.sleep(6)
    assert stages(delays) == {"jobs/3": Stage.DOING}
    with pytest.raises(NotFound):
        delays.undo("jobs/3")
    with pytest.raises(Conflict):
        delays.put(LOW)
    delays.dismiss("jobs/3")
    await asyncio.sleep(3)
    assert (server.done, stages(delays)) == (["HIGH"], {"jobs/3": Stage.DONE})


async def test_who_may_no_longer_do_it_when_its_time_comes_does_not(server: Server, delays: Delays) -> None:
    allowed = [True]
    delays.put(OFF, lambda: allowed[0])
    allowed[0] = False
    await asyncio.sleep(6)
    (told,) = delays.all()
    assert (server.done, told.stage) == ([], Stage.FAILED)
    assert "does not allow this any more" in told.note


async def test_a_failure_stays_until_it_was_read_or_the_row_is_acted_on_again(
    server: Server, delays: Delays
) -> None:
    server.odd = answer(409, {"error": {"message": "it is read-only"}})
    delays.put(OFF)
    await asyncio.sleep(600)
    (told,) = delays.all()
    assert (told.stage, "it is read-only" in told.note) == (Stage.FAILED, True)
    server.odd = None
    delays.put(OFF)
    assert stages(delays) == {"tasks/7": Stage.WAITING}
    delays.undo("tasks/7")
    server.odd = httpx.ReadTimeout("late")
    delays.put(HIGH)
    await asyncio.sleep(600)
    (told,) = delays.all()
    assert "whether it was done is not known" in told.note
    delays.dismiss("jobs/3")
    assert delays.all() == []


async def test_a_console_that_stops_has_done_nothing(server: Server, delays: Delays) -> None:
    delays.put(OFF)
    await asyncio.sleep(1)
    await delays.stop()
    await asyncio.sleep(60)
    assert server.done == []


async def test_what_this_server_makes_of_it_is_told_until_it_was_read(
    server: Server, delays: Delays, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def caveat(intent: Intent) -> str:
        return "It goes on firing."

    monkeypatch.setattr(delays, "_caveat", caveat)
    delays.put(OFF)
    await asyncio.sleep(600)
    (told,) = delays.all()
    assert (told.stage, told.note) == (Stage.DONE, "It goes on firing.")
    await asyncio.sleep(STAY_NOTED_S)
    assert delays.all() == []


async def test_only_so_much_waits_and_is_kept(server: Server, delays: Delays) -> None:
    for id in range(MOST_WAITING):
        delays.put(Intent("tasks", str(1_000 + id), "disable"))
    with pytest.raises(Conflict):
        delays.put(OFF)
    await asyncio.sleep(60)
    assert list(stages(delays).values()) == [Stage.FAILED] * MOST_FAILED
    delays.put(OFF)


async def test_what_fails_again_after_it_was_forgotten_is_told_as_long_as_ever(
    server: Server, delays: Delays
) -> None:
    server.odd = answer(500)
    delays.put(OFF)
    await asyncio.sleep(10)
    for id in range(MOST_FAILED):
        delays.put(Intent("tasks", str(1_000 + id), "disable"))
    await asyncio.sleep(STAY_NOTED_S - 30)
    assert OFF.row not in stages(delays)
    delays.put(OFF)
    await asyncio.sleep(60)
    assert stages(delays)[OFF.row] is Stage.FAILED


async def test_what_the_server_is_slow_with_counts_as_much_as_what_waits(server: Server) -> None:
    server.slow_s = 5.0
    async with Ratchet("http://ratchet.test/api/v1", transport=server.fake.transport) as api:
        delays = Delays(api)
        for id in range(1_000, 1_000 + MOST_WAITING):
            server.answers(f"tasks/{id}/disable")
            delays.put(Intent("tasks", str(id), "disable"))
        await asyncio.sleep(0.1)
        assert set(stages(delays).values()) == {Stage.DOING}
        with pytest.raises(Conflict):
            delays.put(HIGH)
        await delays.stop()


async def test_what_is_refused_leaves_what_was_told_of_the_row(server: Server, delays: Delays) -> None:
    server.odd = answer(500)
    delays.put(OFF)
    await asyncio.sleep(10)
    for id in range(MOST_WAITING):
        delays.put(Intent("tasks", str(1_000 + id), "disable"))
    with pytest.raises(Conflict):
        delays.put(OFF)
    assert stages(delays)[OFF.row] is Stage.FAILED


async def test_without_a_delay_it_is_done_at_once(server: Server) -> None:
    async with Ratchet("http://ratchet.test/api/v1", transport=server.fake.transport) as api:
        delays = Delays(api)
        delays.put(OFF)
        await asyncio.sleep(0.1)
        assert server.done == ["disable"]
        await delays.stop()
