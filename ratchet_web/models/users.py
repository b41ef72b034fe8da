"""Users, their sessions and tokens: who may do what."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, WithJsonSchema

from ratchet_web.models.base import Draft, Flag, Id, Instant, Wire, Word

PASSWORD_LEAST = 12
PASSWORD_MOST = 1024
NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$"


class Role(Word):
    """What somebody may do; each role may do all that the ones before it may."""

    READONLY = "readonly"
    SERVICE = "service"
    USER = "user"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """The place among all roles, from 0; the greater may do more."""
        return list(Role).index(self)


def is_name(text: str) -> bool:
    """Return whether this can be a user's name."""
    return re.fullmatch(NAME_PATTERN, text) is not None


def password_fault(password: str) -> str:
    """Return why this cannot be a password, empty if it can."""
    if len(password) < PASSWORD_LEAST:
        return f"must have at least {PASSWORD_LEAST} characters"
    return f"must have at most {PASSWORD_MOST} characters" if len(password) > PASSWORD_MOST else ""


def _fit(password: SecretStr) -> SecretStr:
    if fault := password_fault(password.get_secret_value()):
        raise ValueError(fault)
    return password


Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, to_lower=True)]
GivenPassword = Annotated[SecretStr, Field(max_length=PASSWORD_MOST)]
# What an answer shows: the description would keep a secret out of answers otherwise.
ShownSecret = Annotated[SecretStr, WithJsonSchema({"type": "string"}, mode="serialization")]
NewPassword = Annotated[
    SecretStr,
    AfterValidator(_fit),
    Field(json_schema_extra={"minLength": PASSWORD_LEAST, "maxLength": PASSWORD_MOST}),
]


class User(Wire):
    """Somebody who may log in."""

    id: Id
    username: str = ""
    role: Role = Role.READONLY
    enabled: bool = True
    created_at: datetime | None = None
    updated_at: datetime | None = None
    last_login_at: datetime | None = None


class Account(Wire):
    """`GET /auth/me`: who the token belongs to. `id` is None for the console of `ratchet-web up`."""

    id: Id | None = None
    username: str = ""
    role: Role = Role.READONLY


class Session(Wire):
    """`POST /auth/login`: the token to send as `Authorization: Bearer`; this answer alone shows it."""

    token: ShownSecret
    expires_at: datetime | None = None
    user: User


class Token(Wire):
    """An API token, without its secret."""

    id: Id
    name: str = ""
    username: str = ""
    role: Role = Role.READONLY
    created_at: datetime | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None


class MadeToken(Token):
    """`POST /tokens`: the only answer that shows the secret."""

    token: ShownSecret


class Login(Draft):
    """`POST /auth/login`."""

    username: str = Field(max_length=200)
    password: GivenPassword


class PasswordChange(Draft):
    """`POST /auth/change-password`."""

    current_password: GivenPassword
    new_password: NewPassword


class NewUser(Draft):
    """`POST /users`."""

    username: Name
    password: NewPassword
    role: Role = Role.USER


class UserChange(Draft):
    """`PATCH /users/{id}`: what is absent stays as it is."""

    role: Role | None = None
    enabled: Flag | None = None
    password: NewPassword | None = None


class NewToken(Draft):
    """`POST /tokens`. `role` is at most the maker's own, which it is if absent."""

    name: str = Field(min_length=1, max_length=100)
    role: Role | None = None
    expires_at: Instant | None = None
