"""`/tokens`: what programs send instead of a password."""

from fastapi import Response

from ratchet_web.logic.schemas import Fault
from ratchet_web.models.envelopes import One, Several
from ratchet_web.models.users import MadeToken, NewToken, Role, Token
from ratchet_web.server import wire
from ratchet_web.server.access.identity import Caller, code_of, hashed, new_token
from ratchet_web.server.errors import ConflictError, ForbiddenError, InvalidError, MissingError
from ratchet_web.server.parameters.base import milliseconds
from ratchet_web.server.routes.base import Asking, Running, answer, one, router, row_id
from ratchet_web.server.store import tokens
from ratchet_web.server.store.codes import TokenCode
from ratchet_web.server.store.errors import TooMany

routes = router("/tokens")


@routes.get("", response_model=Several[Token])
async def page(server: Running, caller: Asking) -> Response:
    """List the own API tokens, an admin's view has everybody's."""
    return answer({"data": [wire.token(row) for row in await server.store.tokens.of(_reach(caller))]})


@routes.post("", response_model=One[MadeToken], status_code=201)
async def create(server: Running, caller: Asking, body: NewToken) -> Response:
    """Make an API token; this answer alone shows it. Only somebody who logged in can."""
    if caller.id is None or not caller.in_session:
        raise ForbiddenError("Only somebody who logged in can make a token; this is an API token")
    role, now_ms = body.role or caller.role, server.now_ms()
    if role.rank > caller.role.rank:
        raise InvalidError([Fault("role", f"is more than your own, which is {caller.role}")])
    expires_ms = None if body.expires_at is None else milliseconds(body.expires_at)
    if expires_ms is not None and expires_ms <= now_ms:
        raise InvalidError([Fault("expiresAt", "is over already")])
    secret = new_token()
    made = tokens.NewToken(
        caller.id, TokenCode.API, hashed(secret), body.name, code_of(role), now_ms, expires_ms
    )
    try:
        row = await server.store.tokens.add(made)
    except TooMany:
        raise ConflictError(f"You have {tokens.TOKENS_MOST} tokens already: delete one first") from None
    return one({**wire.token(row), "token": secret}, 201)


@routes.delete("/{token_id}", status_code=204)
async def remove(server: Running, caller: Asking, token_id: str) -> Response:
    """Revoke an API token, the own one or, as an admin, anybody's."""
    number = row_id("token", token_id)
    if not await server.store.tokens.remove(number, _reach(caller), TokenCode.API):
        raise MissingError("token", token_id)
    return Response(status_code=204)


def _reach(caller: Caller) -> int | None:
    """Return whose tokens somebody sees: None for everybody's."""
    return None if caller.role is Role.ADMIN else caller.id
