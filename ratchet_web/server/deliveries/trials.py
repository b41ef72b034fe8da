"""Test deliveries: a sample is brought at once, few at a time and few a minute, and nothing of it is kept."""

import asyncio
import base64
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Final

from ratchet_web.models.destinations import (
    Authentication,
    DeliveryStatus,
    DeliveryTrial,
    OutputDestination,
    Webhook,
)
from ratchet_web.server.deliveries import files
from ratchet_web.server.deliveries.deliveries import Deliveries
from ratchet_web.server.deliveries.destinations import secret_texts
from ratchet_web.server.deliveries.parcel import DeliveryError, Parcel
from ratchet_web.server.deliveries.webhooks import judged
from ratchet_web.server.errors import BusyError

AT_ONCE: Final = 2
# So many within so many seconds, whoever asks: a test is no way to call somebody again and again.
MOST: Final = 10
WITHIN_S: Final = 60.0
# Whoever asks waits 10 s for this server.
LIMIT_S: Final = 5
# What is shown of an answer; more of it is read, so that no secret is cut in two and its half shown.
SHOWN_CHARS: Final = 500
READ_BYTES: Final = 16_000
SAMPLE: Final = '{"test":true,"message":"A test delivery: no job completed"}'
WITHHELD: Final = "Its answer is not shown: it may repeat the stored secret that was sent."
CHECKED: Final = "It can be written. No file was left there."

Json = dict[str, Any]


class DeliveryTrials:
    """Makes test deliveries by the rules of real ones."""

    def __init__(self, deliveries: Deliveries, now_s: Callable[[], float] = time.monotonic) -> None:
        self._deliveries, self._now_s = deliveries, now_s
        self._running = 0
        self._begun: deque[float] = deque()

    async def make(self, destination: OutputDestination, hides: bool) -> DeliveryTrial:
        """Bring a sample and return what came of it; `hides`: stored secrets are sent.

        Raises:
            BusyError: there were too many just now.
        """
        self._admit()
        self._running += 1
        began = time.monotonic()
        told: Json = {"status": DeliveryStatus.DELIVERED}
        try:
            told |= await self._bring(_sample(destination), hides)
        except DeliveryError as error:
            told |= {"status": DeliveryStatus.FAILED, "error": str(error)}
        finally:
            self._running -= 1
        return DeliveryTrial(**told, duration_ms=round(1000 * (time.monotonic() - began)))

    def _admit(self) -> None:
        now_s = self._now_s()
        while self._begun and now_s - self._begun[0] >= WITHIN_S:
            self._begun.popleft()
        if len(self._begun) >= MOST:
            wait_s = WITHIN_S - (now_s - self._begun[0])
            raise BusyError(f"{MOST} tests a minute are enough: try again in {wait_s:.0f} s", wait_s)
        if self._running >= AT_ONCE:
            raise BusyError("Other test deliveries are under way: try again in a moment", 1)
        self._begun.append(now_s)

    async def _bring(self, sample: Parcel, hides: bool) -> Json:
        destination = sample.destination
        if destination.webhook is not None:
            return await self._call(sample, destination.webhook, hides)
        if destination.filesystem is not None:
            root = self._deliveries.root()
            await asyncio.to_thread(files.check, root, sample, destination.filesystem)
            return {"note": CHECKED}
        await self._deliveries.print_line(sample, test=True)
        return {"note": "A line was printed."}

    async def _call(self, sample: Parcel, webhook: Webhook, hides: bool) -> Json:
        timeout_s = min(webhook.timeout_seconds, LIMIT_S)
        status, begins = await self._deliveries.webhooks.sample(sample, webhook, timeout_s, READ_BYTES)
        told: Json = {"response_status": status}
        if hides:
            told["note"] = WITHHELD
        else:
            told["answer"] = _without(begins.decode(errors="replace"), sample.destination)[:SHOWN_CHARS]
        try:
            judged(status)
        except DeliveryError as error:
            told |= {"status": DeliveryStatus.FAILED, "error": str(error)}
        return told


def _sample(destination: OutputDestination) -> Parcel:
    return Parcel(0, 0, 0, "test", 1, SAMPLE, destination)


def _without(text: str, destination: OutputDestination) -> str:
    """Return an answer without the secrets that it repeats, in clear or as they were sent."""
    authentication = destination.webhook.authentication if destination.webhook else None
    for secret in (*secret_texts(destination), *_encoded(authentication)):
        text = text.replace(secret, "***")
    return text


def _encoded(authentication: Authentication | None) -> Iterator[str]:
    if authentication is not None and (basic := authentication.basic) is not None:
        yield base64.b64encode(f"{basic.username}:{basic.password}".encode()).decode()
