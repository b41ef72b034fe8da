"""What all sessions of this process share: a client and a live hub for each server."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

import reflex as rx

from ratchet_web.api import NotFound, Ratchet
from ratchet_web.bulk.runs import Runs
from ratchet_web.live.hub import Hub
from ratchet_web.live.ports import Rooms
from ratchet_web.live.servers import ServerRooms
from ratchet_web.logic.addresses import SERVER, on_server
from ratchet_web.models.console import AboutConsole
from ratchet_web.models.servers import chosen


class Services(NamedTuple):
    """One client, one hub and the bulk runs of a server, for everybody."""

    server: str
    api: Ratchet
    hub: Hub
    runs: Runs


_running: list[Mapping[str, Services]] = []


def all_services() -> Mapping[str, Services]:
    """Return the services of this process by their server; they exist while the application runs."""
    if not _running:
        raise RuntimeError("The console's services are not running: the application's lifespan starts them")
    return _running[-1]


def server_of(state: rx.State) -> str:
    """Return the name of the server that the address of the viewer's page means, a strange one as it is.

    Nothing else decides it: what a state remembers may be of another page.
    """
    asked = state.router.url.query_parameters.get(SERVER, "")
    return asked if (name := chosen(all_services(), asked)) is None else name


def services(state: rx.State) -> Services:
    """Return the services of the server that the address of the viewer's page means.

    Raises:
        NotFound: it names one that the console does not know.
    """
    name = server_of(state)
    if name not in all_services():
        raise NotFound(f"This console knows no server {name[:40]!r}")
    return all_services()[name]


def go(state: rx.State, address: str, *, replace: bool = False) -> Any:
    """Return the event that leads the viewer to another page of the same server."""
    return rx.redirect(on_server(address, server_of(state)), replace=replace)


@asynccontextmanager
async def running(
    clients: Mapping[str, Ratchet], rooms: Rooms, console: AboutConsole | None = None
) -> AsyncIterator[Mapping[str, Services]]:
    """Run the services for as long as the context lasts; `clients` by the names of their servers.

    `console` is what is shown of this process.
    """
    async with AsyncExitStack() as stack:
        for api in clients.values():
            await stack.enter_async_context(api)
        started = {name: _of(name, api, rooms, console) for name, api in clients.items()}
        for each in started.values():
            await each.hub.start()
            stack.push_async_callback(each.hub.stop)
            stack.push_async_callback(each.runs.stop)
        _running.append(started)
        stack.callback(_running.pop)
        yield started


def _of(server: str, api: Ratchet, rooms: Rooms, console: AboutConsole | None) -> Services:
    runs = Runs(api)
    return Services(server, api, Hub(api, ServerRooms(server, rooms), console, runs), runs)
