"""The id of a request: by it, one and the same thing is found in the logs of both sides."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import uuid4

FIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass
class _Current:
    id: str
    is_open: bool = True


_current: ContextVar[_Current | None] = ContextVar("request", default=None)


def request_id() -> str:
    """Return the id of the request that is being answered, else a new one."""
    current = _current.get()
    return current.id if current and current.is_open else uuid4().hex


def answered() -> str | None:
    """Return the id of the request or event that is being answered, None outside of all."""
    current = _current.get()
    return current.id if current and current.is_open else None


def begin() -> tuple[str, Callable[[], None]]:
    """Let all that is asked for in the rest of this context carry a new id; return it, and what ends it."""
    current = _Current(uuid4().hex)
    _current.set(current)

    def end() -> None:
        current.is_open = False

    return current.id, end


@contextmanager
def answering(given: str) -> Iterator[str]:
    """Let all that is asked for in this context carry one id: the given one, if it is fit to be one."""
    current = _Current(given if FIT.fullmatch(given) else uuid4().hex)
    token = _current.set(current)
    try:
        yield current.id
    finally:
        # What was begun in the meantime, and goes on, is of this request no more.
        current.is_open = False
        _current.reset(token)
