"""The one place that speaks HTTP: pooled connections, limits, timeouts, request ids, retries."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from random import random

import httpx
from pydantic import JsonValue

from ratchet_web.api.acting import asked_as
from ratchet_web.api.addresses import PREFIX, base_of, is_loopback, login, public_of, trust
from ratchet_web.api.answers import Answer, failure, retry_after_s, unanswered
from ratchet_web.api.budget import Budget
from ratchet_web.api.causes import unreachable
from ratchet_web.api.errors import Broken, Cause, RatchetError, Refused, Unreachable
from ratchet_web.api.looks import Look, looked
from ratchet_web.api.retry import RetryPolicy
from ratchet_web.api.sse import ServerEvent, events_of
from ratchet_web.api.wording import plain
from ratchet_web.models.requests import request_id as new_id
from ratchet_web.models.upstream import ASKED

BODY_LIMIT = 64 * 1024 * 1024
# Servers send a comment every 15 s; three of them missing means that nobody is there.
SILENCE_S = 45.0
LIMITS = httpx.Limits(max_connections=256, max_keepalive_connections=20)
GRAPHQL = "/graphql"
NO_GRAPHQL = "NO_GRAPHQL"
UNSENDABLE = "This holds what cannot be sent, such as half of a character (\\ud800): nothing was asked for"
# A shorter token is no secret, and stands in many words.
TOKEN_CHARS = 8


class Http:
    """Requests to one server. `server` is its address for people: no `/api/v1`, no password.

    Raises:
        ValueError: `url` is no http(s) address, or certificates or proxies of the environment are none.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        timeout_s: float = 10.0,
        transport: httpx.AsyncBaseTransport | None = None,
        retry: RetryPolicy | None = None,
        body_limit: int = BODY_LIMIT,
        on_unauthorized: Callable[[], None] | None = None,
    ) -> None:
        given = base_of(url)
        self._base = public_of(given)
        self._root = self._base.removesuffix(PREFIX)
        self.server = public_of(self._root)
        self.budget = Budget()
        self._timeout_s = timeout_s
        self._retry = retry or RetryPolicy()
        self._body_limit = body_limit
        self._on_unauthorized = on_unauthorized
        self._token = token or ""
        headers = {"user-agent": "ratchet-web", "accept": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        try:
            self._client = httpx.AsyncClient(
                headers=headers,
                # Beside the address, which logs may tell; a token goes before a user and password.
                auth=None if token else login(given),
                timeout=timeout_s,
                limits=LIMITS,
                transport=transport,
                # A server could otherwise fill every later request with what it once made us keep.
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                # A proxy of the environment cannot reach our own loopback.
                trust_env=not is_loopback(self._base),
                verify=trust(self._base),
            )
        except (OSError, ImportError, ValueError, httpx.InvalidURL) as error:
            told = f"the certificates or proxies that this machine's environment names are unusable: {error}"
            raise ValueError(told) from error

    def address(self, path: str, *, at_root: bool = False) -> str:
        """Return where a path lies, for people: without user and password."""
        return public_of(self._root if at_root else self._base) + path

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        at_root: bool = False,
        also: Collection[int] = (),
    ) -> Answer:
        """Return a good answer of a safe request, tried again where that may help.

        `also` names statuses beside 2xx that are no failure here.

        Raises:
            RatchetError: any of the tree.
        """
        return await self._patiently(
            lambda request_id: self._once("GET", path, request_id, params=params, at_root=at_root, also=also)
        )

    async def graphql(self, query: str) -> dict[str, JsonValue]:
        """Return the data that a GraphQL query asks for, tried again where that may help.

        Raises:
            RatchetError: any of the tree; `Broken` with the code `GRAPHQL` where the query is refused, and
                `NO_GRAPHQL` where nothing could answer it.
        """
        body: dict[str, JsonValue] = {"query": query}
        try:
            answer = await self._patiently(
                lambda request_id: self._once("POST", GRAPHQL, request_id, body=body, at_root=True)
            )
        except RatchetError as error:
            if error.status not in (404, 405):
                raise
            raise Broken("This server answers no GraphQL", status=error.status, code=NO_GRAPHQL) from error
        told = answer.payload()
        data = told.get("data") if isinstance(told, dict) else None
        if not isinstance(told, dict) or told.get("errors") or not isinstance(data, dict):
            raise unanswered(answer, told)
        return data

    async def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, JsonValue] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return a good answer of a request that changes something. It is sent once.

        Raises:
            RatchetError: any of the tree.
        """
        return await self._once(method, path, new_id(), body=body, headers=headers, urgent=True)

    async def look(
        self, path: str, params: Mapping[str, str] | None = None, *, at_root: bool = False
    ) -> Look:
        """Return what answers, good or not, asked once.

        Raises:
            RatchetError: nobody answers, or what does cannot be read.
        """
        request_id = new_id()
        request = self._request("GET", path, request_id, params=params, at_root=at_root)
        began = time.monotonic()
        response, answer = await self._exchange(path, request, request_id, urgent=False)
        return looked(response, answer, timedelta(seconds=time.monotonic() - began))

    async def _patiently(self, once: Callable[[str], Awaitable[Answer]]) -> Answer:
        request_id = new_id()
        tried = 1
        while True:
            try:
                return await once(request_id)
            except RatchetError as error:
                wait_s = self._retry.wait_s(error, tried, random())
                if wait_s is None:
                    raise
            await asyncio.sleep(wait_s)
            tried += 1

    @asynccontextmanager
    async def events(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, JsonValue] | None = None,
    ) -> AsyncIterator[AsyncIterator[ServerEvent]]:
        """Open a stream of server-sent events, with POST where there is a `body`; closed with the context.

        Raises:
            RatchetError: at the opening, any of the tree; while reading, `Unreachable` or `Broken`.
        """
        sent = {**(headers or {}), "accept": "text/event-stream", "cache-control": "no-store"}
        method = "GET" if body is None else "POST"
        async with self._stream(method, path, params=params, body=body, headers=sent) as (response, id):
            if "text/event-stream" not in response.headers.get("content-type", ""):
                raise Broken("The server does not stream this", status=200, request_id=id)
            yield events_of(response, id)

    @asynccontextmanager
    async def file(
        self, path: str, params: Mapping[str, str] | None = None
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open a file of any size, which comes in pieces; closed with the context.

        Raises:
            RatchetError: at the opening, any of the tree; while reading, `Unreachable` or `Broken`.
        """
        sent = {"accept": "*/*", "accept-encoding": "identity"}
        async with self._stream("GET", path, params=params, headers=sent) as (response, id):
            yield _pieces(response, id)

    @asynccontextmanager
    async def _stream(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str],
        body: Mapping[str, JsonValue] | None = None,
    ) -> AsyncIterator[tuple[httpx.Response, str]]:
        """Open a good answer that may take any time, as long as something comes, with its request's id."""
        request_id = new_id()
        silent = await self.budget.pay(body is not None)
        request = self._request(
            method, path, request_id, params=params, body=body, headers=headers, silence_s=SILENCE_S
        )
        deadline = self._deadline()
        response = await self._open(request, request_id, deadline)
        try:
            if response.status_code != 200:
                refusal = await self._read(response, request_id, deadline)
                self._note(refusal, silent)
                raise failure(self._without_token(refusal))
            self.budget.answered(200, silent)
            yield response, request_id
        finally:
            await response.aclose()

    async def _once(
        self,
        method: str,
        path: str,
        request_id: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, JsonValue] | None = None,
        headers: Mapping[str, str] | None = None,
        at_root: bool = False,
        also: Collection[int] = (),
        urgent: bool = False,
    ) -> Answer:
        request = self._request(
            method, path, request_id, params=params, body=body, headers=headers, at_root=at_root
        )
        _, answer = await self._exchange(path, request, request_id, urgent)
        if not 200 <= answer.status < 300 and answer.status not in also:
            raise failure(self._without_token(answer))
        return answer

    def _without_token(self, answer: Answer) -> Answer:
        """Return a refusal that does not repeat the token, which some servers do: people will read it."""
        if len(self._token) < TOKEN_CHARS:
            return answer
        return replace(answer, body=answer.body.replace(self._token.encode(), "…".encode()))

    async def _exchange(
        self, path: str, request: httpx.Request, request_id: str, urgent: bool
    ) -> tuple[httpx.Response, Answer]:
        silent = await self._paid(path, urgent)
        deadline = self._deadline()
        try:
            response = await self._open(request, request_id, deadline)
            try:
                answer = await self._read(response, request_id, deadline)
            finally:
                await response.aclose()
        except RatchetError as error:
            ASKED[error.kind] += 1
            raise
        ASKED[f"{answer.status // 100}xx"] += 1
        if silent is not None:
            self._note(answer, silent)
        return response, answer

    def _note(self, answer: Answer, silent: bool) -> None:
        status = 200 if answer.is_busy else answer.status
        self.budget.answered(status, silent, retry_after_s(answer.retry_after))

    async def _paid(self, path: str, urgent: bool) -> bool | None:
        """Count a request, once it may be sent; GraphQL is outside of every limit."""
        if path == GRAPHQL:
            self.budget.count_graphql()
            return None
        return await self.budget.pay(urgent)

    def _request(
        self,
        method: str,
        path: str,
        request_id: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, JsonValue] | None = None,
        headers: Mapping[str, str] | None = None,
        at_root: bool = False,
        silence_s: float | None = None,
    ) -> httpx.Request:
        silence = self._timeout_s if silence_s is None else silence_s
        try:
            return self._client.build_request(
                method,
                (self._root if at_root else self._base) + path,
                params=params,
                json=body,
                headers={**(headers or {}), "x-request-id": request_id},
                timeout=httpx.Timeout(self._timeout_s, read=silence),
            )
        except (ValueError, RecursionError) as error:
            # Half of a surrogate pair, NaN: a person typed what no request can hold.
            raise Refused(UNSENDABLE, status=400, request_id=request_id) from error

    def _deadline(self) -> float:
        """Return the time of the loop at which an answer that is asked for now must be complete."""
        return asyncio.get_running_loop().time() + self._timeout_s

    async def _open(self, request: httpx.Request, request_id: str, deadline: float) -> httpx.Response:
        if self._client.is_closed:
            raise Unreachable("The console has closed this connection", request_id=request_id)
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._client.send(request, stream=True)
        except (httpx.TimeoutException, TimeoutError) as error:
            raise self._late(request_id) from error
        except (httpx.RemoteProtocolError, httpx.InvalidURL) as error:
            # The address of a redirect is read, though none is followed.
            if isinstance(error, httpx.RemoteProtocolError) and _broke_off(error):
                raise unreachable(error, self.server, request_id) from error
            told = f"What answers at {self.server} does not speak HTTP as it should; is the address right?"
            raise Broken(told, request_id=request_id) from error
        except httpx.TransportError as error:
            raise unreachable(error, self.server, request_id) from error
        # At the root a proxy may guard what is no business of the token.
        below_api = str(request.url).startswith(f"{self._base}/")
        if response.status_code == 401 and below_api and self._on_unauthorized:
            self._on_unauthorized()
        return response

    async def _read(self, response: httpx.Response, request_id: str, deadline: float) -> Answer:
        """Read the answer to its end, within the time and size that one may take."""
        named = plain(response.headers.get("x-request-id", ""), 100) or request_id
        asked_as(named)
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout_at(deadline):
                async for chunk in response.aiter_bytes():
                    size += len(chunk)
                    if size > self._body_limit:
                        told = f"The answer is larger than {self._body_limit // 2**20} MB"
                        raise Broken(told, status=response.status_code, request_id=named)
                    chunks.append(chunk)
        except (httpx.TimeoutException, TimeoutError) as error:
            raise self._late(named) from error
        except httpx.TransportError as error:
            raise unreachable(error, self.server, named) from error
        except httpx.DecodingError as error:
            raise Broken(
                "The answer cannot be decoded", status=response.status_code, request_id=named
            ) from error
        return Answer(
            status=response.status_code,
            content_type=response.headers.get("content-type", "").lower(),
            body=b"".join(chunks),
            request_id=named,
            retry_after=response.headers.get("retry-after", ""),
        )

    def _late(self, request_id: str) -> Unreachable:
        return Unreachable(
            f"{self.server} did not answer within {self._timeout_s:g} s",
            cause=Cause.LATE,
            request_id=request_id,
        )


async def _pieces(response: httpx.Response, request_id: str) -> AsyncIterator[bytes]:
    try:
        async for piece in response.aiter_bytes():
            yield piece
    except httpx.TransportError as error:
        raise Unreachable("The file broke off", request_id=request_id) from error
    except httpx.DecodingError as error:
        raise Broken("The file cannot be decoded", status=200, request_id=request_id) from error


def _broke_off(error: httpx.RemoteProtocolError) -> bool:
    """Whether the connection ended; all else that goes by this name is nonsense that was received."""
    return "disconnected" in str(error) or "closed" in str(error)
