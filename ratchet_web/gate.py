"""What every request to the console passes: foreign origins are refused, answers get their headers."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ratchet_web.logic.origins import is_foreign

SECURITY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
}
FOR_EVER = "public, max-age=31536000, immutable"


class Gate:
    """An ASGI layer around the whole console, its socket included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless another site's page sent it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif _foreign(Headers(scope=scope)):
            await _refuse(scope, receive, send)
        else:
            await self._app(scope, receive, _with_headers(scope, send))


def gate(app: ASGIApp) -> ASGIApp:
    """Put the gate before an application."""
    return Gate(app)


def _foreign(headers: Headers) -> bool:
    return is_foreign(headers.get("origin"), headers.get("host"))


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
    else:
        await PlainTextResponse("Requests of other sites are refused.", 403)(scope, receive, send)


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
