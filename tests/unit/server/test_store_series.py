"""Series equal the rows, whenever they are folded, and from wherever they come."""

import random
import sqlite3
from contextlib import closing

import pytest

from ratchet_web.cli.places import ROOT
from ratchet_web.logic.histograms import Histogram
from ratchet_web.server.store.attempts import Ending
from ratchet_web.server.store.buckets import Gauges
from ratchet_web.server.store.codes import ExecutionCode
from ratchet_web.server.store.directory import FILE_NAME
from ratchet_web.server.store.executions import NewRow
from ratchet_web.server.store.jobs import NewRow as NewJob
from ratchet_web.server.store.series import MINUTE_S, QUARTER_S, SECOND_S
from ratchet_web.server.store.store import Store
from ratchet_web.server.store.tallies import Span
from ratchet_web.server.store.times import RUNS, Kind

NOW_S = 1_800_000_000
NOW_MS = NOW_S * 1000
ENDINGS = (ExecutionCode.COMPLETED, ExecutionCode.FAILED, ExecutionCode.CANCELLED)
COUNTED = {
    "queued": "SELECT queued_at FROM jobs UNION ALL SELECT queued_at FROM executions WHERE job_id IS NULL",
    "started": "SELECT started_at FROM executions WHERE started_at IS NOT NULL",
    "completed": "SELECT completed_at FROM executions WHERE status = 2",
    "failed": "SELECT completed_at FROM executions WHERE status = 3",
    "cancelled": "SELECT completed_at FROM executions WHERE status = 4"
    " UNION ALL SELECT completed_at FROM jobs WHERE status = 4"
    " AND coalesce((SELECT status FROM executions WHERE id = execution_id), 0) <> 4",
    "retried": "SELECT started_at FROM executions WHERE attempt > 1",
}


async def work(store, task, minutes=10, seed=1):
    """Let things happen for some minutes, some of everything."""
    chosen = random.Random(seed)
    for minute in range(minutes):
        at_ms = NOW_MS + minute * 60_000 + chosen.randrange(1000)
        for _ in range(3):
            await store.jobs.add(NewJob(task.id, "{}", max_retries=chosen.randrange(2)), at_ms)
            await store.executions.add(NewRow(task.id, task.version, "{}"), at_ms + 1)
        dropped = await store.jobs.add(NewJob(task.id, "{}", scheduled_for_ms=NOW_MS * 2), at_ms)
        await store.jobs.cancel_waiting(dropped.id, at_ms + 2)
        for attempt in (await store.attempts.claim(5, at_ms + 5_000)).attempts:
            ending = Ending(chosen.choice(ENDINGS), chosen.randrange(3_000))
            await store.attempts.end(attempt.execution_id, ending, at_ms + 9_000, lambda *_: 10)


def rows(directory, resolution_s):
    """Return what the rows say: counts by event and start of bucket."""
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection:
        found = {}
        for event, query in COUNTED.items():
            grouped = (
                f"SELECT t / 1000 / {resolution_s} * {resolution_s}, count(*) FROM (SELECT 0 AS t WHERE 0"
            )
            for start, n in connection.execute(f"{grouped} UNION ALL {query}) GROUP BY 1"):
                found[start, event] = n
    return found


async def told(store, resolution_s, since_s=NOW_S - 900):
    """Return the same as the series have it."""
    buckets = await store.series.read(resolution_s, since_s // resolution_s * resolution_s, NOW_S + 7_200)
    return {
        (start, event.name.lower()): n
        for start, bucket in buckets.items()
        for event, n in bucket.events.items()
        if n
    }


@pytest.mark.parametrize("folds", [0, 1, 4])
async def test_series_equal_the_rows_however_often_they_are_folded(store, task, tmp_path, folds):
    await work(store, task)
    for fold in range(folds):
        await store.series.fold(NOW_S + 120 * (fold + 1), NOW_S + 600, {})
    for resolution_s in (SECOND_S, MINUTE_S, QUARTER_S, 3_600, 6 * 3_600):
        assert await told(store, resolution_s) == rows(tmp_path, resolution_s)
    lifetime = await store.series.lifetime()
    true = rows(tmp_path, 10**10)
    assert {(0, event.name.lower()): n for event, n in lifetime.events.items() if n} == true


async def test_histograms_hold_every_run_that_ended_by_itself(store, task, tmp_path):
    await work(store, task)
    await store.series.fold(NOW_S + 300, NOW_S + 600, {})
    expected = Histogram()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        for (duration_ms,) in connection.execute("SELECT duration_ms FROM executions WHERE status IN (2, 3)"):
            expected.put(duration_ms)
    assert expected.count > 10
    assert (await store.series.lifetime()).of(*RUNS) == expected
    mine = await store.series.read(QUARTER_S, NOW_S - 900, NOW_S + 7_200, task.id)
    every = await store.series.read(QUARTER_S, NOW_S - 900, NOW_S + 7_200)
    assert mine == every


async def test_a_row_that_was_deleted_is_no_longer_in_all_but_stays_in_the_lifetime(store, task, tmp_path):
    await work(store, task)
    before = (await store.series.lifetime()).events[Kind.COMPLETED]
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("DELETE FROM executions WHERE id % 2 = 0")
        connection.commit()
        left = connection.execute(
            "SELECT count(*), sum(duration_ms) FROM executions WHERE status IN (2, 3)"
        ).fetchone()
        kinds = ", ".join(str(int(kind)) for kind in RUNS)
        kept = connection.execute(f"SELECT sum(n), sum(ms) FROM execution_times WHERE kind IN ({kinds})")
        assert kept.fetchone() == left
    assert (await store.series.lifetime()).events[Kind.COMPLETED] == before > 0


async def test_gauges_are_kept_with_their_minute_and_quarter(store):
    seen = Gauges()
    seen.see((1, 2, 0, 0, 1, 2))
    seen.see((3, 2, 0, 0, 2, 2))
    await store.series.fold(NOW_S + 60, NOW_S + 60, {NOW_S: seen, NOW_S - 60: seen})
    minutes = await store.series.read(MINUTE_S, NOW_S - 600, NOW_S + 600)
    assert {start: bucket.gauges for start, bucket in minutes.items()} == {NOW_S: seen, NOW_S - 60: seen}
    assert (seen.mean(0), seen.greatest(0), seen.mean(4)) == (2.0, 3, 1.5)
    quarters = await store.series.read(QUARTER_S, NOW_S - 900, NOW_S + 900)
    assert sum(bucket.gauges.samples for bucket in quarters.values()) == 4


async def test_what_is_too_old_is_forgotten(store, task):
    await work(store, task, minutes=1)
    await store.series.fold(NOW_S + 60, NOW_S + 60, {})
    later_s = NOW_S + 2 * 86_400
    await store.series.fold(later_s, later_s, {})
    assert not await store.series.read(SECOND_S, NOW_S - 900, NOW_S + 900)
    assert not await store.series.read(MINUTE_S, NOW_S - 900, NOW_S + 900)
    assert await store.series.read(QUARTER_S, NOW_S - 900, NOW_S + 900)
    later_s = NOW_S + 31 * 86_400
    await store.series.fold(later_s, later_s, {})
    assert not await store.series.read(QUARTER_S, NOW_S - 900, NOW_S + 900)


async def test_rows_of_before_are_counted_once_whatever_happens_meanwhile(tmp_path):
    store = await Store.open(tmp_path)
    values = {"name": "sum", "version": "1.0.0", "enabled": True, "source_code": "function main() {}"}
    task = await store.tasks.add(values, 1_000)
    await work(store, task)
    true = {resolution_s: await told(store, resolution_s) for resolution_s in (MINUTE_S, QUARTER_S)}
    lifetime = await store.series.lifetime()
    await store.close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("DELETE FROM series_seconds")
        connection.execute("INSERT INTO series_marks VALUES ('backfill', -1)")
        connection.commit()
    again = await Store.open(tmp_path)
    try:
        begun_ms = NOW_MS + 660_000
        assert await again.backfill.begin(begun_ms)
        late = await again.executions.add(NewRow(task.id, task.version, "{}"), begun_ms + 5)
        while await again.backfill.step(begun_ms):
            assert await again.backfill.begin(begun_ms + 1)
        assert not await again.backfill.begin(begun_ms + 2)
        await again.executions.cancel_waiting(late.id, begun_ms + 10)
        for resolution_s, counts in true.items():
            expected = dict(counts)
            start = (NOW_S + 660) // resolution_s * resolution_s
            for event in ("queued", "cancelled"):
                expected[start, event] = expected.get((start, event), 0) + 1
            assert await told(again, resolution_s) == expected
        assert (await again.series.lifetime()).times == lifetime.times
    finally:
        await again.close()


async def test_an_older_database_knows_how_long_its_runs_took_and_is_to_get_series(tmp_path):
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.executescript((ROOT / "tests" / "data" / "version-1.sql").read_text())
        runs = "SELECT count(*), sum(duration_ms) FROM executions WHERE status IN (2, 3)"
        count, total_ms = connection.execute(runs).fetchone()
    assert count
    store = await Store.open(tmp_path)
    try:
        counts = await store.stats.executions(Span(), NOW_MS)
        assert counts.run.mean == total_ms / count
        assert await store.backfill.begin(NOW_MS)
        while await store.backfill.step(NOW_MS):
            continue
        assert (await store.series.lifetime()).of(*RUNS).count == count
    finally:
        await store.close()


@pytest.mark.parametrize("folded", [False, True])
async def test_a_span_that_is_over_has_what_ended_in_it_though_the_rows_are_gone(
    store, task, tmp_path, folded
):
    await work(store, task)
    if folded:
        await store.series.fold(NOW_S + 600, NOW_S + 600, {})
    true = rows(tmp_path, MINUTE_S)
    later_ms = NOW_MS + 3_600_000
    for first, end in ((0, 10), (2, 5), (20, 30)):
        span = Span(NOW_MS + first * 60_000, until_ms=NOW_MS + end * 60_000)
        found = await store.stats.executions(span, later_ms)
        for code, event in ((ExecutionCode.COMPLETED, "completed"), (ExecutionCode.FAILED, "failed")):
            starts = range(NOW_S + first * 60, NOW_S + end * 60, 60)
            assert found.by_status[code] == sum(true.get((start, event), 0) for start in starts)
