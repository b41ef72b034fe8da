"""The client of a Ratchet server."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self, TypeVar

import httpx

from ratchet_web.api.acting import Acting, unattended
from ratchet_web.api.auth import Auth
from ratchet_web.api.bulk import Bulk
from ratchet_web.api.executions import Executions
from ratchet_web.api.failures import Failures
from ratchet_web.api.http import Http
from ratchet_web.api.jobs import Jobs
from ratchet_web.api.logs import Logs
from ratchet_web.api.looks import Look
from ratchet_web.api.monitoring import Monitoring
from ratchet_web.api.pauses import Pauses
from ratchet_web.api.retry import RetryPolicy
from ratchet_web.api.schedules import Schedules
from ratchet_web.api.settling import settling
from ratchet_web.api.speakers import Speaker, Speakers
from ratchet_web.api.tasks import Tasks
from ratchet_web.models.dialect import Dialect, Pace, Spent

T = TypeVar("T")


class Ratchet:
    """A Ratchet server: `async with Ratchet("http://localhost:8080/api/v1") as ratchet: …`.

    `url` is the address of the API; the contract's `/api/v1` is added to a bare `http://host:port`.
    `token` is sent as a bearer token. Each answer must be complete within `timeout_s` seconds.
    `transport` replaces the network, for tests. The first call finds out which dialect the server speaks,
    unless `dialect` says it. `on_unauthorized` is called whenever the server answers 401: the token is worth
    nothing any more. All calls may raise any of `api.errors`.

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
        dialect: Dialect | None = None,
        on_unauthorized: Callable[[], None] | None = None,
    ) -> None:
        self._acting: Acting = unattended
        self._http = Http(
            url,
            token=token,
            timeout_s=timeout_s,
            transport=transport,
            retry=retry,
            on_unauthorized=on_unauthorized,
        )
        self.server = self._http.server
        self.has_token = token is not None
        self.auth = Auth(self._http)
        self.monitoring = Monitoring(self._http)
        self._speakers = Speakers(self._http, self.monitoring, dialect)
        self.tasks = self._settling(Tasks, lambda speaker: speaker.tasks)
        self.executions = self._settling(Executions, lambda speaker: speaker.executions)
        self.executions.logs = self._settling(Logs, lambda speaker: speaker.executions.logs)
        self.jobs = self._settling(Jobs, lambda speaker: speaker.jobs)
        self.schedules = self._settling(Schedules, lambda speaker: speaker.schedules)
        self.pauses = self._settling(Pauses, lambda speaker: speaker.pauses)
        self.failures = self._settling(Failures, lambda speaker: speaker.failures)
        self.bulk = self._settling(Bulk, lambda speaker: speaker.bulk)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def attend(self, acting: Acting) -> None:
        """Let this stand before every verb that changes something."""
        self._acting = acting

    async def close(self) -> None:
        """Close all connections; the client cannot be used afterwards."""
        await self._http.close()

    async def dialect(self, afresh: bool = False) -> Dialect:
        """Return how the server speaks and what it cannot do; `afresh`: whatever was known of it."""
        return (await (self._speakers.again() if afresh else self._speakers.now())).dialect

    async def look(
        self, path: str, params: Mapping[str, str] | None = None, *, at_root: bool = False
    ) -> Look:
        """Return what answers at a path below the API's address (`at_root`: below the server's), good or not.

        Raises:
            RatchetError: nobody answers, or what does cannot be read.
        """
        return await self._http.look(path, params, at_root=at_root)

    def address(self, path: str) -> str:
        """Return where a path below the API's address lies, for people: without user and password."""
        return self._http.address(path)

    def spent(self) -> Spent:
        """Return how many requests this client has sent."""
        return self._http.budget.spent()

    async def spare(self, requests: int) -> None:
        """Wait until long work may send so many requests, with what it leaves to people and pages.

        Raises:
            Limited: not now, or not today.
        """
        await self._http.budget.spare(requests)

    def pace(self) -> Pace | None:
        """Return how fast long work may go, None where the server sets no limit."""
        return self._http.budget.pace()

    def _settling(self, kind: type[T], of: Callable[[Speaker], T]) -> T:
        async def now() -> T:
            return of(await self._speakers.now())

        return settling(kind, now, lambda deed, carry_out: self._acting(deed, carry_out))
