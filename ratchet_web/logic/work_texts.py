"""A retry policy and output destinations as texts of a form: JSON as the API has it, empty for none. Pure."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError

from ratchet_web.logic.json_text import parsed
from ratchet_web.logic.retry_policy import read_policy
from ratchet_web.models.destinations import MASK, Destinations, OutputDestination
from ratchet_web.models.jobs import RetryPolicy

# What stands for a secret that was typed anew: that there is another one, and nothing of it.
ANOTHER: Final = "(another one)"
# The names of both, as forms and as the API have them.
NAMES: Final = {"retry_policy": "retryPolicy", "output_destinations": "outputDestinations"}

Json = dict[str, Any]
Path = tuple[str, ...]

_AUTHENTICATION: tuple[Path, ...] = (
    ("webhook", "authentication", "bearer", "token"),
    ("webhook", "authentication", "basic", "password"),
    ("webhook", "authentication", "apiKey", "key"),
)
_SECRET_HEADER = re.compile(
    "auth|token|key|secret|cookie|passw|passphrase|signature|credential|session|jwt|hmac", re.IGNORECASE
)
_MANY: TypeAdapter[list[OutputDestination]] = TypeAdapter(Destinations)


def secret_places(destination: Json) -> Iterator[tuple[Json, str, Path]]:
    """Yield where each secret of a destination stands: what holds it, its key there, its path."""
    for path in _AUTHENTICATION:
        holder = value_at(destination, path[:-1])
        if isinstance(holder, dict) and path[-1] in holder:
            yield holder, path[-1], path
    headers = value_at(destination, ("webhook", "headers"))
    for name in list(headers or ()):
        if _SECRET_HEADER.search(name):
            yield headers, name, ("webhook", "headers", name)


def value_at(value: Any, path: Path) -> Any:
    """Return what stands at a path; None where there is no such place."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def policy_of(text: str) -> RetryPolicy | None:
    """Return the policy that a text means; raises `ValueError`, of its parts a `ValidationError`."""
    return RetryPolicy.model_validate(_json(text)) if text.strip() else None


def destinations_of(text: str) -> list[OutputDestination] | None:
    """Return the destinations that a text means; raises as `policy_of` does."""
    return (_MANY.validate_python(_json(text)) or None) if text.strip() else None


def policy_text(value: JsonValue | RetryPolicy) -> str:
    """Return a policy as a text; of one that makes no sense here, what the server says."""
    policy = value if isinstance(value, RetryPolicy) else read_policy(value)
    return _text(value if policy is None else policy.model_dump(mode="json", by_alias=True))


def destinations_text(value: JsonValue | Sequence[OutputDestination], typed: str = MASK) -> str:
    """Return destinations as a text without their secrets; `typed` stands for those that are no masks."""
    rows = [_plain(each) for each in value] if isinstance(value, list | tuple) else []
    for row in rows:
        for holder, name, _ in secret_places(row):
            holder[name] = MASK if holder[name] == MASK else typed
    return _text(rows or None)


def faults(name: str, error: ValueError) -> dict[str, str]:
    """Return what is wrong with one of both, by the places of the API (`retryPolicy.jitter`)."""
    if not isinstance(error, ValidationError):
        return {NAMES[name]: str(error)}
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return {".".join(map(str, (NAMES[name], *each["loc"]))): plain(each["msg"]) for each in found}


def is_fault(place: str) -> bool:
    """Return whether a place of the API lies in one of both."""
    return place.split(".")[0] in NAMES.values()


def plain(message: str) -> str:
    """Return what a check says, without the words that pydantic puts before it."""
    return message.removeprefix("Value error, ")


def _json(text: str) -> JsonValue:
    try:
        return parsed(text)
    except ValueError as error:
        raise ValueError(f"This is not JSON: {error}") from error


def _plain(value: JsonValue | OutputDestination) -> Any:
    """Return a destination as JSON of its own, with all that is meant without being said."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    try:
        return _plain(OutputDestination.model_validate(value))
    except ValidationError:
        return json.loads(json.dumps(value))


def _text(value: Any) -> str:
    return "" if value is None else json.dumps(value, indent=2, ensure_ascii=False)


READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "retry_policy": policy_of,
    "output_destinations": destinations_of,
}
