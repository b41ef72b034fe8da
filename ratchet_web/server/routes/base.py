"""What every route shares: strict JSON, known parameters, ready-made answers."""

from collections.abc import Callable, Coroutine
from inspect import signature
from typing import Annotated, Any, get_args

import orjson
from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel

from ratchet_web.logic.schemas import Fault
from ratchet_web.models.base import Draft
from ratchet_web.server.access.identity import Caller
from ratchet_web.server.description import document
from ratchet_web.server.errors import ConflictError, InvalidError, MissingError, nearest
from ratchet_web.server.parameters.base import Parameters
from ratchet_web.server.paths import PREFIX
from ratchet_web.server.server import Server

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class StrictRequest(Request):
    """Reads JSON as RFC 8259 has it: no NaN, no half surrogate pairs."""

    async def json(self) -> Any:
        """Return the body's value; raises `json.JSONDecodeError`."""
        return orjson.loads(await self.body())


class StrictRoute(APIRoute):
    """Refuses query parameters that the operation does not have, or that come twice."""

    def get_route_handler(self) -> Handler:
        """Return the handler, guarded."""
        handler, known = super().get_route_handler(), _parameters(self.endpoint)
        fields = _fields(self.body_field.field_info.annotation) if self.body_field else []

        async def guarded(request: Request) -> Response:
            given = [name for name, _ in request.query_params.multi_items()]
            faults = [Fault(name[:100], nearest(name, known)) for name in given if name not in known]
            faults += [Fault(name, "is given more than once") for name in known if given.count(name) > 1]
            if faults:
                raise InvalidError(faults)
            request.scope["body_fields"] = fields
            return await handler(StrictRequest(request.scope, request.receive))

        return guarded


def router(prefix: str = "", root: str = PREFIX) -> APIRouter:
    """Return an empty router with the rules of this module; the application takes its routes as they are.

    Their paths begin with `root` (empty: beside the API) and `prefix`.
    """
    return APIRouter(
        prefix=root + prefix, route_class=StrictRoute, generate_unique_id_function=document.operation_id
    )


def _server(request: Request) -> Server:
    server: Server = request.app.state.server
    return server


def _caller(request: Request) -> Caller:
    caller: Caller | None = request.state.user
    if caller is None:
        raise ConflictError("This server wants no login (RATCHET_SERVER_AUTH): nobody has an account here")
    return caller


def who(request: Request) -> str | None:
    """Return who asks; nobody's name where no login is wanted, or the console asks for itself."""
    caller: Caller | None = request.state.user
    return None if caller is None or caller.id is None else caller.name


Running = Annotated[Server, Depends(_server)]
# Who asks; where no login is wanted, the operation is refused.
Asking = Annotated[Caller, Depends(_caller)]


def answer(body: Any, status: int = 200) -> Response:
    """Return an answer of ready-made JSON."""
    return Response(orjson.dumps(body), status, media_type="application/json")


def one(row: Any, status: int = 200) -> Response:
    """Return one row in the contract's shape."""
    return answer({"data": row}, status)


def row_id(noun: str, text: str) -> int:
    """Return the id that a path names; raises `MissingError` for what can be no id."""
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise MissingError(noun, text)
    return int(text)


def refuse_null(body: Draft, *names: str) -> None:
    """Raise `InvalidError` for those of these fields that were given as null."""
    given = (name for name in names if name in body.model_fields_set and getattr(body, name) is None)
    faults = [Fault(to_camel(name), "must not be null") for name in given]
    if faults:
        raise InvalidError(faults)


def _fields(body: Any) -> list[str]:
    """Return the names that a body may have, as JSON spells them."""
    kinds = [kind for kind in (body, *get_args(body)) if isinstance(kind, type) and issubclass(kind, Draft)]
    return [field.alias or name for kind in kinds for name, field in kind.model_fields.items()]


def _parameters(endpoint: Callable[..., Any]) -> list[str]:
    """Return the names of the query parameters that an operation declares."""
    annotations = (parameter.annotation for parameter in signature(endpoint).parameters.values())
    kinds = [next(iter(get_args(annotation)), None) for annotation in annotations]
    models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Parameters)]
    return [field.alias or name for kind in models for name, field in kind.model_fields.items()]
