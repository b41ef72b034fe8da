"""Executions in the store: lists, counters, log lines."""

import pytest

from ratchet_web.models.executions import ExecutionStatus
from ratchet_web.server.store.attempts import Ending
from ratchet_web.server.store.codes import ExecutionCode
from ratchet_web.server.store.executions import NewRow
from ratchet_web.server.store.lists.base import LIST_TEXT_LIMIT, Window
from ratchet_web.server.store.logs import Line
from ratchet_web.server.store.logs_scan import LogQuery
from ratchet_web.server.store.tallies import Span

NEWEST = Window("queued_at", descending=True)


@pytest.fixture
async def three(store, task):
    """One failed, one completed, one pending."""
    for at_ms in (10, 20, 30):
        await store.executions.add(NewRow(task.id, task.version, '{"n": 1}'), at_ms)
    await store.attempts.claim(2, 40)
    await store.attempts.end(1, Ending(ExecutionCode.FAILED, 7, error_message="Error: no"), 50, lambda *_: 0)
    await store.attempts.end(2, Ending(ExecutionCode.COMPLETED, 9, output="42"), 60, lambda *_: 0)


async def test_a_list_is_filtered_sorted_and_paged(store, three):
    page = store.executions.page
    assert [row.id for row in (await page({}, NEWEST)).rows] == [3, 2, 1]
    assert [row.id for row in (await page({}, Window("queued_at", limit=1, offset=1))).rows] == [2]
    assert [row.id for row in (await page({"status": ExecutionStatus.FAILED}, NEWEST)).rows] == [1]
    assert [row.id for row in (await page({"status_ne": ExecutionStatus.FAILED}, NEWEST)).rows] == [3, 2]
    assert [row.id for row in (await page({"has_error": True}, NEWEST)).rows] == [1]
    assert [row.id for row in (await page({"queued_after": 20, "queued_before": 20}, NEWEST)).rows] == [2]
    assert [row.id for row in (await page({}, Window("duration_ms", descending=True))).rows] == [2, 1, 3]


@pytest.mark.parametrize(
    ("wanted", "total"),
    [
        ({}, 3),
        ({"status": ExecutionStatus.COMPLETED}, 1),
        ({"task_id": 1}, 3),
        ({"task_id": 1, "status": ExecutionStatus.PENDING}, 1),
        ({"task_id": 2}, 0),
        ({"has_error": False}, 2),
    ],
)
async def test_the_total_counts_all_that_match(store, three, wanted, total):
    assert (await store.executions.page(wanted, Window("id", limit=1))).total == total


async def test_counters_follow_every_change_of_status(store, three):
    counts = await store.stats.executions(Span(), 100)
    assert {code.name: n for code, n in counts.by_status.items()} == {
        "PENDING": 1,
        "RUNNING": 0,
        "COMPLETED": 1,
        "FAILED": 1,
        "CANCELLED": 0,
    }
    assert (counts.run.mean, counts.last_24h) == (8.0, 3)


async def test_only_a_waiting_execution_is_cancelled(store, three):
    assert await store.executions.cancel_waiting(3, 99)
    assert not await store.executions.cancel_waiting(2, 99)
    assert not await store.executions.cancel_waiting(77, 99)


async def test_a_list_leaves_out_a_long_output(store, task):
    await store.executions.add(NewRow(task.id, task.version, "1"), 1)
    await store.attempts.claim(1, 2)
    long = '"' + "x" * LIST_TEXT_LIMIT + '"'
    await store.attempts.end(1, Ending(ExecutionCode.COMPLETED, 1, output=long), 3, lambda *_: 0)
    assert (await store.executions.page({}, NEWEST)).rows[0].output is None
    assert (await store.executions.get(1)).output == long


async def test_log_lines_are_read_from_any_place(store, three):
    lines = [Line(1, seq, 1_000 + seq, "info", "task", f"line {seq}") for seq in range(1, 11)]
    await store.record(lines, [])
    found = await store.logs.after(1, 4, 3)
    assert [row.seq for row in found.rows] == [5, 6, 7]
    assert (found.total, found.done) == (10, True)
    assert [row.seq for row in (await store.logs.find(1, LogQuery(limit=2, backwards=True))).rows] == [9, 10]
    assert [row.seq for row in (await store.logs.after(1, 0, 9, since_ms=1_009)).rows] == [9, 10]
    assert (await store.executions.get(1)).log_lines == 10
    assert (await store.logs.after(3, 0, 9)).done is False
    assert await store.logs.after(99, 0, 9) is None


async def test_progress_is_kept_only_while_it_runs(store, three):
    await store.attempts.claim(1, 70)
    await store.record([], [(3, 0.5, "half", "worker-1"), (1, 0.9, None, None)])
    row = await store.executions.get(3)
    assert (row.progress, row.progress_note, row.worker) == (0.5, "half", "worker-1")
    assert (await store.executions.get(1)).progress is None
