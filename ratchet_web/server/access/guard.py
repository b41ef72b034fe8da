"""Stands before all routes: who asks, and whether they may. What it does not know does not come through."""

import re
from functools import partial
from typing import Final, NamedTuple

from fastapi import FastAPI, Request
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import compile_path
from starlette.types import Receive, Scope, Send

from ratchet_web.server.access import rules
from ratchet_web.server.access.identity import Caller, Identity
from ratchet_web.server.bodies import limited
from ratchet_web.server.errors import ApiError, ForbiddenError, UnauthenticatedError, refusal
from ratchet_web.server.store.errors import Unavailable

_BEARER = re.compile(rb"bearer +([A-Za-z0-9._~+/=-]{1,200}) *", re.IGNORECASE)
_OF_FILES = ("GET", "HEAD")
# What may be sent without a login: many large bodies at once would fill the memory.
STRANGERS_BYTES: Final = 64_000


class _Operation(NamedTuple):
    template: str
    path: re.Pattern[str]
    methods: frozenset[str]


class Guard:
    """An ASGI layer inside `Edge`. `request.state.user` is the `Caller`, None where no login is wanted.

    Every request must match a route, and the route must stand in `rules.RULES` for its method; the router
    behind sees no other request.
    """

    def __init__(self, api: FastAPI) -> None:
        self.api = api
        self._operations = [_operation(route) for route in iter_route_contexts(api.routes)]
        self._plain = {o.template for o in self._operations if "{" not in o.template}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.api(scope, receive, send)
            return
        try:
            caller = await self._admitted(scope)
        except (ApiError, HTTPException, Unavailable) as error:
            answer = await refusal(Request(scope), error)
            await answer(scope, receive, send)
            return
        # A new one: servers may share the application's state among requests.
        scope["state"] = {**scope.get("state", {}), "user": caller}
        if caller is not None:
            scope["state"]["admitted"] = partial(self._still, scope)
        elif self.api.state.server.identity.required:
            receive = limited(receive, STRANGERS_BYTES)
        await self.api(scope, receive, send)

    async def _still(self, scope: Scope) -> bool:
        """Return whether the token of a request that was let in is still worth something."""
        identity: Identity = self.api.state.server.identity
        try:
            return await identity.still(_token(scope))
        except Unavailable:
            # While nobody can tell, what was begun goes on.
            return True

    async def _admitted(self, scope: Scope) -> Caller | None:
        """Return who asks, None without a login; raises what is answered instead of going on."""
        identity: Identity = self.api.state.server.identity
        method, templates = scope["method"], self._templates(scope)
        # For `Edge`, which counts requests by it.
        scope["template"] = templates[0] if templates else None
        found = [rules.rule(method, template) for template in templates]
        if templates and all(rule is rules.ANYONE for rule in found):
            return None
        caller = await _identified(identity, scope) if identity.required else None
        if not templates:
            raise self._nothing(scope)
        role = caller.role if caller else None
        for template, rule in zip(templates, found, strict=True):
            if rule is None:
                told = f"{method} {template} is open to nobody: it does not stand in the table of access"
                raise ForbiddenError(told)
            if identity.required and not rules.allows(rule, role):
                raise ForbiddenError(f"This needs the role {rule}; yours is {role}")
        return caller

    def _templates(self, scope: Scope) -> list[str]:
        """Return the paths of all routes that this request matches: the strictest rule of them counts."""
        path, method = scope["path"], scope["method"]
        if path in self._plain and method not in self._methods(path):
            return []
        return [o.template for o in self._operations if method in o.methods and o.path.match(path)]

    def _methods(self, path: str) -> set[str]:
        """Return what can be done at a path. Where it stands for itself, it is no row's: `stats` is no id."""
        here = [o for o in self._operations if o.path.match(path)]
        plain = [o for o in here if o.template == path]
        return {method for o in plain or here for method in o.methods}

    def _nothing(self, scope: Scope) -> HTTPException:
        there = self._methods(scope["path"])
        return (
            HTTPException(405, headers={"allow": ", ".join(sorted(there))}) if there else HTTPException(404)
        )


def _operation(route: RouteContext) -> _Operation:
    template, methods = str(route.path), route.methods
    if methods is None:  # static files
        return _Operation(template, compile_path(template + "/{path:path}")[0], frozenset(_OF_FILES))
    return _Operation(template, compile_path(template)[0], frozenset(methods))


async def _identified(identity: Identity, scope: Scope) -> Caller:
    caller = await identity.of(_token(scope))
    if caller is None:
        raise UnauthenticatedError("This token is unknown, expired or revoked: log in again", "invalid_token")
    return caller


def _token(scope: Scope) -> str:
    given = [value for name, value in scope["headers"] if name == b"authorization"]
    if not given:
        raise UnauthenticatedError("This server wants a login: send `Authorization: Bearer` with a token")
    found = _BEARER.fullmatch(given[0]) if len(given) == 1 else None
    if found is None:
        raise UnauthenticatedError(
            "Send one header `Authorization: Bearer` with one token", "invalid_request"
        )
    return found[1].decode()
