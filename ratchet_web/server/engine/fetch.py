"""`fetch` of tasks, done here in the server: workers need no network, and every request is recorded."""

import asyncio
import http.cookiejar
import json
import time
from dataclasses import dataclass, replace

import httpx

from ratchet_web.server.engine.addresses import PublicTransport
from ratchet_web.server.engine.messages import Message

ANSWER_LIMIT_BYTES = 10_000_000
TIMEOUT_S = 30.0
CONNECTIONS = 100
# No proxy of the environment for what is on this machine.
DIRECT = {"all://127.0.0.1": None, "all://localhost": None, "all://[::1]": None}


@dataclass(frozen=True)
class HttpRequest:
    """One request that a task made. `status` is None when no answer came; `ms`: until its last byte."""

    method: str
    url: str
    status: int | None = None
    ms: int = 0
    bytes: int = 0
    error: str | None = None


@dataclass(frozen=True)
class Answer:
    """What the task gets: JSON of a response's head and its body, or the message of a TypeError."""

    ok: bool
    said: str
    record: HttpRequest
    body: str = ""


class FetchFailedError(Exception):
    """There is no answer to give; the message says why."""


class Fetcher:
    """Answers the fetches of all tasks, with web semantics: only the lack of an answer is an error."""

    def __init__(
        self,
        private_allowed: bool,
        *,
        timeout_s: float = TIMEOUT_S,
        answer_limit_bytes: int = ANSWER_LIMIT_BYTES,
    ) -> None:
        self._timeout_s = timeout_s
        self._answer_limit_bytes = answer_limit_bytes
        # Tasks share this client, so it must not carry cookies from one to another.
        forgetful = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
        self._client = httpx.AsyncClient(
            transport=None if private_allowed else PublicTransport(),
            mounts=DIRECT if private_allowed else None,
            timeout=timeout_s,
            limits=httpx.Limits(max_connections=CONNECTIONS),
            cookies=forgetful,
            headers={"user-agent": "ratchet-web"},
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def fetch(self, request: Message) -> Answer:
        """Do what the task asked for (url, method, headers, redirect, body) and return the answer."""
        began = time.monotonic()
        record = HttpRequest(request["method"], _without_password(request["url"]))
        try:
            async with asyncio.timeout(self._timeout_s):
                response, content = await self._exchange(request)
        except (FetchFailedError, httpx.HTTPError, httpx.InvalidURL, ValueError, TimeoutError) as error:
            why = self._explained(error)
            record = replace(record, ms=_ms_since(began), error=why)
            return Answer(False, f"fetch failed: {record.method} {record.url}: {why}", record)
        record = replace(record, status=response.status_code, ms=_ms_since(began), bytes=len(content))
        return Answer(True, _head_json(response), record, _text(response, content))

    async def _exchange(self, request: Message) -> tuple[httpx.Response, bytes]:
        built = self._client.build_request(
            request["method"], request["url"], headers=request["headers"], content=request["body"]
        )
        response = await self._client.send(
            built, stream=True, follow_redirects=request["redirect"] == "follow"
        )
        try:
            if request["redirect"] == "error" and response.has_redirect_location:
                raise FetchFailedError(f"redirected to {response.headers['location']}")
            return response, await self._content(response)
        finally:
            await response.aclose()

    async def _content(self, response: httpx.Response) -> bytes:
        content = bytearray()
        async for part in response.aiter_bytes():
            content += part
            if len(content) > self._answer_limit_bytes:
                raise FetchFailedError(f"the answer is larger than {self._answer_limit_bytes} bytes (limit)")
        return bytes(content)

    def _explained(self, error: Exception) -> str:
        if isinstance(error, TimeoutError | httpx.TimeoutException):
            return f"no answer within {self._timeout_s:g} s"
        if isinstance(error, UnicodeError):
            return "a header has characters that HTTP does not allow"
        return str(error) or type(error).__name__


def _head_json(response: httpx.Response) -> str:
    return json.dumps(
        {
            "status": response.status_code,
            "reason": response.reason_phrase,
            "url": str(response.url),
            "redirected": bool(response.history),
            "headers": list(response.headers.items()),
        }
    )


def _text(response: httpx.Response, content: bytes) -> str:
    try:
        text = content.decode(response.encoding or "utf-8", "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    return text.removeprefix("\ufeff")


def _without_password(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return url[:1000]
    return str(parsed.copy_with(userinfo=b"") if parsed.userinfo else parsed)[:4000]


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
