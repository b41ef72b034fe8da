"""The client of a Ratchet server."""

from types import TracebackType
from typing import Self

import httpx

from ratchet_web.api.executions import Executions
from ratchet_web.api.http import Http
from ratchet_web.api.jobs import Jobs
from ratchet_web.api.monitoring import Monitoring
from ratchet_web.api.retry import RetryPolicy
from ratchet_web.api.schedules import Schedules
from ratchet_web.api.tasks import Tasks


class Ratchet:
    """A Ratchet server: `async with Ratchet("http://localhost:8080/api/v1") as ratchet: …`.

    `url` is the address of the API; the contract's `/api/v1` is added to a bare `http://host:port`.
    `token` is sent as a bearer token. Each answer must be complete within `timeout_s` seconds.
    `transport` replaces the network, for tests. All calls may raise any of `api.errors`.

    Raises:
        ValueError: `url` is no http(s) address.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        timeout_s: float = 10.0,
        transport: httpx.AsyncBaseTransport | None = None,
        retry: RetryPolicy | None = None,
    ) -> None:
        self._http = Http(url, token=token, timeout_s=timeout_s, transport=transport, retry=retry)
        self.server = self._http.server
        self.tasks = Tasks(self._http)
        self.executions = Executions(self._http)
        self.jobs = Jobs(self._http)
        self.schedules = Schedules(self._http)
        self.monitoring = Monitoring(self._http)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections; the client cannot be used afterwards."""
        await self._http.close()
