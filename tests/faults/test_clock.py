"""The machine's clock is set, an hour back or a day and more forward, while the server works."""

import asyncio
import sqlite3
from collections import Counter
from datetime import UTC, datetime

from ratchet_web.server.store.directory import FILE_NAME
from tests.doubles.shifted import ShiftedClock
from tests.faults import kills
from tests.support.server import eventually, in_process

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
EVERY_SECOND = "* * * * * *"
QUICK = "function main() { return 1 }"
FOREVER = "async function main() { await new Promise(() => {}) }"
FAILS_ONCE = 'function main(_, context) { if (context.attempt < 2) throw new Error("the first time") }'


def instant(clock, in_ms):
    return datetime.fromtimestamp((clock.now_ms() + in_ms) / 1000, UTC).isoformat()


async def scheduled(api, **more):
    task = await api.task(QUICK)
    body = {"taskId": task["id"], "name": "each second", "cronExpression": EVERY_SECOND, "enabled": True}
    return await api.post("/schedules", {**body, "allowOverlap": True, **more})


def jobs_of_schedules(data_dir):
    """Return the due time of each job that a schedule of these tests made, in ms."""
    connection = sqlite3.connect(data_dir / FILE_NAME)
    # Not those of the example, which may be due at the same second.
    rows = connection.execute(
        "SELECT scheduled_for FROM jobs JOIN schedules ON schedules.id = jobs.schedule_id"
        " WHERE schedules.name = 'each second' ORDER BY jobs.id"
    )
    times = [row[0] for row in rows]
    connection.close()
    return times


async def fired(data_dir, count):
    """Return the due times that fired, once there are so many."""

    async def look():
        return jobs_of_schedules(data_dir)

    return await eventually(look, lambda times: len(times) >= count)


async def job(api, source, **more):
    task = await api.task(source)
    return await api.post("/jobs", {"taskId": task["id"], "input": None, **more})


async def test_a_clock_set_back_an_hour_holds_nothing_up_and_fires_no_time_twice(tmp_path):
    clock = ShiftedClock()
    async with in_process(tmp_path, clock, workers=1, retry_base_s=3.0) as api:
        retried = await job(api, FAILS_ONCE, maxRetries=1)
        await api.until(f"/jobs/{retried['id']}", "RETRYING")
        holder = await api.run(FOREVER)
        await api.until(f"/executions/{holder['id']}", "RUNNING")
        # Their time comes while the only worker is taken: they are due, and nobody has them yet.
        due = await job(api, QUICK, scheduledFor=instant(clock, 50))
        task = await api.task(QUICK)
        body = {"taskId": task["id"], "input": 1, "scheduledFor": instant(clock, 50)}
        direct = await api.post("/executions", body)
        later = await job(api, QUICK, scheduledFor=instant(clock, 60_000))
        await scheduled(api)
        before = await fired(tmp_path, 3)
        clock.shift(-HOUR_MS)
        await api.post(f"/executions/{holder['id']}/cancel", status=200)
        for each in (retried, due):
            await api.until(f"/jobs/{each['id']}", "COMPLETED")
        await api.until(f"/executions/{direct['id']}", "COMPLETED")
        assert (await api.get(f"/jobs/{later['id']}"))["status"] == "QUEUED"
        # As time goes on, it fires where it stopped.
        clock.shift(HOUR_MS)
        times = await fired(tmp_path, len(before) + 2)
        assert max(Counter(times).values()) == 1


async def test_a_clock_set_forward_a_day_brings_no_storm(tmp_path):
    clock = ShiftedClock()
    async with in_process(tmp_path, clock) as api:
        once = await job(api, QUICK, scheduledFor=instant(clock, HOUR_MS))
        await scheduled(api, misfirePolicy="RUN_ONCE")
        await scheduled(api, misfirePolicy="SKIP")
        before = await fired(tmp_path, 4)
        clock.shift(DAY_MS)
        await api.until(f"/jobs/{once['id']}", "COMPLETED")
        times = await fired(tmp_path, len(before) + 6)
        assert max(Counter(times).values()) <= 2
        began_ms = max(before) + DAY_MS - 2_000
        # Of the day in between one time is made up for, by the schedule that wants that.
        between = [time for time in times if max(before) < time < began_ms]
        assert len(between) <= 1


async def test_everything_is_counted_once_wherever_the_clock_jumps(tmp_path):
    clock = ShiftedClock()
    async with in_process(tmp_path, clock) as api:
        for by_ms in (3650 * DAY_MS, -3650 * DAY_MS, -HOUR_MS, DAY_MS):
            await api.done(await api.run(QUICK))
            clock.shift(by_ms)
        ended = await job(api, FAILS_ONCE, maxRetries=1)
        await api.until(f"/jobs/{ended['id']}", "COMPLETED")
    await asyncio.to_thread(kills.check_counters, tmp_path)
