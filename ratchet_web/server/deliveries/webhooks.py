"""Calls webhooks, under the same address policy as `fetch` in tasks."""

import asyncio
import base64
import http.cookiejar
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final

import httpx

from ratchet_web import __version__
from ratchet_web.models.destinations import Authentication, Webhook, WebhookMethod
from ratchet_web.models.hosts import AllowedHosts
from ratchet_web.server.deliveries.parcel import DeliveryError, FinalError, Parcel
from ratchet_web.server.engine.addresses import GuardedTransport, RefusedAddress

# Beside 5xx, the answers after which it may work later.
PASSING = (408, 425, 429)
# So long what follows the status is read, of a test; closing it may take as long again.
BODY_S: Final = 1.0


class Webhooks:
    """One client for all webhooks; redirects are not followed, as they would carry secrets elsewhere."""

    def __init__(self, allowed: AllowedHosts) -> None:
        forgetful = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
        self._client = httpx.AsyncClient(
            transport=GuardedTransport(allowed),
            cookies=forgetful,
            headers={"user-agent": f"ratchet-web/{__version__}"},
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def call(self, parcel: Parcel, webhook: Webhook) -> int:
        """Bring a parcel; return the status of the answer.

        Raises:
            DeliveryError: there was no answer, or one that is no success.
        """
        async with self._answered(parcel, webhook, {}, webhook.timeout_seconds) as answer:
            return judged(answer.status_code)

    async def sample(self, parcel: Parcel, webhook: Webhook, timeout_s: int, most: int) -> tuple[int, bytes]:
        """Bring a parcel that is a test; return the status, and the first bytes of the answer, as they came.

        Raises:
            DeliveryError: there was no answer.
        """
        # What is read must be what was sent: a few bytes may unpack to very many.
        ours = {"accept-encoding": "identity", "x-ratchet-test": "true"}
        begins = bytearray()
        async with self._answered(parcel, webhook, ours, timeout_s) as answer:
            # A delivery is judged by its status alone, also where the rest never ends or is cut off.
            with suppress(TimeoutError, httpx.HTTPError):
                async with asyncio.timeout(BODY_S):
                    async for part in answer.aiter_raw():
                        begins += part
                        if len(begins) >= most:
                            break
            return answer.status_code, bytes(begins[:most])

    @asynccontextmanager
    async def _answered(
        self, parcel: Parcel, webhook: Webhook, more: Mapping[str, str], timeout_s: int
    ) -> AsyncIterator[httpx.Response]:
        body = None if webhook.method is WebhookMethod.GET else parcel.text().encode()
        try:
            request = self._client.build_request(
                str(webhook.method),
                webhook.url,
                headers={**_headers(parcel, webhook), **more},
                content=body,
                timeout=timeout_s,
            )
            async with asyncio.timeout(timeout_s) as limit:
                answer = await self._client.send(request, stream=True)
                limit.reschedule(asyncio.get_running_loop().time() + 2 * BODY_S)
                try:
                    yield answer
                finally:
                    await answer.aclose()
        except (TimeoutError, httpx.TimeoutException):
            raise DeliveryError(f"No answer within {timeout_s} s") from None
        except RefusedAddress as error:
            raise FinalError(str(error)) from None
        except (httpx.LocalProtocolError, ValueError):
            # What they say quotes the header, and with it the secret.
            raise FinalError("The request cannot be made: HTTP does not allow its headers") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise DeliveryError(f"{type(error).__name__}: {error}") from None


def judged(status: int) -> int:
    """Return the status of a success; raise for every other one."""
    if 200 <= status < 300:
        return status
    if 300 <= status < 400:
        raise FinalError(f"It answered {status}: redirects are not followed", status)
    kind = DeliveryError if status >= 500 or status in PASSING else FinalError
    raise kind(f"It answered {status}", status)


def _headers(parcel: Parcel, webhook: Webhook) -> dict[str, str]:
    ours = {
        "x-ratchet-job-id": str(parcel.job_id),
        "x-ratchet-execution-id": str(parcel.execution_id),
        "x-ratchet-delivery-id": str(parcel.delivery_id),
        "x-ratchet-delivery-attempt": str(parcel.attempt),
    }
    body = {} if webhook.method is WebhookMethod.GET else {"content-type": webhook.content_type}
    given = {name.lower(): value for name, value in (webhook.headers or {}).items()}
    return {**body, **given, **_credentials(webhook.authentication), **ours}


def _credentials(authentication: Authentication | None) -> dict[str, str]:
    if authentication is None:
        return {}
    if authentication.bearer is not None:
        return {"authorization": f"Bearer {authentication.bearer.token}"}
    if authentication.basic is not None:
        pair = f"{authentication.basic.username}:{authentication.basic.password}"
        return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    if authentication.api_key is not None:
        return {authentication.api_key.header_name.lower(): authentication.api_key.key}
    return {}
