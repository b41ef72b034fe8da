"""Which verbs of a server change something; whoever holds a client can stand before each of them."""

from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any, Final, NamedTuple

# Whatever is not among these is taken for an act, what will be written tomorrow included.
READS: Final[Mapping[str, frozenset[str]]] = {
    "tasks": frozenset(
        {
            *("get", "several", "page", "activity", "activity_of", "figures", "series"),
            *("versions", "version", "check", "stats"),
        }
    ),
    "executions": frozenset(
        {
            *("get", "several", "head", "payload", "page", "call", "must_be_as_seen"),
            *("stats", "figures", "series", "top", "counts", "density"),
        }
    ),
    "logs": frozenset({"page", "at", "matches", "levels", "file", "follow"}),
    "jobs": frozenset({"get", "several", "page", "deliveries", "stats", "counts", "queue", "ahead"}),
    "schedules": frozenset(
        {
            *("get", "several", "page", "activity", "activity_of"),
            *("runs", "statistics", "changes", "stats"),
        }
    ),
    "failures": frozenset({"get", "page"}),
    "pauses": frozenset({"all"}),
    "bulk": frozenset({"preview", "get", "items"}),
}


class Deed(NamedTuple):
    """One act on a server, as it was asked of the client: `jobs.cancel("12")`."""

    noun: str
    verb: str
    args: tuple[Any, ...] = ()
    named: Mapping[str, Any] = {}


# Carries out a deed, or raises in its place.
Acting = Callable[[Deed, Callable[[], Awaitable[Any]]], Awaitable[Any]]


async def unattended(_: Deed, carry_out: Callable[[], Awaitable[Any]]) -> Any:
    """Carry a deed out, whatever it is."""
    return await carry_out()


def is_read(noun: str, verb: str) -> bool:
    """Return whether a verb changes nothing."""
    return verb in READS.get(noun, ())


_request: ContextVar[str] = ContextVar("request", default="")


def asked_as(request_id: str) -> None:
    """Keep by which id this task asked a server the last time."""
    _request.set(request_id)


def unasked() -> None:
    """Forget it: what is asked from here on counts."""
    _request.set("")


def request_of() -> str:
    """Return the id of the last request of this task, to be looked for in the server's log; empty if none."""
    return _request.get()
