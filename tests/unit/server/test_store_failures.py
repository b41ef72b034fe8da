"""Failures in the store: older rows are grouped in steps, and what goes away is no longer counted."""

import sqlite3
from contextlib import closing

import pytest

from ratchet_web.server.store import failures_notes
from ratchet_web.server.store.attempts import Ending
from ratchet_web.server.store.codes import ExecutionCode, FailureCode
from ratchet_web.server.store.directory import FILE_NAME
from ratchet_web.server.store.executions import NewRow
from ratchet_web.server.store.failures import Judged
from ratchet_web.server.store.lists.base import Window
from ratchet_web.server.store.retention import Place
from ratchet_web.server.store.store import Store

ALL = Window("count", descending=True, limit=100)
NOW = 1_000_000


async def failed(store, task, message, at):
    """Return the id of an execution that failed."""
    row = await store.executions.add(NewRow(task.id, "1.0.0", "{}"), at - 1)
    assert (await store.attempts.claim(1, at - 1)).attempts
    ending = Ending(ExecutionCode.FAILED, 1, error_message=message)
    ended = await store.attempts.end(row.id, ending, at, lambda *_: 0)
    assert ended.failure_id is not None
    return row.id


def forget(directory):
    """Leave a database as one that knew no failures."""
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection:
        connection.execute("UPDATE executions SET failure_id = NULL")
        connection.execute("DELETE FROM failures")
        newest = connection.execute("SELECT max(id) FROM executions").fetchone()[0]
        connection.execute("INSERT INTO series_marks VALUES ('failures', ?)", (newest,))
        connection.commit()


async def counts(store, **wanted):
    found = await store.failures.page(wanted, ALL, NOW)
    return {told.row.message: told.count for told in found.rows}, found.whole


async def test_older_rows_are_grouped_in_steps_and_every_step_is_kept(tmp_path):
    store = await Store.open(tmp_path)
    values = {"name": "sum", "version": "1.0.0", "enabled": True, "source_code": "function main() {}"}
    task = await store.tasks.add(values, 1)
    for n in range(10):
        await failed(store, task, f"Error: order {n} is lost" if n % 2 else "Error: no till", 100 + n)
    before = await counts(store)
    assert before == ({"order <n> is lost": 5, "no till": 5}, True)
    await store.close()
    forget(tmp_path)

    store = await Store.open(tmp_path)
    assert await store.failures_fill.step(rows=3, most=2) is True
    assert await counts(store) == ({"order <n> is lost": 1, "no till": 1}, False)
    # Newer ones come meanwhile; judged ones are not opened again by what is older.
    await failed(store, task, "Error: no till", 500)
    key = (await store.failures.page({}, ALL, NOW)).rows[0].row.fingerprint
    await store.failures.judge(key, Judged(FailureCode.RESOLVED, "ada", 600))
    await store.close()

    store = await Store.open(tmp_path)
    while await store.failures_fill.step(rows=3, most=2):
        pass
    assert await counts(store) == ({"order <n> is lost": 5, "no till": 6}, True)
    told = await store.failures.get(key, NOW)
    assert (told.row.state, told.row.state_by, told.row.first_seen, told.row.last_seen) == (
        2,
        "ada",
        100,
        500,
    )
    assert await store.failures_fill.step(rows=3, most=2) is False
    await store.close()


async def test_what_retention_removes_is_no_longer_counted(store, task):
    for n in range(4):
        await failed(store, task, f"Error: order {n} is lost", 100 + n)
    await failed(store, task, "Error: no till", 900)
    await store.retention.remove_executions(102, Place(), 50, 50)
    assert await counts(store) == ({"order <n> is lost": 2, "no till": 1}, True)
    await store.retention.remove_executions(800, Place(), 50, 50)
    assert await counts(store) == ({"no till": 1}, True)
    # Of what is not counted any more a name is left; it goes as well, if nobody made anything of it.
    lost = failures_notes.of("Error: order 5 is lost", None).key
    assert (await store.failures.get(lost, NOW)).count == 0
    await store.failures.judge(lost, Judged(FailureCode.IGNORED, None, 950))
    assert (await store.retention.remove_failures(NOW, Place(), 50, 50)).removed == 0
    await store.failures.judge(lost, Judged(FailureCode.OPEN, None, 960))
    assert (await store.retention.remove_failures(50, Place(), 50, 50)).removed == 0
    assert (await store.retention.remove_failures(800, Place(), 50, 50)).removed == 1
    assert await store.failures.get(lost, NOW) is None
    assert await counts(store) == ({"no till": 1}, True)


@pytest.mark.parametrize(("since", "until", "trend"), [(100, 123, [1, 0, 1, 1]), (102, 125, [1, 1, 0, 0])])
async def test_a_trend_begins_and_ends_with_the_time_that_is_asked_for(store, task, since, until, trend):
    for at in (100, 102, 103):
        await failed(store, task, "Error: no till", at)
    wanted = {"failed_after": since, "failed_before": until}
    (told,) = (await store.failures.page(wanted, ALL, NOW)).rows
    assert (told.start_ms, told.step_ms, told.trend[:4]) == (since, 1, trend)
    assert told.count == sum(trend)


async def test_a_failure_that_was_only_heard_of_has_no_executions(store, task):
    made = await failed(store, task, "Error: no till", 100)
    await failed(store, task, "Error: later", 200)
    key = (await store.executions.get(made)).fingerprint
    await store.executions.delete(made, lambda row: None)
    told = await store.failures.get(key, NOW)
    assert (told.count, told.sample, told.tasks) == (0, None, {})


def regroup(directory, was):
    """Leave a database as one whose rules gave its failures these names, by their messages."""
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection:
        for message, key in was.items():
            connection.execute("UPDATE failures SET fingerprint = ? WHERE message = ?", (key, message))
        connection.execute("UPDATE series_marks SET value = 0 WHERE name = 'failures.rules'")
        connection.commit()


@pytest.mark.parametrize(
    ("judged", "becomes"),
    [
        (FailureCode.IGNORED, (FailureCode.IGNORED, "ada", None)),
        (FailureCode.RESOLVED, (FailureCode.OPEN, "ada", 900)),
        (None, (FailureCode.OPEN, None, None)),
    ],
)
async def test_what_returns_before_it_is_grouped_anew_is_what_it_was(tmp_path, judged, becomes):
    store = await Store.open(tmp_path)
    values = {"name": "sum", "version": "1.0.0", "enabled": True, "source_code": "function main() {}"}
    task = await store.tasks.add(values, 1)
    for at in (100, 200):
        await failed(store, task, "Error: no till", at)
    await failed(store, task, "Error: later", 300)
    till, later = (failures_notes.of(f"Error: {words}", None).key for words in ("no till", "later"))
    if judged is not None:
        await store.failures.judge(till, Judged(judged, "ada", 400))
    await store.close()
    regroup(tmp_path, {"no till": "a" * 16, "later": "b" * 16})

    store = await Store.open(tmp_path)
    await failed(store, task, "Error: no till", 900)
    assert (await store.failures.get(till, NOW)).row.state == FailureCode.OPEN
    while await store.failures_fill.step(rows=2, most=1):
        pass
    row = (await store.failures.get(till, NOW)).row
    assert (row.state, row.state_by, row.reopened_at) == becomes
    assert await counts(store) == ({"no till": 3, "later": 1}, True)
    for old, key in (("a" * 16, till), ("b" * 16, later)):
        assert (await store.failures.get(old, NOW)).row.fingerprint == key
    await store.close()

    # By other rules once more, the oldest name is still known.
    regroup(tmp_path, {"no till": "c" * 16})
    store = await Store.open(tmp_path)
    while await store.failures_fill.step(rows=2, most=1):
        pass
    for old in ("a" * 16, "c" * 16):
        told = await store.failures.get(old, NOW)
        assert (told.row.fingerprint, told.count, told.row.state) == (till, 3, becomes[0])
    # A judgement is of the one that it has become.
    assert (await store.failures.judge("a" * 16, Judged(FailureCode.IGNORED, None, 950))).id == told.row.id
    await store.close()
