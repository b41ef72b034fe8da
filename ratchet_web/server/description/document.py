"""The server's own description (OpenAPI), made from its routes; `/docs` shows it.

FastAPI writes most of it. What it cannot know is added here: the errors that every operation may answer with,
and that a parameter which is left out is not `null`.
"""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel

from ratchet_web.models.envelopes import ErrorAnswer
from ratchet_web.server.access.rules import ANYONE, rule
from ratchet_web.server.description.links import add_links
from ratchet_web.server.description.request_examples import add_examples
from ratchet_web.server.description.statuses import refusals
from ratchet_web.server.description.tags import ordered, tag_of, tags
from ratchet_web.server.paths import PREFIX

PATH = f"{PREFIX}/openapi.json"
DESCRIPTION = """Runs JavaScript tasks: definitions (tasks), single runs (executions), a queue with priorities
and retries (jobs), and cron (schedules). Ids are decimal text, times RFC 3339 in UTC. A parameter that an
operation does not know is refused, never ignored.

Where the server wants a login, `POST /api/v1/auth/login` gives a token: *Authorize* sends it from then on."""

_METHODS = ("get", "post", "put", "patch", "delete")
_NUMBER = "^[0-9]{1,18}$"
_HEADERS: dict[str, dict[str, Any]] = {
    "if-match": {"pattern": '^("[1-9][0-9]{0,17}"|[1-9][0-9]{0,17}|\\*)$', "examples": ['"3"']},
    "last-event-id": {"maxLength": 100, "pattern": "^[ -~]*$"},
}
# Where an event is a line of a log, its id is a number.
_LINE = {"pattern": "^[0-9]{0,15}$"}
_SUMMARY_CHARS = 50
_SUMMARY_ENDS = (". ", "; ", ": ", " (")
_REFERENCE = "#/components/schemas/ErrorAnswer"
_TEXT = {"type": "string"}
_EVENT = {
    "title": "ServerSentEvent",
    "description": "One event of a stream; `data` is JSON",
    "type": "object",
    "properties": {"id": _TEXT, "event": _TEXT, "data": _TEXT},
    "required": ["id", "event", "data"],
}

Json = dict[str, Any]
_FIELD = re.compile("(?<=`)[a-z]+(?:_[a-z]+)+(?=`)")


def describe(api: FastAPI) -> None:
    """Let the application answer with this description; it is made at the first request for it.

    It takes most of a second, in a thread: other requests are served meanwhile.
    """
    turn = asyncio.Lock()

    def document() -> Json:
        if api.openapi_schema is None:
            api.openapi_schema = _document(api)
        return api.openapi_schema

    async def answer() -> JSONResponse:
        async with turn:
            return JSONResponse(await asyncio.to_thread(document))

    api.openapi = document  # type: ignore[method-assign] # as FastAPI's documentation has it
    api.add_api_route(PATH, answer, include_in_schema=False)
    # Before FastAPI's own, which makes it on the event loop.
    api.router.routes.insert(0, api.router.routes.pop())


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
    schemas["ErrorAnswer"], schemas["ServerSentEvent"] = error, _EVENT
    for schema in schemas.values():
        if "description" in schema:
            # Docstrings name fields as Python does.
            schema["description"] = _FIELD.sub(lambda name: to_camel(name[0]), schema["description"])
    made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{}, {"token": []}]
    for path, method, operation in _operations(made):
        _complete(path.removeprefix(PREFIX), method, operation)
    made["tags"], made["paths"] = tags(), ordered(made["paths"], PREFIX)
    add_links(made["paths"], PREFIX)
    return made


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def _complete(path: str, method: str, operation: Json) -> None:
    operation["tags"] = [tag_of(path)]
    operation["summary"] = _summary(operation.get("description") or operation["summary"])
    operation["responses"].pop("422", None)
    for status, description in refusals(method, path, operation).items():
        content = {"application/json": {"schema": {"$ref": _REFERENCE}}}
        operation["responses"].setdefault(status, {"description": description, "content": content})
    operation["responses"] = dict(sorted(operation["responses"].items()))
    if rule(method.upper(), path) is ANYONE:
        operation["security"] = []
    for parameter in operation.get("parameters", ()):
        _correct(path, parameter)
    add_examples(method, path, operation)


def _summary(text: str) -> str:
    """Return the first clause, of a long one its beginning: the description has the whole."""
    line = text.split("\n")[0].rstrip(".")
    clause = line[: min(f"{line}{end}".find(end) for end in _SUMMARY_ENDS)]
    return clause if len(clause) <= _SUMMARY_CHARS else clause.partition(", ")[0]


def _correct(path: str, parameter: Json) -> None:
    schema = parameter["schema"] = _without_null(parameter["schema"])
    schema.pop("title", None)
    if schema.get("type") == "array":
        parameter["explode"] = False
    elif parameter["in"] == "path":
        schema["pattern"] = _NUMBER
    elif parameter["in"] == "header":
        schema.update(_HEADERS[parameter["name"]], **(_LINE if path.endswith("/logs") else {}))


def _without_null(schema: Json) -> Json:
    """Return the schema of a parameter that is given: an address has no `null`."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**choices[0], **rest}
