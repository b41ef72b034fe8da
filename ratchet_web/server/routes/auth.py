"""`/auth`: login, and what somebody does with the own account."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request, Response

from ratchet_web.logic.schemas import Fault
from ratchet_web.models.envelopes import One, Said
from ratchet_web.models.users import Account, Login, PasswordChange, Session
from ratchet_web.server import wire
from ratchet_web.server.access.identity import Caller
from ratchet_web.server.access.passwords import BusyError
from ratchet_web.server.access.throttle import ThrottledError
from ratchet_web.server.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    MissingError,
    TooOftenError,
    UnauthenticatedError,
)
from ratchet_web.server.routes.base import Asking, Running, answer, one, router
from ratchet_web.server.store.codes import TokenCode

routes = router("/auth")

_BUSY_S = 2.0


@routes.post("/login", response_model=One[Session])
async def login(server: Running, request: Request, body: Login) -> Response:
    """Give a token for name and password; it is sent as `Authorization: Bearer` from then on."""
    if not server.identity.required:
        raise ConflictError("This server wants no login (RATCHET_SERVER_AUTH)")
    with told_to_wait():
        found = await server.identity.login(
            body.username, body.password.get_secret_value(), address_of(request)
        )
    if found is None:
        raise UnauthenticatedError("The user name or the password is wrong")
    user, issued = found
    return one(
        {"token": issued.secret, "expiresAt": wire.instant(issued.expires_at), "user": wire.user(user)}
    )


@routes.get("/me", response_model=One[Account])
async def me(caller: Asking) -> Response:
    """Say who the token belongs to."""
    user_id = None if caller.id is None else str(caller.id)
    return one({"id": user_id, "username": caller.name, "role": caller.role})


@routes.post("/logout", response_model=Said)
async def logout(server: Running, caller: Asking) -> Response:
    """End this session: its token is worth nothing any more."""
    token_id = _session(caller, "log out")
    await server.store.tokens.remove(token_id, caller.id, TokenCode.SESSION)
    return answer({"success": True, "message": "You are logged out"})


@routes.post("/change-password", response_model=Said)
async def change_password(
    server: Running, request: Request, caller: Asking, body: PasswordChange
) -> Response:
    """Change the own password; all other sessions end."""
    token_id = _session(caller, "change a password")
    given = body.current_password.get_secret_value()
    with told_to_wait():
        user = await server.identity.verified(caller.name, given, address_of(request))
        if user is None:
            raise InvalidError([Fault("currentPassword", "is wrong")])
        password_hash = await server.identity.passwords.hash(body.new_password.get_secret_value())
    changed = {"password_hash": password_hash}
    if await server.store.users.change(user.id, changed, server.now_ms(), keep=token_id) is None:
        raise MissingError("user", str(user.id))
    return answer({"success": True, "message": "The password is changed; all other sessions have ended"})


@routes.post("/register", status_code=403)
async def register() -> Response:
    """Nobody adds themselves."""
    raise ForbiddenError("Nobody registers here: an admin adds users")


def address_of(request: Request) -> str:
    """Return the address that the connection comes from, whatever headers say."""
    return request.client.host if request.client else ""


@contextmanager
def told_to_wait() -> Iterator[None]:
    """Answer 429 where passwords come too often."""
    try:
        yield
    except ThrottledError as error:
        told = f"Too many tries: wait {max(round(error.wait_s), 1)} s before the next"
        raise TooOftenError(told, error.wait_s) from None
    except BusyError:
        raise TooOftenError("Too many people log in just now: try again soon", _BUSY_S) from None


def _session(caller: Caller, act: str) -> int:
    if not caller.in_session or caller.token_id is None:
        raise ForbiddenError(f"Only somebody who logged in can {act}; this is an API token")
    return caller.token_id
