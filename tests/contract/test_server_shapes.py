"""What the embedded server sends is exactly what the models read."""

import pytest
import pytest_asyncio

from ratchet_web.models.executions import Execution, ExecutionStats
from ratchet_web.models.jobs import Job, JobStats
from ratchet_web.models.logs import LogLine
from ratchet_web.models.monitoring import Capabilities, Health
from ratchet_web.models.pages import Pagination
from ratchet_web.models.schedules import Schedule, ScheduleStats
from ratchet_web.models.tasks import Task

pytestmark = pytest.mark.asyncio(loop_scope="module")


def keys(model):
    return {field.alias for field in model.model_fields.values()}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_of_each(api):
    schedule = (await api.get("/schedules", limit=1))[0]
    job = await api.post(f"/schedules/{schedule['id']}/trigger")
    done = await api.until(f"/jobs/{job['id']}", "COMPLETED", "FAILED", "RETRYING")
    return done["executionId"]


@pytest.mark.parametrize(
    ("noun", "model"), [("tasks", Task), ("executions", Execution), ("jobs", Job), ("schedules", Schedule)]
)
async def test_a_row_has_the_fields_of_its_model_listed_or_alone(api, one_of_each, noun, model):
    listed = (await api.get(f"/{noun}", limit=1))[0]
    alone = await api.get(f"/{noun}/{listed['id']}")
    assert set(listed) == set(alone) == keys(model)
    read = model.model_validate(alone)
    assert read.model_dump(by_alias=True, mode="json").keys() == keys(model)


@pytest.mark.parametrize(
    ("noun", "model"), [("executions", ExecutionStats), ("jobs", JobStats), ("schedules", ScheduleStats)]
)
async def test_statistics_have_the_fields_of_their_model(api, noun, model):
    answer = await api.ask("GET", f"/{noun}/stats", 200)
    assert set(answer) == {"stats", "timestamp", "period"}
    assert set(answer["stats"]) == keys(model)


async def test_pages_lines_health_and_capabilities(api, one_of_each):
    listed = await api.ask("GET", "/tasks", 200)
    assert set(listed["meta"]["pagination"]) == keys(Pagination)
    logs = await api.ask("GET", f"/executions/{one_of_each}/logs", 200)
    assert [set(line) for line in logs["data"]] == [keys(LogLine)] * logs["meta"]["total"]
    assert logs["meta"]["total"] > 0
    assert set(await api.ask("GET", "/health", 200)) == keys(Health)
    assert set(await api.get("/capabilities")) == keys(Capabilities)


async def test_health_and_metrics_answer_at_the_root_too(api):
    for path in ("http://127.0.0.1/health", "http://127.0.0.1/metrics"):
        await api.ask("GET", path, 200)
    metrics = (await api.ask("GET", "/metrics", 200))["stats"]
    assert metrics["application"]["tasks"]["totalTasks"] == 5


async def test_pages_in_both_styles(api):
    by_page = await api.ask("GET", "/tasks", 200, params={"page": 2, "limit": 2})
    by_range = await api.ask("GET", "/tasks", 200, params={"_start": 2, "_end": 4})
    assert by_page["data"] == by_range["data"]
    assert by_page["meta"]["pagination"] == {
        "page": 2,
        "limit": 2,
        "total": 5,
        "totalExact": True,
        "totalPages": 3,
        "hasNext": True,
        "hasPrevious": True,
        "offset": 2,
    }
    beyond = await api.ask("GET", "/tasks", 200, params={"page": 99})
    assert (beyond["data"], beyond["meta"]["pagination"]["hasNext"]) == ([], False)


async def test_sorts_take_either_spelling_and_both_directions(api):
    up = [task["name"] for task in await api.get("/tasks", _sort="name")]
    down = [task["name"] for task in await api.get("/tasks", _sort="name", _order="desc")]
    assert up == sorted(up) == down[::-1]
    assert await api.get("/tasks", _sort="createdAt") == await api.get("/tasks", _sort="created_at")
