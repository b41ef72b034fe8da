"""Health, metrics, capabilities, and the stream of changes."""

import logging
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import JsonValue, ValidationError

from ratchet_web.api import reading
from ratchet_web.api.answers import ID_LIMIT, Answer, failure, parse
from ratchet_web.api.errors import RatchetError, Unreachable
from ratchet_web.api.http import Http
from ratchet_web.api.kept import Kept
from ratchet_web.api.sse import ServerEvent
from ratchet_web.models.metrics import METRICS_TEXT_LIMIT, Metrics, MetricsText, SystemMetrics
from ratchet_web.models.monitoring import Capabilities, Change, Health, Reset

logger = logging.getLogger(__name__)
Changes = AsyncIterator[Change | Reset]
PROMETHEUS = "/metrics/prometheus"
# However many read it, the text is asked for once in so many seconds.
TEXT_KEEP_S = 1.0


class Monitoring:
    """How the server is, what it offers, what happens on it. Every call may raise any of `api.errors`."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self.at_root = False
        self._true_part: Callable[[SystemMetrics], SystemMetrics] | None = None
        self._health, self._metrics = Kept(self._ask_health), Kept(self._ask_metrics)
        self._text = Kept(self._ask_text, TEXT_KEEP_S)

    def settle(
        self, keep_s: float, true_part: Callable[[SystemMetrics], SystemMetrics] | None = None
    ) -> None:
        """Let answers stand for `keep_s` seconds; `true_part` leaves of the metrics what is not made up."""
        self._health.keep_s = self._metrics.keep_s = self._text.keep_s = keep_s
        self._true_part = true_part

    async def health(self) -> Health:
        """Return the server's health: of `/api/v1/health`, or of `/health` where only that exists.

        A server that is not well says so with status 503: that is an answer, not an error.
        """
        return await self._health.get()

    def read_ms(self) -> dict[str, int]:
        """Return when the last `health` and `metrics` were asked for, in ms since 1970; 0: never."""
        return {"health": self._health.read_ms, "metrics": self._metrics.read_ms}

    async def announced(self) -> Capabilities | None:
        """Return what the server says that it offers beyond the contract; None where it does not say."""
        try:
            return reading.one(await self._http.get("/capabilities"), Capabilities)
        except RatchetError as error:
            if error.status not in (404, 405):
                raise
            return None

    async def metrics(self) -> Metrics:
        """Return the server's figures, those that are true."""
        return await self._metrics.get()

    async def prometheus(self) -> MetricsText:
        """Return the metrics as Prometheus reads them, the first megabyte of them."""
        return await self._text.get()

    async def _ask_health(self) -> Health:
        return _health(await self._somewhere("/health", also=(503,)))

    async def _ask_metrics(self) -> Metrics:
        payload = (await self._somewhere("/metrics")).payload()
        figures = _figures(payload)
        if figures is None:
            return Metrics(other=payload)
        if self._true_part is None:
            return Metrics(figures=figures)
        return Metrics(figures=self._true_part(figures), partial=True)

    async def _ask_text(self) -> MetricsText:
        body = (await self._somewhere(PROMETHEUS)).body
        shown = body
        if len(body) > METRICS_TEXT_LIMIT:
            # To the end of the last whole line.
            shown = body[: body.rfind(b"\n", 0, METRICS_TEXT_LIMIT) + 1] or body[:METRICS_TEXT_LIMIT]
        return MetricsText(
            text=shown.decode("utf-8", "replace"),
            size=len(body),
            complete=len(shown) == len(body),
            address=self._http.address(PROMETHEUS, at_root=self.at_root),
            read_at=datetime.now(UTC),
        )

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


def _figures(payload: JsonValue) -> SystemMetrics | None:
    """Return metrics in the contract's shape, in whatever envelope; None for any other shape."""
    value = reading.data_of(payload)
    inner = value.get("stats") if isinstance(value, dict) else None
    value = inner if isinstance(inner, dict) else value
    known = {key for name, field in SystemMetrics.model_fields.items() for key in (name, field.alias)}
    return SystemMetrics.model_validate(value) if isinstance(value, dict) and value.keys() & known else None


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
