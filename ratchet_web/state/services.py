"""What a viewer works with: a client and a live hub for each server, of everybody or their own."""

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, Protocol

import reflex as rx

from ratchet_web.access.cookies import Cookies
from ratchet_web.access.people import People
from ratchet_web.access.proxied import Proxied, holder
from ratchet_web.api import Forbidden, NotFound, Ratchet
from ratchet_web.live.hub import Hub
from ratchet_web.live.person import Person
from ratchet_web.live.services import Services, Surroundings
from ratchet_web.logic.addresses import SERVER, on_server
from ratchet_web.models.acts import Act
from ratchet_web.models.servers import chosen
from ratchet_web.peers.peers import Peers

__all__ = [
    "Services",
    "go",
    "hubs",
    "may_do",
    "own",
    "running",
    "server_names",
    "server_of",
    "services",
    "signed_in",
]


class Provider(Protocol):
    """Where services come from."""

    @property
    def servers(self) -> Collection[str]:
        """The names of all servers that the console knows."""

    def own(self, cookie: str) -> Mapping[str, Services]:
        """Return what the sender of a `Cookie` header has, by server."""

    def account(self, cookie: str) -> Mapping[str, str]:
        """Return what each page is told of its viewer alone: `name`, `role`, `sign_out`; else nothing."""

    def hubs(self) -> list[Hub]:
        """Return all hubs of this process."""


class Shared:
    """The same services for everybody who reaches the console."""

    def __init__(self, started: Mapping[str, Services]) -> None:
        self.servers: Collection[str] = started
        self._started = started

    def own(self, cookie: str) -> Mapping[str, Services]:
        """Return them."""
        return self._started

    def account(self, cookie: str) -> Mapping[str, str]:
        """Return nothing: nobody knows who it is."""
        return {}

    def hubs(self) -> list[Hub]:
        """Return theirs."""
        return [each.hub for each in self._started.values()]


class Personal:
    """Services for those alone who have signed in."""

    def __init__(self, people: People, cookies: Cookies) -> None:
        self.servers: Collection[str] = people.servers
        self._people, self._cookies = people, cookies

    def own(self, cookie: str) -> Mapping[str, Services]:
        """Return what they have."""
        return self._people.own(self._cookies.id_in(cookie))

    def account(self, cookie: str) -> Mapping[str, str]:
        """Return nothing: their hub tells who they are on its server."""
        return {}

    def hubs(self) -> list[Hub]:
        """Return those of all of them."""
        return self._people.hubs()


class ByRole:
    """Services for those whom a proxy names, shared by all who have a role."""

    def __init__(self, proxied: Proxied, sign_out: str) -> None:
        self.servers: Collection[str] = proxied.servers
        self.own, self.hubs, self._sign_out = proxied.own, proxied.hubs, sign_out

    def account(self, cookie: str) -> Mapping[str, str]:
        """Return whom the proxy named, for their own page."""
        who = holder(cookie)
        return {"name": who.name, "role": who.word, "sign_out": self._sign_out} if who else {}


_running: list[Provider] = []


def _provider() -> Provider:
    """Return where the services of this process come from; they exist while the application runs."""
    if not _running:
        raise RuntimeError("The console's services are not running: the application's lifespan starts them")
    return _running[-1]


def hubs() -> list[Hub] | None:
    """Return all hubs of this process; None while the application does not run."""
    return _running[-1].hubs() if _running else None


def server_names() -> Collection[str]:
    """Return the names of the servers that the console knows."""
    return _provider().servers


def own(state: rx.State) -> Mapping[str, Services]:
    """Return the services that the viewer has, by server: of all, or of those on which they are signed in."""
    return services_of(state.router.headers.cookie)


def account_of(state: rx.State) -> dict[str, str]:
    """Return what the viewer's own page is told of them, where their hub is not theirs alone."""
    return dict(_provider().account(state.router.headers.cookie))


def services_of(cookie: str) -> Mapping[str, Services]:
    """Return what the sender of a `Cookie` header has, by server."""
    return _provider().own(cookie)


def server_of(state: rx.State) -> str:
    """Return the name of the server that the address of the viewer's page means, a strange one as it is.

    Nothing else decides it: what a state remembers may be of another page.
    """
    asked = state.router.url.query_parameters.get(SERVER, "")
    return asked if (name := chosen(server_names(), asked)) is None else name


def services(state: rx.State) -> Services:
    """Return the services of the server that the address of the viewer's page means.

    Raises:
        NotFound: it names one that the console does not know.
        Forbidden: the viewer is not signed in on it any more.
    """
    name = server_of(state)
    if name not in server_names():
        raise NotFound(f"This console knows no server {name[:40]!r}")
    if (found := own(state).get(name)) is None:
        raise Forbidden("You are not signed in any more", status=401)
    return found


def may_do(state: rx.State, act: Act) -> bool:
    """Return whether the viewer may try this on the page's server; without its services nothing gets far."""
    found = own(state).get(server_of(state))
    return found is None or found.person.may(act)


def go(state: rx.State, address: str, *, replace: bool = False) -> Any:
    """Return the event that leads the viewer to another page of the same server."""
    return rx.redirect(on_server(address, server_of(state)), replace=replace)


@asynccontextmanager
async def running(
    clients: Mapping[str, Ratchet],
    around: Surroundings,
    peers: Callable[[str], Peers | None] | None = None,
    *,
    everybody: Person | None = None,
) -> AsyncIterator[Mapping[str, Services]]:
    """Run the services of everybody for as long as the context lasts; `clients` by their servers' names.

    `peers`, where there are other workers, are those who have this server too; `everybody`: who they are.
    """
    everybody = everybody or Person()
    async with AsyncExitStack() as stack:
        for api in clients.values():
            await stack.enter_async_context(api)
        started = {
            name: Services.of(name, api, everybody, around, peers and peers(name))
            for name, api in clients.items()
        }
        for each in started.values():
            await each.start()
            stack.push_async_callback(each.stop)
        stack.enter_context(_providing(Shared(started)))
        yield started


@asynccontextmanager
async def signed_in(people: People, cookies: Cookies) -> AsyncIterator[None]:
    """Run the services of those who sign in, for as long as the context lasts."""
    async with people.present():
        with _providing(Personal(people, cookies)):
            yield


@asynccontextmanager
async def named(proxied: Proxied, sign_out: str = "") -> AsyncIterator[None]:
    """Run the services of those whom a proxy names; `sign_out` is the address where it signs them out."""
    async with AsyncExitStack() as stack:
        await proxied.start(stack)
        stack.enter_context(_providing(ByRole(proxied, sign_out)))
        yield


@contextmanager
def _providing(provider: Provider) -> Iterator[None]:
    _running.append(provider)
    try:
        yield
    finally:
        _running.remove(provider)
