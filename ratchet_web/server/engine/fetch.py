"""`fetch` of tasks, done here in the server: workers need no network, and every request is recorded."""

import asyncio
import http.cookiejar
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

import httpx

from ratchet_web.models.hosts import AllowedHosts
from ratchet_web.server.engine.addresses import GuardedTransport
from ratchet_web.server.engine.decoding import ACCEPTED, RAW_PART_BYTES, Decoder, UndecodableError
from ratchet_web.server.engine.reports import RequestReport

ANSWER_LIMIT_BYTES = 10_000_000
TIMEOUT_S = 30.0
# All answers wait in this process until their worker has them: only few of them may be large.
SMALL_BYTES = 256_000
LARGE_AT_ONCE = 4


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


_FAILURES = (FetchFailedError, UndecodableError, ValueError, OverflowError, OSError, TimeoutError)


class Fetcher:
    """Answers the fetches of all tasks, with web semantics: only the lack of an answer is an error."""

    def __init__(
        self,
        allowed: AllowedHosts,
        own: str = "",
        *,
        timeout_s: float = TIMEOUT_S,
        answer_limit_bytes: int = ANSWER_LIMIT_BYTES,
    ) -> None:
        self._timeout_s = timeout_s
        self._answer_limit_bytes = answer_limit_bytes
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        # Tasks share this client, so it must not carry cookies from one to another.
        forgetful = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
        self._client = httpx.AsyncClient(
            transport=GuardedTransport(allowed, own),
            timeout=timeout_s,
            cookies=forgetful,
            headers={"user-agent": "ratchet-web"},
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    @asynccontextmanager
    async def answered(self, request: RequestReport) -> AsyncIterator[Answer]:
        """Do what the task asked for and yield the answer; a large one keeps others out while it is held."""
        async with AsyncExitStack() as held:
            yield await self._fetch(request, held)

    async def _fetch(self, request: RequestReport, held: AsyncExitStack) -> Answer:
        began = time.monotonic()
        record = HttpRequest(request.method, _without_password(request.url))
        try:
            async with asyncio.timeout(self._timeout_s):
                response, content = await self._exchange(request, held)
        except (*_FAILURES, httpx.HTTPError, httpx.InvalidURL) as error:
            why = self._explained(error)
            record = replace(record, ms=_ms_since(began), error=why)
            return Answer(False, f"fetch failed: {record.method} {record.url}: {why}", record)
        record = replace(record, status=response.status_code, ms=_ms_since(began), bytes=len(content))
        return Answer(True, _head_json(response), record, _text(response, content))

    async def _exchange(self, request: RequestReport, held: AsyncExitStack) -> tuple[httpx.Response, bytes]:
        built = self._client.build_request(
            request.method, request.url, headers=request.headers, content=request.body
        )
        built.headers["accept-encoding"] = ACCEPTED
        response = await self._client.send(built, stream=True, follow_redirects=request.redirect == "follow")
        try:
            if request.redirect == "error" and response.has_redirect_location:
                raise FetchFailedError(f"redirected to {response.headers['location']}")
            return response, await self._content(response, held)
        finally:
            await response.aclose()

    async def _content(self, response: httpx.Response, held: AsyncExitStack) -> bytes:
        content, decoder = bytearray(), Decoder(response.headers.get("content-encoding", ""))
        large = False
        async for part in response.aiter_raw(RAW_PART_BYTES):
            content += decoder.decoded(part)
            if len(content) > self._answer_limit_bytes:
                raise FetchFailedError(f"the answer is larger than {self._answer_limit_bytes} bytes (limit)")
            if len(content) > SMALL_BYTES and not large:
                large = True
                await held.enter_async_context(self._large)
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
