import asyncio

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.hub import Hub
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import MemoryRooms

LIST = "executions?status=RUNNING"


@pytest.fixture(autouse=True)
def rows(server: FakeRatchet) -> None:
    server.put("executions", "1", status="RUNNING", taskId="1", progress=0.1, input={"a": 1})
    server.put("executions", "2", status="RUNNING", taskId="1")
    server.put("executions", "3", status="FAILED", taskId="1")


async def test_a_viewer_gets_a_snapshot_then_patches(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await hub.watch("ann", [LIST])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: LIST in ann.rows and server.streams)
    first = ann.of(LIST)[0]
    assert [row["id"] for row in first["rows"]] == ["2", "1"]
    assert first["version"] == 1
    assert first["at"] > 1_600_000_000_000
    assert first["about"]["total"] == 2
    assert first["about"]["counts"] == {"RUNNING": 2, "FAILED": 1}
    assert "input" not in first["rows"][0]

    server.put("executions", "1", progress=0.5)
    await rooms.until(lambda: ann.rows[LIST]["1"]["progress"] == 0.5)
    patch = ann.of(LIST)[-1]
    assert patch["set"] == {"1": {"progress": 0.5}}
    assert {"new", "gone", "order", "about"}.isdisjoint(patch)

    server.put("executions", "4", status="RUNNING")
    server.put("executions", "2", status="COMPLETED")
    await rooms.until(lambda: list(ann.rows[LIST]) == ["4", "1"])
    assert ann.about[LIST]["counts"] == {"RUNNING": 2, "FAILED": 1, "COMPLETED": 1}


async def test_the_second_viewer_costs_the_server_nothing(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await hub.watch("ann", [LIST])
    await rooms.until(lambda: LIST in rooms.browsers["ann"].rows and server.streams)
    await asyncio.sleep(1)
    before = len(server.transport.requests)
    for n in range(50):
        await hub.watch(f"viewer {n}", [LIST])
    assert all(rooms.browsers[f"viewer {n}"].rows[LIST] for n in range(50))
    assert len(server.transport.requests) == before


async def test_nothing_is_sent_when_nothing_changed(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await hub.watch("ann", [LIST])
    await rooms.until(lambda: server.streams)
    await asyncio.sleep(1)
    sent, looks = len(rooms.browsers["ann"].of(LIST)), server.count("/executions")
    server.announce("executions", "1")
    await asyncio.sleep(1)
    assert server.count("/executions") == looks + 1
    assert len(rooms.browsers["ann"].of(LIST)) == sent


async def test_many_changes_are_looked_at_together(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    await hub.watch("ann", [LIST])
    await rooms.until(lambda: server.streams)
    await asyncio.sleep(1)
    before = server.count("/executions")
    for n in range(100):
        server.put("executions", "1", progress=n / 100)
        await asyncio.sleep(0.01)
    await asyncio.sleep(1)
    assert 6 <= server.count("/executions") - before <= 8
    assert rooms.browsers["ann"].rows[LIST]["1"]["progress"] == 0.99


async def test_the_first_change_is_looked_at_at_once(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await hub.watch("ann", [LIST])
    await rooms.until(lambda: server.streams)
    await asyncio.sleep(1)
    server.put("executions", "1", progress=0.7)
    await rooms.until(lambda: rooms.browsers["ann"].rows[LIST]["1"]["progress"] == 0.7, within_s=0.01)


async def test_changes_elsewhere_are_not_looked_at(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    await hub.watch("ann", ["executions/1", "tasks"])
    await rooms.until(lambda: server.streams)
    await asyncio.sleep(1)
    before = len(server.transport.requests)
    server.put("executions", "2", progress=0.7)
    server.put("jobs", "1", status="QUEUED")
    await asyncio.sleep(1)
    assert len(server.transport.requests) == before


async def test_a_new_wish_replaces_the_old_one(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    await hub.watch("ann", [LIST])
    await hub.watch("ann", ["executions/1"])
    await rooms.until(lambda: "executions/1" in rooms.browsers["ann"].rows)
    assert rooms.members(LIST) == 0
    assert rooms.members("executions/1") == rooms.members("link") == 1
    await hub.drop("ann")
    assert rooms.members("executions/1") == rooms.members("link") == 0


async def test_while_nobody_watches_nothing_is_asked(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await asyncio.sleep(100)
    assert server.transport.requests == []
    await hub.watch("ann", [LIST])
    await rooms.until(lambda: server.streams)
    await hub.drop("ann")
    before, stream = len(server.transport.requests), server.streams[0]
    await asyncio.sleep(29)
    assert not stream.closed.is_set()
    await asyncio.sleep(2)
    assert stream.closed.is_set()
    server.put("executions", "1", progress=0.7)
    await asyncio.sleep(1000)
    assert len(server.transport.requests) == before


async def test_who_comes_back_within_half_a_minute_finds_the_stream_open(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await hub.watch("ann", [LIST])
    await rooms.until(lambda: server.streams)
    await hub.drop("ann")
    await asyncio.sleep(20)
    await hub.watch("bob", [LIST])
    await asyncio.sleep(100)
    assert len(server.streams) == 1
    assert rooms.browsers["bob"].about["link"]["mode"] == "live"


async def test_closed_tabs_are_let_go(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    await hub.watch("ann", [LIST])
    await rooms.until(lambda: server.streams)
    rooms.close("ann")
    await asyncio.sleep(45)
    assert server.streams[0].closed.is_set()
    await hub.watch("ann", [LIST])
    assert rooms.members(LIST) == 0


async def test_a_restarted_server_is_found_and_everything_read_again(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await hub.watch("ann", [LIST])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: ann.mode == "live" and LIST in ann.rows)
    server.go_down()
    await rooms.until(lambda: ann.mode != "live", within_s=0.5)
    await rooms.until(lambda: ann.mode == "offline", within_s=2.5)
    assert "refused the connection" in ann.about["link"]["error"]
    await asyncio.sleep(60)
    server.put("executions", "1", progress=0.9)
    server.come_back()
    await rooms.until(lambda: ann.rows[LIST]["1"]["progress"] == 0.9, within_s=3.5)
    await rooms.until(lambda: ann.mode == "live", within_s=0.1)
    assert ann.about["link"]["error"] is None
    assert ann.about[LIST]["error"] is None
    assert ann.about[LIST]["stale_since"] is None


async def test_a_failed_look_keeps_the_last_good_rows(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await hub.watch("ann", ["executions/1"])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: server.streams and "executions/1" in ann.rows)
    at = ann.of("executions/1")[-1]["at"]
    server.delete("executions", "1")
    await rooms.until(lambda: ann.about["executions/1"]["error"])
    about = ann.about["executions/1"]
    assert about["error"]["kind"] == "NotFound"
    assert about["error"]["message"] == "There is no executions 1"
    assert about["error"]["title"] == "Not found"
    assert about["error"]["request_id"]
    assert about["stale_since"] >= at
    assert ann.rows["executions/1"]["1"]["status"] == "RUNNING"
    sent = len(ann.of("executions/1"))
    await asyncio.sleep(300)
    assert len(ann.of("executions/1")) == sent


async def test_a_first_look_that_fails_says_so(hub: Hub, rooms: MemoryRooms) -> None:
    await hub.watch("ann", ["executions/99"])
    await rooms.until(lambda: "executions/99" in rooms.browsers["ann"].about)
    about = rooms.browsers["ann"].about["executions/99"]
    assert about["error"]["kind"] == "NotFound"
    assert about["stale_since"] is None
    # Nothing was ever known of it, however often the look fails.
    await asyncio.sleep(60)
    assert rooms.browsers["ann"].about["executions/99"]["stale_since"] is None


async def test_a_name_that_makes_no_sense_is_answered(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await hub.watch("ann", ["executions/new", "executions?status=WHAT", "x" * 5000])
    ann = rooms.browsers["ann"]
    assert ann.about["executions/new"]["error"]["kind"] == "NotFound"
    assert ann.about["executions?status=WHAT"]["error"]
    await asyncio.sleep(1)
    assert server.count("/executions") == 0


async def test_without_events_it_polls_by_policy(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    server.capabilities = None
    await hub.watch("ann", [LIST])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: ann.mode == "polling")
    await rooms.until(lambda: ann.about["link"]["interval_s"] == 2)
    server.put("executions", "1", progress=0.3)
    await rooms.until(lambda: ann.rows[LIST]["1"]["progress"] == 0.3, within_s=2.5)
    for id in ("1", "2"):
        server.put("executions", id, status="COMPLETED")
    await asyncio.sleep(3600)
    looks = server.count("/executions")
    await asyncio.sleep(600)
    assert server.count("/executions") - looks == 10
    assert ann.about["link"]["interval_s"] == 60
    assert server.count("/events") == 0


async def test_an_act_is_looked_after_at_once(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    server.capabilities = None
    await hub.watch("ann", [LIST])
    await asyncio.sleep(3600)
    server.put("executions", "1", progress=0.3)
    await hub.touched("executions", "1")
    await rooms.until(lambda: rooms.browsers["ann"].rows[LIST]["1"]["progress"] == 0.3, within_s=0.01)


async def test_an_act_is_looked_after_where_it_shows(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    server.capabilities = None
    await hub.watch("ann", ["executions/1", "executions/2", "tasks"])
    await asyncio.sleep(3500)
    server.put("executions", "1", progress=0.3)
    before, tasks = server.count("/executions/2"), server.count("/tasks")
    await hub.touched("executions", "1")
    await hub.touched("jobs", "77")
    await rooms.until(
        lambda: rooms.browsers["ann"].rows["executions/1"]["1"]["progress"] == 0.3, within_s=0.01
    )
    assert (server.count("/executions/2"), server.count("/tasks")) == (before, tasks)


async def test_a_polled_server_that_goes_away_is_found_again(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    server.capabilities = None
    await hub.watch("ann", [LIST])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: ann.mode == "polling")
    server.go_down()
    await rooms.until(lambda: ann.mode == "offline")
    await rooms.until(lambda: ann.about[LIST]["error"])
    server.come_back()
    await rooms.until(lambda: ann.mode == "polling", within_s=3.5)
    await rooms.until(lambda: ann.about[LIST]["error"] is None, within_s=1)


async def test_the_link_names_the_server(hub: Hub, rooms: MemoryRooms) -> None:
    await hub.watch("ann", [])
    await rooms.until(lambda: rooms.browsers["ann"].mode == "live")
    about = rooms.browsers["ann"].about["link"]
    assert about["server"] == "http://ratchet.test"
    assert (about["name"], about["version"], about["interval_s"]) == ("fake", "1.2.3", None)
    assert about["since"] > 1_600_000_000_000


async def test_a_reset_reads_everything_again(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    await hub.watch("ann", [LIST])
    await rooms.until(lambda: server.streams)
    await asyncio.sleep(1)
    server.rows["executions"]["1"]["progress"] = 0.8
    server.streams[0].say("reset", {})
    await rooms.until(lambda: rooms.browsers["ann"].rows[LIST]["1"]["progress"] == 0.8, within_s=1)


async def test_a_lost_announcement_is_healed(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    await hub.watch("ann", [LIST])
    await rooms.until(lambda: server.streams and LIST in rooms.browsers["ann"].rows)
    server.rows["executions"]["1"]["progress"] = 0.8
    await rooms.until(lambda: rooms.browsers["ann"].rows[LIST]["1"]["progress"] == 0.8, within_s=61)


async def test_snapshots_and_patches_never_mix(hub: Hub, rooms: MemoryRooms, server: FakeRatchet) -> None:
    """Each browser fails on a patch that does not follow what it has."""

    async def come_and_go(n: int) -> None:
        for _ in range(30):
            await hub.watch(f"viewer {n}", [LIST, "executions/1", "dashboard"][: 1 + n % 3])
            await asyncio.sleep(0.01 * (n + 1))
            if n % 4 == 3:
                await hub.drop(f"viewer {n}")

    async def move() -> None:
        for n in range(200):
            server.put("executions", str(n % 5), status="RUNNING" if n % 3 else "FAILED", progress=n / 200)
            await asyncio.sleep(0.01)

    await asyncio.gather(move(), *(come_and_go(n) for n in range(12)))
    await hub.watch("last", [LIST])
    await asyncio.sleep(2)
    truth = [id for id in ("4", "3", "2", "1", "0") if server.rows["executions"][id]["status"] == "RUNNING"]
    assert list(rooms.browsers["last"].rows[LIST]) == truth


async def test_a_stopped_hub_leaves_no_task(api: Ratchet, rooms: MemoryRooms, server: FakeRatchet) -> None:
    before = asyncio.all_tasks()
    hub = Hub(api, rooms)
    await hub.start()
    await hub.watch("ann", [LIST, "executions/1/logs", "dashboard"])
    await rooms.until(lambda: server.streams)
    await hub.stop()
    await asyncio.sleep(0.1)
    assert asyncio.all_tasks() == before
