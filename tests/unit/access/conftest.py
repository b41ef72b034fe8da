"""A server with a login, and people who are signed in on it."""

import json
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from ratchet_web.access.people import People
from ratchet_web.api import Ratchet
from ratchet_web.live.services import Surroundings
from ratchet_web.models.console import AboutConsole, ShownSetting
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer

SERVERS = ("prod", "staging")


class GuardedRatchet(FakeRatchet):
    """A server whose users have their names for passwords; what has no known token gets 401."""

    def __init__(self) -> None:
        super().__init__()
        self.roles: dict[str, str] = {"ann": "admin", "rob": "readonly"}
        self.tokens: dict[str, str] = {}
        self.transport.on(f"{AT}/auth/login", self._login)
        for path in [path for path in self.transport.routes if not path.endswith("/login")]:
            self.transport.on(path, self._guarded(self.transport.routes[path]))
        self.transport.on(f"{AT}/auth/me", self._guarded(self._me))
        self.transport.on(f"{AT}/auth/logout", self._guarded(self._logout))

    def _name(self, request: httpx.Request) -> str | None:
        return self.tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))

    def _guarded(self, inner: Callable[[httpx.Request], httpx.Response]) -> Callable[..., httpx.Response]:
        return lambda request: inner(request) if self._name(request) else answer(401)

    def _login(self, request: httpx.Request) -> httpx.Response:
        given = json.loads(request.content)
        name = given["username"]
        if name not in self.roles or given["password"] != name:
            return answer(401, {"error": {"code": "UNAUTHORIZED", "message": "wrong"}})
        token = f"secret-{name}-{len(self.tokens)}"
        self.tokens[token] = name
        return answer(200, {"data": {"token": token, "user": self._user(name)}})

    def _me(self, request: httpx.Request) -> httpx.Response:
        return answer(200, {"data": self._user(str(self._name(request)))})

    def _logout(self, request: httpx.Request) -> httpx.Response:
        self.tokens.pop(request.headers["authorization"].removeprefix("Bearer "))
        return answer(200, {"success": True})

    def _user(self, name: str) -> dict[str, str]:
        return {"id": "1", "username": name, "role": self.roles[name]}


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fakes() -> dict[str, GuardedRatchet]:
    return {name: GuardedRatchet() for name in SERVERS}


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms()


@pytest.fixture
async def people(fakes: dict[str, GuardedRatchet], rooms: MemoryRooms, clock: Clock) -> AsyncIterator[People]:
    def connect(
        server: str, token: str | None = None, on_unauthorized: Callable[[], None] | None = None
    ) -> Ratchet:
        transport = fakes[server].transport
        return Ratchet(
            f"http://{server}.test", token=token, transport=transport, on_unauthorized=on_unauthorized
        )

    about = AboutConsole(settings=(ShownSetting(name="RATCHET_WEB_PORT", value="3000"),))
    made = People(SERVERS, connect, Surroundings(rooms, about), idle_s=10_000, longest_s=100_000, now_s=clock)
    async with made.present():
        yield made
