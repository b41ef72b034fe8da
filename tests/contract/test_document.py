"""The server's own description keeps the contract, as `tests/data/contract.json` has it in short."""

import asyncio
import json
import re
from functools import cache
from typing import Any

import pytest

from ratchet_web.cli.places import ROOT
from ratchet_web.models import bulk, destinations, executions, jobs, pauses, schedules, tasks, users
from ratchet_web.models.base import Draft
from ratchet_web.server.app import create
from ratchet_web.server.description.document import PATH
from ratchet_web.server.description.request_examples import EXAMPLES
from ratchet_web.server.paths import PREFIX
from ratchet_web.settings import Settings
from tests.support.server import in_process

Json = dict[str, Any]
CONTRACT: Json = json.loads((ROOT / "tests" / "data" / "contract.json").read_text())
OPERATIONS: Json = CONTRACT["operations"]
# What the contract leaves without a schema in its operations, but describes among its schemas.
RETURNS = {
    "GET /tasks/stats": "TaskStats",
    "GET /executions/stats": "ExecutionStats",
    "GET /jobs/stats": "JobStats",
    "GET /schedules/stats": "ScheduleStats",
    "GET /metrics": "SystemMetrics",
    "POST /tasks/sync": "SyncTasksResponse",
    "POST /tasks/{task_id}/validate": "ValidateTaskResponse",
}
DRAFTS = {
    name: kind
    for room in (bulk, destinations, executions, jobs, pauses, schedules, tasks, users)
    for name, kind in vars(room).items()
    if isinstance(kind, type) and issubclass(kind, Draft)
}
BESIDE = {"POST /tasks/{task_id}/validate": "ValidateTaskRequest"}


@cache
def document() -> Json:
    """Return the description, as the server gives it."""
    made: Json = create(Settings()).api.openapi()
    return made


def operation(named: str) -> Json:
    """Return one operation of ours, by the contract's name."""
    method, path = named.split()
    found: Json = document()["paths"][PREFIX + path][method.lower()]
    return found


def resolved(schema: Json) -> Json:
    """Return the schema that this one refers to; of a choice, the one that is not null."""
    while True:
        if "$ref" in schema:
            schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema:
            schema = next(choice for choice in schema["anyOf"] if choice != {"type": "null"})
        else:
            return schema


def fits(wanted: Any, ours: Json) -> bool:
    """Whether what keeps the contract's type is what ours reads; a text may have a form of ours."""
    ours = resolved(ours)
    if wanted == "any" or "type" not in ours:
        return True
    if isinstance(wanted, list):
        return ours["type"] == "array" and fits(wanted[0], ours["items"])
    if wanted in CONTRACT["schemas"]:
        return ours["type"] == "object" and not lacking(wanted, ours)
    allowed = {
        "string": {"string", "integer", "array"},
        "integer": {"integer", "number"},
        "number": {"number"},
    }
    return ours["type"] in allowed.get(wanted, {wanted, "object", "string"})


def lacking(named: str, ours: Json) -> list[str]:
    """Return the fields of a schema of the contract that ours does not have, or has as something else."""
    fields, has = CONTRACT["schemas"][named]["properties"], resolved(ours).get("properties", {})
    return [name for name, kind in fields.items() if name not in has or not fits(kind, has[name])]


@pytest.mark.parametrize("named", OPERATIONS)
def test_every_operation_of_the_contract_is_there_with_its_answers(named):
    expected = {str(status) for status in OPERATIONS[named]["answers"] if status < 500}
    assert expected <= set(operation(named)["responses"])


@pytest.mark.parametrize("named", [name for name in OPERATIONS if "query" in OPERATIONS[name]])
def test_every_parameter_of_the_contract_is_there(named):
    ours = {parameter["name"]: parameter["schema"] for parameter in operation(named)["parameters"]}
    wanted = OPERATIONS[named]["query"]
    assert not [name for name, kind in wanted.items() if name not in ours or not fits(kind, ours[name])]


@pytest.mark.parametrize("named", [*(name for name in OPERATIONS if "body" in OPERATIONS[name]), *BESIDE])
def test_every_body_that_keeps_the_contract_is_read(named):
    theirs = OPERATIONS.get(named, {}).get("body") or BESIDE[named]
    ours = operation(named)["requestBody"]["content"]["application/json"]["schema"]
    assert not lacking(theirs, ours)
    assert set(resolved(ours).get("required", ())) <= set(CONTRACT["schemas"][theirs]["required"])


@pytest.mark.parametrize("named", RETURNS)
def test_every_field_that_the_contract_promises_is_answered(named):
    answers = operation(named)["responses"]
    ours = resolved(answers["200"]["content"]["application/json"]["schema"])
    inner = next((ours["properties"][key] for key in ("data", "stats") if key in ours["properties"]), ours)
    assert not lacking(RETURNS[named], inner)
    promised = set(CONTRACT["schemas"][RETURNS[named]]["properties"])
    assert promised <= set(resolved(inner)["required"])


def test_every_good_answer_of_json_is_described():
    bare = [
        f"{method} {path}"
        for path, item in document()["paths"].items()
        for method, ours in item.items()
        for status, answer in ours["responses"].items()
        if status.startswith("2")
        and answer.get("content", {}).get("application/json", {}).get("schema") == {}
    ]
    assert not bare


def test_operations_have_names_of_their_own():
    ids = [ours["operationId"] for item in document()["paths"].values() for ours in item.values()]
    assert len(ids) == len(set(ids))


@cache
def operations() -> list[tuple[str, str, Json]]:
    """Return method, path and description of all operations."""
    return [
        (method, path, ours) for path, item in document()["paths"].items() for method, ours in item.items()
    ]


def test_summaries_are_short_and_every_group_is_described():
    assert [ours["summary"] for _, _, ours in operations() if len(ours["summary"]) > 55] == []
    groups = {group["name"] for group in document()["tags"] if group["description"]}
    assert groups == {name for _, _, ours in operations() for name in ours["tags"]}


def test_every_link_leads_to_an_operation_and_knows_all_of_its_path():
    paths = {ours["operationId"]: path for _, path, ours in operations()}
    links = [
        link
        for _, _, ours in operations()
        for answer in ours["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert len(links) > 50
    for link in links:
        path = paths[link["operationId"]]
        assert set(re.findall(r"{(\w+)}", path)) <= set(link.get("parameters", {}))


def test_every_path_parameter_and_header_has_a_form():
    bare = [
        f"{method} {path}: {parameter['name']}"
        for method, path, ours in operations()
        for parameter in ours.get("parameters", ())
        if parameter["in"] != "query" and "pattern" not in parameter["schema"]
    ]
    assert not bare


def test_examples_of_bodies_are_bodies_that_are_read():
    for (method, path), examples in EXAMPLES.items():
        content = document()["paths"][PREFIX + path][method]["requestBody"]["content"]["application/json"]
        assert set(content["examples"]) == set(examples)
        model = content["schema"].get("$ref") or content["schema"]["anyOf"][0]["$ref"]
        draft = DRAFTS[model.rpartition("/")[2]]
        for body in examples.values():
            draft.model_validate_json(json.dumps(body))


@pytest.mark.parametrize("path", ["/tasks", "/executions", "/jobs", "/schedules"])
async def test_examples_of_what_is_made_can_be_sent_to_a_new_server_as_they_are(tmp_path, path):
    async with in_process(tmp_path) as api:
        for body in EXAMPLES["post", path].values():
            assert (await api.post(path, body))["id"]


def test_what_is_said_of_a_shape_names_its_fields_as_json_does():
    schemas = document()["components"]["schemas"]
    assert "`scheduledFor`" in schemas["JobChange"]["description"]
    assert not [
        name for name in schemas if re.search("`[a-z]+_[a-z_]+`", schemas[name].get("description", ""))
    ]


def test_answers_show_the_secrets_that_they_are_made_for():
    schemas = document()["components"]["schemas"]
    assert schemas["MadeToken"]["properties"]["token"] == {"type": "string", "title": "Token"}
    assert "writeOnly" not in schemas["Session"]["properties"]["token"]


async def test_the_description_and_its_page_come_from_this_server_alone(tmp_path):
    async with in_process(tmp_path) as api:
        assert (await api.client.get("http://127.0.0.1" + PATH)).json() == document()
        page = await api.client.get("http://127.0.0.1/docs")
        assert page.status_code == 200
        sources = [part.split('"')[1] for part in page.text.split("src=")[1:]]
        sources += [part.split('"')[1] for part in page.text.split("href=")[1:]]
        assert sources
        for source in sources:
            assert source.startswith("/docs/"), source
            assert (await api.client.get("http://127.0.0.1" + source)).status_code == 200


async def test_others_are_served_while_the_description_is_made(tmp_path):
    async with in_process(tmp_path) as api:
        making = asyncio.create_task(api.ask("GET", "/openapi.json", 200))
        served = 0
        while not making.done():
            await api.ask("GET", "/schedules/1", 200)
            served += 1
        await making
    # Had it been made on the event loop, one would have been let in before it at most.
    assert served >= 5
