"""Watching what schedules did: their topics, and what rows of them say."""

import pytest

from ratchet_web.live.hub import Hub
from ratchet_web.live.schedules_activity import ScheduleFigures, ScheduleHistory, ScheduleStrips
from ratchet_web.live.topics import parse
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer

STRIPS, HISTORY = "strips?enabled=true", "changes/7"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("strips", ScheduleStrips),
        (STRIPS, ScheduleStrips),
        ("strips/7", ScheduleFigures),
        (HISTORY, ScheduleHistory),
        ("changes/7/51", ScheduleHistory),
        ("strips?order=up", None),
        ("strips/x", None),
        ("changes/7/", None),
        ("changes/7/x", None),
    ],
)
def test_names_are_topics_where_they_make_sense(name: str, kind: type | None) -> None:
    topic = parse(name)
    assert topic is None if kind is None else isinstance(topic, kind)


async def test_a_server_that_tells_nothing_of_runs_is_not_asked(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    await hub.watch("ann", [STRIPS, HISTORY])
    await rooms.until(lambda: {STRIPS, HISTORY} <= rooms.browsers["ann"].rows.keys())
    assert rooms.browsers["ann"].rows[STRIPS] == rooms.browsers["ann"].rows[HISTORY] == {}
    assert server.count("/schedules/activity") == server.count("/schedules/7/changes") == 0


async def test_runs_have_their_length_and_changes_their_texts(
    hub: Hub, rooms: MemoryRooms, server: FakeRatchet
) -> None:
    assert server.capabilities is not None
    server.capabilities |= {"scheduleActivity": True, "scheduleChanges": True}
    run = {"id": "9", "status": "FAILED", "startedAt": "2027-01-01T00:00:01Z"}
    runs = [run | {"completedAt": "2027-01-01T00:00:03.500Z"}, run | {"id": "10"}]
    server.transport.on(f"{AT}/schedules/activity", answer(200, {"data": [{"id": "7", "runs": runs}]}))
    fields = [
        {"field": "enabled", "before": True, "after": False},
        {"field": "input", "before": None, "after": {"n": 1}},
        {"field": "input", "before": "x" * 20_000, "after": None, "afterSize": 70_000},
    ]
    told = [{"id": "3", "changedBy": "ann", "fields": fields}, {"id": "2", "created": True}]
    server.transport.on(f"{AT}/schedules/7/changes", answer(200, {"data": told}))
    await hub.watch("ann", [STRIPS, HISTORY])
    ann = rooms.browsers["ann"]
    await rooms.until(lambda: ann.rows.get(STRIPS) and ann.rows.get(HISTORY))
    assert [each["duration_ms"] for each in ann.row(STRIPS, "7")["runs"]] == [2500, None]
    texts = [(each["before"], each["after"], list(each["sizes"])) for each in ann.row(HISTORY, "3")["fields"]]
    assert texts == [
        ("true", "false", [4, 5]),
        ("", '{\n  "n": 1\n}', [0, 12]),
        (None, None, [20_000, 70_000]),
    ]
    assert ann.row(HISTORY, "2")["created"]
