"""The queue in the store: its counters are those of the rows, whatever happens to them."""

import pytest
import sqlalchemy as sa

from ratchet_web.models.jobs import JobPriority
from ratchet_web.server.store import jobs_lanes
from ratchet_web.server.store.attempts import Ending
from ratchet_web.server.store.codes import ExecutionCode, JobCode, PriorityCode
from ratchet_web.server.store.jobs import NewRow
from ratchet_web.server.store.jobs_lanes import Move
from ratchet_web.server.store.lists import jobs_queue
from ratchet_web.server.store.lists.jobs_queue import Asked
from ratchet_web.server.store.schema import job_lanes, job_moves, jobs

# On the hour, so that buckets begin where they are looked for.
NOW = 1_800_000_000_000
MINUTE, HOUR = 60_000, 3_600_000
CRITICAL, HIGH, NORMAL, LOW = reversed(PriorityCode)


async def add(store, task, priority=JobPriority.NORMAL, *, at=NOW, due=None, retries=0):
    """Queue a job; return its id."""
    row = NewRow(task.id, "{}", priority, max_retries=retries, scheduled_for_ms=due)
    return (await store.jobs.add(row, at)).id


async def end(store, attempt, code, now_ms, wait_ms=0):
    await store.attempts.end(attempt.execution_id, Ending(code, 5, output="1"), now_ms, lambda *_: wait_ms)


async def claim(store, now_ms, limit=1):
    return (await store.attempts.claim(limit, now_ms)).attempts


async def counters_are_true(store):
    """Whether the lanes are those of the rows."""
    kept = list(job_lanes.c)

    def work(connection):
        told = connection.execute(sa.select(*kept).where(job_lanes.c.n != 0)).all()
        jobs_lanes.fill(connection)
        return sorted(told) == sorted(connection.execute(sa.select(*kept)).all())

    return await store._database.write(work)


async def test_lanes_follow_jobs_through_all_that_becomes_of_them(store, task):
    urgent = await add(store, task, JobPriority.CRITICAL, retries=1)
    await add(store, task)
    await add(store, task, JobPriority.LOW, due=NOW + HOUR)
    assert await counters_are_true(store)
    lanes = (await store.jobs.queue(Asked(NOW))).lanes
    assert list(lanes) == [CRITICAL, HIGH, NORMAL, LOW]
    assert [(lane.ready, lane.scheduled, lane.retrying) for lane in lanes.values()] == [
        (1, 0, 0), (0, 0, 0), (1, 0, 0), (0, 1, 0),
    ]  # fmt: skip

    (attempt,) = await claim(store, NOW + 1_000)
    assert attempt.job_id == urgent
    await end(store, attempt, ExecutionCode.FAILED, NOW + 2_000, wait_ms=60_000)
    await store.jobs.change(2, lambda _: {"priority": PriorityCode.HIGH})
    assert await counters_are_true(store)
    found = await store.jobs.queue(Asked(NOW + 2_000))
    assert (found.lanes[CRITICAL].retrying, found.lanes[HIGH].ready, found.running) == (1, 1, 0)

    (again,) = await claim(store, NOW + 62_000)
    assert again.job_id == urgent
    assert (await store.jobs.queue(Asked(NOW + 62_000))).running == 1
    await end(store, again, ExecutionCode.COMPLETED, NOW + 63_000)
    await store.jobs.cancel_waiting(2, NOW + 63_000)
    await store.jobs.delete(3, lambda _: {})
    assert await counters_are_true(store)
    found = await store.jobs.queue(Asked(NOW + 63_000))
    assert (
        found.running
        == sum(lane.ready + lane.scheduled + lane.retrying for lane in found.lanes.values())
        == 0
    )
    moves = found.lanes[CRITICAL].moves
    assert moves == {Move.READY: 2, Move.STARTED: 2, Move.ENDED: 1}
    assert found.lanes[HIGH].moves == {Move.ENDED: 1}


async def test_what_moved_is_that_of_the_last_five_minutes_and_is_forgotten(store, task):
    await add(store, task, at=NOW - 290_000)
    await add(store, task, at=NOW - 310_000)
    found = await store.jobs.queue(Asked(NOW))
    assert (found.lanes[NORMAL].moves, found.window_s) == ({Move.READY: 1}, 290)
    await store.series.fold(0, NOW // 1000 + 1_000, {})
    kept = await store._database.read(lambda c: c.execute(sa.select(job_moves)).all())
    assert kept == []


async def test_the_oldest_is_who_was_ready_for_longest_not_who_was_queued_first(store, task):
    # Queued first, for a time that has come only now.
    late = await add(store, task, at=NOW - HOUR, due=NOW - 5_000)
    oldest = await add(store, task, at=NOW - 9_000)
    await add(store, task, at=NOW - 8_000)
    await store._database.write(lambda c: c.execute(sa.update(jobs).values(ready=1, due_at=None)))
    lane = (await store.jobs.queue(Asked(NOW))).lanes[NORMAL]
    assert late < oldest == lane.oldest_id
    assert lane.oldest_ms == NOW - 9_000


async def test_of_one_task_only_its_own_are_looked_at(store, task):
    values = {"name": "other", "version": "1", "enabled": True, "source_code": "function main() {}"}
    other = await store.tasks.add(values, 1)
    await add(store, task, at=NOW - 5_000)
    mine = await add(store, other, at=NOW - 2_000)
    later = await add(store, other, due=NOW + HOUR)
    await add(store, task, due=NOW + 2_000)
    found = await store.jobs.queue(Asked(NOW, other.id))
    lane = found.lanes[NORMAL]
    assert (lane.ready, lane.scheduled, lane.oldest_id, lane.moves) == (1, 1, mine, {Move.READY: 1})
    assert [row.id for row in found.coming] == [later]
    assert sum(map(sum, found.delayed.counts.values())) == 1


async def test_who_is_ahead_are_those_who_are_claimed_before(store, task):
    ids = [await add(store, task, each, at=NOW) for each in (JobPriority.LOW, JobPriority.HIGH)]
    ids += [await add(store, task, at=at) for at in (NOW + 5, NOW + 5, NOW + 4)]
    later = await add(store, task, due=NOW + HOUR)
    ahead = {id: (await store.jobs.queue(Asked(NOW, job_id=id))).ahead for id in (*ids, later)}
    assert ahead.pop(later) is None
    claimed = [each.job_id for each in await claim(store, NOW + 10, limit=10)]
    assert sorted(ahead, key=lambda id: ahead[id]) == claimed
    assert sorted(ahead.values()) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("minutes", "step_s", "places", "later"),
    [
        ((1, 4, 7, 50), 300, {0: 2, 1: 1, 10: 1}, 0),
        ((1, 90, 600, 60 * 30), 3_600, {0: 1, 1: 1, 10: 1}, 1),
        ((60 * 30, 60 * 50), 21_600, {5: 1, 8: 1}, 0),
        ((60 * 24 * 9, 60 * 24 * 90), 86_400, {9: 1}, 1),
    ],
)
async def test_what_is_delayed_lies_on_the_shortest_axis_that_holds_most_of_it(
    store, task, minutes, step_s, places, later
):
    now = NOW // 86_400_000 * 86_400_000
    for each in minutes:
        await add(store, task, at=now, due=now + each * MINUTE)
    found = (await store.jobs.queue(Asked(now))).delayed
    assert (found.start_ms, found.step_s, found.later, found.until_ms) == (now, step_s, later, None)
    assert {place: n for place, n in enumerate(found.counts[NORMAL]) if n} == places


async def test_a_longer_cell_does_not_reach_into_a_shorter_axis(store, task):
    now = NOW // 86_400_000 * 86_400_000 + HOUR
    # The day ends at one o'clock, within six hours that begin at midnight.
    for minutes in (5, 90, 150, 24 * 60 + 30):
        await add(store, task, at=now, due=now + minutes * MINUTE)
    found = (await store.jobs.queue(Asked(now))).delayed
    assert (found.step_s, found.counts[NORMAL][-1], found.later) == (3_600, 0, 1)


async def test_of_many_delayed_ones_the_first_are_counted_and_it_is_said(store, task, monkeypatch):
    monkeypatch.setattr(jobs_queue, "MOST_DELAYED", 3)
    for minutes in range(1, 6):
        await add(store, task, due=NOW + minutes * MINUTE)
    found = (await store.jobs.queue(Asked(NOW))).delayed
    assert (found.later, found.until_ms) == (None, NOW + 3 * MINUTE)
    assert sum(found.counts[NORMAL]) == 3


async def test_too_many_ahead_are_not_counted(store, task, monkeypatch):
    monkeypatch.setattr(jobs_queue, "MOST_AHEAD", 2)
    ids = [await add(store, task, at=NOW + n) for n in range(4)]
    told = [(await store.jobs.queue(Asked(NOW, job_id=id))).ahead for id in ids]
    assert told == [0, 1, None, None]


async def test_a_job_that_is_over_or_unknown_has_nobody_ahead(store, task):
    id = await add(store, task)
    await store.jobs.cancel_waiting(id, NOW)
    found = await store.jobs.queue(Asked(NOW, job_id=id))
    assert (found.job.status, found.ahead) == (JobCode.CANCELLED, None)
    assert (await store.jobs.queue(Asked(NOW, job_id=99))).job is None
