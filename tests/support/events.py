"""Every event of the console that a browser could send, found in the compiled application."""

import inspect
from collections.abc import Iterator
from typing import Any

from reflex.state import State

import ratchet_web.ratchet_web

assert ratchet_web.ratchet_web.app


def kinds(kind: type[State] = State) -> Iterator[type[State]]:
    """Yield every state."""
    yield kind
    for below in kind.__subclasses__():
        if not below._mixin:
            yield from kinds(below)


def handlers() -> dict[str, tuple[str, ...]]:
    """Return the names of the arguments of each event, by its full name."""
    return {
        f"{kind.get_full_name()}.{name}": _arguments(handler.fn)
        for kind in kinds()
        for name, handler in kind.event_handlers.items()
    }


def _arguments(function: Any) -> tuple[str, ...]:
    return tuple(name for name in inspect.signature(function).parameters if name not in ("self", "state"))
