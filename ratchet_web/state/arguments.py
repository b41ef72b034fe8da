"""Whether what came with an event is what its handler says it takes: hints alone hold nobody up."""

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from reflex.state import State

# A choice that is taken back is nothing, and these say so.
CLEARED: Final = ("pick_task",)


def fit(event: str, payload: Mapping[str, Any]) -> bool:
    """Return whether an event, by its full name, has the arguments that it needs, of their types."""
    parameters = _parameters(event)
    if parameters is None or not payload.keys() <= parameters.keys():
        return False
    return all(_fits(payload.get(name, _ABSENT), *told) for name, told in parameters.items())


_ABSENT: Final = object()


def _fits(value: Any, kind: TypeAdapter[Any], needed: bool) -> bool:
    if value is _ABSENT:
        return not needed
    try:
        kind.validate_python(value)
    except (ValidationError, RecursionError):
        return False
    return True


@cache
def _parameters(event: str) -> dict[str, tuple[TypeAdapter[Any], bool]] | None:
    """Return the type of each argument and whether it is needed; None where there is no such event."""
    path, _, name = event.rpartition(".")
    try:
        handler = State.get_class_substate(tuple(path.split("."))).event_handlers.get(name)
    except ValueError:
        return None
    if handler is None:
        return None
    hints, strict = get_type_hints(handler.fn), ConfigDict(strict=True)
    return {
        each.name: (_adapter(hints.get(each.name, Any), name, strict), each.default is each.empty)
        for each in list(inspect.signature(handler.fn).parameters.values())[1:]
    }


def _adapter(hint: Any, event: str, strict: ConfigDict) -> TypeAdapter[Any]:
    return TypeAdapter(hint | None if event in CLEARED else hint, config=strict)
