"""`/users`: an admin says who may log in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import Response

from ratchet_web.logic.schemas import Fault
from ratchet_web.models.envelopes import One, Several
from ratchet_web.models.users import NewUser, User, UserChange
from ratchet_web.server import wire
from ratchet_web.server.access.identity import code_of
from ratchet_web.server.errors import ConflictError, MissingError
from ratchet_web.server.routes.auth import told_to_wait
from ratchet_web.server.routes.base import Asking, Running, answer, one, refuse_null, router, row_id
from ratchet_web.server.server import Server
from ratchet_web.server.store.errors import Duplicate, LastAdmin

routes = router("/users")


@routes.get("", response_model=Several[User])
async def page(server: Running, _: Asking) -> Response:
    """List all users by name."""
    return answer({"data": [wire.user(row) for row in await server.store.users.all()]})


@routes.post("", response_model=One[User], status_code=201)
async def create(server: Running, _: Asking, body: NewUser) -> Response:
    """Add a user."""
    password_hash = await _hashed(server, body.password.get_secret_value())
    try:
        row = await server.store.users.add(body.username, code_of(body.role), password_hash, server.now_ms())
    except Duplicate:
        told = f"There is a user {body.username} already"
        raise ConflictError(told, [Fault("username", "is taken")]) from None
    return one(wire.user(row), 201)


@routes.get("/{user_id}", response_model=One[User])
async def get(server: Running, _: Asking, user_id: str) -> Response:
    """Return one user."""
    row = await server.store.users.get(row_id("user", user_id))
    if row is None:
        raise MissingError("user", user_id)
    return one(wire.user(row))


@routes.patch("/{user_id}", response_model=One[User])
async def change(server: Running, caller: Asking, user_id: str, body: UserChange) -> Response:
    """Change role, password, or whether the user may log in; a new password and a lock end all sessions."""
    refuse_null(body, "role", "enabled", "password")
    number = row_id("user", user_id)
    values: dict[str, Any] = {} if body.enabled is None else {"enabled": body.enabled}
    if body.role is not None:
        values["role"] = code_of(body.role)
    if body.password is not None:
        values["password_hash"] = await _hashed(server, body.password.get_secret_value())
    keep = caller.token_id if caller.id == number else None
    with _some_admin_left():
        row = await server.store.users.change(number, values, server.now_ms(), keep=keep)
    if row is None:
        raise MissingError("user", user_id)
    return one(wire.user(row))


@routes.delete("/{user_id}", status_code=204)
async def remove(server: Running, _: Asking, user_id: str) -> Response:
    """Remove a user with all sessions and tokens."""
    with _some_admin_left():
        row = await server.store.users.remove(row_id("user", user_id))
    if row is None:
        raise MissingError("user", user_id)
    return Response(status_code=204)


async def _hashed(server: Server, password: str) -> str:
    with told_to_wait():
        return await server.identity.passwords.hash(password)


@contextmanager
def _some_admin_left() -> Iterator[None]:
    try:
        yield
    except LastAdmin:
        raise ConflictError("This is the last admin that may log in: make another one first") from None
