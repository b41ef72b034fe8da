"""The double of a native Ratchet server: an ASGI application with its state in memory.

async with native() as double:
    double.add_task(name="report")
    client = httpx.AsyncClient(transport=double.transport, base_url=double.url)
"""

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.doubles.native import answers
from tests.doubles.native.answers import PanicError, RefusalError
from tests.doubles.native.call import Call
from tests.doubles.native.clock import Clock, StillClock
from tests.doubles.native.cron import next_after
from tests.doubles.native.instants import of_datetime
from tests.doubles.native.layers import SECURITY, cors, preflight
from tests.doubles.native.life import Life
from tests.doubles.native.limiter import Limiter, Spent
from tests.doubles.native.routes import Route, find
from tests.doubles.native.rows import Execution, Job, Schedule, Task
from tests.doubles.native.state import State

LONGEST_PATH = 65_534
KEPT_REQUESTS = 10_000
HEARTBEAT = "0 */5 * * * *"


class Native:
    """The server. `spent` counts requests, `requests` keeps the method and path of the last ones.

    `works=False` leaves jobs in the queue, `limited=False` switches the limiter off, `empty` leaves out the
    heartbeat that a new database has.
    """

    url = "http://native"

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        pass_s: float = 5.0,
        works: bool = True,
        limited: bool = True,
        burst: int = 50,
        per_s: float = 5.0,
        daily: int = 10_000,
        empty: bool = False,
    ) -> None:
        self.clock = clock or StillClock()
        self.state = State()
        self.life = Life(self.state, self.clock.now_ns(), pass_s if works else None)
        self.limiter = Limiter(burst, per_s, daily, limited)
        self.spent = Spent()
        self.requests: deque[tuple[str, str]] = deque(maxlen=KEPT_REQUESTS)
        self.transport = Transport(self)
        if not empty:
            self._add_heartbeat()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope, receive)
            answer = self.answer(request, await request.body())
            await answer(scope, receive, send)

    def answer(self, request: Request, body: bytes) -> Response:
        """Answer a request.

        Raises:
            PanicError: the server would close the connection without an answer.
        """
        path = request.scope.get("raw_path", b"").split(b"?")[0].decode("latin-1") or request.url.path
        self.requests.append((request.method, path))
        self.life.catch_up(self.clock.now_ns())
        if len(path) + len(request.url.query) > LONGEST_PATH:
            return answers.empty(414)
        found = find(request.scope["path"])
        if found is None:
            return answers.empty(404)
        route, id = found
        answer = self._inside(route, id, request, body)
        if request.method == "HEAD":
            answer.body = b""
        return answer

    def _inside(self, route: Route, id: str, request: Request, body: bytes) -> Response:
        if route.outside:
            self._count_outside(request)
            return self._handled(route, id, request, body)
        if request.method == "OPTIONS":
            return preflight(request.headers)
        self.spent.rest += 1
        if self.limiter.allows(self.clock.now_ns()):
            answer = self._handled(route, id, request, body)
            answer.headers.update(SECURITY)
        else:
            self.spent.refused += 1
            answer = answers.layer_failed(429, "RATE_LIMITED", "Rate limit exceeded")
        answer.headers.update(cors(request.headers.get("origin")))
        return answer

    def _count_outside(self, request: Request) -> None:
        self.spent.graphql += request.url.path == "/graphql"

    def _handled(self, route: Route, id: str, request: Request, body: bytes) -> Response:
        handler = route.handlers.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            return answers.empty(405, allow=route.allowed)
        query = request.scope.get("query_string", b"")
        kind = request.headers.get("content-type", "")
        try:
            return handler(Call(self.state, self.life, self.clock, id, query, kind, body))
        except RefusalError as refusal:
            return refusal.answer

    def _add_heartbeat(self) -> None:
        now_ns = self.clock.now_ns()
        task = self.state.add_task(now_ns, "heartbeat", validated_ns=now_ns, **HEARTBEAT_TASK)
        self.life.start_timer(self._add_heartbeat_schedule(task), now_ns)

    def _add_heartbeat_schedule(self, task: Task) -> Schedule:
        now_ns = self.clock.now_ns()
        return self.state.add_schedule(
            now_ns,
            task.id,
            "system_heartbeat",
            HEARTBEAT,
            description="System heartbeat health monitoring",
            next_run_ns=next_after(HEARTBEAT, now_ns),
            output_destinations=[HEARTBEAT_DESTINATION],
        )

    def advance(self, seconds: float) -> None:
        """Move a clock that stands, and let happen what happens until then."""
        assert isinstance(self.clock, StillClock)
        self.clock.advance(seconds)
        self.life.catch_up(self.clock.now_ns())

    def restart(self) -> None:
        """End it and start it again on the same rows, as the real one does if its database is a file."""
        self.life.catch_up(self.clock.now_ns())
        self.limiter.forget()
        heartbeats = [row for row in self.state.schedules if row.name == "system_heartbeat" and row.enabled]
        tasks = [row for row in self.state.tasks if row.name == "heartbeat"]
        if tasks and not heartbeats:
            self._add_heartbeat_schedule(tasks[0])
        self.life.restart(self.clock.now_ns())

    def add_task(self, name: str = "task", **fields: Any) -> Task:
        """Make a row directly; `fields` are those of `Task`."""
        return self.state.add_task(self.clock.now_ns(), name, **fields)

    def add_execution(
        self, task: Task | None = None, *, queued_at: datetime | None = None, **fields: Any
    ) -> Execution:
        """Make a row directly, COMPLETED unless told otherwise; `fields` are those of `Execution`."""
        fields = {"status": "COMPLETED", **fields}
        return self.state.add_execution(self._ns(queued_at), self._task(task).id, **fields)

    def add_job(self, task: Task | None = None, *, queued_at: datetime | None = None, **fields: Any) -> Job:
        """Make a row directly; unless told otherwise it is QUEUED, and so will be worked on."""
        return self.state.add_job(self._ns(queued_at), self._task(task).id, **fields)

    def add_schedule(
        self, name: str = "schedule", cron: str = "0 0 9 * * *", task: Task | None = None, **fields: Any
    ) -> Schedule:
        """Make a row directly, with its timer if it is enabled."""
        schedule = self.state.add_schedule(self.clock.now_ns(), self._task(task).id, name, cron, **fields)
        self.life.start_timer(schedule, self.clock.now_ns())
        return schedule

    def _task(self, task: Task | None) -> Task:
        return task or next(iter(self.state.tasks))

    def _ns(self, moment: datetime | None) -> int:
        return self.clock.now_ns() if moment is None else of_datetime(moment)


class Transport(httpx.AsyncBaseTransport):
    """Reaches the double without a network; a panic is a connection that closes."""

    def __init__(self, double: Native) -> None:
        self._inner = httpx.ASGITransport(double)
        self.down: Exception | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request.

        Raises:
            httpx.RemoteProtocolError: the server broke down.
        """
        if self.down is not None:
            raise self.down
        try:
            return await self._inner.handle_async_request(request)
        except PanicError as panic:
            told = "Server disconnected without sending a response."
            raise httpx.RemoteProtocolError(told, request=request) from panic


@asynccontextmanager
async def native(clock: Clock | None = None, **settings: Any) -> AsyncIterator[Native]:
    """Yield a double in this process; `settings` are those of `Native`."""
    yield Native(clock, **settings)


HEARTBEAT_TASK: dict[str, Any] = {
    "uuid": "00000000-0000-0000-0000-000000000001",
    "description": "Built-in heartbeat task that returns system status for monitoring",
    "input_schema": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "title": "Heartbeat Input Schema",
        "properties": {},
        "additionalProperties": False,
    },
    "output_schema": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "title": "Heartbeat Output Schema",
        "required": ["status", "timestamp", "message"],
        "additionalProperties": False,
    },
    "metadata": {"source": "embedded", "script_length": 1700, "dependencies": [], "environment": {}},
}
HEARTBEAT_DESTINATION: dict[str, Any] = {
    "destinationType": "stdio",
    "template": None,
    "filesystem": None,
    "webhook": None,
    "stdio": {
        "stream": "stdout",
        "format": "JSON",
        "includeMetadata": True,
        "lineBuffered": True,
        "prefix": "[HEARTBEAT] ",
    },
}
