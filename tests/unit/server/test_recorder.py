"""The recorder: lines in batches, progress at a bounded rate, nothing lost while the database is away."""

import sqlite3

import pytest

from ratchet_web.server import recorder as recorders
from ratchet_web.server.events import Feed, Turns
from ratchet_web.server.recorder import PROGRESS_MS, Recorder
from ratchet_web.server.store.directory import FILE_NAME
from ratchet_web.server.store.executions import NewRow
from tests.support.server import eventually
from tests.unit.server.clock import HandClock


@pytest.fixture
async def execution(store, task):
    await store.executions.add(NewRow(task.id, task.version, "1"), 1)
    (attempt,) = (await store.attempts.claim(1, 2)).attempts
    return attempt.execution_id


@pytest.fixture
def clock():
    return HandClock(1_000)


@pytest.fixture
def feed():
    return Feed()


@pytest.fixture
def recorder(store, feed, clock):
    return Recorder(store, feed, Turns(), clock)


async def texts(store, execution):
    return [row.text for row in (await store.logs.after(execution, 0, 100)).rows]


async def test_lines_are_stored_by_themselves_in_order(store, recorder, execution):
    recording = recorder.open(execution)
    for number in range(5):
        recording.line("info", f"line {number}", 1_000, "task")
    stored = await eventually(lambda: texts(store, execution), lambda rows: len(rows) == 5)
    assert stored == [f"line {number}" for number in range(5)]


async def test_closing_stores_what_is_left(store, recorder, execution):
    recording = recorder.open(execution)
    recording.line("warn", "last words", 1_000, "task")
    await recorder.close(recording)
    assert await texts(store, execution) == ["last words"]


async def test_progress_is_stored_at_most_every_tenth_of_a_second(store, recorder, clock, feed, execution):
    recording = recorder.open(execution)
    recording.progress(0.1, "first")
    await recorder.flush()
    recording.progress(0.2, "too soon")
    await recorder.flush()
    assert (await store.executions.get(execution)).progress == 0.1
    clock.set(1_000 + PROGRESS_MS)
    await recorder.flush()
    row = await store.executions.get(execution)
    assert (row.progress, row.progress_note) == (0.2, "too soon")
    await recorder.close(recording)


async def test_progress_is_kept_within_its_bounds(store, recorder, execution):
    recording = recorder.open(execution)
    recording.progress(7, None)
    await recorder.flush()
    assert (await store.executions.get(execution)).progress == 1
    await recorder.close(recording)


async def test_lines_wait_while_the_database_is_locked(store, recorder, execution, tmp_path):
    recording = recorder.open(execution)
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    recording.line("info", "patient", 1_000, "task")
    assert not await recorder.flush()
    other.execute("ROLLBACK")
    other.close()
    await recorder.close(recording)
    assert await texts(store, execution) == ["patient"]


async def test_what_waits_is_bounded_until_the_database_is_back(
    store, recorder, execution, tmp_path, monkeypatch
):
    monkeypatch.setattr(recorders, "HELD_BYTES", 1_000)
    recording = recorder.open(execution)
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for number in range(5):
        assert recording.crowded() == (number == 5)
        recording.line("info", f"line {number}", 1_000, "task")
    assert recording.crowded()
    assert not await recorder.flush()
    assert recording.crowded()
    other.execute("ROLLBACK")
    other.close()
    await recording.room()
    await recorder.close(recording)
    assert await texts(store, execution) == [f"line {number}" for number in range(5)]


async def test_many_lines_are_stored_in_transactions_of_a_few(store, recorder, execution, monkeypatch):
    monkeypatch.setattr(recorders, "FLUSH_LINES", 10)
    sizes, record = [], store.record

    async def counted(lines, progress):
        sizes.append(len(lines))
        await record(lines, progress)

    monkeypatch.setattr(store, "record", counted)
    recording = recorder.open(execution)
    for number in range(25):
        recording.line("info", f"line {number}", 1_000, "task")
    stored = await eventually(lambda: texts(store, execution), lambda rows: len(rows) == 25)
    assert stored == [f"line {number}" for number in range(25)]
    assert sizes == [10, 10, 5]
