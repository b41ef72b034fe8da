"""Log lines in the store: each filter in both directions, in steps, and bounded by size."""

import pytest

from ratchet_web.server.store import logs, logs_scan
from ratchet_web.server.store.codes import LevelCode
from ratchet_web.server.store.executions import NewRow
from ratchet_web.server.store.logs import Line
from ratchet_web.server.store.logs_scan import LogQuery

LEVELS = ("debug", "info", "info", "warn", "error")
COUNT = 100


@pytest.fixture
async def log(store, task):
    """Return the id of an execution with 100 lines, the levels by turns."""
    await store.executions.add(NewRow(task.id, task.version, "1"), 1)
    lines = [
        Line(1, seq, 1_000 + seq, LEVELS[seq % 5], "task", f"Line {seq} of 100%") for seq in every(1, 101)
    ]
    await store.record(lines, [])
    return 1


@pytest.fixture
def small_steps(monkeypatch):
    monkeypatch.setattr(logs_scan, "STEP_LINES", 7)


def every(start, stop, wanted=lambda seq: True):
    return [seq for seq in range(start, stop) if wanted(seq)]


def loud(seq):
    return LEVELS[seq % 5] in ("warn", "error")


async def seqs(store, **query):
    found = await store.logs.find(1, LogQuery(**query))
    return [row.seq for row in found.rows], found.next, found.complete


@pytest.mark.usefixtures("log", "small_steps")
@pytest.mark.parametrize(
    ("query", "found", "further", "complete"),
    [
        ({}, every(1, 101), 100, True),
        ({"after": 97}, [98, 99, 100], 100, True),
        ({"after": 100}, [], 100, True),
        ({"after": 500}, [], 500, True),
        ({"after": 10, "limit": 2}, [11, 12], 12, False),
        ({"after": 10, "before": 13}, [11, 12], 12, True),
        ({"before": 3, "backwards": True}, [1, 2], 1, True),
        ({"before": 50, "limit": 2, "backwards": True}, [48, 49], 48, False),
        ({"limit": 2, "backwards": True}, [99, 100], 99, False),
        ({"level": LevelCode.WARN}, every(1, 101, loud), 100, True),
        ({"level": LevelCode.ERROR, "after": 90}, [94, 99], 100, True),
        ({"level": LevelCode.WARN, "limit": 3, "backwards": True}, [94, 98, 99], 94, False),
        ({"level": LevelCode.INFO, "limit": 4}, [1, 2, 3, 4], 4, False),
        ({"search": "LINE 10 "}, [10], 100, True),
        ({"search": "line 9", "limit": 2}, [9, 90], 90, False),
        ({"search": "line 9", "limit": 2, "backwards": True}, [98, 99], 98, False),
        ({"search": "line 9", "after": 91, "before": 95}, [92, 93, 94], 94, True),
        ({"search": "100%"}, every(1, 101), 100, True),
        ({"search": "1_0"}, [], 100, True),
        ({"search": "nowhere", "backwards": True}, [], 1, True),
        ({"search": "line 9", "level": LevelCode.ERROR}, [9, 94, 99], 100, True),
        ({"since_ms": 1_098}, [98, 99, 100], 100, True),
        ({"since_ms": 1_098, "limit": 1, "backwards": True}, [100], 100, False),
    ],
)
async def test_lines_are_found_in_either_direction(store, query, found, further, complete):
    assert await seqs(store, **query) == (found, further, complete)


@pytest.mark.usefixtures("log", "small_steps")
@pytest.mark.parametrize("backwards", [False, True])
async def test_a_search_that_runs_out_of_time_is_gone_on_with_without_loss(store, monkeypatch, backwards):
    monkeypatch.setattr(logs, "SEARCH_S", 1e-9)
    query, found, looks = LogQuery(search="line 9", backwards=backwards), [], 0
    while (part := await store.logs.find(1, query)) and not part.complete and looks < COUNT:
        found, looks = [*found, *(row.seq for row in part.rows)], looks + 1
        more = {"before": part.next} if backwards else {"after": part.next}
        query = LogQuery(search="line 9", backwards=backwards, **more)
    found += [row.seq for row in part.rows]
    assert looks > 5
    assert sorted(found) == [9, *every(90, 100)]


async def test_a_window_around_a_line_has_it_in_the_middle(store, log):
    async def around(seq, limit=4):
        return [row.seq for row in (await store.logs.around(log, seq, LogQuery(limit=limit))).rows]

    assert await around(50) == [48, 49, 50, 51]
    assert await around(1) == [1, 2]
    assert await around(50, 1) == [50]
    assert await store.logs.around(99, 1, LogQuery()) is None


async def test_an_answer_is_bounded_by_bytes_too(store, log, monkeypatch):
    monkeypatch.setattr(logs_scan, "ANSWER_BYTES", 40)
    assert await seqs(store, after=10) == ([11, 12, 13], 13, False)
    assert await seqs(store, before=13, backwards=True) == ([10, 11, 12], 10, False)


async def test_fields_are_kept_and_nobody_else_has_these_lines(store, log):
    await store.executions.add(NewRow(1, "1.0.0", "1"), 1)
    await store.record([Line(2, 1, 5, "info", "task", "x", '{"a":1}')], [])
    (row,) = (await store.logs.after(2, 0, 10)).rows
    assert row.fields == '{"a":1}'
    assert await store.logs.find(99, LogQuery(search="x")) is None
