"""One set of verbs for every server: they wait until it is known which dialect answers."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

T = TypeVar("T")


def settling(kind: type[T], now: Callable[[], Awaitable[T]]) -> T:
    """Return a `kind` whose abstract verbs first learn from `now` who speaks for the server, then ask that.

    A verb is a coroutine, or returns an async context manager.
    """
    verbs = {
        name: _asked(name, now) if inspect.iscoroutinefunction(verb) else _opened(name, now)
        for name, verb in vars(kind).items()
        if getattr(verb, "__isabstractmethod__", False)
    }
    return cast(T, type(f"Settling{kind.__name__}", (kind,), verbs)())


def _asked(name: str, now: Callable[[], Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def verb(self: object, *args: Any, **named: Any) -> Any:
        return await getattr(await now(), name)(*args, **named)

    return verb


def _opened(name: str, now: Callable[[], Awaitable[Any]]) -> Callable[..., Any]:
    @asynccontextmanager
    async def verb(self: object, *args: Any, **named: Any) -> AsyncIterator[Any]:
        async with getattr(await now(), name)(*args, **named) as opened:
            yield opened

    return verb
