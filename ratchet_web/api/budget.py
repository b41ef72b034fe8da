"""How many requests a server may get from us: counted always, held back where it allows few."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ratchet_web.api.errors import Limited
from ratchet_web.models.dialect import Pace, Spent

# Longer than this nobody waits for their turn.
MOST_WAIT_S = 5.0
# Shorter waits are lost in the rounding of times.
LEAST_WAIT_S = 0.001
FIRST_HOLD_S = 2.0
MOST_HOLD_S = 60.0
# Refused after so long a silence, it was not the burst that was used up.
SILENCE_S = 10.0
DAY_HOLD_S = 600.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What we allow ourselves: `burst` at once, then `per_s`, and `per_day` (UTC).

    What a person does goes before: `kept` of the burst and `kept_today` of the day are for that alone. Long
    work comes last: it leaves `spared` of the burst and `spared_today` of the day to all the rest.
    """

    burst: float
    per_s: float
    per_day: int
    kept: float
    kept_today: int
    spared: float = 0.0
    spared_today: int = 0


class Budget:
    """Counts requests; with an `allowance` it also makes them wait, or refuses them before they are sent.

    A server that answers 429 is left alone for a while, longer each time: refused requests count there too.
    `now` is in seconds, `today` the day in UTC.
    """

    def __init__(
        self,
        now: Callable[[], float] = lambda: asyncio.get_running_loop().time(),
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.allowance: Allowance | None = None
        self._now, self._today, self._sleep = now, today, sleep
        self._rest = self._graphql = self._refused = self._rest_today = 0
        self._day = today()
        self._tokens: float | None = None
        self._filled_at = 0.0
        self._held_until = 0.0
        self._sent_at: float | None = None
        self._refusals = 0
        self._for_the_day = False

    def count_graphql(self) -> None:
        """Note a request that no limit counts."""
        self._graphql += 1

    async def pay(self, urgent: bool) -> bool:
        """Wait for the turn of one request and count it; `urgent`: a person waits for it.

        Returns whether nothing had been sent for `SILENCE_S`, which tells what a refusal means.

        Raises:
            Limited: it would be refused, or its turn is too far away.
        """
        self._begin_day()
        if self.allowance:
            await self._await_turn(self.allowance, urgent)
        silent = self._sent_at is None or self._now() - self._sent_at >= SILENCE_S
        self._sent_at = self._now()
        self._rest += 1
        self._rest_today += 1
        return silent

    async def spare(self, requests: int) -> None:
        """Wait until long work may send so many requests; they are paid for when they are sent.

        Raises:
            Limited: the server's limit was reached, or what long work may have of the day is used up.
        """
        self._begin_day()
        while allowed := self.allowance:
            self._check(allowed, urgent=False)
            if requests > self._left_for_long_work(allowed):
                raise Limited(
                    "The requests that long work may send today are used up; midnight (UTC) brings more"
                )
            self._fill(allowed)
            missing = requests + allowed.spared - (self._tokens or 0.0)
            if missing <= 0:
                return
            await self._sleep(max(missing / allowed.per_s, LEAST_WAIT_S))

    def pace(self) -> Pace | None:
        """Return how fast long work may go, None where nothing holds it back."""
        self._begin_day()
        if (allowed := self.allowance) is None:
            return None
        self._fill(allowed)
        return Pace(
            at_once=max(0, int((self._tokens or 0.0) - allowed.spared)),
            per_s=allowed.per_s,
            left_today=self._left_for_long_work(allowed),
            held_s=max(0.0, self._held_until - self._now()),
        )

    def answered(self, status: int, silent: bool, retry_after_s: float | None = None) -> None:
        """Note how a request that was paid for was answered."""
        if status != 429:
            self._refusals, self._for_the_day = 0, False
            return
        self._refused += 1
        self._refusals += 1
        self._tokens = 0.0
        self._for_the_day = self._for_the_day or (silent and self._refusals > 1)
        growing_s = min(FIRST_HOLD_S * 2 ** (self._refusals - 1), MOST_HOLD_S)
        hold_s = DAY_HOLD_S if self._for_the_day else growing_s
        # Of several refusals at once, the longest rest counts.
        self._held_until = max(self._held_until, self._now() + max(hold_s, retry_after_s or 0.0))

    def spent(self) -> Spent:
        """Return what was sent so far."""
        self._begin_day()
        allowed = self.allowance
        return Spent(
            rest=self._rest,
            graphql=self._graphql,
            refused=self._refused,
            rest_today=self._rest_today,
            left_today=max(0, allowed.per_day - self._rest_today) if allowed else None,
            held_s=max(0.0, self._held_until - self._now()),
            for_the_day=self._for_the_day,
        )

    async def _await_turn(self, allowed: Allowance, urgent: bool) -> None:
        kept = 0.0 if urgent else allowed.kept
        deadline = self._now() + MOST_WAIT_S
        while True:
            self._check(allowed, urgent)
            self._fill(allowed)
            missing = 1 + kept - (self._tokens or 0.0)
            if missing <= 0:
                self._tokens = (self._tokens or 0.0) - 1
                return
            wait_s = missing / allowed.per_s
            if self._now() + wait_s > deadline:
                raise Limited("The console keeps to the server's request limit", retry_after_s=wait_s)
            await self._sleep(wait_s)

    def _check(self, allowed: Allowance, urgent: bool) -> None:
        held_s = self._held_until - self._now()
        if held_s > 0:
            which = "limit of requests for today" if self._for_the_day else "request limit"
            raise Limited(
                f"The server's {which} is reached; it is asked again in {held_s:.0f} s", retry_after_s=held_s
            )
        most = allowed.per_day + (allowed.kept_today if urgent else 0)
        if self._rest_today >= most:
            raise Limited(
                f"The {allowed.per_day:,} requests a day that the console allows itself are used up"
            )

    def _left_for_long_work(self, allowed: Allowance) -> int:
        return max(0, allowed.per_day - allowed.spared_today - self._rest_today)

    def _fill(self, allowed: Allowance) -> None:
        now = self._now()
        had = allowed.burst if self._tokens is None else self._tokens
        self._tokens = min(allowed.burst, had + (now - self._filled_at) * allowed.per_s)
        self._filled_at = now

    def _begin_day(self) -> None:
        if (today := self._today()) != self._day:
            self._day, self._rest_today, self._for_the_day, self._held_until = today, 0, False, 0.0
