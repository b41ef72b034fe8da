"""What a page of the list of tasks did lately, on a server that ran things."""

from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from ratchet_web.models.tasks_activity import HourColumns, LastRun, TaskActivity
from tests.support.server import in_process

pytestmark = pytest.mark.asyncio(loop_scope="module")

MIXED = "async function main(input) { if (input.fail) throw new Error('as asked'); }"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory):
    async with in_process(tmp_path_factory.mktemp("activity")) as reached:
        reached.busy, reached.idle = await reached.task(MIXED), await reached.task(MIXED)
        for fail in (False, True, False):
            body = {"taskId": reached.busy["id"], "input": {"fail": fail}}
            reached.last = await reached.done(await reached.post("/executions", body))
        yield reached


async def activity(api, **params):
    answer = await api.ask("GET", "/tasks/activity", 200, params={"limit": 100, **params})
    return {row["id"]: row for row in answer["data"]}


def keys(model):
    return {field.alias or name for name, field in model.model_fields.items()}


async def test_runs_of_the_last_day_are_counted_at_once(api):
    row = (await activity(api))[api.busy["id"]]
    assert (row["completed"], row["failed"], row["cancelled"]) == (2, 1, 0)
    assert row["successRate"] == pytest.approx(200 / 3)
    assert row["hours"]["completed"][-1] + row["hours"]["failed"][-1] == 3
    assert len(row["hours"]["completed"]) == len(row["hours"]["failed"]) == 24
    assert sum(row["hours"]["failed"]) == 1
    assert row["durationMs"]["p50"] <= row["durationMs"]["p95"]
    age = datetime.now(UTC) - datetime.fromisoformat(row["from"])
    assert timedelta(hours=23, minutes=45) <= age <= timedelta(hours=24)


async def test_the_last_run_is_the_newest(api):
    row = (await activity(api))[api.busy["id"]]["lastRun"]
    assert (row["id"], row["status"], row["durationMs"]) == (
        api.last["id"],
        "COMPLETED",
        api.last["durationMs"],
    )


async def test_a_task_that_never_ran_has_counts_of_zero_and_no_rate(api):
    row = (await activity(api))[api.idle["id"]]
    assert (row["completed"], row["failed"], row["lastRun"], row["nextRun"]) == (0, 0, None, None)
    assert (row["successRate"], row["durationMs"]["p95"]) == (None, None)


async def test_the_first_of_several_schedules_is_told(api):
    def schedule(name, cron, **more):
        body = {"taskId": api.idle["id"], "name": name, "cronExpression": cron, "enabled": True, **more}
        return api.post("/schedules", body)

    later = await schedule("later", "0 0 0 1 1 *")
    first = await schedule("first", "0 0 * * * *")
    await schedule("off", "0 * * * * *", enabled=False)
    row = (await activity(api))[api.idle["id"]]
    assert (row["nextScheduleId"], row["nextScheduleName"], row["nextRun"]) == (
        first["id"],
        "first",
        first["nextRun"],
    )
    await api.ask("DELETE", f"/schedules/{first['id']}", 204)
    assert (await activity(api))[api.idle["id"]]["nextScheduleId"] == later["id"]


@pytest.mark.parametrize(
    "params", [{"limit": 2, "page": 2}, {"_sort": "version", "_order": "DESC"}, {"name_like": "t-"}]
)
async def test_it_tells_of_the_same_page_as_the_list(api, params):
    tasks = await api.get("/tasks", **params)
    assert [row["id"] for row in await api.get("/tasks/activity", **params)] == [row["id"] for row in tasks]


async def test_a_row_has_the_fields_of_its_model(api):
    row = (await activity(api))[api.busy["id"]]
    assert set(row) == keys(TaskActivity)
    assert set(row["lastRun"]) == keys(LastRun)
    assert set(row["hours"]) == keys(HourColumns)


async def test_it_is_strict(api):
    answer = await api.ask("GET", "/tasks/activity", 400, params={"nonsense": 1})
    assert answer["error"]["details"][0]["field"] == "nonsense"
