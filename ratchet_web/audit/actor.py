"""Who acts just now: whoever sent the event or the request that this task serves, and all that it begins."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, NamedTuple


class Actor(NamedTuple):
    """Somebody at the other end of a connection. `run`: the bulk run in whose name it happens.

    `name` and `role` are empty where nobody knows; where people sign in, that depends on the server.
    """

    name: str = ""
    role: str = ""
    address: str = ""
    run: str = ""


NOBODY: Final = Actor()
_now: ContextVar[Actor] = ContextVar("actor", default=NOBODY)


def actor() -> Actor:
    """Return who acts."""
    return _now.get()


def act_as(who: Actor) -> None:
    """Let whatever this task does from here on, and begins, be theirs."""
    _now.set(who)


@contextmanager
def acting(who: Actor) -> Iterator[None]:
    """Let what happens herein, and is begun here, be theirs."""
    token = _now.set(who)
    try:
        yield
    finally:
        _now.reset(token)


@contextmanager
def in_run(run: str) -> Iterator[None]:
    """Let acts be those of a bulk run, which has entries of its own."""
    with acting(actor()._replace(run=run)):
        yield
