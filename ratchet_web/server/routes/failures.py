"""`/failures`: what failed in the same way, how often, and what somebody makes of it."""

from typing import Annotated

from fastapi import Query, Request, Response

from ratchet_web.models.envelopes import Done, ListedFailures, One
from ratchet_web.models.failures import Failure, is_fingerprint
from ratchet_web.server import wire_failures
from ratchet_web.server.errors import ConflictError, MissingError
from ratchet_web.server.parameters.failures import FailureParameters
from ratchet_web.server.routes.base import Running, answer, one, router, who
from ratchet_web.server.server import Server
from ratchet_web.server.store.codes import FailureCode
from ratchet_web.server.store.failures import Judged
from ratchet_web.server.store.lists.failures import Told

routes = router("/failures")
WORDS = {FailureCode.OPEN: "open again", FailureCode.IGNORED: "ignored", FailureCode.RESOLVED: "resolved"}


@routes.get("", response_model=ListedFailures)
async def page(server: Running, parameters: Annotated[FailureParameters, Query()]) -> Response:
    """List what failed in the time that is asked for, the most frequent first."""
    window, now_ms = parameters.window(), server.now_ms()
    wanted = parameters.wanted(now_ms)
    if parameters.state is not None:
        wanted["state"] = FailureCode[parameters.state.name]
    found = await server.store.failures.page(wanted, window, now_ms)
    return answer(wire_failures.listed(found, window, now_ms))


@routes.get("/{fingerprint}", response_model=One[Failure])
async def get(server: Running, fingerprint: str) -> Response:
    """Return one, with all executions that are kept of it."""
    return one(wire_failures.failure(await _found(server, fingerprint)))


@routes.post("/{fingerprint}/ignore", response_model=Done[Failure])
async def ignore(server: Running, request: Request, fingerprint: str) -> Response:
    """Ignore it: it goes on being counted, and stays ignored when it comes again."""
    return await _judge(server, request, fingerprint, FailureCode.IGNORED)


@routes.post("/{fingerprint}/resolve", response_model=Done[Failure])
async def resolve(server: Running, request: Request, fingerprint: str) -> Response:
    """Take it for resolved: when it comes again, it is open again."""
    return await _judge(server, request, fingerprint, FailureCode.RESOLVED)


@routes.post("/{fingerprint}/reopen", response_model=Done[Failure])
async def reopen(server: Running, request: Request, fingerprint: str) -> Response:
    """Open it again."""
    return await _judge(server, request, fingerprint, FailureCode.OPEN)


async def _judge(server: Server, request: Request, fingerprint: str, state: FailureCode) -> Response:
    if not is_fingerprint(fingerprint):
        raise MissingError("failure", fingerprint)
    judged = Judged(state, who(request), server.now_ms())
    changed = await server.store.failures.judge(fingerprint, judged)
    if changed is None:
        raise MissingError("failure", fingerprint)
    if not changed.was_other:
        raise ConflictError(f"Failure {fingerprint} is {state.name.lower()} already")
    server.feed.publish("failures", changed.id)
    told = wire_failures.failure(await _found(server, fingerprint))
    return answer({"success": True, "message": f"Failure {fingerprint} is {WORDS[state]}", "data": told})


async def _found(server: Server, fingerprint: str) -> Told:
    found = None
    if is_fingerprint(fingerprint):
        found = await server.store.failures.get(fingerprint, server.now_ms())
    if found is None:
        raise MissingError("failure", fingerprint)
    return found
