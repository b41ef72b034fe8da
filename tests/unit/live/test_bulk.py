"""Bulk runs as viewers see them: everybody the same, whatever page of the items they look at."""

from collections.abc import AsyncIterator

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.bulk.runs import Runs
from ratchet_web.live.hub import Hub
from ratchet_web.models.jobs import JobQuery
from ratchet_web.models.runs import Choice
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer


@pytest.fixture
async def runs(api: Ratchet) -> AsyncIterator[Runs]:
    made = Runs(api)
    yield made
    await made.stop()


@pytest.fixture
async def hub(api: Ratchet, rooms: MemoryRooms, runs: Runs) -> AsyncIterator[Hub]:
    hub = Hub(api, rooms, runs=runs)
    await hub.start()
    yield hub
    await hub.stop()


def with_jobs(server: FakeRatchet, count: int) -> None:
    for id in range(1, count + 1):
        server.put("jobs", str(id), status="FAILED")
        server.transport.on(
            f"/api/v1/jobs/{id}/retry", answer(200, {"data": {"id": str(id), "status": "QUEUED"}})
        )


async def test_two_viewers_see_it_counted_confirmed_and_done(
    server: FakeRatchet, hub: Hub, rooms: MemoryRooms, runs: Runs
) -> None:
    with_jobs(server, 3)
    run = runs.plan(Choice("jobs", "retry", query=JobQuery()))
    topic = f"bulk/{run.id}"
    for name in ("ann", "bob"):
        await hub.watch(name, ["bulk", topic])
    ann, bob = (rooms.browsers[name] for name in ("ann", "bob"))
    await rooms.until(lambda: ann.about.get(topic, {}).get("phase") == "ready")
    assert ann.about[topic]["states"] == [{"what": "FAILED", "n": 3}]
    assert (ann.rows[topic], ann.rows["bulk"]) == ({}, {})
    await runs.start(run.id)
    await rooms.until(lambda: bob.about[topic]["phase"] == "completed")
    assert {row["outcome"] for row in bob.rows[topic].values()} == {"done"}
    assert bob.about[topic]["counts"]["done"] == 3
    await rooms.until(lambda: ann.row("bulk", run.id).get("phase") == "completed")


async def test_items_are_shown_by_outcome_and_page(
    server: FakeRatchet, hub: Hub, rooms: MemoryRooms, runs: Runs
) -> None:
    with_jobs(server, 60)
    server.transport.on("/api/v1/jobs/7/retry", answer(400, {"error": {"message": "not this one"}}))
    run = runs.plan(Choice("jobs", "retry", query=JobQuery()))
    first, second, refused = (f"bulk/{run.id}{rest}" for rest in ("", ".all.2", ".refused"))
    await hub.watch("ann", [first, second, refused])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: ann.about.get(first, {}).get("phase") == "ready")
    await runs.start(run.id)
    await rooms.until(
        lambda: all(ann.about[each]["phase"] == "completed" for each in (first, second, refused))
    )
    assert (len(ann.rows[first]), len(ann.rows[second])) == (50, 10)
    assert (ann.about[first]["more"], ann.about[second]["more"]) == (True, False)
    assert list(ann.rows[refused]) == ["7"]
    assert "not this one" in ann.row(refused, "7")["note"]


@pytest.mark.parametrize("name", ["bulk/0123abcd", "bulk/s99"])
async def test_a_run_that_is_not_there_is_said_with_its_reason(
    hub: Hub, rooms: MemoryRooms, name: str
) -> None:
    await hub.watch("ann", [name])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: name in ann.about)
    assert "when the console is started again" in ann.about[name]["error"]["message"]


@pytest.mark.parametrize("name", ["bulk/", "bulk/../1", "bulk/1.none", "bulk/1.done.0", f"bulk/{'a' * 50}"])
async def test_a_name_that_makes_no_sense_is_nobodys(hub: Hub, rooms: MemoryRooms, name: str) -> None:
    await hub.watch("ann", [name])
    assert rooms.browsers["ann"].about[name]["error"]["kind"] == "NotFound"
    assert not rooms.members(name)
