"""A record that one changes after another, never two at once: who is at what just now."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from redis.asyncio import Redis
from typing_extensions import override

from ratchet_web.models.instants import now_ms
from ratchet_web.peers.bus import FAULTS, MISTAKES
from ratchet_web.peers.peers import AwayError

Entries = Mapping[str, str]
# From the entries as they are, those that are to be otherwise; None: gone.
Turn = Callable[[Entries], Mapping[str, str | None]]
KEPT_S: Final = 7_200
AWAY: Final = "Redis does not answer, so what others are at is not known"
logger = logging.getLogger(__name__)


class Ledger:
    """That of a process which knows it all by itself."""

    def __init__(self) -> None:
        self._spaces: dict[str, dict[str, str]] = {}

    async def change(self, space: str, turn: Turn) -> None:
        """Change entries; nobody comes between the look at them and that. What `turn` raises changes nothing.

        Raises:
            AwayError: nobody knows how they are.
        """
        entries = self._spaces.setdefault(space, {})
        for name, value in turn(dict(entries)).items():
            entries.pop(name, None)
            if value is not None:
                entries[name] = value

    async def put(self, space: str, name: str, value: str) -> None:
        """Let an entry be so, whatever the others are: what they hold is not read, which may be much.

        Raises:
            AwayError: it may not be so.
        """
        self._spaces.setdefault(space, {})[name] = value

    async def ahead_ms(self) -> int:
        """Return how far the clock that all go by is ahead of this machine's, at least.

        Raises:
            AwayError: nobody knows.
        """
        return 0


class SharedLedger(Ledger):
    """That of all workers, in Redis. Where nobody changes it for a while, it is gone."""

    def __init__(self, redis: Redis) -> None:
        super().__init__()
        self._redis = redis

    @override
    async def change(self, space: str, turn: Turn) -> None:
        key = _key(space)

        async def at_once(pipe: Any) -> None:
            found = await pipe.hgetall(key)
            changes = turn({_text(name): _text(value) for name, value in found.items()})
            pipe.multi()
            for name, value in changes.items():
                if value is None:
                    pipe.hdel(key, name)
                else:
                    pipe.hset(key, name, value)
            pipe.expire(key, KEPT_S)

        with _answering():
            # Tried again for as long as somebody else is quicker.
            await self._redis.transaction(at_once, key)

    @override
    async def put(self, space: str, name: str, value: str) -> None:
        key = _key(space)
        with _answering():
            async with self._redis.pipeline() as both:
                both.hset(key, name, value)
                both.expire(key, KEPT_S)
                await both.execute()

    @override
    async def ahead_ms(self) -> int:
        with _answering():
            seconds, microseconds = await self._redis.time()
            return int(seconds * 1_000 + microseconds // 1_000 - now_ms())


def _key(space: str) -> str:
    return f"ratchet-web:ledger:{space}"


def _text(told: bytes) -> str:
    return told.decode("utf-8", "replace")


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except FAULTS as error:
        raise AwayError(AWAY) from error
    except MISTAKES as error:
        # Nobody sees it otherwise: people are told the same.
        logger.exception("What Redis says of who is at what makes no sense")
        raise AwayError(AWAY) from error
