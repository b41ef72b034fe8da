"""The ways into the console, by `RATCHET_WEB_AUTH`: whom each lets in, and what they find."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Final, NamedTuple

from starlette.routing import Route
from starlette.types import ASGIApp

from ratchet_web.access import routes as access
from ratchet_web.access.cookies import Cookies
from ratchet_web.access.door import Door
from ratchet_web.access.meeting import Meeting
from ratchet_web.access.pace import TRIES_MOST, Pace
from ratchet_web.access.people import People
from ratchet_web.access.present import Present
from ratchet_web.access.proxied import Proxied, Proxy
from ratchet_web.access.proxy_door import ProxyDoor
from ratchet_web.access.shared_sessions import OverRedis
from ratchet_web.entrances.premises import Premises
from ratchet_web.entrances.routes import data_routes
from ratchet_web.live.person import Anybody, Person
from ratchet_web.logic.origins import exposure, is_loopback
from ratchet_web.models.proxies import named_roles, networks
from ratchet_web.peers.bus import space_of
from ratchet_web.state.guard import ByAccount, ByProxy, Guard
from ratchet_web.state.services import named, running, signed_in

Layer = Callable[[ASGIApp], ASGIApp]


class Entrance(NamedTuple):
    """One way in.

    `routes`, and the `layers` around them and the pages, the innermost first; `guard` stands before events;
    `services` run for as long as the application does.
    """

    routes: list[Route]
    layers: tuple[Layer, ...]
    guard: Guard
    services: Callable[[], AbstractAsyncContextManager[None]]


def for_everybody(premises: Premises) -> Entrance:
    """Let everybody who reaches the console work with its token, if it has one."""
    settings = premises.settings
    everybody = Person() if is_loopback(settings.web_host) else Anybody()

    @asynccontextmanager
    async def services() -> AsyncIterator[None]:
        """Run the clients and the live hubs for as long as the application runs."""
        if why := exposure("none", settings.web_host, settings.web_insecure):
            raise RuntimeError(why)
        async with (
            premises.open(),
            running(premises.with_own_tokens(), premises.around, premises.sharing, everybody=everybody),
        ):
            yield

    return Entrance(data_routes(premises.journal), (Present,), Guard(), services)


def for_whom_a_proxy_names(premises: Premises) -> Entrance:
    """Let those in whom a reverse proxy names; the console works for them with its own token."""
    settings, journal = premises.settings, premises.journal
    proxied = Proxied(premises.with_own_tokens, premises.servers, premises.around, premises.sharing)
    believed, roles = networks(settings.web_proxy_from), named_roles(settings.web_proxy_roles)
    proxy = Proxy(believed, settings.web_proxy_user, settings.web_proxy_role, roles)

    @asynccontextmanager
    async def services() -> AsyncIterator[None]:
        """Run the clients and the live hubs of each role for as long as the application runs."""
        async with premises.open(), named(proxied, settings.web_proxy_sign_out):
            yield

    door = partial(ProxyDoor, proxy=proxy, journal=journal, confirm_s=settings.web_proxy_confirm_s)
    return Entrance(data_routes(journal), (door,), Guard(ByProxy(proxied)), services)


def for_who_signs_in(premises: Premises) -> Entrance:
    """Let everybody work with what they have on the servers on which they sign in."""
    settings, workers = premises.settings, premises.workers
    redis = settings.web_redis_url
    cookies = Cookies(space_of(redis.get_secret_value())[:8] if redis else settings.web_port)
    people = People(
        premises.servers,
        premises.connect,
        premises.around,
        idle_s=settings.web_session_idle_s,
        longest_s=settings.web_session_s,
        sharing=OverRedis(workers) if workers else None,
    )

    @asynccontextmanager
    async def services() -> AsyncIterator[None]:
        """Look after who is signed in for as long as the application runs."""
        async with premises.open(), signed_in(people, cookies):
            yield

    # Each worker counts for itself: together they let no more pass than one.
    pace = Pace(max(1, TRIES_MOST // settings.web_workers))
    routes = [*access.routes(people, cookies, pace, premises.journal), *data_routes(premises.journal)]
    door, meeting = (partial(layer, people=people, cookies=cookies) for layer in (Door, Meeting))
    return Entrance(routes, (door, meeting, Present), Guard(ByAccount(people, cookies)), services)


WAYS: Final[Mapping[str, Callable[[Premises], Entrance]]] = {
    "none": for_everybody,
    "ratchet": for_who_signs_in,
    "proxy": for_whom_a_proxy_names,
}
