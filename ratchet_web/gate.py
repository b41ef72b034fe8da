"""What every request to the console passes: foreign pages are refused, answers get their headers."""

from collections.abc import Callable
from functools import partial

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ratchet_web.logic.origins import is_foreign, is_loopback, is_meant, own_names
from ratchet_web.settings import Settings

SECURITY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
}
FOR_EVER = "public, max-age=31536000, immutable"


class Gate:
    """An ASGI layer around the whole console, its socket included.

    `names` are those by which it may be called, None for any.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str] | None = None) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless another site's page sent it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif why := self._refusal(Headers(scope=scope)):
            await _refuse(why, scope, receive, send)
        else:
            await self._app(scope, receive, _with_headers(scope, send))

    def _refusal(self, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host")
        if is_foreign(headers.get("origin"), host):
            return 403, "Requests of other sites are refused."
        if not is_meant(self._names, host):
            return 421, f"This console is not {host!r:.100}: if it is, set RATCHET_WEB_ALLOWED_HOSTS."
        return None


def gate(settings: Settings) -> Callable[[ASGIApp], ASGIApp]:
    """Return what puts the gate before an application."""
    trusting = settings.web_auth == "none" and is_loopback(settings.web_host)
    names = own_names(settings.web_host, settings.web_allowed_hosts) if trusting else None
    return partial(Gate, names=names)


async def _refuse(why: tuple[int, str], scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
    else:
        status, text = why
        await PlainTextResponse(text, status)(scope, receive, send)


def _with_headers(scope: Scope, send: Send) -> Send:
    # Built files carry their content's hash in their names; everything else may change at any time.
    cache = FOR_EVER if scope["path"].startswith("/assets/") else "no-cache"

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in {**SECURITY, "cache-control": cache}.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
