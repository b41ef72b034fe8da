"""Settings as anybody may see them. What might be a secret shows that it is there, and nothing of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretBytes, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from ratchet_web.models.console import ShownSetting

SET, NOT_SET = "set", "not set"
_SECRETS = (SecretStr, SecretBytes)
# A setting with such a name is taken for a secret whatever its type is: better hidden for nothing.
_SECRET_NAME = re.compile(
    r"(^|_)(token|secret|passw(or)?d|passphrase|credential|(api|private)_?key)s?(_|$)", re.I
)
# Addresses within a text, each up to the next blank, quote or comma.
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s,;'\"<>]*", re.I)


def shown(settings: BaseSettings) -> tuple[ShownSetting, ...]:
    """Return every setting, in the order of the class."""
    prefix = str(settings.model_config.get("env_prefix", ""))
    return tuple(_shown(settings, prefix, name, field) for name, field in type(settings).model_fields.items())


def is_secret(name: str, field: FieldInfo) -> bool:
    """Return whether a setting is a secret: its type says so, or its name."""
    return any(kind in _SECRETS for kind in _types(field.annotation)) or bool(_SECRET_NAME.search(name))


def in_words(value: object) -> str:
    """Return a value without anything secret: secrets as `set`, addresses without users."""
    if value is None:
        return ""
    if isinstance(value, _SECRETS):
        return SET if value.get_secret_value() else NOT_SET
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, BaseModel):
        return in_words({name: getattr(value, name) for name in type(value).model_fields})
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_of_key(str(key), inner)}" for key, inner in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return "; ".join(in_words(each) for each in value)
    return _ADDRESS.sub(lambda found: without_user(found[0]), str(value))


def without_user(address: str) -> str:
    """Return an address without user, password, query and fragment: any of them may hold a secret."""
    scheme, _, rest = address.partition("://")
    # A password may itself hold a slash or an @: whatever stands before the last @ goes.
    bare = f"{scheme}://{rest.rpartition('@')[2]}"
    try:
        parts = urlsplit(bare)
    except ValueError:
        return f"{scheme}://…"
    left = "?…" if parts.query else ""
    return parts._replace(query="", fragment="").geturl() + left


def _shown(settings: BaseSettings, prefix: str, name: str, field: FieldInfo) -> ShownSetting:
    value, secret = getattr(settings, name), is_secret(name, field)
    default = None if field.default is PydanticUndefined else field.default
    return ShownSetting(
        name=f"{prefix}{name}".upper(),
        value=_secretly(value) if secret else in_words(value),
        default="" if secret else in_words(default),
        given=name in settings.model_fields_set,
        secret=secret,
        help=field.description or "",
    )


def _of_key(key: str, value: object) -> str:
    return _secretly(value) if _SECRET_NAME.search(key) else in_words(value)


def _secretly(value: object) -> str:
    held = value.get_secret_value() if isinstance(value, _SECRETS) else value
    return SET if held else NOT_SET


def _types(annotation: Any) -> Iterator[Any]:
    """Yield a type and all that it is made of."""
    yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _types(part)
