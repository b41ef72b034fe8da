"""The server's own description (OpenAPI), made from its routes; `/docs` shows it.

FastAPI writes most of it. What it cannot know is added here: the errors that every operation may answer with,
and that a parameter which is left out is not `null`.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from ratchet_web.models.envelopes import ErrorAnswer
from ratchet_web.server.links import add_links

PREFIX = "/api/v1"
PATH = f"{PREFIX}/openapi.json"
DESCRIPTION = """Runs JavaScript tasks: definitions (tasks), single runs (executions), a queue with priorities
and retries (jobs), and cron (schedules). Ids are decimal text, times RFC 3339 in UTC. A parameter that an
operation does not know is refused, never ignored."""

ID_PATTERN = "^[0-9]{1,18}$"
_METHODS = ("get", "post", "put", "patch", "delete")
_ANYWHERE = {
    "400": "A parameter or the body is wrong; `details` names the field",
    "401": "A login is needed",
    "403": "This role may not do this",
    "503": "The database cannot be reached right now",
}
_WITH_ID = {"404": "There is no such row"}
_WRITING = {
    "404": "A row that the body names is not there",
    "409": "The state of the row forbids it",
    "413": "The body is too large",
    "415": "The body is not application/json",
    "429": "Too many attempts; `Retry-After` says when to try again",
}
_REFERENCE = "#/components/schemas/ErrorAnswer"

Json = dict[str, Any]


def describe(api: FastAPI) -> None:
    """Let the application answer with this description; it is made at the first request for it."""

    def document() -> Json:
        if api.openapi_schema is None:
            api.openapi_schema = _document(api)
        return api.openapi_schema

    api.openapi = document  # type: ignore[method-assign] # as FastAPI's documentation has it


def operation_id(route: APIRoute) -> str:
    """Return a name that generators of clients can use: `executions_cancel_post`."""
    module, method = route.endpoint.__module__.rpartition(".")[2], min(route.methods or {"get"}).lower()
    return f"{module}_{route.name}_{method}" + ("" if route.path.startswith(PREFIX) else "_root")


def _document(api: FastAPI) -> Json:
    made = get_openapi(title=api.title, version=api.version, description=DESCRIPTION, routes=api.routes)
    schemas = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    error = ErrorAnswer.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    schemas.update(error.pop("$defs"))
    schemas["ErrorAnswer"] = error
    made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{}, {"token": []}]
    for path, method, operation in _operations(made):
        _complete(path, method, operation)
    add_links(made["paths"], PREFIX)
    return made


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def _complete(path: str, method: str, operation: Json) -> None:
    operation["tags"] = [path.removeprefix(PREFIX).split("/")[1]]
    summary: str = operation.get("description") or operation["summary"]
    operation["summary"] = summary.split("\n")[0].rstrip(".")
    answers = operation["responses"]
    answers.pop("422", None)
    known = _ANYWHERE | (_WITH_ID if "{" in path else {}) | (_WRITING if method != "get" else {})
    for status, description in known.items():
        content = {"application/json": {"schema": {"$ref": _REFERENCE}}}
        answers.setdefault(status, {"description": description, "content": content})
    for parameter in operation.get("parameters", ()):
        _correct(parameter)


def _correct(parameter: Json) -> None:
    schema = parameter["schema"] = _without_null(parameter["schema"])
    if schema.get("type") == "array":
        parameter["explode"] = False
    elif parameter["in"] == "path" and parameter["name"].endswith("_id"):
        schema["pattern"] = ID_PATTERN


def _without_null(schema: Json) -> Json:
    """Return the schema of a parameter that is given: an address has no `null`."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**choices[0], **rest}
