"""Answers that are not worth asking for again at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from ratchet_web.api.errors import Limited, RatchetError
from ratchet_web.models.instants import now_ms

T = TypeVar("T")


class Kept(Generic[T]):
    """What `ask` answered last stands for `keep_s` seconds; who asks meanwhile shares the answer.

    A refusal is an answer too: where asking costs, it is not repeated sooner. That nobody answered, or that
    the limit of requests is reached, is not kept: it costs nothing to find that out again. `read_ms` is when
    the last good answer came, in ms since 1970.
    """

    def __init__(self, ask: Callable[[], Awaitable[T]], least_s: float = 0.0) -> None:
        self._ask, self._least_s = ask, least_s
        self.keep_s = 0.0
        self._value: T | None = None
        self._error: RatchetError | None = None
        self._at = -float("inf")
        self.read_ms = 0
        self._asked = 0
        self._turn = asyncio.Lock()

    async def get(self) -> T:
        """Return the answer.

        Raises:
            RatchetError: any of the tree.
        """
        before = self._asked
        async with self._turn:
            if self._asked == before and self._old():
                await self._ask_now()
            if self._error is not None:
                raise self._error.with_traceback(None)
            assert self._value is not None  # it was asked for at least once, and no error came
            return self._value

    def forget(self) -> None:
        """Ask again at the next look: what was answered has just changed."""
        self._at = -float("inf")

    def _old(self) -> bool:
        now = asyncio.get_running_loop().time()
        return now - self._at >= max(self.keep_s, self._least_s)

    async def _ask_now(self) -> None:
        self._at = -float("inf")
        try:
            self._value, self._error = await self._ask(), None
            self.read_ms = now_ms()
        except RatchetError as error:
            if error.status is None or isinstance(error, Limited):
                raise
            self._error = error
        self._at = asyncio.get_running_loop().time()
        self._asked += 1
