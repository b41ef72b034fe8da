"""The outermost layer of every request: request id, headers, and the last answer to what nobody caught."""

import logging
import re
import secrets
import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ratchet_web.logic.origins import is_foreign, is_meant
from ratchet_web.server.bodies import MOST_BYTES, limited, too_large
from ratchet_web.server.errors import ApiError, error_body
from ratchet_web.server.telemetry.requests import Requests

log = logging.getLogger(__name__)

_SANE_ID: Final = re.compile(rb"[A-Za-z0-9._:-]{1,100}")
_FIXED_HEADERS: Final = [
    (b"x-content-type-options", b"nosniff"),
    # A page around `/docs` could lead a click to what runs a task.
    (b"x-frame-options", b"DENY"),
    (b"cache-control", b"no-store"),
]


class Edge:
    """Wraps an application: each answer carries `x-request-id`, the one that was sent if it is sane.

    A web page of another origin must not act through its visitor's browser: browsers mark such requests, and
    those that would change something are refused. Where `hosts` are given, all requests for others are.
    """

    def __init__(
        self, app: ASGIApp, hosts: frozenset[str] | None = None, requests: Requests | None = None
    ) -> None:
        self._app, self._hosts = app, hosts
        self._requests = requests or Requests()
        # What all of this stands around.
        self.api = getattr(app, "api", app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        sent = headers.get(b"x-request-id", b"")
        request_id = sent if _SANE_ID.fullmatch(sent) else secrets.token_hex(8).encode()
        scope["request_id"] = request_id.decode()
        answer = _Answer(send, request_id)
        began_s = time.perf_counter()
        try:
            await self._serve(scope, receive, answer, headers)
        finally:
            if answer.started and not answer.streams:
                took_s = time.perf_counter() - began_s
                self._requests.take(scope["method"], scope.get("template"), answer.status, took_s)

    async def _serve(
        self, scope: Scope, receive: Receive, answer: "_Answer", headers: dict[bytes, bytes]
    ) -> None:
        refusal = _of_strange_host(scope, self._hosts) or _refusal(scope["method"], headers)
        if refusal is not None:
            await answer.refuse(refusal)
            return
        try:
            await self._app(scope, limited(receive, MOST_BYTES), answer)
        except Exception:
            log.exception("%s %s failed, request %s", scope["method"], scope["path"], scope["request_id"])
            if not answer.started:
                await answer.refuse(ApiError(500, "The server made a mistake", code="INTERNAL_ERROR"))


def _of_strange_host(scope: Scope, hosts: frozenset[str] | None) -> ApiError | None:
    given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    strange = [each for each in given if not is_meant(hosts, each)]
    if not strange:
        return None
    told = (
        f"This server is not {strange[0][:100]!r}: if it is to be called so, set RATCHET_SERVER_ALLOWED_HOSTS"
    )
    return ApiError(421, told)


def _refusal(method: str, headers: dict[bytes, bytes]) -> ApiError | None:
    if method not in ("GET", "HEAD") and _from_elsewhere(headers):
        return ApiError(403, "A page of another site may not change anything here")
    length = headers.get(b"content-length", b"0")
    return ApiError(413, too_large(MOST_BYTES)) if length.isdigit() and int(length) > MOST_BYTES else None


def _from_elsewhere(headers: dict[bytes, bytes]) -> bool:
    # Another port of this machine is the same site to a browser; only `Origin` tells it apart.
    origin, host = (
        headers[name].decode("latin-1") if name in headers else None for name in (b"origin", b"host")
    )
    return headers.get(b"sec-fetch-site") == b"cross-site" or is_foreign(origin, host)


class _Answer:
    def __init__(self, send: Send, request_id: bytes) -> None:
        self.started = self.streams = False
        self.status = 0
        self._send, self._request_id = send, request_id

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started, self.status = True, message["status"]
            kinds = [value for name, value in message.get("headers", ()) if name == b"content-type"]
            self.streams = any(kind.startswith(b"text/event-stream") for kind in kinds)
            given = {name for name, _ in message.get("headers", ())}
            fixed = [header for header in _FIXED_HEADERS if header[0] not in given]
            extra = [(b"x-request-id", self._request_id), *fixed]
            message = {**message, "headers": [*message.get("headers", ()), *extra]}
        await self._send(message)

    async def refuse(self, error: ApiError) -> None:
        headers = [(b"content-type", b"application/json")]
        await self({"type": "http.response.start", "status": error.status, "headers": headers})
        body = error_body(error, self._request_id.decode())
        await self._send({"type": "http.response.body", "body": body})
