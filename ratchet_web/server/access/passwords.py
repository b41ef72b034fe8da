"""Passwords: hashed and verified aside, a few at a time.

Argon2id with 19 MiB, 2 passes, 1 lane: the smallest of OWASP's equivalent settings with two passes (about
25 ms here). The defaults of argon2-cffi take 64 MiB and four threads a piece: a few logins at once would be
half of the memory that the whole server may have. One thread does it all, so logins never take more than
19 MiB and one core, however many come.
"""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

T = TypeVar("T")

WAITING_MOST: Final = 32


class BusyError(Exception):
    """Too many passwords wait for being looked at."""


class Passwords:
    """Hashes and verifies; `verified` counts how often."""

    def __init__(self) -> None:
        self._hasher = hasher()
        self._thread = ThreadPoolExecutor(1, "passwords")
        self._waiting = 0
        self.verified = 0

    async def hash(self, password: str) -> str:
        """Return the hash to keep, salt and parameters included; raises `BusyError`."""
        return await self._aside(lambda: self._hasher.hash(password))

    async def matches(self, password: str, kept: str | None) -> bool:
        """Return whether this is the password; where there is no hash, after as long as otherwise.

        Raises:
            BusyError: too many wait already.
        """
        return await self._aside(lambda: self._matches(password, kept))

    def close(self) -> None:
        """Let go of the thread."""
        self._thread.shutdown(cancel_futures=True)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_hex())

    def _matches(self, password: str, kept: str | None) -> bool:
        # Made at the first verification, whichever it is: an unknown user takes no longer than a known one.
        nobodys = self._nobodys
        self.verified += 1
        try:
            self._hasher.verify(nobodys if kept is None else kept, password)
        except VerificationError:
            return False
        return kept is not None

    async def _aside(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING_MOST:
            raise BusyError
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._waiting -= 1


def hasher() -> PasswordHasher:
    """Return the hasher with this server's parameters."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
