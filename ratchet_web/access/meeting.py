"""Lets this worker get to know who sends a request, where they signed in at another."""

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ratchet_web.access.cookies import Cookies
from ratchet_web.access.people import People
from ratchet_web.peers.peers import AwayError

# Built files and the icon are everybody's.
FILES = ("/assets/", "/favicon")
AWAY = (
    "<!doctype html><meta charset=utf-8><meta http-equiv=refresh content=3><title>Ratchet</title>"
    "<p>The console cannot look up who is signed in, because its Redis does not answer."
    " You are not signed out. This page tries again every three seconds."
)


class Meeting:
    """An ASGI layer around the door. Once it knows a session, nothing waits for Redis any more."""

    def __init__(self, app: ASGIApp, people: People, cookies: Cookies) -> None:
        self._app, self._people, self._cookies = app, people, cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or ask to try again where nobody knows who sends it."""
        if scope["type"] in ("http", "websocket") and not scope["path"].startswith(FILES):
            try:
                await self._people.sessions.meet(self._cookies.id_in(Headers(scope=scope).get("cookie", "")))
            except AwayError:
                await _later(scope, receive, send)
                return
        await self._app(scope, receive, send)


async def _later(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1013})
    else:
        headers = {"retry-after": "3", "cache-control": "no-store"}
        await HTMLResponse(AWAY, 503, headers)(scope, receive, send)
