"""`/schedules/runs` of the embedded server: past runs of schedules, by bucket."""

from datetime import UTC, datetime, timedelta

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.models.dialect import Ability
from ratchet_web.server.paths import PREFIX
from ratchet_web.server.store.lists import schedules_runs

pytestmark = pytest.mark.asyncio(loop_scope="module")

NEVER = "0 0 0 29 2 *"
FAILS = "function main({ fail }) { if (fail) throw new Error('no'); return 1; }"


async def schedule(api, name, source=FAILS):
    task = await api.task(source)
    body = {"taskId": task["id"], "name": name, "cronExpression": NEVER, "maxRetries": 0}
    return await api.post("/schedules", body)


async def triggered(api, id, **input):
    """Run a schedule's job to its end; return the job."""
    job = await api.post(f"/schedules/{id}/trigger", {"input": input})
    return await api.until(f"/jobs/{job['id']}", "COMPLETED", "FAILED")


def hour(**more):
    """Return a window of an hour around now, one bucket unless `step_s` says otherwise."""
    now = datetime.now(UTC)
    times = {"queued_after": now - timedelta(minutes=30), "queued_before": now + timedelta(minutes=30)}
    return {name: time.isoformat() for name, time in times.items()} | {"step_s": 3_600} | more


def ms(time):
    return round(datetime.fromisoformat(time).timestamp() * 1000)


async def lane_of(api, id, **more):
    found = await api.get("/schedules/runs", **hour(**more))
    (lane,) = [lane for lane in found["lanes"] if lane["scheduleId"] == id]
    return lane


async def test_a_single_run_is_told_whole_several_are_counted(api):
    made = await schedule(api, "counted")
    idle = await schedule(api, "idle")
    job = await triggered(api, made["id"])
    lane = await lane_of(api, made["id"])
    assert (lane["name"], lane["buckets"], lane["counts"], lane["failed"], lane["open"]) == (
        "counted", [0], [1], [0], [0],
    )  # fmt: skip
    assert (lane["jobIds"], lane["beginsMs"], lane["endsMs"]) == (
        [job["id"]], [ms(job["startedAt"])], [ms(job["completedAt"])],
    )  # fmt: skip
    await triggered(api, made["id"], fail=True)
    lane = await lane_of(api, made["id"])
    assert (lane["counts"], lane["failed"], lane["open"]) == ([2], [1], [0])
    assert (lane["jobIds"], lane["beginsMs"], lane["endsMs"]) == ([None], [None], [None])
    assert (await lane_of(api, idle["id"]))["buckets"] == []


async def test_buckets_begin_where_the_window_does(api):
    made = await schedule(api, "placed")
    job = await triggered(api, made["id"])
    window = hour(step_s=60)
    found = await api.get("/schedules/runs", **window)
    start = datetime.fromisoformat(found["start"])
    assert start == datetime.fromisoformat(window["queued_after"]).replace(microsecond=0)
    lane = next(lane for lane in found["lanes"] if lane["scheduleId"] == made["id"])
    passed = datetime.fromisoformat(job["queuedAt"]) - start
    assert lane["buckets"] == [passed // timedelta(minutes=1)]
    after = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    later = hour(queued_after=after, queued_before="2300-01-01T00:00:00Z", step_s=366 * 86_400)
    found = await api.get("/schedules/runs", **later)
    assert [lane["buckets"] for lane in found["lanes"] if lane["scheduleId"] == made["id"]] == [[]]


async def test_a_run_that_was_queued_before_and_lasts_into_it_is_told(api):
    made = await schedule(api, "lasting", "async function main() { await sleep(60_000); }")
    short = await schedule(api, "ended-before")
    await triggered(api, short["id"])
    job = await api.post(f"/schedules/{made['id']}/trigger")
    window = hour(queued_after=(datetime.now(UTC) + timedelta(seconds=9)).isoformat())
    lane = await lane_of(api, made["id"], **window)
    assert (lane["buckets"], lane["counts"], lane["open"], lane["failed"]) == ([-1], [1], [1], [0])
    assert (lane["jobIds"], lane["endsMs"]) == ([job["id"]], [None])
    assert (await lane_of(api, short["id"], **window))["buckets"] == []
    await api.ask("POST", f"/jobs/{job['id']}/cancel", 200)


async def test_the_first_schedules_are_told_and_how_many_there_are(api, monkeypatch):
    monkeypatch.setattr(schedules_runs, "MOST_LANES", 2)
    for name in ("zz-last", "AA-first", "aa-second"):
        await schedule(api, name)
    found = await api.get("/schedules/runs", **hour())
    assert [lane["name"] for lane in found["lanes"]] == ["AA-first", "aa-second"]
    listed = await api.ask("GET", "/schedules", 200)
    assert found["total"] == listed["meta"]["pagination"]["total"] > 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"queued_before": "2020-01-01T00:00:00Z"}, "queued_before"),
        ({"step_s": 7}, "step_s"),
        ({"step_s": 0}, "step_s"),
        ({"queued_after": "yesterday"}, "queued_after"),
        ({"limit": 1}, "limit"),
    ],
)
async def test_a_window_that_makes_no_sense_is_refused_at_its_field(api, change, field):
    error = (await api.ask("GET", "/schedules/runs", 400, params=hour(**change)))["error"]
    assert [detail["field"] for detail in error["details"]] == [field]


async def test_what_takes_too_long_to_count_is_not_known(api, monkeypatch):
    monkeypatch.setattr("ratchet_web.server.store.lists.hints._STEPS", 1)
    monkeypatch.setattr(schedules_runs, "RUNS_MS", 0)
    found = await api.get("/schedules/runs", **hour())
    assert found["lanes"] is None
    assert found["total"] is not None


async def test_the_client_reads_them_and_knows_that_it_can(api):
    made = await schedule(api, "read")
    job = await triggered(api, made["id"])
    async with Ratchet(f"http://127.0.0.1{PREFIX}", transport=api.client._transport) as ratchet:
        assert (await ratchet.dialect()).can(Ability.SCHEDULE_RUNS)
        now = datetime.now(UTC)
        found = await ratchet.schedules.runs(now - timedelta(minutes=9), now + timedelta(minutes=1), 600)
    lane = next(lane for lane in found.lanes if lane.schedule_id == made["id"])
    assert (found.step_s, lane.job_ids, lane.ends_ms) == (
        600, (job["id"],), (ms(job["completedAt"]),),
    )  # fmt: skip
