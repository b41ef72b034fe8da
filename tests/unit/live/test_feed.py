"""Many lists, and what a change costs the server then."""

import asyncio
from random import Random

import httpx
import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.hub import Hub
from ratchet_web.live.topics import parse
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import MemoryRooms

TASKS = [str(n) for n in range(1, 51)]
LISTS = [f"executions?task={task}" for task in TASKS] + [f"executions?task={t}&status=FAILED" for t in TASKS]


@pytest.fixture
async def many(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> MemoryRooms:
    """A hundred viewers, each with a list of their own, all of whose first looks are over."""
    counts_by_task(server)
    for n, task in enumerate(TASKS, 1):
        server.put("executions", str(n), taskId=task, status="RUNNING")
    for n, name in enumerate(LISTS):
        await hub.watch(f"viewer {n}", [name])
    await rooms.until(
        lambda: server.streams and all(LISTS[n] in rooms.browsers[f"viewer {n}"].rows for n in range(100))
    )
    await asyncio.sleep(10)
    return rooms


async def test_a_change_of_one_row_is_one_request_however_many_lists_there_are(
    many: MemoryRooms, server: FakeRatchet
) -> None:
    before = len(server.transport.requests)
    server.put("executions", "7", status="FAILED", errorMessage="no")
    await many.until(lambda: many.browsers["viewer 56"].row(LISTS[56], "7"), within_s=0.05)
    assert many.browsers["viewer 6"].row(LISTS[6], "7")["status"] == "FAILED"
    about = many.browsers["viewer 56"].about[LISTS[56]]
    await asyncio.sleep(20)
    # The row; what it was before was unknown to the list of the failed ones, which looks once.
    assert len(server.transport.requests) - before <= 3
    assert many.browsers["viewer 56"].about[LISTS[56]]["counts"]["FAILED"] == 1
    assert about["total"] in (0, 1)


async def test_a_row_that_is_known_is_counted_without_a_look(many: MemoryRooms, server: FakeRatchet) -> None:
    server.put("executions", "200", taskId="9", status="RUNNING")
    await asyncio.sleep(5)
    before = len(server.transport.requests)
    server.put("executions", "200", status="FAILED")
    await asyncio.sleep(5)
    assert len(server.transport.requests) - before == 1
    failed, every = (many.browsers[f"viewer {n}"].about[LISTS[n]] for n in (58, 8))
    assert (failed["total"], every["total"]) == (1, 2)
    assert failed["counts"] == every["counts"]
    assert (failed["counts"]["RUNNING"], failed["counts"]["FAILED"]) == (1, 1)


async def test_a_flood_is_read_in_pages_and_those_in_turn(many: MemoryRooms, server: FakeRatchet) -> None:
    before = len(server.transport.requests)
    for n in range(1000, 2000):
        server.put("executions", str(n), taskId=TASKS[n % 50], status="RUNNING")
    await asyncio.sleep(2)
    assert len(server.transport.requests) - before <= 60
    viewer = many.browsers["viewer 3"]
    await many.until(lambda: viewer.about[LISTS[3]]["total"] == 21, within_s=60)
    assert len(viewer.rows[LISTS[3]]) == 21


async def test_where_the_server_tells_no_rows_by_id_the_lists_look_for_themselves(
    many: MemoryRooms, server: FakeRatchet
) -> None:
    server.deaf = True
    server.put("executions", "7", status="FAILED")
    await many.until(lambda: many.browsers["viewer 6"].row(LISTS[6], "7").get("status") == "FAILED")


@pytest.mark.parametrize("noun", ["tasks", "schedules"])
async def test_definitions_are_read_once_for_all_their_lists(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet, noun: str
) -> None:
    names = [f"{noun}?q=a{'b' * n}" for n in range(100)]
    for n, name in enumerate(names):
        await hub.watch(f"viewer {n}", [name])
    await rooms.until(
        lambda: (
            server.streams and all(name in rooms.browsers[f"viewer {n}"].rows for n, name in enumerate(names))
        )
    )
    await asyncio.sleep(10)
    before = len(server.transport.requests)
    for n in range(10):
        server.put(noun, str(n + 1), name=f"a{'b' * n}", enabled=True)
        await asyncio.sleep(1)
    assert len(server.transport.requests) - before == 10
    assert len(rooms.browsers["viewer 3"].rows[names[3]]) == 7


async def test_a_schedule_is_read_anew_when_its_last_job_changes(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    server.put("schedules", "1", name="a", lastJobId="5", lastStatus="QUEUED")
    await hub.watch("ann", ["schedules?limit=100"])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: server.streams and ann.row("schedules?limit=100", "1"))
    await asyncio.sleep(1)
    for status in ("PROCESSING", "COMPLETED"):
        server.rows["schedules"]["1"]["lastStatus"] = status
        server.put("jobs", "5", status=status)
        await asyncio.sleep(1)
        assert ann.row("schedules?limit=100", "1")["last_status"] == status
    before = len(server.transport.requests)
    server.put("jobs", "5", status="COMPLETED")
    server.put("jobs", "6", status="QUEUED")
    await asyncio.sleep(1)
    assert len(server.transport.requests) == before


async def test_few_lists_are_read_whole(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    for n, name in enumerate(LISTS[:2]):
        await hub.watch(f"viewer {n}", [name])
    await rooms.until(lambda: server.streams and rooms.browsers["viewer 1"].rows.get(LISTS[1]) == {})
    await asyncio.sleep(1)
    server.put("executions", "1", taskId="1", status="RUNNING")
    await rooms.until(lambda: rooms.browsers["viewer 0"].row(LISTS[0], "1"))
    assert not [each for each in server.transport.requests if "id_in" in each.url.params]


@pytest.mark.parametrize("seed", range(3))
async def test_who_comes_goes_hides_and_returns_meets_neither_gap_nor_mixture(
    hub: Hub, api: Ratchet, rooms: MemoryRooms, server: FakeRatchet, seed: int
) -> None:
    chance = Random(seed)
    counts_by_task(server)
    make_late(server, chance)
    names = ["executions", "executions?limit=3", "executions?status=FAILED", *LISTS[:3], "jobs", "tasks"]
    viewers = [f"viewer {n}" for n in range(8)]
    chosen: dict[str, list[str]] = {}
    shown: set[str] = set()

    async def wish(sid: str) -> None:
        await asyncio.sleep(chance.random())
        act = chance.choice(["watch", "watch", "hide", "show", "drop"])
        if act == "watch":
            chosen[sid] = chance.sample(names, 3)
            shown.add(sid)
            await hub.watch(sid, chosen[sid])
        elif act == "hide":
            shown.discard(sid)
            await hub.hide(sid)
        elif act == "show" and sid in chosen:
            shown.add(sid)
            await hub.show(sid)
        elif act == "drop":
            chosen.pop(sid, None)
            shown.discard(sid)
            await hub.drop(sid)

    for turn in range(30):
        # One after the other of each viewer, as a socket brings them; all viewers at once.
        await asyncio.gather(*(wish(sid) for sid in viewers), stir(chance, server))
        if turn % 5 == 4:
            # Sooner than a list looks again without a reason.
            await asyncio.sleep(8)
            await must_be_as_read(api, rooms, {sid: chosen[sid] for sid in shown & chosen.keys()})


async def must_be_as_read(api: Ratchet, rooms: MemoryRooms, chosen: dict[str, list[str]]) -> None:
    for name in {name for names in chosen.values() for name in names}:
        topic = parse(name)
        assert topic is not None
        fresh = await topic.fetch(api)
        for sid in (sid for sid, names in chosen.items() if name in names):
            known = rooms.browsers[sid]
            assert list(known.rows[name].values()) == list(fresh.rows), (sid, name)
            assert {part: known.about[name][part] for part in fresh.about} == fresh.about, (sid, name)


def counts_by_task(server: FakeRatchet) -> None:
    server.capabilities = {**(server.capabilities or {}), "executionCounts": True}
    server.transport.on("/api/v1/executions/counts", server.counted)


def make_late(server: FakeRatchet, chance: Random) -> None:
    """Let answers be on their way for a while: what they say may be old when they come."""
    at_once = server.transport.handle_async_request

    async def late(request: httpx.Request) -> httpx.Response:
        answered = await at_once(request)
        await asyncio.sleep(chance.random() * chance.choice([0.05, 0.4]))
        return answered

    server.transport.handle_async_request = late  # type: ignore[method-assign]


async def stir(chance: Random, server: FakeRatchet) -> None:
    """Let things happen on the server."""
    for _ in range(chance.randrange(8)):
        await asyncio.sleep(chance.random() / 5)
        noun = chance.choice(["executions", "executions", "executions", "jobs", "tasks"])
        id = str(chance.randrange(1, 30))
        if id in server.rows[noun] and chance.random() < 0.1:
            server.delete(noun, id)
        else:
            status = chance.choice(["RUNNING", "FAILED", "COMPLETED"])
            server.put(noun, id, status=status, taskId=TASKS[int(id) % 3])
    if chance.random() < 0.1:
        server.go_down()
        await asyncio.sleep(chance.random() * 3)
        server.come_back()


async def test_a_slow_browser_skips_to_the_newest_state(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    server.put("executions", "1", status="RUNNING", progress=0.0)
    for sid in ("ann", "bob"):
        await hub.watch(sid, ["executions"])
    ann, bob = rooms.browsers["ann"], rooms.browsers["bob"]
    await rooms.until(lambda: server.streams and "executions" in ann.rows and "executions" in bob.rows)
    rooms.slow.add("ann")
    before = len(ann.of("executions"))
    for n in range(1, 11):
        server.put("executions", "1", progress=n / 10)
        await asyncio.sleep(1)
    assert bob.row("executions", "1")["progress"] == 1
    assert ann.row("executions", "1")["progress"] == 0
    rooms.slow.clear()
    await rooms.until(lambda: ann.row("executions", "1")["progress"] == 1, within_s=1)
    assert ["rows" in message for message in ann.of("executions")[before:]] == [True]
    server.put("executions", "1", status="COMPLETED")
    await rooms.until(lambda: ann.row("executions", "1")["status"] == "COMPLETED")
    # The next one is a patch again: a browser that catches up meets no gap.
    assert "set" in ann.of("executions")[-1]


async def test_who_turned_away_while_behind_is_not_let_in_again(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await hub.watch("ann", ["executions"])
    await hub.watch("bob", ["executions"])
    await rooms.until(lambda: server.streams and "executions" in rooms.browsers["bob"].rows)
    rooms.slow.add("ann")
    server.put("executions", "1", status="RUNNING")
    await rooms.until(lambda: rooms.browsers["bob"].row("executions", "1"))
    await hub.watch("ann", ["jobs"])
    rooms.slow.clear()
    await asyncio.sleep(5)
    assert rooms.members("executions") == 1
