"""What every request to the console passes: foreign pages are refused, answers get their headers."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ratchet_web.logic.csp import policy
from ratchet_web.logic.origins import is_foreign, is_loopback, is_meant, own_names
from ratchet_web.settings import Settings

SECURITY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
# What browsers look for in a file; the rest is of pages, and would be sent with each of sixty files.
# A worker's policy is that of its own file: it may load from here alone, and reads no text as a program.
OF_FILES = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'self'",
}
FOR_EVER = "public, max-age=31536000, immutable"
# Answers with a built file; of the others, the next may be another.
KEPT = (200, 206, 304)


class Gate:
    """An ASGI layer around the whole console, its socket included.

    `names` are those by which it may be called, None for any; `headers` are those of its answers.
    """

    def __init__(
        self, app: ASGIApp, names: frozenset[str] | None = None, headers: Mapping[str, str] = SECURITY
    ) -> None:
        self._app, self._names, self._headers = app, names, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless another site's page sent it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif why := self._refusal(Headers(scope=scope)):
            await _refuse(why, scope, receive, send)
        else:
            await self._app(scope, receive, _with_headers(scope, send, self._headers))

    def _refusal(self, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host")
        if is_foreign(headers.get("origin"), host):
            return 403, "Requests of other sites are refused."
        if not is_meant(self._names, host):
            return 421, f"This console is not {host!r:.100}: if it is, set RATCHET_WEB_ALLOWED_HOSTS."
        return None


def gate(settings: Settings, built: Path) -> Callable[[ASGIApp], ASGIApp]:
    """Return what puts the gate before an application; `built` holds its pages."""
    # Where people sign in, a foreign page has no cookie; else whoever reaches us is believed.
    trusting = settings.web_auth != "ratchet" and is_loopback(settings.web_host)
    names = own_names(settings.web_host, settings.web_allowed_hosts) if trusting else None
    return partial(Gate, names=names, headers=headers_of(built))


def headers_of(built: Path) -> dict[str, str]:
    """Return the headers of all answers: for pages as they lie in `built`, what these may load and run."""
    csp = policy(page.read_text("utf-8") for page in sorted(built.rglob("*.html")))
    return {**SECURITY, "content-security-policy": csp}


async def _refuse(why: tuple[int, str], scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
    else:
        status, text = why
        await PlainTextResponse(text, status)(scope, receive, send)


def _with_headers(scope: Scope, send: Send, always: Mapping[str, str]) -> Send:
    # Built files carry their content's hash in their names; everything else may change at any time.
    built = scope["path"].startswith("/assets/")
    own = OF_FILES if built else always

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            cache = FOR_EVER if built and message["status"] in KEPT else "no-cache"
            for name, value in {**own, "cache-control": cache}.items():
                headers.setdefault(name, value)
            if built:
                _shorten(headers)
        await send(message)

    return sending


def _shorten(headers: MutableHeaders) -> None:
    """Take from the headers of a built file what layers below repeat, or say of files that change."""
    if "vary" in headers:
        told = (name.strip() for name in headers["vary"].split(","))
        headers["vary"] = ", ".join(dict.fromkeys(told))
    # Its ETag says which one it is.
    if "etag" in headers:
        del headers["last-modified"]
