"""Hostile schemas are judged aside: whoever sends them gets a clear error, and nobody else has to wait."""

import asyncio
import time
from statistics import median

import pytest

from ratchet_web.server.engine.judge import TOO_SLOW

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOURCE = "function main(input) { return input }"
# Much more than an answer takes; in this process, each of the schemas would hold it for hours.
QUICK_S = 0.2


def tower(height):
    """Return a schema whose references double at each step."""
    steps = {f"s{n}": {"allOf": [{"$ref": f"#/$defs/s{n + 1}"}] * 2} for n in range(height)}
    return {"$defs": {**steps, f"s{height}": {"type": "integer"}}, "$ref": "#/$defs/s0"}


def unevaluated(height):
    """Return a schema that is gone through again at each of its levels."""
    schema = {"type": "object"}
    for _ in range(height):
        schema = {"allOf": [schema], "unevaluatedProperties": {"type": "integer"}}
    return schema


HOSTILE = {
    "pattern": ({"type": "string", "pattern": "^(a+)+$"}, "a" * 40 + "!"),
    "names": ({"patternProperties": {"^(a|a)*$": {}}}, {"a" * 40 + "!": 1}),
    "tower": (tower(40), 1),
    "unevaluated": (unevaluated(40), {"a": 1}),
}


async def answers(api, until):
    """Return how long each answer took, in seconds, while this went on."""
    took = []
    while not until.done():
        began = time.perf_counter()
        await api.ask("GET", "/health", 200)
        took.append(time.perf_counter() - began)
        await asyncio.sleep(0.01)
    return took


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_hostile_schema_holds_nobody_but_who_sends_it(api, kind):
    schema, value = HOSTILE[kind]
    task = await api.task(SOURCE, inputSchema=schema)
    body = {"taskId": task["id"], "input": value}
    asked = asyncio.ensure_future(api.fails("POST", "/executions", 400, body))
    assert median(await answers(api, asked)) < QUICK_S
    error = await asked
    assert error["details"] == [{"field": "input", "message": TOO_SLOW}]


async def test_every_way_in_is_judged_aside(api):
    schema, value = HOSTILE["pattern"]
    task = await api.task(SOURCE, inputSchema=schema)
    job = {"taskId": task["id"], "input": value}
    schedule = {**job, "name": "slow", "cronExpression": "0 0 0 1 1 *"}
    verdict, *errors = await asyncio.gather(
        api.post(f"/tasks/{task['id']}/validate", {"input": value}, 200),
        api.fails("POST", "/jobs", 400, job),
        api.fails("POST", "/schedules", 400, schedule),
    )
    assert verdict["errors"] == [{"field": None, "message": TOO_SLOW, "code": "TOO_SLOW"}]
    assert [error["details"][0]["message"] for error in errors] == [TOO_SLOW] * 2


async def test_an_output_that_takes_too_long_to_judge_fails_its_execution(api):
    schema, value = HOSTILE["pattern"]
    ended = await api.done(await api.run(SOURCE, value, outputSchema=schema))
    assert (ended["status"], ended["output"]) == ("FAILED", value)
    assert ended["errorMessage"] == f"OutputError: output {TOO_SLOW}"


async def test_what_is_not_cheap_is_judged_as_exactly(api):
    schema = {
        "$defs": {"name": {"type": "string", "pattern": "^[a-z]+$"}},
        "properties": {"name": {"$ref": "#/$defs/name"}, "tags": {"uniqueItems": True}},
    }
    task = await api.task(SOURCE, inputSchema=schema)
    await api.post("/executions", {"taskId": task["id"], "input": {"name": "ada", "tags": [1, 2]}})
    bad = {"taskId": task["id"], "input": {"name": "Ada", "tags": [1, 1]}}
    error = await api.fails("POST", "/executions", 400, bad)
    assert [detail["field"] for detail in error["details"]] == ["input.name", "input.tags"]
    lost = {"items": {"$ref": "#/$defs/none"}}
    refused = await api.fails("POST", "/tasks", 400, {"name": "lost", "inputSchema": lost})
    assert refused["details"][0]["field"] == "inputSchema.items.$ref"


async def test_a_large_input_may_take_its_time(api):
    task = await api.task(SOURCE, inputSchema={"items": {"type": "integer", "minimum": 0}})
    await api.post("/executions", {"taskId": task["id"], "input": list(range(100_000))})
    wrong = [*range(100_000), -1]
    error = await api.fails("POST", "/executions", 400, {"taskId": task["id"], "input": wrong})
    assert error["details"][0]["field"] == "input.100000"
