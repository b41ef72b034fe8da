"""Stands before the console's routes: gives each request an id and a line, and answers how the console is."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ratchet_web.models.requests import answering
from ratchet_web.vitals.metrics import CONTENT_TYPE, Vitals, text_of

HEALTH, METRICS = "/healthz", "/metrics"
LOOPBACK: Final = ("127.0.0.1", "::1")
# What proxies add, one of these or another: whoever sends none of them is at this machine itself.
FORWARDED: Final = ("x-forwarded-", "forwarded", "x-real-ip", "via")
NOT_HERE = "Where people sign in, metrics are told to this machine alone: let the collector run beside it."
logger = logging.getLogger(__name__)
REQUESTS: Final[Counter[str]] = Counter()


class Requests:
    """An ASGI layer. `vitals` tells how the console is; `guarded`: people sign in here."""

    def __init__(self, app: ASGIApp, vitals: Callable[[], Vitals], *, guarded: bool) -> None:
        self._app, self._vitals, self._guarded = app, vitals, guarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with answering(Headers(scope=scope).get("x-request-id", "")) as id:
            began_s, status = time.monotonic(), 500

            async def sending(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                    # Nobody asks after one of the sixty files of a page by its id.
                    if not scope["path"].startswith("/assets/"):
                        MutableHeaders(scope=message)["x-request-id"] = id
                await send(message)

            try:
                await (self._answer(scope) or self._app)(scope, receive, sending)
            finally:
                _told(scope, id, status, time.monotonic() - began_s)

    def _answer(self, scope: Scope) -> Response | None:
        if scope["path"] not in (HEALTH, METRICS) or scope["method"] not in ("GET", "HEAD"):
            return None
        vitals = self._vitals()
        if scope["path"] == HEALTH:
            return JSONResponse(vitals.health(), 200 if vitals.runs else 503)
        if self._guarded and not _is_near(scope):
            return PlainTextResponse(NOT_HERE, 403)
        return Response(text_of(vitals, REQUESTS), media_type=CONTENT_TYPE)


def _is_near(scope: Scope) -> bool:
    """Whether this machine asks, and no proxy on it for somebody else."""
    names, client = Headers(scope=scope).keys(), scope.get("client")
    near = client is not None and client[0] in LOOPBACK
    return near and not any(name.startswith(FORWARDED) for name in names)


def _told(scope: Scope, id: str, status: int, took_s: float) -> None:
    REQUESTS[f"{status // 100}xx"] += 1
    # Without what follows a `?`: people search for what they search for.
    known = {"method": scope["method"], "path": scope["path"][:200], "status": status}
    took = round(1000 * took_s, 1)
    line = "%(method)s %(path)r %(status)s" % known  # noqa: UP031
    logger.info(
        "%s in %s ms (request %s)", line, took, id, extra={**known, "duration_ms": took, "request_id": id}
    )
