"""The queue in the store: its counters are those of the rows, whatever happens to them."""

import random

import pytest
import sqlalchemy as sa

from ratchet_web.models.jobs import JobPriority
from ratchet_web.server.store import jobs as job_store
from ratchet_web.server.store import jobs_lanes
from ratchet_web.server.store.acts.base import Context
from ratchet_web.server.store.acts.jobs import ACTS
from ratchet_web.server.store.attempts import Ending
from ratchet_web.server.store.codes import WAITING_JOBS, ExecutionCode, JobCode, PriorityCode
from ratchet_web.server.store.jobs import NewRow
from ratchet_web.server.store.jobs_lanes import Move
from ratchet_web.server.store.lists import jobs_queue
from ratchet_web.server.store.lists.jobs_queue import Asked
from ratchet_web.server.store.pauses import NewPause
from ratchet_web.server.store.retention import Place
from ratchet_web.server.store.schema import QUEUE, job_lanes, job_moves, jobs

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


class Life:
    """All that becomes of jobs, by chance that is the same each time; counts what moves."""

    def __init__(self, store, tasks, seed):
        self.store, self.tasks, self.chance = store, tasks, random.Random(seed)
        self.now_ms, self.running = NOW, []
        self.moved = {Move.STARTED: 0, Move.ENDED: 0}

    async def step(self):
        self.now_ms += self.chance.randrange(20_000)
        often = (self._add, self._claim, self._end)
        seldom = (self._bulk, self._cancel, self._change, self._pause, self._hasten, self._age)
        await self.chance.choice((*often, *often, *seldom))()

    async def _add(self):
        due = self.chance.choice((None, self.now_ms - 5, self.now_ms + self.chance.randrange(60_000)))
        priority = self.chance.choice(list(JobPriority))
        task = self.chance.choice(self.tasks)
        await add(self.store, task, priority, at=self.now_ms, due=due, retries=self.chance.randrange(3))

    async def _claim(self):
        found = await claim(self.store, self.now_ms, limit=self.chance.randrange(4))
        self._began(found)

    def _began(self, attempts):
        self.running += attempts
        self.moved[Move.STARTED] += len(attempts)

    async def _end(self):
        if not self.running:
            return
        attempt = self.running.pop(self.chance.randrange(len(self.running)))
        code = self.chance.choice(
            [ExecutionCode.FAILED] * 3 + [ExecutionCode.COMPLETED, ExecutionCode.CANCELLED]
        )
        wait_ms, ending = self.chance.choice((0, 30_000)), Ending(code, 5, error_message="no")
        ended = await self.store.attempts.end(
            attempt.execution_id, ending, self.now_ms, lambda *_: wait_ms, following=1
        )
        self.moved[Move.ENDED] += not ended.retrying
        self._began(list(ended.following))

    async def _bulk(self):
        """As a bulk run does it: to those whose state allows it."""
        name = self.chance.choice(list(ACTS))
        given = {"cancel": {}, "retry": {}, "delete": {}, "change": self._other()}[name]

        def work(connection):
            ids = connection.scalars(sa.select(jobs.c.id)).all()
            rows = ACTS[name].look(connection, self.chance.sample(ids, min(4, len(ids))))
            able = [id for id, row in rows.items() if row.occupied_by is None and not ACTS[name].refusal(row)]
            ACTS[name].perform(connection, able, Context(self.now_ms, given))
            return len(able)

        done = await self.store._database.write(work)
        self.moved[Move.ENDED] += done * (name == "cancel")

    def _other(self):
        later = self.now_ms + self.chance.randrange(60_000)
        return self.chance.choice(
            ({"priority": self.chance.choice(list(PriorityCode))}, {"scheduled_for": later})
        )

    async def _cancel(self):
        done = await self.store.jobs.cancel_waiting(self.chance.randrange(1, 90), self.now_ms)
        self.moved[Move.ENDED] += done

    async def _change(self):
        priority = self.chance.choice(list(PriorityCode))
        await self.store.jobs.change(self.chance.randrange(1, 90), lambda _: {"priority": priority})

    async def _pause(self):
        what = self.chance.choice((QUEUE, *(task.id for task in self.tasks)))
        if not await self.store.pauses.end(what):
            await self.store.pauses.begin(what, NewPause("why", None, self.now_ms))

    async def _hasten(self):
        await self.store._database.write(lambda c: job_store.hasten_retries(c, 10_000))

    async def _age(self):
        kept = self.store.retention
        await kept.remove_executions(self.now_ms - 200_000, Place(), 50, 50)
        await kept.remove_jobs(self.now_ms - 200_000, Place(), 50, 50)


@pytest.mark.parametrize("seed", range(4))
async def test_counters_are_those_of_the_rows_whatever_becomes_of_them(store, task, seed):
    values = {"name": "other", "version": "1", "enabled": True, "source_code": "function main() {}"}
    life = Life(store, [task, await store.tasks.add(values, 1)], seed)
    by = [jobs.c[name] for name in ("task_id", "priority", "status", "ready")]
    rows = sa.select(*by, sa.func.count()).where(jobs.c.status.in_(WAITING_JOBS)).group_by(*by)
    moves = sa.select(job_moves.c.kind, sa.func.sum(job_moves.c.n)).group_by(job_moves.c.kind)
    for number in range(200):
        await life.step()
        told, true, moved = await store._database.read(
            lambda c: [
                c.execute(each).all()
                for each in (sa.select(job_lanes).where(job_lanes.c.n != 0), rows, moves)
            ]
        )
        assert sorted(told) == sorted(true), number
        assert {kind: dict(moved).get(kind, 0) for kind in life.moved} == life.moved, number
    # It would say nothing of what never happened.
    assert all(life.moved.values())


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


async def test_who_may_not_be_the_oldest_is_not_called_so(store, task, monkeypatch):
    monkeypatch.setattr(jobs_queue, "MOST_OLDEST", 2)
    # Queued first, for a time that has come only now: the walk ends before it meets the oldest.
    for _ in range(2):
        await add(store, task, at=NOW - HOUR, due=NOW - 5_000)
    await store._database.write(lambda c: c.execute(sa.update(jobs).values(ready=1, due_at=None)))
    lane = (await store.jobs.queue(Asked(NOW))).lanes[NORMAL]
    assert lane.oldest_ms == NOW - 5_000
    await add(store, task, at=NOW - 9_000)
    lane = (await store.jobs.queue(Asked(NOW))).lanes[NORMAL]
    assert (lane.ready, lane.oldest_id, lane.oldest_ms) == (3, None, None)


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


async def test_who_is_held_back_goes_before_nobody(store, task):
    values = {"name": "other", "version": "1", "enabled": True, "source_code": "function main() {}"}
    other = await store.tasks.add(values, 1)
    await add(store, other, JobPriority.HIGH)
    await add(store, other, at=NOW - 5)
    await add(store, task, at=NOW - 5)
    await add(store, other)
    asked = await add(store, task)
    assert (await store.jobs.queue(Asked(NOW, job_id=asked))).ahead == 4
    await store.pauses.begin(other.id, NewPause("why", None, NOW))
    assert (await store.jobs.queue(Asked(NOW, job_id=asked))).ahead == 1


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


async def test_of_a_task_that_comes_later_it_is_said_how_far_was_looked(store, task, monkeypatch):
    monkeypatch.setattr(jobs_queue, "MOST_DELAYED", 3)
    values = {"name": "other", "version": "1", "enabled": True, "source_code": "function main() {}"}
    other = await store.tasks.add(values, 1)
    for minutes in range(1, 5):
        await add(store, task, due=NOW + minutes * MINUTE)
    await add(store, other, due=NOW + HOUR)
    found = (await store.jobs.queue(Asked(NOW, other.id))).delayed
    assert (found.later, found.until_ms, sum(found.counts[NORMAL])) == (None, NOW + 3 * MINUTE, 0)


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
