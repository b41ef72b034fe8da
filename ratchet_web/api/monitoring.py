"""Health, capabilities, and the stream of changes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

from pydantic import JsonValue, ValidationError

from ratchet_web.api import reading
from ratchet_web.api.answers import ID_LIMIT, Answer, failure, parse
from ratchet_web.api.errors import RatchetError, Unreachable
from ratchet_web.api.http import Http
from ratchet_web.api.sse import ServerEvent
from ratchet_web.models.monitoring import Capabilities, Change, Health, Reset

logger = logging.getLogger(__name__)
Changes = AsyncIterator[Change | Reset]


class Monitoring:
    """How the server is, what it offers, what happens on it. Every call may raise any of `api.errors`."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self.health_keep_s = 0.0
        self.at_root = False
        self._health: Health | None = None
        self._health_at = -float("inf")

    async def health(self) -> Health:
        """Return the server's health: of `/api/v1/health`, or of `/health` where only that exists.

        A server that is not well says so with status 503: that is an answer, not an error. For
        `health_keep_s` seconds the last answer stands.
        """
        if self._health is None or asyncio.get_running_loop().time() - self._health_at >= self.health_keep_s:
            self._health = _health(await self._somewhere("/health", also=(503,)))
            self._health_at = asyncio.get_running_loop().time()
        return self._health

    async def announced(self) -> Capabilities | None:
        """Return what the server says that it offers beyond the contract; None where it does not say."""
        try:
            return reading.one(await self._http.get("/capabilities"), Capabilities)
        except RatchetError as error:
            if error.status not in (404, 405):
                raise
            return None

    async def metrics(self) -> JsonValue:
        """Return the server's own figures, whatever their shape."""
        return (await self._somewhere("/metrics")).payload()

    async def prometheus(self) -> str:
        """Return the metrics as Prometheus reads them."""
        return (await self._somewhere("/metrics/prometheus")).body.decode("utf-8", "replace")

    async def _somewhere(self, path: str, also: Collection[int] = ()) -> Answer:
        """Ask below the API's prefix or, with `at_root`, at the root; then at the other place."""
        first, second = self.at_root, not self.at_root
        try:
            return await self._http.get(path, at_root=first, also=also)
        except RatchetError as error:
            if error.status != 404:
                raise
        answer = await self._http.get(path, at_root=second, also=also)
        self.at_root = second
        return answer

    def events(self, last_event_id: str = "") -> AbstractAsyncContextManager[Changes]:
        """Open the stream of changes: `async with … as changes: async for change in changes`.

        With `last_event_id` (`event_id` of the last one seen) it resumes there. `Reset` says that changes
        were missed. The stream ends by raising `Unreachable`. Only where `capabilities.events`.
        """
        return self._events(last_event_id)

    @asynccontextmanager
    async def _events(self, last_event_id: str) -> AsyncIterator[Changes]:
        # A server may name its events as it likes; what no header can carry is asked for from the start.
        known = last_event_id.isascii() and last_event_id.isprintable() and len(last_event_id) <= ID_LIMIT
        headers = {"last-event-id": last_event_id} if last_event_id and known else {}
        async with self._http.events("/events", headers=headers) as events:
            yield _changes(events)


def _health(answer: Answer) -> Health:
    if answer.status == 503:
        # A proxy's 503 tells nothing of the server's health.
        if b'"status"' not in answer.body or b'"error"' in answer.body:
            raise failure(answer)
        answer = replace(answer, status=200)
    return reading.one(answer, Health)


async def _changes(events: AsyncIterator[ServerEvent]) -> Changes:
    async for event in events:
        if event.name == "reset":
            yield Reset(event_id=event.id)
        elif event.name == "change" and (change := _change(event)):
            yield change
    raise Unreachable("The stream of changes broke off")


def _change(event: ServerEvent) -> Change | None:
    try:
        told: JsonValue = parse(event.text.encode())
        return Change.model_validate(told).model_copy(update={"event_id": event.id})
    except (ValueError, ValidationError):
        logger.warning("Left out an event that is no change: %.200s", event.text)
        return None
