"""Stands before the pages and answers of the console: who is not signed in is led to the sign-in first."""

from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ratchet_web.access.cookies import Cookies
from ratchet_web.access.people import People
from ratchet_web.access.proxy_door import STILL_NAMED
from ratchet_web.access.routes import LOGIN, LOGOUT
from ratchet_web.logic.addresses import SERVER, SIGN_IN, back_to, local_path, sign_in_address
from ratchet_web.models.servers import chosen

# `STILL_NAMED` is for pages behind a proxy. Here every socket comes back, and tells who has to sign in again.
OPEN = (LOGIN, LOGOUT, STILL_NAMED)


class Door:
    """An ASGI layer. Of the socket it lets everything pass: each event is judged by `state/guard.py`."""

    def __init__(self, app: ASGIApp, people: People, cookies: Cookies) -> None:
        self._app, self._people, self._cookies = app, people, cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, refuse it, or lead it elsewhere."""
        answer = self._instead(scope) if scope["type"] == "http" else None
        await (answer or self._app)(scope, receive, send)

    def _instead(self, scope: Scope) -> JSONResponse | RedirectResponse | None:
        path, headers = scope["path"], Headers(scope=scope)
        data = path.startswith("/console/")
        if path in OPEN or not (data or _wants_page(scope, headers)):
            return None
        query = scope["query_string"].decode("latin-1")
        asked = parse_qs(query)
        named = asked.get(SERVER, [""])[-1]
        admitted = self._people.admits(self._cookies.id_in(headers.get("cookie", "")), named)
        if path.rstrip("/") == SIGN_IN:
            server = chosen(self._people.servers, named)
            return _to(back_to(asked.get("next", [""])[-1], server or "")) if admitted else None
        if admitted:
            return None
        if data:
            return JSONResponse({"message": "Sign in again", "request_id": ""}, status_code=401)
        as_sent = scope.get("raw_path", path.encode()).decode("latin-1")
        address = local_path(f"{as_sent}?{query}" if query else as_sent)
        return _to(sign_in_address(named, address))


def _wants_page(scope: Scope, headers: Headers) -> bool:
    return scope["method"] == "GET" and "text/html" in headers.get("accept", "")


def _to(address: str) -> RedirectResponse:
    return RedirectResponse(address, 303, headers={"cache-control": "no-store"})
