"""One set of verbs for every server: they wait until it is known which dialect answers."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar, cast

from ratchet_web.api.acting import Acting, Deed, is_read, unattended

T = TypeVar("T")


def settling(kind: type[T], now: Callable[[], Awaitable[T]], acting: Acting = unattended) -> T:
    """Return a `kind` whose abstract verbs first learn from `now` who speaks for the server, then ask that.

    A verb is a coroutine, or returns an async context manager. Those that change something go through
    `acting`.
    """
    noun = kind.__name__.lower()
    verbs = {
        name: (_asked if inspect.iscoroutinefunction(verb) else _opened)(
            noun, name, now, unattended if is_read(noun, name) else acting
        )
        for name, verb in vars(kind).items()
        if getattr(verb, "__isabstractmethod__", False)
    }
    return cast(T, type(f"Settling{kind.__name__}", (kind,), verbs)())


def _asked(noun: str, name: str, now: Callable[[], Awaitable[Any]], acting: Acting) -> Callable[..., Any]:
    async def verb(self: object, *args: Any, **named: Any) -> Any:
        async def carry_out() -> Any:
            return await getattr(await now(), name)(*args, **named)

        return await acting(Deed(noun, name, args, named), carry_out)

    return verb


def _opened(noun: str, name: str, now: Callable[[], Awaitable[Any]], acting: Acting) -> Callable[..., Any]:
    @asynccontextmanager
    async def verb(self: object, *args: Any, **named: Any) -> AsyncIterator[Any]:
        async with AsyncExitStack() as stack:

            async def carry_out() -> Any:
                return await stack.enter_async_context(getattr(await now(), name)(*args, **named))

            yield await acting(Deed(noun, name, args, named), carry_out)

    return verb
